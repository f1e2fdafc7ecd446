//! The one door for commands: target set in; permission, capability and guard checked; one batch out.

use serde_json::json;
use tillsyn_db::{Engine, Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::channel::Channel;
use super::guard::{self, Asker, Budget, Decision, HeldReason};
use super::insert::{self, Able, Enqueued};
use super::request::{Act, Request};
use super::store::{self, Target, TargetEnrollment};
use crate::actor::{Actor, ActorKind, Permission, authorize_device, may, require_fresh};
use crate::approvals::is_new;
use crate::campaigns::{self, Spend};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::escrow;
use crate::guard::{refuse_frozen_in, within_in};
use crate::ids::{BatchId, CampaignId, DeviceId};
use crate::keys::KeyStore;
use crate::platform::apple;
use crate::self_service::{self, Admitted};
use crate::settings::{self, GuardSettings};

/// Unfinished commands that one device may have (S89).
const PENDING_LIMIT: i64 = 200;
/// The same for one user of it.
const USER_LIMIT: i64 = 100;
/// So many more when they are urgent: a full queue must not stop a lock or an erase.
const URGENT_RESERVE: i64 = 20;
/// Targets of one call: a writer transaction stays short.
pub(super) const TARGET_LIMIT: usize = 1_000;

/// What to send, and to whom.
pub struct NewCommand {
    pub devices: Vec<DeviceId>,
    pub request: Request,
    /// The profile's bytes for `InstallProfile`.
    pub profile: Option<Zeroizing<Vec<u8>>>,
    /// Why, for the audit trail. Destructive acts need one.
    pub reason: Option<String>,
    pub confirmation: Confirmation,
}

/// What the asker typed and saw (security §6).
#[derive(Clone, Debug, Default)]
pub struct Confirmation {
    /// The device's name, or the exact count for two and more.
    pub typed: Option<String>,
    /// Digest of the target set that the preview showed.
    pub targets_digest: Option<String>,
}

/// Digest of a target set, the same whatever the order.
pub(crate) fn digest_of(devices: &[DeviceId]) -> String {
    let mut ids: Vec<&str> = devices.iter().map(DeviceId::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    hash::sha256_hex(ids.join("\n").as_bytes())
}

/// Puts one request into the queues of a set of devices: all of them or none.
///
/// # Errors
/// Not found outside the scope; not capable with the devices that cannot and why; invalid or conflict
/// when the confirmation does not match the act; overloaded when a device's queue is full.
pub async fn enqueue(core: &Core, actor: &Actor, new: NewCommand) -> Result<Enqueued, Error> {
    enqueue_on(core, actor, new, Channel::Device).await
}

/// The same into other queues of the devices: those of their users.
pub async fn enqueue_on(
    core: &Core,
    actor: &Actor,
    new: NewCommand,
    channel: Channel,
) -> Result<Enqueued, Error> {
    pass(core, actor, new, channel, None).await
}

/// An erase or retire of devices of a campaign; refused outside of its list and dates.
pub async fn enqueue_in_campaign(
    core: &Core,
    actor: &Actor,
    new: NewCommand,
    campaign: CampaignId,
) -> Result<Enqueued, Error> {
    pass(core, actor, new, Channel::Device, Some(campaign)).await
}

async fn pass(
    core: &Core,
    actor: &Actor,
    new: NewCommand,
    channel: Channel,
    campaign: Option<CampaignId>,
) -> Result<Enqueued, Error> {
    let now_ms = core.now_ms();
    let mut devices = new.devices.clone();
    devices.sort();
    devices.dedup();
    if devices.is_empty() || devices.len() > TARGET_LIMIT {
        return Err(Error::invalid(
            "devices",
            "targets",
            format!("Name 1 to {TARGET_LIMIT} devices in one request."),
        ));
    }
    if new.request.request_type() == "RotateFileVaultKey" {
        // The command gets it when it is sent; made here, because that is slow, and for nobody who may
        // not use it.
        may(actor, Permission::SecretsRotate)?;
        escrow::ensure_certificate(core).await?;
    }
    let settings: GuardSettings = settings::read(core, settings::GUARD).await?;
    let fleet = guard::fleet_size(core).await?;
    let plan = Plan {
        keys: core.keys().clone(),
        actor: actor.clone(),
        request: new.request,
        profile: new.profile,
        reason: new
            .reason
            .map(|r| r.trim().to_owned())
            .filter(|r| !r.is_empty()),
        confirmation: new.confirmation,
        devices,
        channel,
        settings,
        fleet,
        campaign,
        only_able: false,
        tool: None,
        now_ms,
    };
    let enqueued = core
        .db()
        .write(plan, |tx, plan| Box::pin(async move { plan.run(tx).await }))
        .await?;
    core.wake_push();
    Ok(enqueued)
}

/// What the guard decided, and on what.
pub(super) struct Ruling {
    pub(super) decision: Decision,
    /// More than the budget has room for, whatever else holds it.
    pub(super) over_budget: bool,
    pub(super) budget: Budget,
    /// The campaign that covers it.
    pub(super) spend: Option<Spend>,
}

impl Ruling {
    /// Of what the guard has nothing to say to.
    pub(super) fn at_once() -> Self {
        Self {
            decision: Decision::AtOnce,
            over_budget: false,
            budget: Budget::default(),
            spend: None,
        }
    }
}

/// What a tool says of its command that nobody else does.
#[derive(Clone, Debug)]
pub(super) struct Tool {
    /// The `CommandUUID` under which it waits for the answer.
    pub(super) given_id: String,
    /// Whether devices are woken for it.
    pub(super) push: bool,
}

/// Everything that the transaction body needs; it may run more than once.
pub(super) struct Plan {
    pub(super) keys: KeyStore,
    pub(super) actor: Actor,
    pub(super) request: Request,
    pub(super) profile: Option<Zeroizing<Vec<u8>>>,
    pub(super) reason: Option<String>,
    pub(super) confirmation: Confirmation,
    pub(super) devices: Vec<DeviceId>,
    pub(super) channel: Channel,
    pub(super) settings: GuardSettings,
    pub(super) fleet: i64,
    /// The campaign that was named.
    pub(super) campaign: Option<CampaignId>,
    /// Leaves out what cannot be asked instead of refusing the whole set: the server's own questions.
    pub(super) only_able: bool,
    /// A tool's own name for the command.
    pub(super) tool: Option<Tool>,
    pub(super) now_ms: i64,
}

impl Plan {
    async fn run(&self, tx: &Tx) -> Result<Enqueued, Error> {
        let targets = self.load(tx).await?;
        let act = self.act(targets.iter())?;
        let admitted = self.check_permission(tx, &targets, act).await?;
        let able = self.check_capability(tx, &targets).await?;
        self.check_confirmation(&targets, act)?;
        let able = self.with_room(tx, able).await?;
        if able.is_empty() {
            return Ok(Enqueued {
                batch_id: BatchId::new(self.now_ms),
                commands: Vec::new(),
            });
        }
        let mut ruling = self.rule(tx, &able, act).await?;
        if admitted == Admitted::Asked && !matches!(ruling.decision, Decision::Held(_)) {
            ruling.decision = Decision::Held(HeldReason::SecondPerson);
        }
        self.insert(tx, &able, act, &ruling).await
    }

    async fn load(&self, tx: &Tx) -> Result<Vec<Target>, Error> {
        let ids = self
            .devices
            .iter()
            .map(|id| id.as_str().to_owned())
            .collect();
        let targets = store::targets_in(tx, ids, &self.channel).await?;
        lock_enrollments(tx, &targets).await?;
        if self.actor.own_person().is_some() {
            return self.load_own(tx, targets).await;
        }
        // One missing or foreign device refuses the whole set, without saying which exists (S03).
        let reached = targets
            .iter()
            .filter(|t| self.actor.reaches_device(&t.unit_path, &t.platform));
        if self.only_able || store::devices_of(reached) == self.devices.len() {
            Ok(targets)
        } else {
            Err(Error::not_found("device"))
        }
    }

    /// A person reaches one device at a time, of those that are theirs in this transaction, and no user of it.
    async fn load_own(&self, tx: &Tx, targets: Vec<Target>) -> Result<Vec<Target>, Error> {
        let ids = self.devices.iter().map(ToString::to_string).collect();
        let own = self_service::own_in(tx, &self.actor, ids).await?;
        let whole = targets.iter().all(|t| own.contains(&t.device_id));
        if own.len() == 1 && self.devices.len() == 1 && targets.len() == 1 && whole {
            return Ok(targets);
        }
        Err(Error::not_found("device"))
    }

    /// The act of the whole set. A removal that retires some of the devices and not others would hide
    /// the retire, so it is refused.
    pub(super) fn act<'a>(
        &self,
        targets: impl Iterator<Item = &'a Target>,
    ) -> Result<Option<Act>, Error> {
        let mut acts = targets.map(|target| self.act_on(target));
        let first = acts.next().flatten();
        if acts.all(|act| act == first) {
            return Ok(first);
        }
        Err(Error::conflict(
            "mixed_acts",
            "For some of these devices this removes their management, for others a profile. Send the \
             two apart.",
        ))
    }

    pub(super) fn act_on(&self, target: &Target) -> Option<Act> {
        let enrollment = target.enrollment.as_ref();
        self.request
            .act(enrollment.map(|e| e.profile_identifier.as_str()))
    }

    async fn check_permission(
        &self,
        tx: &Tx,
        targets: &[Target],
        act: Option<Act>,
    ) -> Result<Admitted, Error> {
        if self.actor.own_person().is_some() {
            return self.check_own(tx, targets, act).await;
        }
        let permission = self.request.permission(act);
        targets.iter().try_for_each(|t| {
            authorize_device(&self.actor, permission, &t.unit_path, &t.platform)
        })?;
        Ok(Admitted::Yes)
    }

    /// What the policy of the unit lets the person do; nothing that tools, campaigns or profiles are about.
    async fn check_own(
        &self,
        tx: &Tx,
        targets: &[Target],
        act: Option<Act>,
    ) -> Result<Admitted, Error> {
        let plain = self.channel == Channel::Device
            && self.campaign.is_none()
            && self.tool.is_none()
            && self.profile.is_none();
        let [target] = targets else {
            return Err(Error::not_found("device"));
        };
        if !plain {
            return Err(Error::not_found("device"));
        }
        let ownership = target.enrollment.as_ref().map(|e| e.ownership.as_str());
        let about = (
            target.device_id.as_str(),
            target.unit_path.as_str(),
            ownership,
        );
        let request_type = self.request.request_type();
        self_service::admit_in(tx, &self.actor, about, request_type, act).await
    }

    async fn check_capability<'a>(
        &self,
        tx: &Tx,
        targets: &'a [Target],
    ) -> Result<Vec<Able<'a>>, Error> {
        let mut able = Vec::with_capacity(targets.len());
        let mut refused = Vec::new();
        let by_server = self.actor.kind == ActorKind::System;
        for target in targets {
            match self.able(tx, target, by_server).await? {
                Ok(enrollment) => able.push((target, enrollment)),
                Err((code, why)) => refused.push(json!({
                    "device_id": target.device_id, "code": code, "detail": why
                })),
            }
        }
        if refused.is_empty() || self.only_able {
            return Ok(able);
        }
        let detail = refused
            .first()
            .and_then(|r| r["detail"].as_str())
            .map_or_else(String::new, |first| format!(" First: {first}"));
        Err(Error::new(
            Kind::NotCapable,
            "not_capable",
            format!(
                "{} of {} devices cannot do this; nothing was sent.{detail}",
                refused.len(),
                targets.len()
            ),
        )
        .with_data(json!({ "refused": refused })))
    }

    /// Whether one queue can take the request; else a stable code and the reason in words.
    pub(super) async fn able<'a>(
        &self,
        tx: &Tx,
        target: &'a Target,
        by_server: bool,
    ) -> Result<Result<&'a TargetEnrollment, (&'static str, String)>, Error> {
        let Some(enrollment) = &target.enrollment else {
            return Ok(Err(target.unreachable()));
        };
        if let Err(refused) = apple::check_capability(&self.request, by_server, target, enrollment)
        {
            return Ok(Err(refused));
        }
        let escrowed =
            apple::check_escrowed_in(tx, &self.keys, &self.request, &target.device_id).await?;
        Ok(escrowed.map(|()| enrollment))
    }

    /// The rows of the guard's table that ask something of the person: a fresh sign-in, the typed name
    /// or count, and the same target set as the preview's.
    fn check_confirmation(&self, targets: &[Target], act: Option<Act>) -> Result<(), Error> {
        if self.actor.kind == ActorKind::System {
            return Ok(());
        }
        let slow = act.is_some_and(Act::is_slow);
        if slow || (act.is_some() && self.devices.len() > 5) {
            require_fresh(&self.actor, self.now_ms)?;
        }
        if !slow {
            return Ok(());
        }
        if self.reason.is_none() {
            return Err(Error::invalid(
                "reason",
                "reason_missing",
                "Say why; it goes to the audit trail.",
            ));
        }
        let expected = store::typed_to_confirm(targets);
        let what = match self.devices.len() {
            1 => "the name of the device",
            _ => "the exact number of devices",
        };
        let typed = self.confirmation.typed.as_deref().map(str::trim);
        if typed != Some(expected.as_str()) {
            return Err(Error::invalid(
                "confirm",
                "confirmation",
                format!("Type {what} to confirm: {expected}"),
            ));
        }
        if self.devices.len() > 1
            && self.confirmation.targets_digest.as_deref()
                != Some(digest_of(&self.devices).as_str())
        {
            return Err(Error::conflict(
                "targets_changed",
                "These are not the devices that the preview showed. Look at the preview again.",
            ));
        }
        Ok(())
    }

    /// Nobody's queue grows without bound: neither the device's as a whole nor that of one of its users.
    pub(super) async fn with_room<'a>(
        &self,
        tx: &Tx,
        able: Vec<Able<'a>>,
    ) -> Result<Vec<Able<'a>>, Error> {
        const FULL: &str = "SELECT device_id FROM command WHERE finished = 0 AND device_id {ids} \
            AND ($2 = 0 OR status <> 'held') GROUP BY device_id HAVING count(*) >= $1";
        const FULL_CHANNEL: &str = "SELECT device_id FROM command WHERE finished = 0 \
            AND channel_id {ids} AND ($2 = 0 OR status <> 'held') \
            GROUP BY device_id, channel_id HAVING count(*) >= $1";
        // What is held may never go: it must not keep a lock from the reserve.
        let urgent = self.request.lane() == 0;
        let reserve = if urgent { URGENT_RESERVE } else { 0 };
        let urgent = i64::from(urgent);
        let (limit, user_limit) = (PENDING_LIMIT + reserve, USER_LIMIT + reserve);
        let devices = able.iter().map(|(t, _)| t.device_id.clone()).collect();
        let mut full = tx.fetch_all_in(FULL, devices, args![limit, urgent]).await?;
        if full.is_empty() && self.channel != Channel::Device {
            full = tx
                .fetch_all_in(
                    FULL_CHANNEL,
                    insert::channels(&able),
                    args![user_limit, urgent],
                )
                .await?;
        }
        if full.is_empty() {
            return Ok(able);
        }
        let ids: Vec<String> = full.iter().map(|r| r.text(0)).collect::<Result<_, _>>()?;
        if self.only_able {
            return Ok(able
                .into_iter()
                .filter(|(target, _)| !ids.contains(&target.device_id))
                .collect());
        }
        Err(Error::new(
            Kind::Overloaded,
            "queue_full",
            format!(
                "{} of these queues already have as many commands waiting as they may \
                 ({limit} for a device, {user_limit} for one user).",
                ids.len()
            ),
        )
        .with_data(json!({ "devices": ids })))
    }

    pub(super) async fn rule(
        &self,
        tx: &Tx,
        able: &[Able<'_>],
        act: Option<Act>,
    ) -> Result<Ruling, Error> {
        let Some(act) = act else {
            return match self.campaign {
                None => Ok(Ruling::at_once()),
                Some(_) => Err(Error::conflict(
                    "campaign_act",
                    "This campaign was agreed on for something else.",
                )),
            };
        };
        refuse_frozen_in(
            tx,
            &self.actor,
            able.iter().map(|(t, _)| t.unit_path.as_str()),
        )
        .await?;
        let named = self.campaign.as_ref();
        let spend = campaigns::spend_in(tx, named, act, &self.devices, self.now_ms).await?;
        let (id, fleet, settings) = (self.budget_id(), self.fleet, &self.settings);
        let budget = guard::budget_in(tx, &id, fleet, settings, self.now_ms).await?;
        let new = is_new(&self.actor, self.now_ms);
        let asker = Asker {
            confirmed: self.actor.kind == ActorKind::Account,
            new,
            in_campaign: spend.is_some(),
            lately: guard::lately_in(tx, act.as_str(), (&id, new), &self.devices, self.now_ms)
                .await?,
        };
        let all = self.devices.len();
        let paths = able.iter().map(|(t, _)| t.unit_path.as_str());
        let ids = able.iter().map(|(t, _)| t.device_id.clone()).collect();
        let settings = within_in(tx, &self.settings, paths, ids, self.now_ms).await?;
        Ok(Ruling {
            decision: guard::decide(act, all, asker, &budget, &settings, self.now_ms),
            over_budget: spend.is_none() && guard::over(act, all, &budget),
            budget,
            spend,
        })
    }

    /// Sessions and tokens of one person draw on one budget.
    pub(super) fn budget_id(&self) -> String {
        self.actor
            .account_id
            .as_ref()
            .map_or_else(|| self.actor.id.clone(), ToString::to_string)
    }
}

/// On PostgreSQL the turns of devices run beside this under row locks only: whoever ends an enrollment now
/// is waited for, and the body runs again.
pub(super) async fn lock_enrollments(tx: &Tx, targets: &[Target]) -> Result<(), Error> {
    const SHARE: &str = "SELECT id FROM enrollment WHERE id {ids} ORDER BY id FOR SHARE";
    if tx.engine() == Engine::Postgres {
        let ids = targets
            .iter()
            .filter_map(|t| Some(t.enrollment.as_ref()?.id.clone()))
            .collect();
        tx.fetch_all_in(SHARE, ids, args![]).await?;
    }
    Ok(())
}

/// A question of the server's own to a set of devices: through the same checks as everything else. Devices
/// that cannot answer it, or whose queue is full, are left out; what waits already is not doubled.
pub(crate) async fn ask_where_able_in(
    tx: &Tx,
    keys: &KeyStore,
    devices: Vec<DeviceId>,
    request: Request,
    now_ms: i64,
) -> Result<Enqueued, Error> {
    let plan = Plan::of_server(keys, devices, Channel::Device, request, now_ms);
    plan.run(tx).await
}

impl Plan {
    pub(super) fn of_server(
        keys: &KeyStore,
        devices: Vec<DeviceId>,
        channel: Channel,
        request: Request,
        now_ms: i64,
    ) -> Self {
        Self {
            keys: keys.clone(),
            actor: Actor::system(),
            request,
            profile: None,
            reason: None,
            confirmation: Confirmation::default(),
            devices,
            channel,
            settings: GuardSettings::default(),
            fleet: 0,
            campaign: None,
            only_able: true,
            tool: None,
            now_ms,
        }
    }
}
