//! What the door writes: one batch, its commands with their first step, what they take the place of, the
//! secrets that must be kept before a device can have them.

use std::collections::HashMap;

use serde_json::json;
use tillsyn_db::{Tx, Value, args};
use zeroize::Zeroizing;

use super::door::{Plan, Ruling, digest_of};
use super::guard::{self, Count, Decision, HeldReason};
use super::hold::waiting_devices_in;
use super::replace::Replaced;
use super::request::{Act, Intent};
use super::status::CommandStatus;
use super::store::{self, Target, TargetEnrollment};
use crate::actor::{ActorKind, authorize};
use crate::approvals::{Cause, Change, NewApproval, Preview, ask_in, cover_in, snapshot_in};
use crate::campaigns;
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::escrow::{self, NewSecret};
use crate::events::{self, NewEvent};
use crate::ids::{BatchId, CommandId, DeviceId};
use crate::platform::apple;

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
    /// The PIN that unlocks a Mac after this lock; also kept sealed. Shown this once, of one device, and
    /// only to who may see PINs.
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

/// A queue that can take the command.
pub(super) type Able<'a> = (&'a Target, &'a TargetEnrollment);

/// How the commands of one batch begin.
struct Start {
    status: CommandStatus,
    held_reason: Option<&'static str>,
    held_until: Option<i64>,
    /// How long it may wait from now.
    wait_ms: i64,
}

impl Start {
    fn of(decision: Decision, life_ms: i64) -> Self {
        let held = |reason: HeldReason, held_until, wait_ms| Self {
            status: CommandStatus::Held,
            held_reason: Some(reason.as_str()),
            held_until,
            wait_ms,
        };
        match decision {
            Decision::AtOnce => Self {
                status: CommandStatus::Queued,
                held_reason: None,
                held_until: None,
                wait_ms: life_ms,
            },
            Decision::Hold { until } => held(HeldReason::Hold, Some(until), life_ms.max(DAY_MS)),
            // A request that waits for somebody lapses after a day (security §6).
            Decision::Held(reason) => held(reason, None, DAY_MS),
        }
    }
}

impl Plan {
    pub(super) async fn insert(
        &self,
        tx: &Tx,
        able: &[Able<'_>],
        act: Option<Act>,
        ruling: &Ruling,
    ) -> Result<Enqueued, Error> {
        let decision = ruling.decision;
        let intent = match act {
            // Ending the management is no change to a profile.
            Some(Act::Retire) => Intent::Each,
            // A tool waits for the answer to its own command: no other's stands in for it.
            _ if self.tool.is_some() => Intent::Each,
            _ => self.request.intent(),
        };
        let waiting = self.waiting_twins(tx, able, &intent).await?;
        // What waits for somebody may never be sent: it takes nobody's place.
        let replaced = match (&intent, decision) {
            (Intent::Replace(key), Decision::AtOnce) => self.supersede_older(tx, able, key).await?,
            _ => Replaced::default(),
        };
        let batch_id = BatchId::new(self.now_ms);
        let start = Start::of(decision, self.request.life_ms());
        self.insert_batch(tx, &batch_id, act, able, ruling).await?;
        let last = last_positions(tx, able).await?;
        let mut rows = Vec::with_capacity(able.len());
        let mut stories = Vec::with_capacity(able.len());
        let mut commands = Vec::with_capacity(able.len());
        let (merge, replace) = match &intent {
            Intent::Each => (None, None),
            // One that waits for somebody is nobody's twin: what may go at once would wait with it.
            Intent::Merge(_) if decision != Decision::AtOnce => (None, None),
            Intent::Merge(key) => (Some(key.as_str()), None),
            Intent::Replace(key) => (None, Some(key.as_str())),
        };
        for (index, (target, enrollment)) in able.iter().enumerate() {
            let device_id = DeviceId::from_store(target.device_id.clone());
            if let Some((_, twin, status)) = waiting
                .iter()
                .find(|(channel, ..)| *channel == enrollment.channel_id)
            {
                commands.push(EnqueuedCommand {
                    id: CommandId::from_store(twin.clone()),
                    device_id,
                    status: CommandStatus::parse(status).map_or("queued", CommandStatus::as_str),
                    held_reason: None,
                    held_until: None,
                    merged: true,
                    unlock_pin: None,
                });
                continue;
            }
            let id = CommandId::new(self.now_ms);
            let pin = self.keep_secrets(tx, &id, target, enrollment).await?;
            let sealed = pin.as_ref().map(|pin| {
                self.keys
                    .seal(pin.as_bytes(), "command", "secret_sealed", id.as_str())
            });
            let pointless = replaced.pointless(&enrollment.channel_id);
            let (status, reason) = if pointless {
                (CommandStatus::Superseded, Some("nothing_to_remove"))
            } else {
                (start.status, start.held_reason)
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
                reason,
                i64::from(pointless),
                self.request.lane(),
                position,
                start.held_until,
                merge,
                replace,
                self.request.life_ms(),
                self.now_ms,
                self.now_ms,
                self.now_ms + start.wait_ms,
                self.tool.as_ref().map(|tool| tool.given_id.as_str())
            ]);
            stories.push(args![
                &id,
                target.device_id.as_str(),
                self.now_ms,
                status.as_str(),
                reason,
                self.actor.id.as_str()
            ]);
            commands.push(EnqueuedCommand {
                id,
                device_id,
                status: status.as_str(),
                held_reason: start.held_reason,
                held_until: start.held_until,
                merged: false,
                unlock_pin: pin.filter(|_| self.shows_pin(able)).map(|p| p.to_string()),
            });
        }
        insert_rows(tx, rows, stories).await?;
        self.count_and_push(tx, &commands, able, act, ruling)
            .await?;
        if self.actor.kind != ActorKind::System {
            self.record(tx, &batch_id, able, act, &start).await?;
            if let Decision::Held(reason) = decision {
                self.ask(tx, &batch_id, able, act, reason, ruling).await?;
            }
        }
        for shown in commands.iter().filter(|c| c.unlock_pin.is_some()) {
            self.record_shown(tx, shown, able).await?;
        }
        Ok(Enqueued { batch_id, commands })
    }

    /// Whoever locks one device tells its user the PIN at once, if they may see PINs at all; those of a
    /// whole set are seen one by one, with the proofs of a reveal.
    fn shows_pin(&self, able: &[Able<'_>]) -> bool {
        let [(target, _)] = able else {
            return false;
        };
        let permission = escrow::Kind::LockPin.permission();
        // A tool's answer has no place for it.
        self.actor.kind != ActorKind::System
            && self.tool.is_none()
            && authorize(&self.actor, permission, &target.unit_path).is_ok()
    }

    async fn record_shown(
        &self,
        tx: &Tx,
        shown: &EnqueuedCommand,
        able: &[Able<'_>],
    ) -> Result<(), Error> {
        let id = shown.device_id.as_str();
        let Some((target, _)) = able.iter().find(|(target, _)| target.device_id == id) else {
            return Ok(());
        };
        let event =
            NewEvent::done("secret.reveal", "device", id, &target.org_unit_id).with(json!({
                "command_id": shown.id,
                "kind": escrow::Kind::LockPin.as_str(),
                "reason": self.reason,
            }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(())
    }

    /// Identical queries that wait already, per channel.
    async fn waiting_twins(
        &self,
        tx: &Tx,
        able: &[Able<'_>],
        intent: &Intent,
    ) -> Result<Vec<(String, String, String)>, Error> {
        const TWINS: &str = "SELECT channel_id, id, status FROM command \
            WHERE finished = 0 AND intent = $1 AND channel_id {ids}";
        let Intent::Merge(key) = intent else {
            return Ok(Vec::new());
        };
        let rows = tx
            .fetch_all_in(TWINS, channels(able), args![key.as_str()])
            .await?;
        rows.iter()
            .map(|r| Ok((r.text(0)?, r.text(1)?, r.text(2)?)))
            .collect()
    }

    async fn insert_batch(
        &self,
        tx: &Tx,
        id: &BatchId,
        act: Option<Act>,
        able: &[Able<'_>],
        ruling: &Ruling,
    ) -> Result<(), Error> {
        const INSERT: &str = "INSERT INTO command_batch (id, request_type, act, request, \
            request_sealed, targets, targets_digest, reason, actor_kind, actor_id, created_at, \
            campaign_id, own_person_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let request = serde_json::to_string(&self.request)
            .map_err(|error| Error::internal("A request cannot be written.").caused_by(error))?;
        let profile = self.profile.as_ref().map(|bytes| bytes.as_slice());
        let sealed = profile.or(self.request.sealed_part()).map(|bytes| {
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
                i64::try_from(able.len()).unwrap_or(i64::MAX),
                digest_of(&self.devices),
                self.reason.as_deref(),
                self.actor.kind.as_str(),
                self.actor.id.as_str(),
                self.now_ms,
                ruling
                    .spend
                    .as_ref()
                    .map(|spend| spend.campaign_id.as_str()),
                self.actor.own_person()
            ],
        )
        .await?;
        Ok(())
    }

    /// What is held for somebody waits with what the asker saw. Owners are told when it is more than the
    /// budget has room for.
    async fn ask(
        &self,
        tx: &Tx,
        batch_id: &BatchId,
        able: &[Able<'_>],
        act: Option<Act>,
        reason: HeldReason,
        ruling: &Ruling,
    ) -> Result<(), Error> {
        let devices = waiting_devices_in(tx, batch_id.as_str()).await?;
        if devices.is_empty() {
            return Ok(());
        }
        let unit = cover_in(tx, able.iter().map(|(t, _)| t.unit_path.as_str())).await?;
        let new = NewApproval {
            change: Change::Commands {
                batch_id: batch_id.to_string(),
            },
            unit_id: &unit,
            permission: self.request.permission(act),
            cause: match reason {
                HeldReason::Budget => Cause::Budget,
                HeldReason::NewAccount => Cause::NewAccount,
                HeldReason::SecondPerson | HeldReason::Hold => Cause::SecondPerson,
            },
            preview: Preview {
                act: act.map(|act| act.as_str().to_owned()),
                request_type: Some(self.request.request_type().to_owned()),
                targets: snapshot_in(tx, devices).await?,
                over_budget: ruling.over_budget,
                facts: json!({ "budget": ruling.budget, "channel": self.channel.to_string() }),
            },
            reason: self.reason.as_deref(),
            expires_at: None,
            sealed: None,
        };
        ask_in(tx, &self.actor, new, self.now_ms).await?;
        if ruling.over_budget {
            let batch = batch_id.as_str();
            let event = NewEvent::done("guard.budget", "command_batch", batch, &unit).with(json!({
                "act": act.map(Act::as_str), "targets": able.len(), "budget": ruling.budget,
            }));
            events::record(tx, &self.actor, self.now_ms, event).await?;
        }
        Ok(())
    }

    /// What this command makes the device expect is kept before it is queued: without its PIN a Mac stays
    /// locked for ever. Returns the PIN that the command carries.
    async fn keep_secrets(
        &self,
        tx: &Tx,
        command: &CommandId,
        target: &Target,
        enrollment: &TargetEnrollment,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        let source = self.request.kind().map_or("raw", |kind| kind.name);
        let new = |kind, secret| NewSecret {
            device_id: &target.device_id,
            enrollment_id: Some(&enrollment.id),
            kind,
            label: None,
            secret,
            source,
        };
        let set = apple::sets_secret(&self.request)?;
        let pin = apple::lock_pin(&self.request, &target.platform)?;
        if let Some((kind, secret)) = &set {
            let proposed = new(*kind, secret.as_bytes());
            escrow::propose_in(tx, &self.keys, proposed, command.as_str(), self.now_ms).await?;
        }
        if let Some(pin) = &pin {
            // The device has it only once it obeys: until then the PIN of an earlier lock counts.
            let proposed = new(escrow::Kind::LockPin, pin.as_bytes());
            escrow::propose_in(tx, &self.keys, proposed, command.as_str(), self.now_ms).await?;
        }
        Ok(pin)
    }

    async fn count_and_push(
        &self,
        tx: &Tx,
        commands: &[EnqueuedCommand],
        able: &[Able<'_>],
        act: Option<Act>,
        ruling: &Ruling,
    ) -> Result<(), Error> {
        let decision = ruling.decision;
        // What the server does follows from a change that was counted and confirmed.
        if let Some(act) = act
            && !matches!(decision, Decision::Held(_))
            && self.actor.kind != ActorKind::System
        {
            // One that was merged was counted when it was asked for.
            let made: Vec<(String, String)> = commands
                .iter()
                .filter(|c| !c.merged)
                .map(|c| (c.id.to_string(), c.device_id.to_string()))
                .collect();
            let campaign = ruling
                .spend
                .as_ref()
                .map(|spend| spend.campaign_id.as_str());
            let id = self.budget_id();
            let count = Count {
                actor_id: &id,
                campaign_id: campaign,
                agreed: false,
            };
            guard::count_in(tx, act.as_str(), count, &made, self.now_ms).await?;
            if let Some(campaign) = campaign {
                campaigns::spent_in(tx, campaign, &made, self.now_ms).await?;
            }
        }
        if decision == Decision::AtOnce && self.tool.as_ref().is_none_or(|tool| tool.push) {
            store::request_pushes(tx, &channels(able), self.now_ms).await?;
        }
        Ok(())
    }

    async fn record(
        &self,
        tx: &Tx,
        batch_id: &BatchId,
        able: &[Able<'_>],
        act: Option<Act>,
        start: &Start,
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
            "channel": self.channel.to_string(),
            "targets": able.len(),
            "targets_digest": digest_of(&self.devices),
            "status": start.status.as_str(),
            "held_reason": start.held_reason,
            "reason": self.reason,
        }));
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(())
    }
}

pub(super) fn channels(able: &[Able<'_>]) -> Vec<String> {
    able.iter().map(|(_, e)| e.channel_id.clone()).collect()
}

/// The place of the last waiting command of each channel.
async fn last_positions(tx: &Tx, able: &[Able<'_>]) -> Result<HashMap<String, i64>, Error> {
    const LAST: &str = "SELECT channel_id, MAX(position) FROM command \
        WHERE finished = 0 AND channel_id {ids} GROUP BY channel_id";
    let rows = tx.fetch_all_in(LAST, channels(able), args![]).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.i64(1)?)))
        .collect()
}

async fn insert_rows(
    tx: &Tx,
    rows: Vec<Vec<Value>>,
    stories: Vec<Vec<Value>>,
) -> Result<(), Error> {
    const COMMANDS: &str = "INSERT INTO command (id, batch_id, channel_id, enrollment_id, device_id, \
        org_unit_id, request_type, act, secret_sealed, status, status_reason, finished, lane, \
        position, held_until, intent, replaces, life_ms, created_at, updated_at, expires_at, \
        given_id)";
    tx.insert_many(COMMANDS, 22, rows, "").await?;
    tx.insert_many(store::STORIES, 6, stories, "").await?;
    Ok(())
}
