//! Everything that ends an enrollment, and what ends with it.

use tillsyn_db::{Tx, args};

use crate::clock::DAY_MS;
use crate::commands::CommandStatus;
use crate::commands::store;
use crate::core::Core;
use crate::credentials;
use crate::devices;
use crate::error::Error;
use crate::escrow;
use crate::ids::DeviceId;
use crate::inventory;
use crate::invitations::attempt::{self, AttemptStatus, cause};
use crate::reconcile;

/// The allowed transitions of an enrollment's status.
fn may_become(from: &str, to: &str) -> bool {
    matches!(
        (from, to),
        ("pending", "active" | "superseded" | "removed")
            | (
                "active",
                "superseded" | "removed" | "wiped" | "reset" | "inactive"
            )
            | (
                "inactive",
                "active" | "superseded" | "removed" | "wiped" | "reset"
            )
    )
}

const FIND: &str = "SELECT status, device_id FROM enrollment WHERE id = $1";
const END: &str = "UPDATE enrollment SET status = $2, ended_at = $3, end_reason = $4 WHERE id = $1";
const CHANNELS: &str =
    "UPDATE channel SET ended_at = $2 WHERE enrollment_id = $1 AND ended_at IS NULL";

/// Ends an enrollment with all its channels and what is queued there; history stays, escrowed secrets
/// stay with the device.
pub(crate) async fn end_in(
    tx: &Tx,
    id: &str,
    status: &'static str,
    reason: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    let row = tx.fetch_one(FIND, args![id]).await?;
    let from = row.text(0)?;
    if !may_become(&from, status) {
        return Err(Error::internal(format!(
            "An enrollment cannot go from {from} to {status}."
        )));
    }
    let of_commands = if status == "superseded" {
        CommandStatus::Superseded
    } else {
        CommandStatus::Cancelled
    };
    store::end_all_in(tx, id, of_commands, reason, now_ms).await?;
    tx.execute(CHANNELS, args![id, now_ms]).await?;
    inventory::forget_in(tx, id).await?;
    reconcile::forget_enrollment_in(tx, id).await?;
    credentials::end_enrollment_in(tx, id, now_ms).await?;
    tx.execute(END, args![id, status, now_ms, reason]).await?;
    escrow::forget_in(tx, id, escrow::Kind::BootstrapToken).await?;
    if let Some(device) = row.opt_text(1)? {
        devices::summary::ended_in(tx, &device, id, status, reason, now_ms).await?;
    }
    Ok(())
}

/// The device as it came with the enrollment that completes now.
pub(crate) struct Arrival<'a> {
    /// When its new certificate was first heard.
    pub(crate) began_at: i64,
    /// `None` where nothing is known of it.
    pub(crate) push_token: Option<&'a [u8]>,
    /// It is in Setup Assistant: nothing of before is on it.
    pub(crate) in_setup: bool,
}

/// An enrollment that was replaced, and as what it ended.
pub(crate) struct Replaced {
    pub(crate) id: String,
    pub(crate) status: &'static str,
    pub(crate) reason: &'static str,
}

/// Ends the enrollment that a device has because a new one completed: as *reset* where something shows that
/// the device was reset in between, without an erase of ours that it acknowledged; else as replaced.
pub(crate) async fn supersede_active_in(
    tx: &Tx,
    device: &DeviceId,
    arrival: &Arrival<'_>,
    now_ms: i64,
) -> Result<Option<Replaced>, Error> {
    const HELD: &str = "SELECT id, status FROM enrollment \
        WHERE device_id = $1 AND status IN ('active', 'inactive') ORDER BY created_at DESC";
    let mut newest = None;
    for row in tx.fetch_all(HELD, args![device]).await? {
        let id = row.text(0)?;
        let reset = match row.str(1)? {
            "inactive" => Some("came_anew"),
            _ => sign_of_reset(tx, &id, arrival).await?,
        };
        let (status, reason) =
            reset.map_or(("superseded", "enrolled_again"), |reason| ("reset", reason));
        end_in(tx, &id, status, reason, now_ms).await?;
        newest.get_or_insert(Replaced { id, status, reason });
    }
    Ok(newest)
}

/// What shows that the device lost its enrollment instead of giving it for the new one. A device keeps its
/// push token as long as its system and data stay.
async fn sign_of_reset(
    tx: &Tx,
    id: &str,
    arrival: &Arrival<'_>,
) -> Result<Option<&'static str>, Error> {
    const ERASE: &str = "SELECT c.id FROM command c JOIN channel ch ON ch.id = c.channel_id \
        WHERE ch.enrollment_id = $1 AND c.act = 'erase' AND c.status = 'sent' LIMIT 1";
    const HEARD: &str = "SELECT 1 FROM enrollment e JOIN device_summary d ON d.device_id = e.device_id \
        WHERE e.id = $1 AND (d.last_seen > $2 OR EXISTS (SELECT 1 FROM command c \
        JOIN channel ch ON ch.id = c.channel_id WHERE ch.enrollment_id = e.id AND c.finished = 1 \
        AND c.updated_at >= $2 AND c.status IN ('acknowledged', 'error')))";
    const TOKEN: &str =
        "SELECT push_token FROM channel WHERE enrollment_id = $1 AND name = 'device'";
    if arrival.in_setup {
        return Ok(Some("setup_assistant"));
    }
    if tx.fetch_optional(ERASE, args![id]).await?.is_some() {
        return Ok(Some("erase_unanswered"));
    }
    let heard = tx
        .fetch_optional(HEARD, args![id, arrival.began_at])
        .await?;
    if heard.is_some() {
        return Ok(None);
    }
    let token = tx.fetch_optional(TOKEN, args![id]).await?;
    let token = token.map(|row| row.opt_blob(0)).transpose()?.flatten();
    let other = |now: &[u8]| token.is_some_and(|token| token != now);
    let another = arrival.push_token.is_some_and(other);
    Ok(another.then_some("came_anew"))
}

/// Ends one user channel.
pub(crate) async fn end_channel_in(
    tx: &Tx,
    enrollment_id: &str,
    name: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const FIND: &str =
        "SELECT id FROM channel WHERE enrollment_id = $1 AND name = $2 AND ended_at IS NULL";
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason) \
        SELECT id, device_id, CAST($2 AS BIGINT), 'cancelled', 'channel_ended' FROM command \
        WHERE channel_id = $1 AND finished = 0";
    const COMMANDS: &str = "UPDATE command SET status = 'cancelled', status_reason = 'channel_ended', \
        finished = 1, secret_sealed = NULL, updated_at = $2 WHERE channel_id = $1 AND finished = 0";
    const END: &str = "UPDATE channel SET ended_at = $2, push_token = NULL WHERE id = $1";
    const NO_PUSH: &str = "DELETE FROM push_request WHERE channel_id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![enrollment_id, name]).await? else {
        return Ok(());
    };
    let id = row.text(0)?;
    tx.execute(STORY, args![id.as_str(), now_ms]).await?;
    tx.execute(COMMANDS, args![id.as_str(), now_ms]).await?;
    tx.execute(END, args![id.as_str(), now_ms]).await?;
    tx.execute(NO_PUSH, args![id.as_str()]).await?;
    reconcile::forget_channel_in(tx, &id).await?;
    credentials::end_channel_in(tx, &id, now_ms).await
}

/// Lapses pending enrollments without `TokenUpdate` and attempts whose time is over.
pub(crate) async fn lapse_pending(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT id, attempt_id FROM enrollment WHERE status = 'pending' \
        AND expires_at <= $1 ORDER BY expires_at LIMIT 200";
    const ATTEMPTS: &str = "UPDATE attempt SET status = 'expired', updated_at = $1 \
        WHERE expires_at <= $1 \
        AND status NOT IN ('enrolled', 'ready', 'failed', 'expired', 'superseded')";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                for row in tx.fetch_all(DUE, args![*now]).await? {
                    end_in(tx, &row.text(0)?, "superseded", "no_token_update", *now).await?;
                    if let Some(id) = row.opt_text(1)? {
                        let step = AttemptStatus::Enrolled;
                        attempt::fail_in(tx, &id, step, cause::NO_TOKEN_UPDATE, None, *now).await?;
                    }
                }
                tx.execute(ATTEMPTS, args![*now]).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Revokes the certificates of wiped and superseded enrollments a day after they ended.
pub(crate) async fn revoke_wiped(core: &Core) -> Result<u64, Error> {
    const REVOKE: &str = "UPDATE certificate SET revoked_at = $1, revoke_reason = 'enrollment_ended' \
        WHERE revoked_at IS NULL AND enrollment_id IN (SELECT id FROM enrollment \
        WHERE status IN ('wiped', 'superseded', 'reset') AND ended_at <= $2 AND ended_at > $3)";
    let now = core.now_ms();
    // Looks back a week only, so that the job stays cheap; it runs every hour.
    let done = core
        .db()
        .execute(REVOKE, args![now, now - DAY_MS, now - 8 * DAY_MS])
        .await?;
    Ok(done)
}
