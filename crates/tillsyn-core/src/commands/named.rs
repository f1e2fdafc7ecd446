//! A command of a tool for queues that it names: each is answered for itself, but the guard sees all of them
//! as the one request that they are.

use std::collections::HashMap;

use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::channel::Channel;
use super::door::{Confirmation, Plan, Tool, lock_enrollments};
use super::guard::{Decision, HeldReason};
use super::insert::{self, Able};
use super::put::{Refused, not_frozen, with_room};
use super::request::{Act, Request};
use super::store::{self, Target, TargetEnrollment};
use crate::actor::{Actor, authorize_device};
use crate::error::Error;
use crate::ids::{ApprovalId, BatchId, CommandId, DeviceId};
use crate::keys::KeyStore;
use crate::settings::GuardSettings;

/// What a tool asks for.
pub(crate) struct Named {
    pub(crate) keys: KeyStore,
    pub(crate) actor: Actor,
    pub(crate) request: Request,
    pub(crate) profile: Option<Zeroizing<Vec<u8>>>,
    pub(crate) reason: &'static str,
    /// Its own name for the command.
    pub(crate) given_id: String,
    pub(crate) push: bool,
    pub(crate) settings: GuardSettings,
    pub(crate) fleet: i64,
    pub(crate) now_ms: i64,
}

/// What came of it, by channel. Channels that ended are in neither list.
#[derive(Debug, Default)]
pub(crate) struct NamedDone {
    pub(crate) taken: HashMap<String, Taken>,
    pub(crate) refused: Refused,
}

/// A command in a queue.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) held: bool,
    /// When it goes by itself.
    pub(crate) held_until: Option<i64>,
    /// What somebody has to decide first.
    pub(crate) approval: Option<ApprovalId>,
}

/// Puts the request into the queues that can take it.
///
/// # Errors
/// Conflict when the tool's name is taken, or when the removal of a profile would end the management of some
/// and not of others.
pub(crate) async fn named_in(
    tx: &Tx,
    named: &Named,
    channels: Vec<String>,
) -> Result<NamedDone, Error> {
    let targets = store::targets_of_channels_in(tx, channels).await?;
    lock_enrollments(tx, &targets).await?;
    refuse_used(tx, &named.given_id).await?;
    let mut done = NamedDone::default();
    let mut plan = named.plan(&targets);
    let mut able = Vec::with_capacity(targets.len());
    for target in &targets {
        let Some(enrollment) = &target.enrollment else {
            continue;
        };
        match admit(tx, &plan, target).await? {
            Ok(enrollment) => able.push((target, enrollment)),
            Err(refused) => {
                done.refused.insert(enrollment.channel_id.clone(), refused);
            }
        }
    }
    let act = plan.act(able.iter().map(|(target, _)| *target))?;
    if act.is_some() {
        able = not_frozen(tx, able, &mut done.refused).await?;
    }
    let able = with_room(tx, &plan, able, &mut done.refused).await?;
    if !able.is_empty() {
        plan.devices = devices_of(&able);
        done.taken = send(tx, &plan, &able, act).await?;
    }
    Ok(done)
}

impl Named {
    fn plan(&self, targets: &[Target]) -> Plan {
        let mut names = targets
            .iter()
            .filter_map(|target| Some(target.enrollment.as_ref()?.channel.as_str()));
        let channel = match (names.next(), names.next()) {
            (Some(one), None) => Channel::parse(one).unwrap_or(Channel::Users),
            (first, second) => {
                let mut all = first.into_iter().chain(second).chain(names);
                if all.all(|name| name == "device") {
                    Channel::Device
                } else {
                    Channel::Users
                }
            }
        };
        Plan {
            keys: self.keys.clone(),
            actor: self.actor.clone(),
            request: self.request.clone(),
            profile: self.profile.clone(),
            reason: Some(self.reason.to_owned()),
            confirmation: Confirmation::default(),
            devices: Vec::new(),
            channel,
            settings: self.settings.clone(),
            fleet: self.fleet,
            campaign: None,
            only_able: true,
            tool: Some(Tool {
                given_id: self.given_id.clone(),
                push: self.push,
            }),
            now_ms: self.now_ms,
        }
    }
}

/// A second command of the same name would get the first one's answer.
async fn refuse_used(tx: &Tx, given_id: &str) -> Result<(), Error> {
    const USED: &str = "SELECT id FROM command WHERE given_id = $1 \
        UNION ALL SELECT id FROM command WHERE id = $2 LIMIT 1";
    let ours = CommandId::parse(given_id).map_or_else(String::new, |id| id.to_string());
    match tx.fetch_optional(USED, args![given_id, ours]).await? {
        None => Ok(()),
        Some(_) => Err(Error::conflict(
            "command_uuid_used",
            "There is a command with this CommandUUID already. Each command needs one of its own.",
        )),
    }
}

/// Scope and permission over this one device, then whether it can do it at all.
async fn admit<'a>(
    tx: &Tx,
    plan: &Plan,
    target: &'a Target,
) -> Result<Result<&'a TargetEnrollment, (&'static str, String)>, Error> {
    if !plan
        .actor
        .reaches_device(&target.unit_path, &target.platform)
    {
        return Ok(Err(unknown()));
    }
    let permission = plan.request.permission(plan.act_on(target));
    let (path, platform) = (&target.unit_path, &target.platform);
    match authorize_device(&plan.actor, permission, path, platform) {
        Ok(()) => plan.able(tx, target, false).await,
        Err(error) => Ok(Err((error.code, error.detail))),
    }
}

/// What is said of an id that is nobody's, and of one outside the scope: the same (S03).
pub(crate) fn unknown() -> (&'static str, String) {
    ("not_found", "There is no such enrollment.".to_owned())
}

fn devices_of(able: &[Able<'_>]) -> Vec<DeviceId> {
    let mut devices: Vec<DeviceId> = able
        .iter()
        .map(|(target, _)| DeviceId::from_store(target.device_id.clone()))
        .collect();
    devices.sort();
    devices.dedup();
    devices
}

async fn send(
    tx: &Tx,
    plan: &Plan,
    able: &[Able<'_>],
    act: Option<Act>,
) -> Result<HashMap<String, Taken>, Error> {
    let mut ruling = plan.rule(tx, able, act).await?;
    // Nothing can be typed here. One device takes the hold; for more, somebody looks who can.
    let unconfirmed = act.is_some_and(Act::is_slow) && plan.devices.len() > 1;
    if unconfirmed && ruling.spend.is_none() && !matches!(ruling.decision, Decision::Held(_)) {
        ruling.decision = Decision::Held(HeldReason::SecondPerson);
    }
    let made = plan.insert(tx, able, act, &ruling).await?;
    let approval = approval_of(tx, &made.batch_id).await?;
    let commands = insert::channels(able).into_iter().zip(made.commands);
    Ok(commands
        .map(|(channel, command)| {
            let taken = Taken {
                held: command.held_reason.is_some(),
                held_until: command.held_until,
                approval: approval.clone(),
            };
            (channel, taken)
        })
        .collect())
}

async fn approval_of(tx: &Tx, batch: &BatchId) -> Result<Option<ApprovalId>, Error> {
    const FIND: &str = "SELECT id FROM approval WHERE kind = 'commands' AND subject_id = $1 \
        AND status = 'waiting'";
    let row = tx.fetch_optional(FIND, args![batch]).await?;
    row.map(|row| Ok(ApprovalId::from_store(row.text(0)?)))
        .transpose()
}
