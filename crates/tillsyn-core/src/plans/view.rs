//! Plans as they are shown, their effects page by page, and taking one back.

use std::collections::HashMap;

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::compute::{look, prepare};
use super::effect::EffectKind;
use super::store::{COLUMNS, PlanStatus, PlanView, decode, find_in};
use crate::actor::{Actor, Permission, authorize, may};
use crate::approvals::{ApprovalStatus, End, settle_in};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::PlanId;
use crate::paging::{Cursor, Page, page_size};

/// Whoever may see profiles may see what is planned with them.
const READ: Permission = Permission::ProfilesRead;

/// One plan of the actor's scope.
pub async fn find(core: &Core, actor: &Actor, id: &PlanId) -> Result<PlanView, Error> {
    let input = (id.clone(), core.now_ms());
    let plan = core
        .db()
        .read(input, |tx, (id, now)| {
            Box::pin(async move { find_in(tx, id, *now).await })
        })
        .await?;
    if authorize(actor, plan.change.permission(), &plan.unit_path).is_err() {
        authorize(actor, READ, &plan.unit_path)?;
    }
    Ok(plan.told_to(actor))
}

/// The plans of the actor's scope, newest first; with `pending`, those that can still be applied.
pub async fn list_plans(
    core: &Core,
    actor: &Actor,
    pending: bool,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<PlanView>, Error> {
    may(actor, READ)?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let now_ms = core.now_ms();
    let input = (actor.clone(), before, pending, limit, now_ms);
    core.db()
        .read(input, |tx, (actor, before, pending, limit, now)| {
            Box::pin(async move {
                let sql = format!(
                    "{COLUMNS} WHERE u.path >= $1 AND u.path < $2 AND p.id < $3 AND ($4 = 0 \
                     OR (p.status IN ('open', 'waiting') AND p.expires_at > $5)) \
                     ORDER BY p.id DESC LIMIT $6"
                );
                let path = actor.unit_path.as_str();
                let args = args![
                    path,
                    prefix_end(path),
                    before.as_str(),
                    i64::from(*pending),
                    *now,
                    *limit + 1
                ];
                let rows = tx.fetch_all_dyn(&sql, args).await?;
                let shown = usize::try_from(*limit).unwrap_or(0);
                let items = rows
                    .iter()
                    .take(shown)
                    .map(|row| Ok(decode(row, *now)?.told_to(actor)))
                    .collect::<Result<Vec<_>, Error>>()?;
                let next = items
                    .last()
                    .filter(|_| rows.len() > shown)
                    .map(|last| Cursor::of_text(last.id.as_str()).encode());
                Ok(Page { items, next })
            })
        })
        .await
}

/// The plans that wait for a second person, newest first: what somebody on the server may release.
pub async fn waiting_plans(core: &Core, actor: &Actor) -> Result<Vec<PlanView>, Error> {
    may(actor, READ)?;
    let input = (actor.clone(), core.now_ms());
    core.db()
        .read(input, |tx, (actor, now)| {
            Box::pin(async move {
                let sql = format!(
                    "{COLUMNS} WHERE p.status = 'waiting' AND p.expires_at > $3 \
                     AND u.path >= $1 AND u.path < $2 ORDER BY p.id DESC LIMIT 1000"
                );
                let path = actor.unit_path.as_str();
                let values = args![path, prefix_end(path), *now];
                let rows = tx.fetch_all_dyn(&sql, values).await?;
                let read = |row| Ok(decode(row, *now)?.told_to(actor));
                rows.iter().map(read).collect()
            })
        })
        .await
}

/// One effect, with the names that a page shows.
#[derive(Clone, Debug)]
pub struct EffectView {
    pub device_id: String,
    pub device_name: String,
    pub platform: String,
    /// `device` or `user:<id>`.
    pub channel: String,
    /// With its name; none of a profile that lies above what the actor reaches.
    pub item_id: Option<String>,
    pub item_name: Option<String>,
    pub effect: EffectKind,
    pub old_version: Option<i64>,
    pub new_version: Option<i64>,
    /// Why it is refused: a stable code, and more of it as JSON.
    pub reason: Option<String>,
    pub detail: Option<String>,
}

/// The effects of a pending plan as they would be now, in the order of devices; only of devices that the
/// actor reaches.
pub async fn effects(
    core: &Core,
    actor: &Actor,
    id: &PlanId,
    only: Option<EffectKind>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<EffectView>, Error> {
    may(actor, Permission::DevicesRead)?;
    let plan = find(core, actor, id).await?;
    if !plan.status.is_pending() {
        return Err(Error::conflict(
            "plan_over",
            "The effects of a plan are shown while it can be applied.",
        ));
    }
    let limit = usize::try_from(page_size(limit)?).unwrap_or(0);
    let after = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => String::new(),
    };
    // Scope is the plan's, decided above.
    let prepared = prepare(core, &Actor::system(), &plan.change).await?;
    let from = prepared
        .candidates
        .partition_point(|device| *device <= after);
    let rest = prepared.candidates.get(from..).unwrap_or_default();
    let (mut items, mut next) = (Vec::new(), None);
    'chunks: for ids in rest.chunks(200) {
        let Some(chunk) = look(core, &prepared, ids).await? else {
            return Err(Error::conflict(
                "configuration_moves",
                "The configuration is being changed at this moment; try again.",
            ));
        };
        for device in chunk {
            if items.len() >= limit {
                // A page ends behind a device, so it may be a little longer than asked.
                next = last_device(&items).map(|id| Cursor::of_text(id).encode());
                break 'chunks;
            }
            let subject = &device.subject;
            if !actor.reaches_device(&subject.unit_path, &subject.platform) {
                continue;
            }
            let platform = &device.subject.platform;
            let effects = device.effects.into_iter();
            for effect in effects.filter(|effect| only.is_none_or(|only| only == effect.kind)) {
                let names = &prepared.after.items;
                let item = names.get(&effect.item_id);
                let hidden = item.is_some_and(|item| !actor.reaches(&item.unit_path));
                let item_name = item.map(|item| item.name.clone());
                let item_name = item_name.unwrap_or_else(|| effect.item.clone());
                items.push(EffectView {
                    device_name: effect.device_id.clone(),
                    device_id: effect.device_id,
                    platform: platform.clone(),
                    channel: effect.channel,
                    item_name: (!hidden).then_some(item_name),
                    item_id: (!hidden).then_some(effect.item_id),
                    effect: effect.kind,
                    old_version: effect.old,
                    new_version: effect.new,
                    detail: effect.reason.as_ref().and_then(|of| of.detail.clone()),
                    reason: effect.reason.map(|of| of.code),
                });
            }
        }
    }
    name_devices(core, &mut items).await?;
    Ok(Page { items, next })
}

fn last_device(items: &[EffectView]) -> Option<&str> {
    items.last().map(|last| last.device_id.as_str())
}

async fn name_devices(core: &Core, items: &mut [EffectView]) -> Result<(), Error> {
    const NAMES: &str =
        "SELECT device_id, name, serial_number FROM device_summary WHERE device_id {ids}";
    let mut ids: Vec<String> = items.iter().map(|item| item.device_id.clone()).collect();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let names: HashMap<String, String> = core
        .db()
        .read(ids, |tx, ids| {
            Box::pin(async move {
                let rows = tx.fetch_all_in(NAMES, ids.clone(), args![]).await?;
                let named = rows.iter().map(|row| {
                    let (id, name, serial) = (row.text(0)?, row.opt_text(1)?, row.opt_text(2)?);
                    let shown = shown_name(name.as_deref(), serial.as_deref(), &id);
                    Ok((id, shown))
                });
                named.collect::<Result<_, Error>>()
            })
        })
        .await?;
    for item in items {
        if let Some(name) = names.get(&item.device_id) {
            item.device_name.clone_from(name);
        }
    }
    Ok(())
}

/// Refuses whoever is limited to one platform a plan that changes devices of others too.
pub(crate) async fn refuse_limited_in(
    tx: &Tx,
    actor: &Actor,
    plan_id: &str,
    now_ms: i64,
) -> Result<(), Error> {
    let plan = PlanId::from_store(plan_id.to_owned());
    find_in(tx, &plan, now_ms)
        .await?
        .summary
        .refuse_limited(actor)
}

/// Takes a pending plan back.
pub async fn cancel(core: &Core, actor: &Actor, id: &PlanId) -> Result<PlanView, Error> {
    const CANCEL: &str = "UPDATE plan SET status = 'cancelled' WHERE id = $1";
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let plan = find_in(tx, id, *now).await?;
                authorize(actor, plan.change.permission(), &plan.unit_path)?;
                plan.summary.refuse_limited(actor)?;
                match plan.status {
                    PlanStatus::Cancelled => return Ok(plan),
                    status if status.is_pending() => {}
                    over => {
                        return Err(Error::conflict(
                            "plan_over",
                            format!("This plan is {} already.", over.as_str()),
                        ));
                    }
                }
                tx.execute(CANCEL, args![id]).await?;
                let end = End {
                    status: ApprovalStatus::Cancelled,
                    reason: None,
                };
                settle_in(tx, actor, "plan", id.as_str(), end, *now).await?;
                let event = NewEvent::done("plan.cancel", "plan", id.as_str(), &plan.unit_id)
                    .with(json!({ "before": plan.status.as_str(), "digest": plan.digest }));
                events::record(tx, actor, *now, event).await?;
                find_in(tx, id, *now).await
            })
        })
        .await
        .map(|plan| plan.told_to(actor))
}
