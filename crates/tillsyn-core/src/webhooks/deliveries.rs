//! What was sent, what failed, and sending again.

use serde::Serialize;
use serde_json::json;
use tillsyn_db::{Tx, args};

use super::change::checked_active;
use super::create::may_write;
use super::fan_out::{delivery, queue_in};
use super::sign::{self, Told};
use super::store::{Format, find_in};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{WebhookId, new_uuid};
use crate::paging::{Cursor, Page, page_size};

/// One delivery as listed.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryView {
    pub id: String,
    pub event_id: String,
    /// The event's action; `None` for a test, and when the event is no longer kept.
    pub action: Option<String>,
    /// `waiting`, `delivered` or `failed`.
    pub status: String,
    /// Tries so far.
    pub tries: i64,
    /// When the next try is.
    pub due_at: Option<i64>,
    /// HTTP status of the last answer.
    pub last_status: Option<i64>,
    pub last_error: Option<String>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    /// Whether it can be sent again: its text is still there.
    pub kept: bool,
}

/// The deliveries of a webhook, newest first.
pub async fn list_deliveries(
    core: &Core,
    actor: &Actor,
    id: &WebhookId,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<DeliveryView>, Error> {
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let input = (actor.clone(), id.clone(), before, limit);
    core.db()
        .read(input, |tx, (actor, id, before, limit)| {
            Box::pin(async move {
                const LIST: &str = "SELECT d.id, d.event_id, e.action, d.status, d.attempt, d.due_at, \
                    d.last_status, d.last_error, d.created_at, d.finished_at, d.size_bytes FROM webhook_delivery d \
                    LEFT JOIN event e ON e.id = d.event_id \
                    WHERE d.webhook_id = $1 AND d.id < $2 ORDER BY d.id DESC LIMIT $3";
                find_in(tx, actor, Permission::WebhooksRead, id).await?;
                let rows = tx
                    .fetch_all(LIST, args![&*id, before.as_str(), *limit + 1])
                    .await?;
                let shown = usize::try_from(*limit).unwrap_or(0);
                let mut items = Vec::new();
                for row in rows.iter().take(shown) {
                    let status = row.text(3)?;
                    items.push(DeliveryView {
                        id: row.text(0)?,
                        event_id: row.text(1)?,
                        action: row.opt_text(2)?,
                        tries: row.i64(4)?,
                        // Zero is before everything else.
                        due_at: Some(row.i64(5)?.max(row.i64(8)?))
                            .filter(|_| status == "waiting"),
                        status,
                        last_status: row.opt_i64(6)?,
                        last_error: row.opt_text(7)?,
                        created_at: row.i64(8)?,
                        finished_at: row.opt_i64(9)?,
                        kept: row.i64(10)? > 0,
                    });
                }
                let next = items
                    .last()
                    .filter(|_| rows.len() > shown)
                    .map(|last| Cursor::of_text(&last.id).encode());
                Ok(Page { items, next })
            })
        })
        .await
}

/// Sends a test: a delivery like any other, of an event `webhook.test` that nothing happened for.
/// Returns the delivery's id.
pub async fn send_test(core: &Core, actor: &Actor, id: &WebhookId) -> Result<String, Error> {
    may_write(actor)?;
    let now = core.now_ms();
    let delivery_id = new_uuid(now).to_string();
    let input = (
        actor.clone(),
        id.clone(),
        core.keys().clone(),
        delivery_id.clone(),
        now,
    );
    core.db()
        .write(input, |tx, (actor, id, keys, delivery_id, now)| {
            Box::pin(async move {
                let found = find_in(tx, actor, Permission::WebhooksWrite, id).await?;
                checked_active(&found)?;
                if found.view.format != Format::Tillsyn {
                    return Err(Error::conflict(
                        "webhook_test_format",
                        "This webhook gets what devices send, and nothing else: there is no test of it.",
                    ));
                }
                let event_id = new_uuid(*now).to_string();
                let unit = &found.view.unit_id;
                let told = Told {
                    id: &event_id,
                    at: *now,
                    actor_kind: actor.kind.as_str(),
                    actor_id: &actor.id,
                    action: "webhook.test",
                    object_kind: "webhook",
                    object_id: id.as_str(),
                    unit_id: unit,
                    result: "done",
                    details: json!({}),
                };
                let body = sign::body(delivery_id, id.as_str(), &told);
                let row = delivery(
                    keys,
                    delivery_id.clone(),
                    id.as_str(),
                    &event_id,
                    &body,
                    *now,
                );
                queue_in(tx, vec![row]).await?;
                first_in(tx, id, delivery_id).await?;
                let event = NewEvent::done("webhook.test", "webhook", id.as_str(), unit)
                    .with(json!({ "delivery_id": delivery_id }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(delivery_id)
}

/// What a person asks for goes first, and does not wait until the receiver is asked again.
async fn first_in(tx: &Tx, id: &WebhookId, delivery_id: &str) -> Result<(), Error> {
    const FIRST: &str = "UPDATE webhook_delivery SET due_at = 0 WHERE id = $1";
    const NOW: &str = "UPDATE webhook SET quiet_until = 0 WHERE id = $1";
    tx.execute(FIRST, args![delivery_id]).await?;
    tx.execute(NOW, args![id]).await?;
    Ok(())
}

/// Sends a delivery once more, now. One that is older than a day gets this one try.
///
/// # Errors
/// Conflict for what was delivered, or given up for good: its text is no longer kept.
pub async fn retry_delivery(
    core: &Core,
    actor: &Actor,
    id: &WebhookId,
    delivery_id: &str,
) -> Result<(), Error> {
    may_write(actor)?;
    let input = (
        actor.clone(),
        id.clone(),
        delivery_id.to_owned(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (actor, id, delivery_id, now)| {
            Box::pin(async move {
                const FIND: &str = "SELECT size_bytes, lease_until FROM webhook_delivery \
                    WHERE id = $2 AND webhook_id = $1";
                const AGAIN: &str = "UPDATE webhook_delivery SET status = 'waiting', \
                    finished_at = NULL WHERE id = $1";
                let found = find_in(tx, actor, Permission::WebhooksWrite, id).await?;
                checked_active(&found)?;
                let row = tx
                    .fetch_optional(FIND, args![&*id, delivery_id.as_str()])
                    .await?
                    .filter(|row| row.i64(1).is_ok_and(|lease| lease <= *now))
                    .ok_or_else(|| Error::not_found("delivery that can be sent again"))?;
                if row.i64(0)? == 0 {
                    return Err(Error::conflict(
                        "delivery_not_kept",
                        "It was delivered or given up, and its text is no longer kept.",
                    ));
                }
                tx.execute(AGAIN, args![delivery_id.as_str()]).await?;
                first_in(tx, id, delivery_id).await?;
                let unit = &found.view.unit_id;
                let event = NewEvent::done("webhook.retry", "webhook", id.as_str(), unit)
                    .with(json!({ "delivery_id": delivery_id }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
