//! Changing, pausing and removing a webhook.

use serde_json::json;
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::create::{checked_name, checked_url, confirm, host, may_send, may_write, new_key};
use super::store::{Format, Found, Head, WebhookStatus, WebhookView, find_in};
use super::{raw, subscription};
use crate::accounts::Proof;
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::WebhookId;

/// What changes; what is `None` stays.
#[derive(Clone, Default)]
pub struct WebhookChange {
    pub name: Option<String>,
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    /// A paused webhook hears nothing; what happens meanwhile is not told later.
    pub paused: Option<bool>,
    /// From the person behind a token; the NanoMDM format needs it for where and what is sent.
    pub proof: Option<Proof>,
}

/// Changes a webhook.
pub async fn change_webhook(
    core: &Core,
    actor: &Actor,
    id: &WebhookId,
    change: WebhookChange,
) -> Result<WebhookView, Error> {
    may_write(actor)?;
    let now = core.now_ms();
    let change = WebhookChange {
        name: change.name.as_deref().map(checked_name).transpose()?,
        url: change.url.map(|url| checked_url(core, &url)).transpose()?,
        events: change.events,
        paused: change.paused,
        proof: change.proof,
    };
    // Where events go, and which, is as weighty as the webhook itself.
    let weighty = change.url.is_some() || change.events.is_some();
    let (format, unit_path) = found(core, actor, id).await?;
    let resumes_raw = format == Format::Nanomdm && change.paused == Some(false);
    if weighty || resumes_raw {
        may_send(actor, format, &unit_path)?;
        confirm(core, actor, format, change.proof.clone()).await?;
    }
    let changed = core
        .db()
        .write(
            (actor.clone(), id.clone(), change, now),
            |tx, (actor, id, change, now)| {
                Box::pin(async move {
                    let found = find_in(tx, actor, Permission::WebhooksWrite, id).await?;
                    change_in(tx, actor, &found, change, *now).await?;
                    Ok::<_, Error>(
                        find_in(tx, actor, Permission::WebhooksWrite, id)
                            .await?
                            .view,
                    )
                })
            },
        )
        .await?;
    raw::look(core).await?;
    Ok(changed)
}

/// What decides how weighty a change is; neither ever changes.
async fn found(core: &Core, actor: &Actor, id: &WebhookId) -> Result<(Format, String), Error> {
    core.db()
        .read((actor.clone(), id.clone()), |tx, (actor, id)| {
            Box::pin(async move {
                let found = find_in(tx, actor, Permission::WebhooksWrite, id).await?;
                Ok((found.view.format, found.unit_path))
            })
        })
        .await
}

async fn change_in(
    tx: &Tx,
    actor: &Actor,
    found: &Found,
    change: &WebhookChange,
    now: i64,
) -> Result<(), Error> {
    const SET: &str =
        "UPDATE webhook SET name = $2, url = $3, events = $4, updated_at = $5 WHERE id = $1";
    let old = &found.view;
    let name = change.name.as_ref().unwrap_or(&old.name);
    let url = change.url.as_ref().unwrap_or(&old.url);
    let events = match &change.events {
        Some(events) => subscription::checked(old.format, events)?,
        None => old.events.clone(),
    };
    let events = &events;
    // As weighty as making it so.
    if (url, events) != (&old.url, &old.events) || change.paused == Some(false) {
        may_send(actor, old.format, &found.unit_path)?;
    }
    if (name, url, events) != (&old.name, &old.url, &old.events) {
        let values = args![
            &old.id,
            name.as_str(),
            url.as_str(),
            json!(events).to_string(),
            now
        ];
        tx.execute(SET, values).await?;
        let event = NewEvent::done("webhook.change", "webhook", old.id.as_str(), &old.unit_id)
            .with(json!({ "host": host(url), "events": events }));
        events::record(tx, actor, now, event).await?;
    }
    match (change.paused, old.status) {
        (Some(true), WebhookStatus::Active) => pause_in(tx, actor, &found.head(), None, now).await,
        (Some(false), WebhookStatus::Paused) => resume_in(tx, actor, found, now).await,
        _ => Ok(()),
    }
}

/// Refuses what needs a webhook that sends.
pub(super) fn checked_active(found: &Found) -> Result<(), Error> {
    match found.view.status {
        WebhookStatus::Active => Ok(()),
        WebhookStatus::Paused => Err(Error::conflict(
            "webhook_paused",
            "This webhook is paused; let it send again first.",
        )),
    }
}

/// Why the server itself pauses a webhook.
#[derive(Clone, Copy)]
pub(super) enum PauseReason {
    /// Its receiver took nothing for a day.
    TookNothing,
    /// More waits for it than there is room.
    Flooded,
    /// Its key cannot be opened; a new one helps.
    Keyless,
}

impl PauseReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::TookNothing => "took_nothing",
            Self::Flooded => "flooded",
            Self::Keyless => "key_unreadable",
        }
    }
}

/// Pauses. Where the server does, what waits is given up: nobody knows when it would go on. It can be sent
/// again one by one, but for what devices sent, whose secrets are not kept for that.
pub(super) async fn pause_in(
    tx: &Tx,
    actor: &Actor,
    head: &Head,
    reason: Option<PauseReason>,
    now: i64,
) -> Result<(), Error> {
    const PAUSE: &str = "UPDATE webhook SET status = 'paused', updated_at = $2 WHERE id = $1";
    const FAIL: &str = "UPDATE webhook_delivery SET status = 'failed', finished_at = $2, \
        last_error = 'paused' WHERE webhook_id = $1 AND status = 'waiting'";
    const FAIL_RAW: &str = "UPDATE webhook_delivery SET status = 'failed', finished_at = $2, \
        last_error = 'paused', body_sealed = $3, size_bytes = 0 \
        WHERE webhook_id = $1 AND status = 'waiting'";
    let id = head.id.as_str();
    tx.execute(PAUSE, args![id, now]).await?;
    let given_up = match (reason, head.format) {
        (None, _) => 0,
        (Some(_), Format::Tillsyn) => tx.execute(FAIL, args![id, now]).await?,
        (Some(_), Format::Nanomdm) => {
            let nothing = Vec::<u8>::new();
            tx.execute(FAIL_RAW, args![id, now, nothing]).await?
        }
    };
    let details = json!({
        "reason": reason.map(PauseReason::as_str), "failures": head.failures, "given_up": given_up,
    });
    let event = NewEvent::done("webhook.pause", "webhook", id, &head.unit_id).with(details);
    events::record(tx, actor, now, event).await?;
    Ok(())
}

async fn resume_in(tx: &Tx, actor: &Actor, found: &Found, now: i64) -> Result<(), Error> {
    const RESUME: &str = "UPDATE webhook SET status = 'active', failures = 0, last_error = NULL, \
        quiet_until = 0, quiet_step = 0, cursor = (SELECT COALESCE(MAX(seq), 0) FROM event), updated_at = $2 WHERE id = $1";
    const SOON: &str =
        "UPDATE webhook_delivery SET due_at = $2 WHERE webhook_id = $1 AND status = 'waiting'";
    tx.execute(RESUME, args![&found.view.id, now]).await?;
    tx.execute(SOON, args![&found.view.id, now]).await?;
    let id = found.view.id.as_str();
    let event = NewEvent::done("webhook.resume", "webhook", id, &found.view.unit_id);
    events::record(tx, actor, now, event).await?;
    Ok(())
}

/// Gives a webhook a new key, shown once; the old one signs nothing from now on.
pub async fn renew_key(
    core: &Core,
    actor: &Actor,
    id: &WebhookId,
    proof: Option<Proof>,
) -> Result<Zeroizing<String>, Error> {
    may_write(actor)?;
    let now = core.now_ms();
    let (format, unit_path) = found(core, actor, id).await?;
    may_send(actor, format, &unit_path)?;
    confirm(core, actor, format, proof).await?;
    let key = new_key();
    let sealed = core
        .keys()
        .seal(key.as_bytes(), "webhook", "key_sealed", id.as_str());
    core.db()
        .write(
            (actor.clone(), id.clone(), sealed, now),
            |tx, (actor, id, sealed, now)| {
                Box::pin(async move {
                    const SET: &str =
                        "UPDATE webhook SET key_sealed = $2, updated_at = $3 WHERE id = $1";
                    let found = find_in(tx, actor, Permission::WebhooksWrite, id).await?;
                    tx.execute(SET, args![&*id, sealed.clone(), *now]).await?;
                    let unit = &found.view.unit_id;
                    let event = NewEvent::done("webhook.renew_key", "webhook", id.as_str(), unit);
                    events::record(tx, actor, *now, event).await?;
                    Ok::<_, Error>(())
                })
            },
        )
        .await?;
    Ok(key)
}

/// Removes a webhook with what waited for it.
pub async fn remove_webhook(core: &Core, actor: &Actor, id: &WebhookId) -> Result<(), Error> {
    may_write(actor)?;
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                const DELIVERIES: &str = "DELETE FROM webhook_delivery WHERE webhook_id = $1";
                const WEBHOOK: &str = "DELETE FROM webhook WHERE id = $1";
                let found = find_in(tx, actor, Permission::WebhooksWrite, id).await?;
                tx.execute(DELIVERIES, args![&*id]).await?;
                tx.execute(WEBHOOK, args![&*id]).await?;
                let unit = &found.view.unit_id;
                let event = NewEvent::done("webhook.remove", "webhook", id.as_str(), unit)
                    .with(json!({ "host": host(&found.view.url), "waiting": found.view.waiting }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
