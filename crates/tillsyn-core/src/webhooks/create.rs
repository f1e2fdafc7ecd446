//! Making a webhook: its key is made here and shown once.

use serde_json::json;
use tillsyn_db::args;
use tillsyn_pki::hash;
use tillsyn_upstream::webhook::NoTarget;
use zeroize::Zeroizing;

use super::store::{Format, WebhookView, find_in};
use super::{raw, subscription};
use crate::accounts::Proof;
use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::escrow::confirm_person;
use crate::events::{self, NewEvent};
use crate::ids::{OrgUnitId, WebhookId};
use crate::org;

/// What to make.
#[derive(Clone)]
pub struct NewWebhook {
    pub name: String,
    pub url: String,
    pub format: Format,
    /// Actions, `kind.*`, or `*`.
    pub events: Vec<String>,
    /// Whose events; without it, the actor's own unit. Units below are within.
    pub unit: Option<OrgUnitId>,
    /// From the person behind a token; the NanoMDM format needs it.
    pub proof: Option<Proof>,
}

/// Webhooks of one installation: each costs work for every event.
pub(super) const MOST: i64 = 100;
/// Scanners find leaked keys by how they begin.
const KEY_PREFIX: &str = "tillsyn_hook_";

pub(super) fn new_key() -> Zeroizing<String> {
    Zeroizing::new(format!("{KEY_PREFIX}{}", hash::random_token(32)))
}

pub(super) fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        let text = "The name has 1 to 100 characters.";
        return Err(Error::invalid("name", "name_length", text));
    }
    Ok(name.to_owned())
}

pub(super) fn checked_url(core: &Core, url: &str) -> Result<String, Error> {
    let url = url.trim();
    if url.len() > 2_000 {
        let text = "The address has at most 2,000 characters.";
        return Err(Error::invalid("url", "webhook_url", text));
    }
    match core.config().webhook_targets.check_url(url) {
        Ok(()) => Ok(url.to_owned()),
        Err(NoTarget::Form) => Err(Error::invalid(
            "url",
            "webhook_url",
            "Give an address that begins with https://, without a user name and without #.",
        )),
        Err(NoTarget::Private) => Err(Error::invalid(
            "url",
            "webhook_url_private",
            "This address is not of the public internet. `webhooks.allow` in the server's configuration \
             can open it.",
        )),
    }
}

/// A webhook hands on what the audit trail holds: whoever makes one may read that too.
pub(super) fn may_write(actor: &Actor) -> Result<(), Error> {
    may(actor, Permission::WebhooksWrite)?;
    may(actor, Permission::AuditRead)
}

/// What raw messages carry: tokens, recovery keys, codes, and where a device is.
const RAW_NEEDS: [Permission; 4] = [
    Permission::SecretsRevealTokens,
    Permission::SecretsRevealKeys,
    Permission::SecretsRevealPins,
    Permission::DevicesLocate,
];

/// Whether somebody may have raw messages sent at all, of whichever unit.
pub fn may_have_raw(actor: &Actor) -> bool {
    actor.platform.is_none() && RAW_NEEDS.into_iter().all(|needed| actor.holds(needed))
}

/// Whoever has raw messages sent may see all that is in them, of every device of the unit.
pub(super) fn may_send(actor: &Actor, format: Format, path: &str) -> Result<(), Error> {
    if format == Format::Tillsyn {
        return Ok(());
    }
    for needed in RAW_NEEDS {
        authorize(actor, needed, path)?;
    }
    if actor.platform.is_some() {
        return Err(Error::forbidden(
            "webhook_all_platforms",
            "This format is for accounts that reach the devices of every platform.",
        ));
    }
    Ok(())
}

/// Having secrets sent is like having them shown: a person means it now.
pub(super) async fn confirm(
    core: &Core,
    actor: &Actor,
    format: Format,
    proof: Option<Proof>,
) -> Result<(), Error> {
    match format {
        Format::Tillsyn => require_fresh(actor, core.now_ms()),
        Format::Nanomdm => confirm_person(core, actor, proof).await,
    }
}

/// Makes a webhook; it is told what happens from now on. Its key is returned once.
pub async fn create_webhook(
    core: &Core,
    actor: &Actor,
    new: NewWebhook,
) -> Result<(WebhookView, Zeroizing<String>), Error> {
    may_write(actor)?;
    let now = core.now_ms();
    let name = checked_name(&new.name)?;
    let url = checked_url(core, &new.url)?;
    let events = subscription::checked(new.format, &new.events)?;
    let unit = match &new.unit {
        Some(id) => org::unit(core, id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::WebhooksWrite, &unit.path)?;
    may_send(actor, new.format, &unit.path)?;
    confirm(core, actor, new.format, new.proof).await?;
    let format = new.format;
    let key = new_key();
    let id = WebhookId::new(now);
    let sealed = core
        .keys()
        .seal(key.as_bytes(), "webhook", "key_sealed", id.as_str());
    let input = (
        (actor.clone(), id, name, url),
        (format, events, unit, sealed, now),
    );
    let view = core
        .db()
        .write(
            input,
            |tx, ((actor, id, name, url), (format, events, unit, sealed, now))| {
                Box::pin(async move {
                    const COUNT: &str = "SELECT count(*) FROM webhook";
                    const INSERT: &str = "INSERT INTO webhook (id, org_unit_id, name, url, format, \
                        events, key_sealed, status, cursor, created_by, created_at, updated_at) \
                        VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', \
                        (SELECT COALESCE(MAX(seq), 0) FROM event), $8, $9, $9)";
                    if tx.fetch_one(COUNT, args![]).await?.i64(0)? >= MOST {
                        let text = format!("There are at most {MOST} webhooks.");
                        return Err(Error::conflict("webhooks_too_many", text));
                    }
                    let values = args![
                        &*id,
                        &unit.id,
                        name.as_str(),
                        url.as_str(),
                        format.as_str(),
                        json!(events).to_string(),
                        sealed.clone(),
                        actor.id.as_str(),
                        *now
                    ];
                    tx.execute(INSERT, values).await?;
                    // The address may hold a secret of the receiver: only its host is told.
                    let event =
                        NewEvent::done("webhook.create", "webhook", id.as_str(), unit.id.as_str())
                            .with(json!({
                                "host": host(url), "events": events, "format": format.as_str(),
                            }));
                    events::record(tx, actor, *now, event).await?;
                    Ok(find_in(tx, actor, Permission::WebhooksWrite, id)
                        .await?
                        .view)
                })
            },
        )
        .await?;
    raw::look(core).await?;
    Ok((view, key))
}

/// The host of a checked address, with its port.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// An address as whoever cannot change it sees it.
pub(crate) fn masked(url: &str) -> String {
    format!("https://{}/…", host(url))
}
