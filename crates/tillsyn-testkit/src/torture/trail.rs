//! The audit trail against the store and the clients' memory (security S71): no act without its event, no event
//! without its act, and each once.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tillsyn_db::{Db, args};

use super::Known;

/// Adds what is broken; answers how many events there are.
pub(super) async fn check(
    db: &Db,
    known: &Known,
    broken: &mut Vec<String>,
) -> Result<usize, String> {
    const BATCHES: &str =
        "SELECT b.id FROM command_batch b WHERE b.actor_kind <> 'system' ORDER BY b.id";
    const EVENTS: &str = "SELECT action, details, COALESCE(object_id, '') FROM event ORDER BY seq";
    let text = |error: tillsyn_db::DbError| error.to_string();
    let mut queued: BTreeMap<String, u32> = BTreeMap::new();
    let mut withdrawn: BTreeMap<String, u32> = BTreeMap::new();
    let mut agreed: BTreeMap<(String, String), u32> = BTreeMap::new();
    let events = db.query_all(EVENTS, args![]).await.map_err(text)?;
    for event in &events {
        let details: Json = serde_json::from_str(event.str(1).map_err(text)?)
            .map_err(|error| format!("details of an event: {error}"))?;
        let (of, name) = match event.str(0).map_err(text)? {
            "command.enqueue" => (&mut queued, "batch_id"),
            "command.cancel" => (&mut withdrawn, "command_id"),
            action @ ("approval.approve" | "approval.decline" | "plan.apply") => {
                let about = (action.to_owned(), event.text(2).map_err(text)?);
                *agreed.entry(about).or_default() += 1;
                continue;
            }
            _ => continue,
        };
        let id = details[name].as_str().unwrap_or_default().to_owned();
        *of.entry(id).or_default() += 1;
    }
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
    let decisions = known.decisions.values().filter(|one| one.answered);
    let decisions = decisions.map(|one| {
        let verb = if one.approve { "approve" } else { "decline" };
        (format!("approval.{verb}"), one.approval.clone())
    });
    let plans = known.wanted.applied.iter();
    let plans = plans.map(|id| ("plan.apply".to_owned(), id.clone()));
    for act in decisions.chain(plans) {
        let times = agreed.get(&act).copied().unwrap_or(0);
        if times != 1 {
            broken.push(format!("{} of {}, and {times} events say so", act.0, act.1));
        }
    }
    for id in known.asked.withdrawn.keys() {
        let times = withdrawn.get(id).copied().unwrap_or(0);
        if times != 1 {
            broken.push(format!("{id} was withdrawn, and {times} events say so"));
        }
    }
    Ok(events.len())
}
