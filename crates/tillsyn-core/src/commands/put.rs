//! Steps of the reconciler: one request into many named queues, each answered for itself.

use std::collections::HashMap;

use tillsyn_db::Tx;

use super::channel::Channel;
use super::door::{Plan, Ruling, lock_enrollments};
use super::insert::{self, Able};
use super::request::Request;
use super::status::CommandStatus;
use super::store::{self, Target};
use crate::actor::Actor;
use crate::error::Error;
use crate::guard::{FROZEN, refuse_frozen_in};
use crate::ids::DeviceId;
use crate::keys::KeyStore;

/// What came of one request to many queues, by channel.
#[derive(Debug, Default)]
pub(crate) struct Put {
    /// The command, and whether it is over already because there is nothing left to do.
    pub(crate) commands: HashMap<String, (String, bool)>,
    /// A stable code and the reason in words.
    pub(crate) refused: HashMap<String, (&'static str, String)>,
}

/// A step of the server's own in named queues: through the same checks as everything else, and not held a
/// second time, because the change that it follows from passed the guard. The enrollment's own profile is
/// never touched. Channels that ended are in neither list.
pub(crate) async fn put_in(
    tx: &Tx,
    keys: &KeyStore,
    channels: Vec<String>,
    request: Request,
    now_ms: i64,
) -> Result<Put, Error> {
    let targets = store::targets_of_channels_in(tx, channels).await?;
    lock_enrollments(tx, &targets).await?;
    let of_user = |t: &Target| t.enrollment.as_ref().is_some_and(|e| e.channel != "device");
    let channel = if targets.iter().any(of_user) {
        Channel::Users
    } else {
        Channel::Device
    };
    let mut devices: Vec<DeviceId> = targets
        .iter()
        .map(|t| DeviceId::from_store(t.device_id.clone()))
        .collect();
    devices.dedup();
    let plan = Plan::of_server(keys, devices, channel, request, now_ms);
    let mut put = Put::default();
    let mut able = Vec::with_capacity(targets.len());
    for target in &targets {
        let Some(enrollment) = &target.enrollment else {
            continue;
        };
        let own = plan.request.profile_identifier() == Some(enrollment.profile_identifier.as_str());
        let outcome = match plan.able(tx, target, true).await? {
            Ok(_) if own => Err((
                "enrollment_profile",
                "This is the profile that manages the device.".to_owned(),
            )),
            outcome => outcome,
        };
        match outcome {
            Ok(enrollment) => able.push((target, enrollment)),
            Err(refused) => {
                put.refused.insert(enrollment.channel_id.clone(), refused);
            }
        }
    }
    let act = plan.request.kind().and_then(|kind| kind.act);
    if act.is_some() {
        able = not_frozen(tx, able, &mut put.refused).await?;
    }
    let able = with_room(tx, &plan, able, &mut put.refused).await?;
    if !able.is_empty() {
        let taken = insert::channels(&able);
        let made = plan.insert(tx, &able, act, &Ruling::at_once()).await?;
        for (channel, command) in taken.into_iter().zip(made.commands) {
            let over = command.status == CommandStatus::Superseded.as_str();
            put.commands.insert(channel, (command.id.to_string(), over));
        }
    }
    Ok(put)
}

/// The queues that were refused, each with a stable code and the reason in words.
pub(super) type Refused = HashMap<String, (&'static str, String)>;

/// Those whose queue can take one more.
pub(super) async fn with_room<'a>(
    tx: &Tx,
    plan: &Plan,
    able: Vec<Able<'a>>,
    refused: &mut Refused,
) -> Result<Vec<Able<'a>>, Error> {
    let asked = insert::channels(&able);
    let able = plan.with_room(tx, able).await?;
    let taken = insert::channels(&able);
    for full in asked.into_iter().filter(|id| !taken.contains(id)) {
        let why = "Too many commands wait for this device already.".to_owned();
        refused.insert(full, ("queue_full", why));
    }
    Ok(able)
}

/// After a panic stop nothing is taken from devices, by the server neither.
pub(super) async fn not_frozen<'a>(
    tx: &Tx,
    able: Vec<Able<'a>>,
    refused: &mut Refused,
) -> Result<Vec<Able<'a>>, Error> {
    let mut free = Vec::with_capacity(able.len());
    for (target, enrollment) in able {
        let unit = std::iter::once(target.unit_path.as_str());
        match refuse_frozen_in(tx, &Actor::system(), unit).await {
            Ok(()) => free.push((target, enrollment)),
            Err(error) if error.code == "frozen" => {
                // It is kept, for whoever sees the device.
                let why = (error.code, FROZEN.to_owned());
                refused.insert(enrollment.channel_id.clone(), why);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(free)
}
