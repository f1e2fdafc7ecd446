//! The audit trail against the store and the clients' memory (security S71): no act without its event, no event
//! without its act, and each once.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tillsyn_db::{Db, args};

use super::client::Asked;

/// Answers how many events there are.
pub(super) async fn check(db: &Db, asked: &Asked) -> Result<i64, String> {
    const BATCHES: &str =
        "SELECT b.id FROM command_batch b WHERE b.actor_kind <> 'system' ORDER BY b.id";
    const EVENTS: &str = "SELECT action, details FROM event ORDER BY seq";
    let text = |error: tillsyn_db::DbError| error.to_string();
    let mut queued: BTreeMap<String, u32> = BTreeMap::new();
    let mut withdrawn: BTreeMap<String, u32> = BTreeMap::new();
    let events = db.query_all(EVENTS, args![]).await.map_err(text)?;
    for event in &events {
        let details: Json = serde_json::from_str(event.str(1).map_err(text)?)
            .map_err(|error| format!("details of an event: {error}"))?;
        let (of, name) = match event.str(0).map_err(text)? {
            "command.enqueue" => (&mut queued, "batch_id"),
            "command.cancel" => (&mut withdrawn, "command_id"),
            _ => continue,
        };
        let id = details[name].as_str().unwrap_or_default().to_owned();
        *of.entry(id).or_default() += 1;
    }
    let mut broken = Vec::new();
    for batch in db.query_all(BATCHES, args![]).await.map_err(text)? {
        let id = batch.text(0).map_err(text)?;
        let times = queued.remove(&id).unwrap_or(0);
        if times != 1 {
            broken.push(format!("{id} was queued, and {times} events say so"));
        }
    }
    broken.extend(
        queued
            .keys()
            .map(|id| format!("an event says that {id} was queued; it is not there")),
    );
    for id in asked.withdrawn.keys() {
        let times = withdrawn.get(id).copied().unwrap_or(0);
        if times != 1 {
            broken.push(format!("{id} was withdrawn, and {times} events say so"));
        }
    }
    if broken.is_empty() {
        return i64::try_from(events.len()).map_err(|error| error.to_string());
    }
    broken.truncate(20);
    Err(format!(
        "the trail does not tell what happened:\n{}",
        broken.join("\n")
    ))
}
