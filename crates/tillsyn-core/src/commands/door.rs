//! The one door for commands: target set in; permission, capability and guard checked; one batch out.

use std::collections::HashMap;

use serde_json::json;
use tillsyn_db::{Engine, Tx, Value, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::guard::{self, Asker, Decision};
use super::request::{Act, Request};
use super::status::CommandStatus;
use super::store::{self, Target, TargetEnrollment};
use crate::actor::{Actor, ActorKind, authorize, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{BatchId, CommandId, DeviceId};
use crate::keys::KeyStore;
use crate::platform::apple;
use crate::settings::{self, GuardSettings};

/// Unfinished commands that one device may have (S89).
const PENDING_LIMIT: i64 = 200;
/// Targets of one call: a writer transaction stays short.
pub(super) const TARGET_LIMIT: usize = 1_000;
/// How long a command may wait for its device.
const LIFE_MS: i64 = 7 * DAY_MS;

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

/// What the door made.
#[derive(Debug, serde::Serialize)]
pub struct Enqueued {
    pub batch_id: BatchId,
    pub commands: Vec<EnqueuedCommand>,
}

/// One command of the batch.
#[derive(serde::Serialize)]
pub struct EnqueuedCommand {
    pub id: CommandId,
    pub device_id: DeviceId,
    pub status: &'static str,
    pub held_reason: Option<&'static str>,
    /// When a held command goes by itself.
    pub held_until: Option<i64>,
    /// An identical query was waiting already; this is it.
    pub merged: bool,
    /// The PIN that unlocks a Mac after this lock; also kept sealed. Shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlock_pin: Option<String>,
}

// The PIN is for the answer alone.
impl std::fmt::Debug for EnqueuedCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnqueuedCommand")
            .field("id", &self.id)
            .field("device_id", &self.device_id)
            .field("status", &self.status)
            .field("held_reason", &self.held_reason)
            .finish_non_exhaustive()
    }
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
        settings,
        fleet,
        now_ms,
    };
    let enqueued = core
        .db()
        .write(plan, |tx, plan| Box::pin(async move { plan.run(tx).await }))
        .await?;
    core.wake_push();
    Ok(enqueued)
}

/// Everything that the transaction body needs; it may run more than once.
struct Plan {
    keys: KeyStore,
    actor: Actor,
    request: Request,
    profile: Option<Zeroizing<Vec<u8>>>,
    reason: Option<String>,
    confirmation: Confirmation,
    devices: Vec<DeviceId>,
    settings: GuardSettings,
    fleet: i64,
    now_ms: i64,
}

impl Plan {
    async fn run(&self, tx: &Tx) -> Result<Enqueued, Error> {
        let targets = self.load(tx).await?;
        let act = self.act(&targets)?;
        self.check_permission(&targets, act)?;
        let able = self.check_capability(&targets)?;
        self.check_confirmation(&targets, act)?;
        self.check_room(tx, &able).await?;
        let decision = self.decide(tx, act).await?;
        self.insert(tx, &able, act, decision).await
    }

    async fn load(&self, tx: &Tx) -> Result<Vec<Target>, Error> {
        let ids = self
            .devices
            .iter()
            .map(|id| id.as_str().to_owned())
            .collect();
        let targets = store::targets_in(tx, ids).await?;
        lock_enrollments(tx, &targets).await?;
        // One missing or foreign device refuses the whole set, without saying which exists (S03).
        let reached = targets
            .iter()
            .filter(|t| self.actor.reaches(&t.unit_path))
            .count();
        if reached == self.devices.len() {
            Ok(targets)
        } else {
            Err(Error::not_found("device"))
        }
    }

    /// The act of the whole set. A removal that retires some of the devices and not others would hide
    /// the retire, so it is refused.
    fn act(&self, targets: &[Target]) -> Result<Option<Act>, Error> {
        let mut acts = targets.iter().map(|target| {
            let profile = target
                .enrollment
                .as_ref()
                .map(|e| e.profile_identifier.as_str());
            self.request.act(profile.unwrap_or_default())
        });
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

    fn check_permission(&self, targets: &[Target], act: Option<Act>) -> Result<(), Error> {
        let permission = self.request.permission(act);
        targets
            .iter()
            .try_for_each(|t| authorize(&self.actor, permission, &t.unit_path))
    }

    fn check_capability<'a>(
        &self,
        targets: &'a [Target],
    ) -> Result<Vec<(&'a Target, &'a TargetEnrollment)>, Error> {
        let mut able = Vec::with_capacity(targets.len());
        let mut refused = Vec::new();
        for target in targets {
            let outcome = match &target.enrollment {
                None => Err(("not_enrolled", "The device is not enrolled.".to_owned())),
                Some(enrollment) => {
                    apple::check_capability(&self.request, target, enrollment).map(|()| enrollment)
                }
            };
            match outcome {
                Ok(enrollment) => able.push((target, enrollment)),
                Err((code, why)) => refused.push(json!({
                    "device_id": target.device_id, "code": code, "detail": why
                })),
            }
        }
        if refused.is_empty() {
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

    /// The rows of the guard's table that ask something of the person: a fresh sign-in, the typed name
    /// or count, and the same target set as the preview's.
    fn check_confirmation(&self, targets: &[Target], act: Option<Act>) -> Result<(), Error> {
        if self.actor.kind == ActorKind::System {
            return Ok(());
        }
        let slow = matches!(act, Some(Act::Erase | Act::Retire));
        if slow || (act.is_some() && targets.len() > 5) {
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
        let (expected, what) = match targets {
            [one] => (one.shown_name(), "the name of the device"),
            many => (many.len().to_string(), "the exact number of devices"),
        };
        let typed = self.confirmation.typed.as_deref().map(str::trim);
        if typed != Some(expected.as_str()) {
            return Err(Error::invalid(
                "confirm",
                "confirmation",
                format!("Type {what} to confirm: {expected}"),
            ));
        }
        if targets.len() > 1
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

    async fn check_room(
        &self,
        tx: &Tx,
        able: &[(&Target, &TargetEnrollment)],
    ) -> Result<(), Error> {
        const FULL: &str = "SELECT device_id FROM command WHERE finished = 0 AND channel_id {ids} \
            GROUP BY device_id HAVING count(*) >= $1";
        let channels = able.iter().map(|(_, e)| e.channel_id.clone()).collect();
        let full = tx
            .fetch_all_in(FULL, channels, args![PENDING_LIMIT])
            .await?;
        if full.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = full.iter().map(|r| r.text(0)).collect::<Result<_, _>>()?;
        Err(Error::new(
            Kind::Overloaded,
            "queue_full",
            format!(
                "{} devices already have {PENDING_LIMIT} commands waiting.",
                ids.len()
            ),
        )
        .with_data(json!({ "devices": ids })))
    }

    async fn decide(&self, tx: &Tx, act: Option<Act>) -> Result<Decision, Error> {
        let Some(act) = act else {
            return Ok(Decision::AtOnce);
        };
        let budget = guard::budget_in(
            tx,
            &self.budget_id(),
            self.fleet,
            &self.settings,
            self.now_ms,
        )
        .await?;
        let asker = Asker {
            confirmed: self.actor.kind == ActorKind::Account,
            new: self
                .actor
                .trusted_since
                .is_some_and(|at| self.now_ms - at < DAY_MS),
        };
        Ok(guard::decide(
            act,
            self.devices.len(),
            asker,
            &budget,
            &self.settings,
            self.now_ms,
        ))
    }

    /// Sessions and tokens of one person draw on one budget.
    fn budget_id(&self) -> String {
        self.actor
            .account_id
            .as_ref()
            .map_or_else(|| self.actor.id.clone(), ToString::to_string)
    }

    async fn insert(
        &self,
        tx: &Tx,
        able: &[(&Target, &TargetEnrollment)],
        act: Option<Act>,
        decision: Decision,
    ) -> Result<Enqueued, Error> {
        let waiting = self.waiting_twins(tx, able).await?;
        let batch_id = BatchId::new(self.now_ms);
        let (status, held_reason, held_until) = match decision {
            Decision::AtOnce => (CommandStatus::Queued, None, None),
            Decision::Hold { until } => (
                CommandStatus::Held,
                Some(guard::HeldReason::Hold.as_str()),
                Some(until),
            ),
            Decision::Held(reason) => (CommandStatus::Held, Some(reason.as_str()), None),
        };
        // A request that waits for somebody lapses after a day (security §6).
        let life = if matches!(decision, Decision::Held(_)) {
            DAY_MS
        } else {
            LIFE_MS
        };
        self.insert_batch(tx, &batch_id, act, able.len()).await?;
        let last = last_positions(tx, able).await?;
        let mut rows = Vec::with_capacity(able.len());
        let mut stories = Vec::with_capacity(able.len());
        let mut commands = Vec::with_capacity(able.len());
        let mut pins = Vec::new();
        for (index, (target, enrollment)) in able.iter().enumerate() {
            let device_id = DeviceId::from_store(target.device_id.clone());
            if let Some((_, twin, twin_status)) = waiting
                .iter()
                .find(|(channel, ..)| *channel == enrollment.channel_id)
            {
                commands.push(EnqueuedCommand {
                    id: CommandId::from_store(twin.clone()),
                    device_id,
                    status: CommandStatus::parse(twin_status)
                        .map_or("queued", CommandStatus::as_str),
                    held_reason: None,
                    held_until: None,
                    merged: true,
                    unlock_pin: None,
                });
                continue;
            }
            let id = CommandId::new(self.now_ms);
            let pin = apple::lock_pin(&self.request, &target.platform);
            let sealed = match &pin {
                Some(pin) => {
                    pins.push((
                        id.clone(),
                        target.device_id.clone(),
                        enrollment.id.clone(),
                        pin.clone(),
                    ));
                    Some(
                        self.keys
                            .seal(pin.as_bytes(), "command", "secret_sealed", id.as_str()),
                    )
                }
                None => None,
            };
            // Behind what waits already, whatever another node's clock says.
            let position = last
                .get(&enrollment.channel_id)
                .map_or(0, |last| last + 1)
                .max(self.now_ms * 1_000 + i64::try_from(index).unwrap_or(999).min(999));
            rows.push(args![
                &id,
                &batch_id,
                enrollment.channel_id.as_str(),
                enrollment.id.as_str(),
                target.device_id.as_str(),
                target.org_unit_id.as_str(),
                self.request.request_type(),
                act.map(Act::as_str),
                sealed,
                status.as_str(),
                held_reason,
                self.request.lane(),
                position,
                held_until,
                self.request.intent(),
                self.now_ms,
                self.now_ms,
                self.now_ms + life
            ]);
            stories.push(args![
                &id,
                target.device_id.as_str(),
                self.now_ms,
                status.as_str(),
                held_reason,
                self.actor.id.as_str()
            ]);
            commands.push(EnqueuedCommand {
                id,
                device_id,
                status: status.as_str(),
                held_reason,
                held_until,
                merged: false,
                unlock_pin: pin.map(|p| p.to_string()),
            });
        }
        insert_rows(tx, rows, stories).await?;
        self.escrow_pins(tx, pins).await?;
        self.count_and_push(tx, &commands, able, act, decision)
            .await?;
        if self.actor.kind != ActorKind::System {
            self.record(tx, &batch_id, able, act, status, held_reason)
                .await?;
        }
        Ok(Enqueued { batch_id, commands })
    }

    /// Identical queries that wait already, per channel.
    async fn waiting_twins(
        &self,
        tx: &Tx,
        able: &[(&Target, &TargetEnrollment)],
    ) -> Result<Vec<(String, String, String)>, Error> {
        const TWINS: &str = "SELECT channel_id, id, status FROM command \
            WHERE finished = 0 AND intent = $1 AND channel_id {ids}";
        let Some(intent) = self.request.intent() else {
            return Ok(Vec::new());
        };
        let channels = able.iter().map(|(_, e)| e.channel_id.clone()).collect();
        let rows = tx.fetch_all_in(TWINS, channels, args![intent]).await?;
        rows.iter()
            .map(|r| Ok((r.text(0)?, r.text(1)?, r.text(2)?)))
            .collect()
    }

    async fn insert_batch(
        &self,
        tx: &Tx,
        id: &BatchId,
        act: Option<Act>,
        count: usize,
    ) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO command_batch (id, request_type, act, request, \
            request_sealed, targets, targets_digest, reason, actor_kind, actor_id, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let request = serde_json::to_string(&self.request)
            .map_err(|error| Error::internal("A request cannot be written.").caused_by(error))?;
        let sealed = self.profile.as_ref().map(|bytes| {
            self.keys
                .seal(bytes, "command_batch", "request_sealed", id.as_str())
        });
        tx.execute(
            INSERT,
            args![
                id,
                self.request.request_type(),
                act.map(Act::as_str),
                request,
                sealed,
                i64::try_from(count).unwrap_or(i64::MAX),
                digest_of(&self.devices),
                self.reason.as_deref(),
                self.actor.kind.as_str(),
                self.actor.id.as_str(),
                self.now_ms
            ],
        )
        .await?;
        Ok(())
    }

    /// A lock PIN is kept before the lock is queued: without it the Mac stays locked for ever.
    async fn escrow_pins(
        &self,
        tx: &Tx,
        pins: Vec<(CommandId, String, String, Zeroizing<String>)>,
    ) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO escrow (id, device_id, enrollment_id, kind, sealed, \
            created_at, updated_at) VALUES ($1, $2, $3, 'lock_pin', $4, $5, $5)";
        for (command, device, enrollment, pin) in pins {
            let sealed = self
                .keys
                .seal(pin.as_bytes(), "escrow", "sealed", command.as_str());
            tx.execute(
                INSERT,
                args![&command, device, enrollment, sealed, self.now_ms],
            )
            .await?;
        }
        Ok(())
    }

    async fn count_and_push(
        &self,
        tx: &Tx,
        commands: &[EnqueuedCommand],
        able: &[(&Target, &TargetEnrollment)],
        act: Option<Act>,
        decision: Decision,
    ) -> Result<(), Error> {
        if let Some(act) = act
            && !matches!(decision, Decision::Held(_))
        {
            let made: Vec<(String, String)> = commands
                .iter()
                .map(|c| (c.id.to_string(), c.device_id.to_string()))
                .collect();
            guard::count_in(tx, act, &self.budget_id(), &made, self.now_ms).await?;
        }
        if decision == Decision::AtOnce {
            let channels: Vec<String> = able.iter().map(|(_, e)| e.channel_id.clone()).collect();
            store::request_pushes(tx, &channels, self.now_ms).await?;
        }
        Ok(())
    }

    async fn record(
        &self,
        tx: &Tx,
        batch_id: &BatchId,
        able: &[(&Target, &TargetEnrollment)],
        act: Option<Act>,
        status: CommandStatus,
        held_reason: Option<&str>,
    ) -> Result<(), Error> {
        let (kind, id, unit) = match able {
            [(one, _)] => ("device", one.device_id.as_str(), one.org_unit_id.as_str()),
            [(first, _), ..] => (
                "command_batch",
                batch_id.as_str(),
                first.org_unit_id.as_str(),
            ),
            [] => return Ok(()),
        };
        let event = NewEvent::done("command.enqueue", kind, id, unit).with(json!({
            "request_type": self.request.request_type(),
            "act": act.map(Act::as_str),
            "batch_id": batch_id,
            "targets": able.len(),
            "targets_digest": digest_of(&self.devices),
            "status": status.as_str(),
            "held_reason": held_reason,
            "reason": self.reason,
        }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// The place of the last waiting command of each channel.
async fn last_positions(
    tx: &Tx,
    able: &[(&Target, &TargetEnrollment)],
) -> Result<HashMap<String, i64>, Error> {
    const LAST: &str = "SELECT channel_id, MAX(position) FROM command \
        WHERE finished = 0 AND channel_id {ids} GROUP BY channel_id";
    let channels = able.iter().map(|(_, e)| e.channel_id.clone()).collect();
    let rows = tx.fetch_all_in(LAST, channels, args![]).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.i64(1)?)))
        .collect()
}

/// On PostgreSQL the turns of devices run beside this under row locks only: whoever ends an enrollment now
/// is waited for, and the body runs again.
async fn lock_enrollments(tx: &Tx, targets: &[Target]) -> Result<(), Error> {
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

async fn insert_rows(
    tx: &Tx,
    rows: Vec<Vec<Value>>,
    stories: Vec<Vec<Value>>,
) -> Result<(), Error> {
    const COMMANDS: &str = "INSERT INTO command (id, batch_id, channel_id, enrollment_id, device_id, \
        org_unit_id, request_type, act, secret_sealed, status, status_reason, lane, position, \
        held_until, intent, created_at, updated_at, expires_at)";
    const STORIES: &str =
        "INSERT INTO command_transition (command_id, device_id, at, status, reason, actor_id)";
    tx.insert_many(COMMANDS, 18, rows, "").await?;
    tx.insert_many(STORIES, 6, stories, "").await?;
    Ok(())
}

/// The first questions to a newly enrolled device, in the transaction that enrolls it: through the
/// same checks as everything else, by the server itself.
pub(crate) async fn enqueue_first_inventory_in(
    tx: &Tx,
    keys: &KeyStore,
    device_id: &DeviceId,
    now_ms: i64,
) -> Result<(), Error> {
    for request in [
        Request::DeviceInformation {},
        Request::SecurityInfo {},
        Request::ProfileList {},
    ] {
        let plan = Plan {
            keys: keys.clone(),
            actor: Actor::system(),
            request,
            profile: None,
            reason: None,
            confirmation: Confirmation::default(),
            devices: vec![device_id.clone()],
            settings: GuardSettings::default(),
            fleet: 0,
            now_ms,
        };
        match plan.run(tx).await {
            Ok(_) => {}
            // What this device cannot answer is not asked.
            Err(error) if error.kind == Kind::NotCapable => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
