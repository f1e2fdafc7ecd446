//! What a decision does, by the kind of change: handed to the feature that owns it.

use serde_json::json;
use tillsyn_db::Tx;

use super::ask::{Asked, Outcome};
use super::change::Change;
use super::since::{Moved, Since, since};
use super::status::ApprovalStatus;
use super::store::Approval;
use super::targets::{Target, digest, snapshot_in};
use crate::accounts;
use crate::actor::{Actor, ActorKind, authorize_device};
use crate::campaigns;
use crate::commands::{self, Withdrawn};
use crate::core::Core;
use crate::error::Error;
use crate::guard;
use crate::plans;
use crate::push;
use crate::roles;

/// What came of an approval.
pub(super) enum Carried {
    Done,
    /// So many devices are not what they were.
    Overtaken(usize),
}

/// Makes a change that one person may make, or keeps it for another.
pub(super) async fn submit_in(
    tx: &Tx,
    core: &Core,
    actor: &Actor,
    change: &Change,
    asked: &Asked,
    now_ms: i64,
) -> Result<Outcome, Error> {
    match change {
        Change::Guard { settings } => {
            guard::submit_settings_in(tx, actor, settings, asked, now_ms).await
        }
        Change::Unfreeze { freeze_id } => {
            guard::submit_unfreeze_in(tx, actor, freeze_id, asked, now_ms).await
        }
        Change::Account { change } => {
            accounts::submit_account_in(tx, actor, change, asked, now_ms).await
        }
        Change::Role { change } => roles::submit_in(tx, actor, change, asked, now_ms).await,
        _ => {
            let _ = core;
            Err(Error::internal(
                "This is asked for by the feature that owns it.",
            ))
        }
    }
}

/// Makes an approved change.
pub(super) async fn carry_in(
    tx: &Tx,
    core: &Core,
    actor: &Actor,
    found: &Approval,
    now_ms: i64,
) -> Result<Carried, Error> {
    match &found.change {
        Change::Commands { batch_id } => {
            let current = commands::waiting_devices_in(tx, batch_id).await?;
            if let Some(overtaken) = compare_in(tx, actor, found, current).await? {
                return Ok(overtaken);
            }
            let asker = found.asked_by.as_str();
            if !commands::release_in(tx, actor, batch_id, asker, now_ms).await? {
                return Ok(Carried::Overtaken(found.preview.targets.len()));
            }
        }
        Change::Guard { settings } => {
            let before = guard::current_settings_in(tx).await?;
            if found.preview.facts["before"] != json!(before) {
                return Ok(Carried::Overtaken(1));
            }
            let reason = found.reason.as_deref();
            let unit = found.unit_id.as_str();
            guard::change_settings_in(tx, actor, settings, unit, reason, now_ms).await?;
        }
        Change::Unfreeze { freeze_id } => {
            guard::unfreeze_in(tx, actor, freeze_id, now_ms).await?;
        }
        Change::Campaign { campaign_id } => {
            let current = campaigns::target_devices_in(tx, campaign_id).await?;
            if let Some(overtaken) = compare_in(tx, actor, found, current).await? {
                return Ok(overtaken);
            }
            campaigns::begin_in(tx, actor, campaign_id, now_ms).await?;
        }
        Change::Account { change } => {
            let reason = found.reason.as_deref();
            if !accounts::carry_account_in(tx, actor, change, reason, now_ms).await? {
                return Ok(Carried::Overtaken(1));
            }
        }
        Change::Role { change } => {
            let reason = found.reason.as_deref();
            if !roles::carry_in(tx, actor, change, reason, now_ms).await? {
                return Ok(Carried::Overtaken(1));
            }
        }
        Change::IdentityProvider { change } => {
            let asked = (&found.id, found.reason.as_deref());
            if !accounts::carry_provider_in(tx, core, actor, change, asked, now_ms).await? {
                return Ok(Carried::Overtaken(1));
            }
        }
        Change::PushCertificate { replacement, .. } => {
            let unit = std::iter::once(found.unit_path.as_str());
            guard::refuse_frozen_in(tx, actor, unit).await?;
            let asked = (&found.id, found.asked_by.as_str());
            push::replace_in(tx, core, actor, replacement, asked, now_ms).await?;
        }
        Change::Plan { .. } => {
            return Err(Error::internal("A plan is applied by its own feature."));
        }
    }
    Ok(Carried::Done)
}

/// Whether the devices are those that were asked for; and that whoever decides reaches all of them.
async fn compare_in(
    tx: &Tx,
    actor: &Actor,
    found: &Approval,
    current: Vec<String>,
) -> Result<Option<Carried>, Error> {
    let now = snapshot_in(tx, current).await?;
    if digest(&now) != found.digest {
        let all = changed(found, &now);
        let overtaking = all.iter().filter(|one| one.moved.overtakes());
        return Ok(Some(Carried::Overtaken(overtaking.count())));
    }
    if actor.kind != ActorKind::Server {
        for target in &now {
            let (path, platform) = (&target.unit_path, &target.platform);
            authorize_device(actor, found.permission, path, platform)?;
        }
    }
    Ok(None)
}

/// The devices that wait, as they are now; of changes without devices none.
pub(super) async fn current_in(tx: &Tx, change: &Change) -> Result<Vec<Target>, Error> {
    let devices = match change {
        Change::Commands { batch_id } => commands::waiting_devices_in(tx, batch_id).await?,
        Change::Campaign { campaign_id } => campaigns::target_devices_in(tx, campaign_id).await?,
        _ => Vec::new(),
    };
    snapshot_in(tx, devices).await
}

pub(super) fn changed(found: &Approval, now: &[Target]) -> Vec<Since> {
    let mut all = since(&found.preview.targets, now);
    // What changes the set comes first.
    all.sort_by_key(|one| (!one.moved.overtakes(), matches!(one.moved, Moved::Seen(_))));
    all
}

/// Withdraws what waited: it was declined, taken back, lapsed or overtaken.
pub(super) async fn drop_in(
    tx: &Tx,
    actor: &Actor,
    change: &Change,
    status: ApprovalStatus,
    now_ms: i64,
) -> Result<(), Error> {
    match change {
        Change::Commands { batch_id } => {
            let how = match status {
                ApprovalStatus::Expired => Withdrawn::Lapsed,
                ApprovalStatus::Declined => Withdrawn::Declined,
                ApprovalStatus::Overtaken => Withdrawn::Overtaken,
                _ => Withdrawn::TakenBack,
            };
            commands::withdraw_batch_in(tx, actor, batch_id, how, now_ms).await
        }
        Change::Plan { plan_id } => plans::drop_in(tx, plan_id).await,
        Change::Campaign { campaign_id } => {
            campaigns::drop_in(tx, campaign_id, status.as_str()).await
        }
        Change::Guard { .. }
        | Change::Unfreeze { .. }
        | Change::PushCertificate { .. }
        | Change::Account { .. }
        | Change::Role { .. }
        | Change::IdentityProvider { .. } => Ok(()),
    }
}
