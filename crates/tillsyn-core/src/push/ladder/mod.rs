//! The expiry ladder (S90): each step is told once, with what to do, and shown until the renewal.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// Days before the end at which a step begins; 0 is the end itself.
pub const LADDER_DAYS: [i64; 6] = [60, 30, 14, 7, 1, 0];

/// Whole days left, below zero after the end.
pub(super) fn days_left(not_after: i64, now_ms: i64) -> i64 {
    (not_after - now_ms).div_euclid(DAY_MS)
}

/// The step that a certificate stands on; `None` while the end is far.
pub(super) fn step(not_after: i64, now_ms: i64) -> Option<i64> {
    let left = not_after - now_ms;
    LADDER_DAYS
        .into_iter()
        .rev()
        .find(|days| left <= days * DAY_MS)
}

/// The word of architecture §2a. `renewing`: a request for its successor is on its way.
pub(super) fn status(not_after: i64, now_ms: i64, request_open: bool) -> &'static str {
    match step(not_after, now_ms) {
        Some(0) => "expired",
        _ if request_open => "renewing",
        Some(_) => "expiring",
        None => "valid",
    }
}

/// Tells the steps that were reached since the last look, one event each; two nodes tell it once.
/// A node that was down tells only the step of today.
pub(crate) async fn tell_ladder(core: &Core) -> Result<(), Error> {
    const LIST: &str =
        "SELECT id, org_unit_id, topic, not_after, vendor_account FROM push_topic ORDER BY id";
    let now = core.now_ms();
    for row in core.db().query_all(LIST, args![]).await? {
        let (id, unit, topic, not_after) = (row.text(0)?, row.text(1)?, row.text(2)?, row.i64(3)?);
        let days = days_left(not_after, now);
        #[expect(clippy::cast_precision_loss, reason = "a few hundred days")]
        metrics::gauge!("tillsyn_push_certificate_days_left", "topic" => topic.clone())
            .set(days as f64);
        let Some(step) = step(not_after, now) else {
            continue;
        };
        let told = Told {
            id,
            unit,
            topic,
            not_after,
            account: row.opt_text(4)?,
            step,
            now,
        };
        core.db()
            .write(told, |tx, told| Box::pin(async move { told.run(tx).await }))
            .await?;
    }
    Ok(())
}

struct Told {
    id: String,
    unit: String,
    topic: String,
    not_after: i64,
    account: Option<String>,
    step: i64,
    now: i64,
}

impl Told {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        // The end is compared too: a renewal in between has begun a ladder of its own.
        const CLIMB: &str = "UPDATE push_topic SET ladder_step = $2 WHERE id = $1 AND not_after = $3 \
            AND (ladder_step IS NULL OR ladder_step > $2)";
        let climbed = tx
            .execute(CLIMB, args![self.id.as_str(), self.step, self.not_after])
            .await?;
        if climbed == 0 {
            return Ok(());
        }
        let action = match self.step {
            0 => "push_certificate.expired",
            _ => "push_certificate.expiring",
        };
        let event = NewEvent::done(action, "push_topic", &self.id, &self.unit).with(json!({
            "topic": self.topic, "not_after": self.not_after, "step_days": self.step,
            "vendor_account": self.account,
        }));
        events::record(tx, &Actor::system(), self.now, event).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
