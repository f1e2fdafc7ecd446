//! Refusals are events, too. One source that is refused again and again writes a few rows a minute and then
//! a number.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value as Json, json};

use crate::actor::Actor;
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::org;

/// Rows of one actor and operation in a minute.
const ROWS: i64 = 5;
/// Actors and operations that are told apart at once on a node.
const SOURCES: usize = 10_000;

/// What was refused on this node in the last minute.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<(String, String), Window>>);

struct Window {
    since: i64,
    times: i64,
    actor: Actor,
    code: &'static str,
}

impl Refusals {
    /// Counts; whether this one gets a row.
    fn count(&self, actor: &Actor, operation: &str, code: &'static str, now_ms: i64) -> bool {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (actor.id.clone(), operation.to_owned());
        if windows.len() >= SOURCES && !windows.contains_key(&key) {
            return false;
        }
        let window = windows.entry(key).or_insert_with(|| Window {
            since: now_ms,
            times: 0,
            actor: actor.clone(),
            code,
        });
        window.times += 1;
        window.times <= ROWS
    }

    /// Those whose minute is over, of which not all got a row.
    fn take(&self, until: i64) -> Vec<(String, Window)> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over: Vec<_> = windows
            .iter()
            .filter(|(_, window)| window.since <= until)
            .map(|(key, _)| key.clone())
            .collect();
        over.into_iter()
            .filter_map(|key| windows.remove(&key).map(|window| (key.1, window)))
            .filter(|(_, window)| window.times > ROWS)
            .collect()
    }
}

/// Notes that somebody was refused: `operation` is the method and route, `code` says why.
pub async fn note_refusal(
    core: &Core,
    actor: &Actor,
    operation: &str,
    code: &'static str,
) -> Result<(), Error> {
    let now_ms = core.now_ms();
    if !core.refusals().count(actor, operation, code, now_ms) {
        return Ok(());
    }
    record(core, actor, operation, json!({ "code": code }), now_ms).await
}

/// Writes how often more; `all` also of the minute that is not over.
pub async fn flush_refusals(core: &Core, all: bool) -> Result<(), Error> {
    let now_ms = core.now_ms();
    let until = if all { i64::MAX } else { now_ms - MINUTE_MS };
    for (operation, window) in core.refusals().take(until) {
        let details = json!({ "code": window.code, "times": window.times - ROWS });
        record(core, &window.actor, &operation, details, now_ms).await?;
    }
    Ok(())
}

async fn record(
    core: &Core,
    actor: &Actor,
    operation: &str,
    details: Json,
    now_ms: i64,
) -> Result<(), Error> {
    let unit = match org::of_path(core, &actor.unit_path).await {
        Ok(unit) => unit,
        Err(_) => org::root(core).await?,
    };
    let input = (
        actor.clone(),
        operation.to_owned(),
        unit.id.to_string(),
        details,
        now_ms,
    );
    core.db()
        .write(input, |tx, (actor, operation, unit, details, now)| {
            Box::pin(async move {
                let event = NewEvent::done("access.refused", "operation", operation, unit)
                    .refused()
                    .with(details.clone());
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
