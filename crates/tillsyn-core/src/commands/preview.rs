//! What a destructive act would do, before it is asked: the target set with its digest, who cannot, the
//! hold and the budget.

use tillsyn_db::Tx;

use super::channel::Channel;
use super::door::digest_of;
use super::guard::{self, Asker, Budget, Decision};
use super::request::{Act, Request};
use super::store::{self, Target};
use crate::actor::{Actor, ActorKind, authorize_device};
use crate::approvals::is_new;
use crate::campaigns::spend_in;
use crate::core::Core;
use crate::error::Error;
use crate::guard::within_in;
use crate::ids::DeviceId;
use crate::platform::apple;
use crate::settings::{self, GuardSettings};

/// The effect as it stands now.
#[derive(Debug, serde::Serialize)]
pub struct Preview {
    pub act: Option<&'static str>,
    pub targets: Vec<PreviewTarget>,
    /// To be sent back with the confirmation.
    pub targets_digest: String,
    /// What has to be typed; empty when nothing has.
    pub confirm_with: Option<String>,
    pub hold_minutes: i64,
    pub budget: Budget,
    /// Whether the budget has room for all targets.
    pub within_budget: bool,
    /// Why it would wait for a second person: `second_person`, `budget` or `new_account`.
    pub waits_for: Option<&'static str>,
}

/// One device of the set.
#[derive(Debug, serde::Serialize)]
pub struct PreviewTarget {
    pub device_id: DeviceId,
    pub name: String,
    pub last_seen: Option<i64>,
    pub ownership: Option<String>,
    /// Why it cannot, if it cannot.
    pub refused: Option<String>,
    /// The same as a stable code.
    pub refused_code: Option<&'static str>,
}

/// Looks at a request without sending it.
pub async fn preview(
    core: &Core,
    actor: &Actor,
    devices: Vec<DeviceId>,
    request: Request,
) -> Result<Preview, Error> {
    preview_on(core, actor, devices, &Channel::Device, request).await
}

/// The same for other channels of the devices.
pub async fn preview_on(
    core: &Core,
    actor: &Actor,
    devices: Vec<DeviceId>,
    channel: &Channel,
    request: Request,
) -> Result<Preview, Error> {
    if devices.is_empty() || devices.len() > super::door::TARGET_LIMIT {
        return Err(Error::invalid(
            "devices",
            "targets",
            "Name 1 to 1000 devices in one request.",
        ));
    }
    let settings: GuardSettings = settings::read(core, settings::GUARD).await?;
    let fleet = guard::fleet_size(core).await?;
    let budget_id = actor
        .account_id
        .as_ref()
        .map_or_else(|| actor.id.clone(), ToString::to_string);
    let input = (
        devices.clone(),
        budget_id,
        settings,
        fleet,
        core.now_ms(),
        channel.clone(),
        request.clone(),
        is_new(actor, core.now_ms()),
    );
    let ((targets, settings), budget, covered, lately) = core
        .db()
        .read(
            input,
            |tx: &Tx, (devices, budget_id, settings, fleet, now, channel, request, new)| {
                Box::pin(async move {
                    let ids = devices.iter().map(|d| d.as_str().to_owned()).collect();
                    let targets = store::targets_in(tx, ids, channel).await?;
                    let budget = guard::budget_in(tx, budget_id, *fleet, settings, *now).await?;
                    let act = targets.first().and_then(|t| act_of(request, t));
                    let (mut covered, mut lately) = (false, 0);
                    if let Some(act) = act {
                        covered = spend_in(tx, None, act, devices, *now).await?.is_some();
                        let (act, who) = (act.as_str(), (budget_id.as_str(), *new));
                        lately = guard::lately_in(tx, act, who, devices, *now).await?;
                    }
                    let paths = targets.iter().map(|t| t.unit_path.as_str());
                    let ids = targets.iter().map(|t| t.device_id.clone()).collect();
                    let settings = within_in(tx, settings, paths, ids, *now).await?;
                    Ok::<_, Error>(((targets, settings), budget, covered, lately))
                })
            },
        )
        .await?;
    let mut unique = devices.clone();
    unique.sort();
    unique.dedup();
    let reached = targets
        .iter()
        .filter(|t| actor.reaches_device(&t.unit_path, &t.platform));
    if store::devices_of(reached) != unique.len() {
        return Err(Error::not_found("device"));
    }
    let act = targets.first().and_then(|t| act_of(&request, t));
    let permission = request.permission(act);
    targets
        .iter()
        .try_for_each(|t| authorize_device(actor, permission, &t.unit_path, &t.platform))?;
    let slow = act.is_some_and(Act::is_slow);
    let confirm_with = slow.then(|| store::typed_to_confirm(&targets));
    let asker = Asker {
        confirmed: actor.kind == ActorKind::Account,
        new: is_new(actor, core.now_ms()),
        in_campaign: covered,
        lately,
    };
    let waits_for = act.and_then(|act| {
        let (all, now) = (unique.len(), core.now_ms());
        match guard::decide(act, all, asker, &budget, &settings, now) {
            Decision::Held(reason) => Some(reason.as_str()),
            Decision::AtOnce | Decision::Hold { .. } => None,
        }
    });
    Ok(Preview {
        act: act.map(Act::as_str),
        targets: targets
            .iter()
            .map(|t| preview_target(&request, t))
            .collect(),
        targets_digest: digest_of(&unique),
        confirm_with,
        hold_minutes: settings.hold_minutes.clamp(0, 10),
        within_budget: covered || !act.is_some_and(|act| guard::over(act, unique.len(), &budget)),
        waits_for,
        budget,
    })
}

fn act_of(request: &Request, target: &Target) -> Option<Act> {
    let enrollment = target.enrollment.as_ref();
    request.act(enrollment.map(|e| e.profile_identifier.as_str()))
}

fn preview_target(request: &Request, target: &Target) -> PreviewTarget {
    let refused = match &target.enrollment {
        None => Some(target.unreachable()),
        Some(enrollment) => apple::check_capability(request, false, target, enrollment).err(),
    };
    let (refused_code, refused) = refused.unzip();
    PreviewTarget {
        device_id: DeviceId::from_store(target.device_id.clone()),
        name: target.shown_name(),
        last_seen: target.last_seen,
        ownership: target.enrollment.as_ref().map(|e| e.ownership.clone()),
        refused,
        refused_code,
    }
}
