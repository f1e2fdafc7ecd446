//! What came of a try: delivered, again later, or given up after a day.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use tillsyn_upstream::webhook::HookOutcome;

use super::change::{PauseReason, pause_in};
use super::store::{Format, head_in};
use crate::actor::Actor;
use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::WebhookId;

/// One try of one delivery.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) id: String,
    pub(super) webhook_id: String,
    pub(super) event_id: String,
    pub(super) attempt: i64,
    pub(super) created_at: i64,
    pub(super) format: Format,
}

/// So long a delivery is tried.
const GIVE_UP_MS: i64 = DAY_MS;
/// What waited for longer, while the webhook was paused or this server off, has not been tried for that long: it is
/// given up only after so many tries of its own, or when as many in a row failed for the webhook.
const TRIES: i64 = 5;

/// 10 seconds, then four times as long each time, at most four hours; up to a quarter more by chance, so
/// that what failed together does not come again together.
pub(super) fn back_off(attempt: i64, chance: u8) -> i64 {
    let shift = u32::try_from(attempt.clamp(1, 8) - 1).unwrap_or(0) * 2;
    let wait = ((10 * SECOND_MS) << shift).min(4 * HOUR_MS);
    wait + wait / 4 * i64::from(chance) / 255
}

/// How long a receiver that failed is left alone: as a delivery, but never long after it is well again.
pub(super) fn quiet(step: i64, chance: u8) -> i64 {
    back_off(step, chance).min(15 * MINUTE_MS)
}

/// When the next try is, unless this was the last one.
pub(super) fn next_try(created_at: i64, attempt: i64, now: i64, chance: u8) -> Option<i64> {
    let due = now + back_off(attempt, chance);
    (due <= created_at + GIVE_UP_MS).then_some(due)
}

pub(super) async fn record(core: &Core, sent: Sent, outcome: HookOutcome) -> Result<(), Error> {
    let chance = hash::random_bytes::<1>()[0];
    core.db()
        .write(
            (sent, outcome, chance, core.now_ms()),
            |tx, (sent, outcome, chance, now)| {
                Box::pin(async move {
                    match outcome {
                        HookOutcome::Taken { status } => taken(tx, sent, *status, *now).await,
                        HookOutcome::Answered { status } => {
                            let reason = format!("status_{status}");
                            failed(tx, sent, Some(*status), &reason, *chance, *now).await
                        }
                        HookOutcome::Failed { reason } => {
                            failed(tx, sent, None, reason, *chance, *now).await
                        }
                    }
                })
            },
        )
        .await
}

async fn taken(tx: &Tx, sent: &Sent, status: u16, now: i64) -> Result<(), Error> {
    // What was said is not kept.
    const DONE: &str = "UPDATE webhook_delivery SET status = 'delivered', lease_until = 0, \
        last_status = $2, last_error = NULL, finished_at = $3, body_sealed = $4, size_bytes = 0 \
        WHERE id = $1";
    const WELL: &str = "UPDATE webhook SET failures = 0, last_error = NULL, last_success_at = $2, \
        quiet_until = 0, quiet_step = 0 WHERE id = $1";
    let nothing = Vec::<u8>::new();
    let values = args![sent.id.as_str(), i64::from(status), now, nothing];
    tx.execute(DONE, values).await?;
    tx.execute(WELL, args![sent.webhook_id.as_str(), now])
        .await?;
    Ok(())
}

async fn failed(
    tx: &Tx,
    sent: &Sent,
    status: Option<u16>,
    reason: &str,
    chance: u8,
    now: i64,
) -> Result<(), Error> {
    // Whoever took it over after our lease has the say.
    const AGAIN: &str = "UPDATE webhook_delivery SET due_at = $3, lease_until = 0, last_status = $4, \
        last_error = $5 WHERE id = $1 AND attempt = $2 AND status = 'waiting'";
    const OVER: &str = "UPDATE webhook_delivery SET status = 'failed', finished_at = $3, lease_until = 0, \
        last_status = $4, last_error = $5 WHERE id = $1 AND attempt = $2 AND status = 'waiting'";
    const ILL: &str = "UPDATE webhook SET failures = failures + 1, last_error = $2, quiet_until = $3, \
        quiet_step = $4 WHERE id = $1";
    let Some((until, step)) = ill_in(tx, &sent.webhook_id, chance, now).await? else {
        return Ok(());
    };
    let few = sent.attempt < TRIES && step < TRIES;
    let next = next_try(sent.created_at, sent.attempt, now, chance)
        .or_else(|| few.then(|| now + back_off(sent.attempt, chance)));
    let (sql, at) = match next {
        Some(due) => (AGAIN, due),
        None => (OVER, now),
    };
    let status = status.map(i64::from);
    let values = args![sent.id.as_str(), sent.attempt, at, status, reason];
    if tx.execute(sql, values).await? == 0 {
        return Ok(());
    }
    tx.execute(ILL, args![sent.webhook_id.as_str(), reason, until, step])
        .await?;
    if next.is_none() {
        give_up(tx, sent, reason, step, now).await?;
    }
    Ok(())
}

/// How long the whole webhook waits after a failed try, and how many such times in a row that makes. Tries that fail
/// side by side are one.
async fn ill_in(tx: &Tx, id: &str, chance: u8, now: i64) -> Result<Option<(i64, i64)>, Error> {
    const QUIET: &str = "SELECT quiet_until, quiet_step FROM webhook WHERE id = $1";
    let Some(row) = tx.fetch_optional(QUIET, args![id]).await? else {
        return Ok(None);
    };
    let (until, step) = (row.i64(0)?, row.i64(1)?);
    Ok(Some(if until > now {
        (until, step)
    } else {
        (now + quiet(step + 1, chance), step + 1)
    }))
}

/// Gives up what cannot be opened: it can never be sent.
pub(super) async fn lost_in(tx: &Tx, sent: &Sent, now: i64) -> Result<(), Error> {
    const LOST: &str = "UPDATE webhook_delivery SET status = 'failed', finished_at = $2, lease_until = 0, \
        last_error = 'unreadable', body_sealed = $3, size_bytes = 0 WHERE id = $1";
    let nothing = Vec::<u8>::new();
    tx.execute(LOST, args![sent.id.as_str(), now, nothing])
        .await?;
    tell_failed(tx, sent, "unreadable", now).await
}

async fn tell_failed(tx: &Tx, sent: &Sent, reason: &str, now: i64) -> Result<(), Error> {
    const UNIT: &str = "SELECT org_unit_id FROM webhook WHERE id = $1";
    let row = tx.fetch_one(UNIT, args![sent.webhook_id.as_str()]).await?;
    let unit = row.str(0)?;
    let details = json!({ "delivery_id": sent.id, "event_id": sent.event_id, "reason": reason });
    let event = NewEvent::done("webhook.failed", "webhook", &sent.webhook_id, unit).with(details);
    events::record(tx, &Actor::system(), now, event).await?;
    Ok(())
}

/// Tells that an event was not delivered; a receiver that took nothing for a whole day is asked no more.
async fn give_up(tx: &Tx, sent: &Sent, reason: &str, step: i64, now: i64) -> Result<(), Error> {
    const EMPTY: &str =
        "UPDATE webhook_delivery SET body_sealed = $2, size_bytes = 0 WHERE id = $1";
    // What devices send has secrets in it: it is kept no longer than it takes.
    if sent.format == Format::Nanomdm {
        let nothing = Vec::<u8>::new();
        tx.execute(EMPTY, args![sent.id.as_str(), nothing]).await?;
    }
    tell_failed(tx, sent, reason, now).await?;
    let id = WebhookId::from_store(sent.webhook_id.clone());
    let Some(head) = head_in(tx, &id).await? else {
        return Ok(());
    };
    let took_since = head.last_success_at.is_some_and(|at| at >= sent.created_at);
    if !took_since && step >= TRIES && head.is_active {
        pause_in(
            tx,
            &Actor::system(),
            &head,
            Some(PauseReason::TookNothing),
            now,
        )
        .await?;
    }
    Ok(())
}
