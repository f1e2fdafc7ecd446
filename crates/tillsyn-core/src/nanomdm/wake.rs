//! `GET /v1/push`: wakes enrollments.

use std::collections::BTreeMap;

use serde_json::json;
use tillsyn_db::Tx;

use super::outcome::{Asked, Outcome};
use super::{ids, pushed};
use crate::actor::{Actor, Permission, authorize_device};
use crate::approvals::cover_in;
use crate::commands::store::{self, Target};
use crate::commands::unknown;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

struct Input {
    ids: Vec<String>,
    actor: Actor,
    now_ms: i64,
}

struct Done {
    /// Channels that are pushed, by id.
    woken: BTreeMap<String, String>,
    status: BTreeMap<String, Outcome>,
}

/// Asks for a push to each of these enrollments.
///
/// # Errors
/// Only when there are no ids, or the store fails. Whatever else goes wrong stands in the answer.
pub async fn wake(core: &Core, actor: &Actor, list: &str) -> Result<Asked, Error> {
    let now_ms = core.now_ms();
    let input = Input {
        ids: ids::read(list)?,
        actor: actor.clone(),
        now_ms,
    };
    let done = core
        .db()
        .write(input, |tx, input| {
            Box::pin(async move { run(tx, input).await })
        })
        .await?;
    core.wake_push();
    let mut asked = Asked {
        status: done.status,
        ..Asked::default()
    };
    pushed::tell(core, done.woken, now_ms, &mut asked.status).await?;
    Ok(asked)
}

async fn run(tx: &Tx, input: &Input) -> Result<Done, Error> {
    let mut channels = ids::channels_in(tx, &input.ids).await?;
    let targets = store::targets_of_channels_in(tx, channels.values().cloned().collect()).await?;
    let mut status = BTreeMap::new();
    let mut reached = Vec::new();
    for id in &input.ids {
        let target = channels
            .get(id)
            .and_then(|channel| targets.iter().find(|t| is_of(t, channel)));
        match admit(&input.actor, target) {
            Ok(target) => reached.push(target),
            Err(refused) => {
                channels.remove(id);
                status.insert(id.clone(), Outcome::not_pushed(refused));
            }
        }
    }
    if !reached.is_empty() {
        let woken: Vec<String> = channels.values().cloned().collect();
        store::request_pushes(tx, &woken, input.now_ms).await?;
        record(tx, input, &reached).await?;
    }
    Ok(Done {
        woken: channels,
        status,
    })
}

fn is_of(target: &Target, channel: &str) -> bool {
    let enrollment = target.enrollment.as_ref();
    enrollment.is_some_and(|e| e.channel_id == channel)
}

/// Of what the actor does not reach it does not hear whether it exists.
fn admit<'a>(
    actor: &Actor,
    target: Option<&'a Target>,
) -> Result<&'a Target, (&'static str, String)> {
    let target = target
        .filter(|t| actor.reaches_device(&t.unit_path, &t.platform))
        .ok_or_else(unknown)?;
    let permission = Permission::DevicesQuery;
    authorize_device(actor, permission, &target.unit_path, &target.platform)
        .map_err(|error| (error.code, error.detail))?;
    Ok(target)
}

async fn record(tx: &Tx, input: &Input, reached: &[&Target]) -> Result<(), Error> {
    let unit = cover_in(tx, reached.iter().map(|t| t.unit_path.as_str())).await?;
    let (kind, id) = match reached {
        [one] => ("device", one.device_id.as_str()),
        _ => ("org_unit", unit.as_str()),
    };
    let event = NewEvent::done("device.wake", kind, id, &unit).with(json!({
        "targets": reached.len(),
    }));
    events::record(tx, &input.actor, input.now_ms, event).await?;
    Ok(())
}
