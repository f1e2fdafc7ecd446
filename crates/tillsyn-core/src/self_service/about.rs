//! What the page of a device says besides its state: what is managed, what was agreed to, accounts and updates.

use tillsyn_db::{Tx, args};

use super::remedy::newest;
use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::ids::DeviceId;
use crate::managed::{Facts, Ledger};

/// So long a device may stay at its system when a newer one is offered.
const UPDATE_DAYS: i64 = 14;

/// A person's consent, as they may read it again.
#[derive(Clone, Debug)]
pub struct Agreed {
    pub at: i64,
    /// The terms as they were then, if there were any.
    pub terms: Option<String>,
}

/// Accounts with a channel of their own.
pub(super) async fn accounts_in(tx: &Tx, id: &str) -> Result<Vec<String>, Error> {
    const LIST: &str = "SELECT COALESCE(ch.user_long_name, ch.user_short_name, '') FROM channel ch \
        JOIN device_summary d ON d.device_id = ch.device_id AND d.enrollment_id = ch.enrollment_id \
        WHERE ch.device_id = $1 AND d.platform = 'macos' AND ch.name <> 'device' \
        AND ch.ended_at IS NULL ORDER BY ch.name LIMIT 5";
    let rows = tx.fetch_all(LIST, args![id]).await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// Since when a Mac is enrolled by a profile of ours that announces channels of users; nothing for others.
pub(super) async fn waits_for_account_in(tx: &Tx, id: &str) -> Result<Option<i64>, Error> {
    const FIND: &str = "SELECT e.enrolled_at FROM device_summary d \
        JOIN enrollment e ON e.id = d.enrollment_id AND e.status = 'active' \
        JOIN attempt t ON t.id = e.attempt_id AND t.server_capabilities LIKE '%per-user-connections%' \
        WHERE d.device_id = $1 AND d.platform = 'macos'";
    match tx.fetch_optional(FIND, args![id]).await? {
        Some(row) => Ok(row.opt_i64(0)?),
        None => Ok(None),
    }
}

/// The newest system that the device itself says it is offered, when that closes a hole that is used or the device
/// has stayed at its own for long; nothing where it has that system, or was not asked.
pub(super) async fn update_in(
    tx: &Tx,
    id: &str,
    has: Option<&str>,
    now_ms: i64,
) -> Result<Option<String>, Error> {
    const OFFERED: &str = "SELECT a.version, a.critical FROM available_update a \
        JOIN channel ch ON ch.id = a.channel_id AND ch.ended_at IS NULL AND ch.name = 'device' \
        WHERE a.device_id = $1 AND a.version IS NOT NULL AND (a.name LIKE 'iOS%' \
        OR a.name LIKE 'iPadOS%' OR a.name LIKE 'macOS%' OR a.name LIKE 'tvOS%')";
    const SINCE: &str = "SELECT changed_at FROM fact WHERE device_id = $1 AND name = 'os_version'";
    let since = tx.fetch_optional(SINCE, args![id]).await?;
    let since = since.map(|row| row.i64(0)).transpose()?;
    let stayed = since.is_some_and(|since| now_ms - since >= UPDATE_DAYS * DAY_MS);
    let mut offered = Vec::new();
    for row in tx.fetch_all(OFFERED, args![id]).await? {
        if stayed || row.opt_i64(1)? == Some(1) {
            offered.push(row.text(0)?);
        }
    }
    Ok(newest(offered.into_iter(), has))
}

/// What its enrollment lets the organisation do and see.
pub(super) async fn ledger_in(tx: &Tx, id: &DeviceId) -> Result<Option<Ledger>, Error> {
    const FIND: &str = "SELECT d.platform, e.enrollment_type, e.ownership, d.supervised, e.access_rights \
        FROM device_summary d JOIN enrollment e ON e.id = d.enrollment_id \
        AND e.status IN ('active', 'inactive') WHERE d.device_id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![id]).await? else {
        return Ok(None);
    };
    Ok(Some(Ledger::of(&Facts {
        platform: row.str(0)?,
        enrollment_type: row.str(1)?,
        ownership: row.str(2)?,
        supervised: row.opt_i64(3)?.map(|supervised| supervised != 0),
        access_rights: row.opt_i64(4)?,
    })))
}

/// The consent that its enrollment stands on, where this person gave it.
pub(super) async fn agreed_in(
    tx: &Tx,
    actor: &Actor,
    id: &DeviceId,
) -> Result<Option<Agreed>, Error> {
    const FIND: &str = "SELECT c.at, x.text FROM device_summary d \
        JOIN enrollment e ON e.id = d.enrollment_id JOIN attempt t ON t.id = e.attempt_id \
        JOIN consent c ON c.id = t.consent_id AND c.person_id = $2 \
        LEFT JOIN terms_text x ON x.hash = c.terms_sha256 WHERE d.device_id = $1";
    let values = args![id, actor.own_person()];
    let Some(row) = tx.fetch_optional(FIND, values).await? else {
        return Ok(None);
    };
    Ok(Some(Agreed {
        at: row.i64(0)?,
        terms: row.opt_text(1)?,
    }))
}
