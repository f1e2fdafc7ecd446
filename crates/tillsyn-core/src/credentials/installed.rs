//! What came of a version of a profile on its way: installed, what it no longer asks for ends and what was
//! renewed is used, so that the certificates before it may end soon; refused, what came with it ends.

use std::collections::BTreeMap;

use tillsyn_db::{Tx, args};

use super::renewal::renew_at;
use crate::certificates::life;
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::profiles::Summary;

// The device asks for its certificate while it installs, so the newest is the one that it uses.
const REPLACED: &str = "UPDATE credential_certificate SET revoke_at = $1 \
    WHERE revoked_at IS NULL AND revoke_at IS NULL AND EXISTS (SELECT 1 FROM credential c \
    WHERE c.id = credential_certificate.credential_id \
    AND c.certificate_sha256 <> credential_certificate.sha256) AND credential_id {ids}";

/// Follows an acknowledged install. Before it the device may still use what the version before brought.
pub(crate) async fn installed_in(
    tx: &Tx,
    channel_id: &str,
    profile_id: &str,
    version: i64,
    now_ms: i64,
) -> Result<(), Error> {
    let used = proved_in(tx, channel_id, profile_id, version, now_ms).await?;
    if !used.is_empty() {
        tx.execute_in(REPLACED, used, args![now_ms + DAY_MS])
            .await?;
    }
    Ok(())
}

/// Follows the list that proves an install; answers the credentials that its version asks for. Which of
/// several deliveries it names nobody knows, so the certificates of none end before the next install that the
/// device acknowledges.
pub(crate) async fn proved_in(
    tx: &Tx,
    channel_id: &str,
    profile_id: &str,
    version: i64,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    let Some((used, gone)) = held_in(tx, channel_id, profile_id, Some(version)).await? else {
        return Ok(Vec::new());
    };
    super::end::end_in(tx, gone, "removed", now_ms).await?;
    if !used.is_empty() {
        use_newest_in(tx, used.clone(), now_ms).await?;
    }
    Ok(used)
}

/// Follows a refused install: the device goes on with what the version brought that it still has, if any.
pub(crate) async fn refused_in(
    tx: &Tx,
    channel_id: &str,
    profile_id: &str,
    still: Option<i64>,
    now_ms: i64,
) -> Result<(), Error> {
    const CAME: &str = "UPDATE credential_certificate SET revoke_at = $1 \
        WHERE revoked_at IS NULL AND revoke_at IS NULL AND credential_id {ids}";
    const NONE: &str = "UPDATE credential SET status = 'waiting', certificate_sha256 = NULL, \
        not_after = NULL, renew_at = NULL, warn_at = NULL, updated_at = $1 WHERE id {ids}";
    let Some((used, unused)) = held_in(tx, channel_id, profile_id, still).await? else {
        return Ok(());
    };
    if !used.is_empty() {
        tx.execute_in(REPLACED, used, args![now_ms + DAY_MS])
            .await?;
    }
    if !unused.is_empty() {
        tx.execute_in(CAME, unused.clone(), args![now_ms + DAY_MS])
            .await?;
        tx.execute_in(NONE, unused, args![now_ms]).await?;
    }
    Ok(())
}

/// The credentials of a profile on a channel: those that a version asks for, and the others. `None` when
/// there are none, or the version is gone.
async fn held_in(
    tx: &Tx,
    channel_id: &str,
    profile_id: &str,
    version: Option<i64>,
) -> Result<Option<(Vec<String>, Vec<String>)>, Error> {
    const HELD: &str = "SELECT id, payload FROM credential \
        WHERE channel_id = $1 AND profile_id = $2 AND status <> 'revoked'";
    const SUMMARY: &str =
        "SELECT summary FROM profile_version WHERE profile_id = $1 AND number = $2";
    let held = tx.fetch_all(HELD, args![channel_id, profile_id]).await?;
    if held.is_empty() {
        return Ok(None);
    }
    let uses = match version {
        Some(version) => {
            let values = args![profile_id, version];
            let Some(row) = tx.fetch_optional(SUMMARY, values).await? else {
                return Ok(None);
            };
            Summary::of_text(row.str(0)?).credentials
        }
        None => Vec::new(),
    };
    let (mut used, mut unused) = (Vec::new(), Vec::new());
    for row in &held {
        let (id, payload) = (row.text(0)?, row.text(1)?);
        if uses.iter().any(|one| one.payload == payload) {
            used.push(id);
        } else {
            unused.push(id);
        }
    }
    Ok(Some((used, unused)))
}

/// What came last is what counts from now on: its end, and when it is renewed.
async fn use_newest_in(tx: &Tx, credentials: Vec<String>, now_ms: i64) -> Result<(), Error> {
    const NEWER: &str = "SELECT n.credential_id, n.sha256, n.generation, n.not_before, n.not_after \
        FROM credential_certificate n JOIN credential c ON c.id = n.credential_id \
        LEFT JOIN credential_certificate u ON u.sha256 = c.certificate_sha256 \
        WHERE n.revoked_at IS NULL AND n.revoke_at IS NULL \
        AND n.created_at >= COALESCE(u.created_at, 0) \
        AND n.sha256 <> COALESCE(c.certificate_sha256, '') AND n.credential_id {ids} \
        ORDER BY n.created_at";
    const USE: &str = "UPDATE credential SET certificate_sha256 = $2, not_after = $4, warn_at = $6, \
        status = CASE WHEN generation = $3 THEN 'valid' ELSE status END, \
        renew_at = CASE WHEN generation = $3 THEN CAST($5 AS BIGINT) ELSE renew_at END, \
        updated_at = $7 WHERE id = $1";
    let rows = tx.fetch_all_in(NEWER, credentials, args![]).await?;
    let mut newest = BTreeMap::new();
    for row in &rows {
        newest.insert(row.text(0)?, row);
    }
    for (credential, row) in newest {
        let (from, to) = (row.i64(3)?, row.i64(4)?);
        let values = args![
            credential,
            row.text(1)?,
            row.i64(2)?,
            to,
            renew_at(from, to),
            life::next_warning(from, to, now_ms),
            now_ms
        ];
        tx.execute(USE, values).await?;
    }
    Ok(())
}
