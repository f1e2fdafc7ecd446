//! A device has a version of a profile now: what the version no longer asks for ends, and what was renewed is
//! used, so that the certificates before it may end soon.

use tillsyn_db::{Tx, args};

use crate::clock::DAY_MS;
use crate::error::Error;
use crate::profiles::Summary;

/// Follows an acknowledged install. Before it the device may still use what the version before brought.
pub(crate) async fn installed_in(
    tx: &Tx,
    channel_id: &str,
    profile_id: &str,
    version: i64,
    now_ms: i64,
) -> Result<(), Error> {
    const HELD: &str = "SELECT id, payload FROM credential \
        WHERE channel_id = $1 AND profile_id = $2 AND status <> 'revoked'";
    const SUMMARY: &str =
        "SELECT summary FROM profile_version WHERE profile_id = $1 AND number = $2";
    // The device asks for its certificate while it installs, so the newest is the one that it uses.
    const REPLACED: &str = "UPDATE credential_certificate SET revoke_at = $1 \
        WHERE revoked_at IS NULL AND revoke_at IS NULL AND EXISTS (SELECT 1 FROM credential c \
        WHERE c.id = credential_certificate.credential_id \
        AND c.certificate_sha256 <> credential_certificate.sha256) AND credential_id {ids}";
    let held = tx.fetch_all(HELD, args![channel_id, profile_id]).await?;
    if held.is_empty() {
        return Ok(());
    }
    let Some(row) = tx
        .fetch_optional(SUMMARY, args![profile_id, version])
        .await?
    else {
        return Ok(());
    };
    let uses = Summary::of_text(row.str(0)?).credentials;
    let (mut used, mut gone) = (Vec::new(), Vec::new());
    for row in &held {
        let (id, payload) = (row.text(0)?, row.text(1)?);
        if uses.iter().any(|one| one.payload == payload) {
            used.push(id);
        } else {
            gone.push(id);
        }
    }
    super::end::end_in(tx, gone, "removed", now_ms).await?;
    if !used.is_empty() {
        tx.execute_in(REPLACED, used, args![now_ms + DAY_MS])
            .await?;
    }
    Ok(())
}
