//! What came of a try: delivered, again later, or given up after a day.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use tillsyn_upstream::webhook::HookOutcome;

use super::change::pause_in;
use super::store::{WebhookStatus, find_in};
use crate::actor::{Actor, Permission};
use crate::clock::{DAY_MS, HOUR_MS, SECOND_MS};
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
}

/// So long a delivery is tried.
const GIVE_UP_MS: i64 = DAY_MS;

/// 10 seconds, then four times as long each time, at most four hours; up to a quarter more by chance, so
/// that what failed together does not come again together.
pub(super) fn back_off(attempt: i64, chance: u8) -> i64 {
    let shift = u32::try_from(attempt.clamp(1, 8) - 1).unwrap_or(0) * 2;
    let wait = ((10 * SECOND_MS) << shift).min(4 * HOUR_MS);
    wait + wait / 4 * i64::from(chance) / 255
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
    const DONE: &str = "UPDATE webhook_delivery SET status = 'delivered', lease_until = 0, \
        last_status = $2, last_error = NULL, finished_at = $3 WHERE id = $1";
    const WELL: &str = "UPDATE webhook SET failures = 0, last_error = NULL, last_success_at = $2 \
        WHERE id = $1";
    tx.execute(DONE, args![sent.id.as_str(), i64::from(status), now])
        .await?;
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
    const ILL: &str = "UPDATE webhook SET failures = failures + 1, last_error = $2 WHERE id = $1";
    let next = next_try(sent.created_at, sent.attempt, now, chance);
    let (sql, at) = match next {
        Some(due) => (AGAIN, due),
        None => (OVER, now),
    };
    let status = status.map(i64::from);
    let values = args![sent.id.as_str(), sent.attempt, at, status, reason];
    if tx.execute(sql, values).await? == 0 {
        return Ok(());
    }
    tx.execute(ILL, args![sent.webhook_id.as_str(), reason])
        .await?;
    if next.is_none() {
        give_up(tx, sent, reason, now).await?;
    }
    Ok(())
}

/// Tells that an event was not delivered; a receiver that took nothing for a whole day is asked no more.
async fn give_up(tx: &Tx, sent: &Sent, reason: &str, now: i64) -> Result<(), Error> {
    let system = Actor::system();
    let id = WebhookId::from_store(sent.webhook_id.clone());
    let found = find_in(tx, &system, Permission::WebhooksRead, &id).await?;
    let details = json!({ "delivery_id": sent.id, "event_id": sent.event_id, "reason": reason });
    let unit = &found.view.unit_id;
    let event = NewEvent::done("webhook.failed", "webhook", &sent.webhook_id, unit).with(details);
    events::record(tx, &system, now, event).await?;
    let took_since = found
        .view
        .last_success_at
        .is_some_and(|at| at >= sent.created_at);
    if !took_since && found.view.status == WebhookStatus::Active {
        pause_in(tx, &system, &found, Some("took_nothing"), now).await?;
    }
    Ok(())
}
