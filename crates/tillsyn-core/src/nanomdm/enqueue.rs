//! `PUT /v1/enqueue`: one command for several enrollments.

use std::collections::BTreeMap;

use tillsyn_db::Tx;

use super::ids;
use super::outcome::{Asked, Outcome, words};
use super::pushed;
use crate::actor::{Actor, Permission, may};
use crate::commands::{self, Named, NamedDone, Request, named_in};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::escrow;
use crate::ids::CommandId;
use crate::platform::apple;
use crate::settings::{self, GuardSettings};

/// Why, in the audit trail: these tools give no reason.
const REASON: &str = "Asked for by a tool, through the NanoMDM interface";

/// A command as a tool wrote it, read.
pub struct ToolCommand {
    command_uuid: String,
    request: commands::Asked,
}

impl ToolCommand {
    /// Reads the property list.
    ///
    /// # Errors
    /// Invalid when it is none, has no command in it, or no `CommandUUID` that is a UUID.
    pub fn read(plist: &[u8]) -> Result<Self, Error> {
        let command_uuid = apple::command_uuid(plist)?;
        // A tool waits under this name for its answer; ours are UUIDs, and so must theirs be.
        if command_uuid.len() != 36 || CommandId::parse(&command_uuid).is_none() {
            return Err(Error::invalid(
                "CommandUUID",
                "command_uuid",
                "A command needs a CommandUUID that is a UUID, such as \
                 0a1b2c3d-0000-4000-8000-00000000cafe.",
            ));
        }
        Ok(Self {
            command_uuid,
            request: apple::read_raw(plist)?,
        })
    }
}

struct Input {
    ids: Vec<String>,
    named: Named,
}

/// Queues the command for each of these enrollments that can take it, and wakes them.
///
/// # Errors
/// Only when nobody can be told apart: no ids, or the store fails. Whatever else goes wrong stands in the answer.
pub async fn enqueue(
    core: &Core,
    actor: &Actor,
    list: &str,
    command: ToolCommand,
    push: bool,
) -> Result<Asked, Error> {
    let ids = ids::read(list)?;
    let (request, profile) = command.request;
    let mut asked = Asked {
        command_uuid: Some(command.command_uuid.clone()),
        request_type: Some(request.request_type().to_owned()),
        no_push: !push,
        ..Asked::default()
    };
    if let Err(error) = prepare(core, actor, &request).await {
        return refused(asked, &ids, error);
    }
    let settings: GuardSettings = settings::read(core, settings::GUARD).await?;
    let now_ms = core.now_ms();
    let named = Named {
        keys: core.keys().clone(),
        actor: actor.clone(),
        request,
        profile,
        reason: REASON,
        given_id: command.command_uuid,
        push,
        settings,
        fleet: commands::fleet_size(core).await?,
        now_ms,
    };
    let input = Input {
        ids: ids.clone(),
        named,
    };
    let done = core
        .db()
        .write(input, |tx, input| {
            Box::pin(async move { run(tx, input).await })
        })
        .await;
    let (channels, done) = match done {
        Ok(done) => done,
        Err(error) => return refused(asked, &ids, error),
    };
    for id in ids {
        let outcome = outcome(channels.get(&id), &done);
        asked.status.insert(id, outcome);
    }
    if push {
        core.wake_push();
        let woken = channels.into_iter().filter(|(_, channel)| {
            let taken = done.taken.get(channel);
            taken.is_some_and(|taken| !taken.held)
        });
        pushed::tell(core, woken.collect(), now_ms, &mut asked.status).await?;
    }
    Ok(asked)
}

/// As the door for people does: it is slow, and for nobody who may not use it.
async fn prepare(core: &Core, actor: &Actor, request: &Request) -> Result<(), Error> {
    if request.request_type() == "RotateFileVaultKey" {
        may(actor, Permission::SecretsRotate)?;
        escrow::ensure_certificate(core).await?;
    }
    Ok(())
}

async fn run(tx: &Tx, input: &Input) -> Result<(BTreeMap<String, String>, NamedDone), Error> {
    let channels = ids::channels_in(tx, &input.ids).await?;
    let done = named_in(tx, &input.named, channels.values().cloned().collect()).await?;
    Ok((channels, done))
}

fn outcome(channel: Option<&String>, done: &NamedDone) -> Outcome {
    let Some(channel) = channel else {
        return Outcome::refused(commands::unknown());
    };
    match (done.taken.get(channel), done.refused.get(channel)) {
        (Some(taken), _) => Outcome {
            held: taken.held,
            held_until: taken.held_until,
            approval: taken.approval.clone(),
            ..Outcome::default()
        },
        (None, Some((code, why))) => Outcome::refused((code, why.clone())),
        (None, None) => Outcome::refused(commands::unknown()),
    }
}

/// What is refused for all of them is said once.
fn refused(mut asked: Asked, ids: &[String], error: Error) -> Result<Asked, Error> {
    if matches!(error.kind, Kind::Internal | Kind::Unavailable) {
        return Err(error);
    }
    asked.command_error = Some(words(&error));
    asked.status = ids
        .iter()
        .map(|id| {
            (
                id.clone(),
                Outcome::refused((error.code, error.detail.clone())),
            )
        })
        .collect();
    Ok(asked)
}
