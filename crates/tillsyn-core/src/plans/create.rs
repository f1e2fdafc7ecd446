//! Making a plan, and the preview of a draft, which keeps nothing.

use std::sync::Arc;

use serde_json::json;
use tillsyn_db::args;

use super::carry::rehearse;
use super::change::Change;
use super::compute::{Computed, Depth, Prepared, compute};
use super::store::{self, PlanView, find_in};
use super::summary::Summary;
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{PlanId, ProfileId, ProfileVersionId};

/// Devices that a preview looks at.
const PREVIEW: usize = 10_000;

/// Computes the exact effect of a change and keeps it as a plan.
///
/// # Errors
/// Those of the change itself: whoever could not make it gets no plan of it.
pub async fn plan(core: &Core, actor: &Actor, change: Change) -> Result<PlanView, Error> {
    may(actor, change.permission())?;
    let now_ms = core.now_ms();
    let change = named(change, now_ms);
    rehearse(core, actor, &change, now_ms).await?;
    let (prepared, computed) = compute(core, actor, &change, Depth::Whole).await?;
    keep(core, actor, change, &prepared, Arc::new(computed)).await
}

/// Keeps what was computed as an open plan.
pub(super) async fn keep(
    core: &Core,
    actor: &Actor,
    change: Change,
    prepared: &Prepared,
    computed: Arc<Computed>,
) -> Result<PlanView, Error> {
    let now_ms = core.now_ms();
    let id = PlanId::new(now_ms);
    let unit = prepared.facts.unit_id.clone();
    let new = (id, actor.clone(), change, unit, computed.clone());
    core.db()
        .write((new, now_ms), |tx, (new, now)| {
            let (id, actor, change, unit, computed) = new;
            Box::pin(async move {
                store::insert_in(tx, actor, id, change, unit, computed, *now).await?;
                let (kind, object) = change.object();
                let event = NewEvent::done("plan.create", "plan", id.as_str(), unit).with(json!({
                    "change": change.kind(), "object_kind": kind, "object_id": object,
                    "digest": computed.digest, "devices": computed.tally.summary.devices,
                    "effects": computed.tally.summary.effects,
                }));
                events::record(tx, actor, *now, event).await?;
                find_in(tx, id, *now).await
            })
        })
        .await
        .map(|plan| plan.told_to(actor))
}

/// A version gets its id with the plan, because desired hashes cover it.
pub(super) fn named(change: Change, now_ms: i64) -> Change {
    match change {
        Change::PublishVersion {
            profile_id,
            draft_revision,
            comment,
            ..
        } => Change::PublishVersion {
            profile_id,
            draft_revision,
            comment,
            version_id: Some(ProfileVersionId::new(now_ms).to_string()),
        },
        other => other,
    }
}

/// What publishing the draft as it is now would do; nothing is kept. Of many devices it looks at the
/// first ten thousand.
pub async fn preview(core: &Core, actor: &Actor, profile: &ProfileId) -> Result<Summary, Error> {
    const DRAFT: &str = "SELECT u.path, r.revision FROM profile p \
        JOIN org_unit u ON u.id = p.org_unit_id \
        LEFT JOIN profile_draft r ON r.profile_id = p.id WHERE p.id = $1";
    let row = core
        .db()
        .query_optional(DRAFT, args![profile])
        .await?
        .ok_or_else(|| Error::not_found("profile"))?;
    authorize(actor, Permission::ProfilesRead, row.str(0)?)?;
    let Some(draft_revision) = row.opt_i64(1)? else {
        return Err(Error::conflict(
            "no_draft",
            "This profile has no draft to look at.",
        ));
    };
    let change = Change::PublishVersion {
        profile_id: profile.to_string(),
        draft_revision,
        comment: None,
        version_id: Some(String::new()),
    };
    let (_, computed) = compute(core, &Actor::system(), &change, Depth::First(PREVIEW)).await?;
    let mut summary = computed.tally.summary;
    summary.hide_from(actor);
    Ok(summary)
}
