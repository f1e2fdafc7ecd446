//! What was held: nothing of it came to a device before it was due or agreed to, nothing that was declined ever.

use std::collections::BTreeMap;

use super::super::Known;
use super::super::client::HOLD_MS;
use super::Seen;

pub(super) fn check(
    known: &Known,
    seen: &Seen,
    status: impl Fn(&str) -> Option<String>,
    broken: &mut Vec<String>,
) {
    let delivered = seen.delivered.iter();
    let came: BTreeMap<&str, i64> = delivered
        .map(|d| (d.uuid.as_str(), d.first_at_ms))
        .collect();
    for (id, held) in &known.asked.held {
        let decision = known.decisions.get(&held.batch);
        let agreed = decision.filter(|decision| decision.approve);
        let due = match (held.not_before, agreed) {
            (Some(at), _) => Some(at),
            (None, Some(agreed)) if held.slow => Some(agreed.asked_at + HOLD_MS),
            (None, agreed) => agreed.map(|agreed| agreed.asked_at),
        };
        match (came.get(id.as_str()).copied(), due) {
            (Some(at), Some(due)) if at < due => {
                broken.push(format!("the held {id} was sent {} ms early", due - at));
            }
            (Some(_), None) => broken.push(format!("{id} was sent though nobody agreed")),
            _ => {}
        }
        if known.asked.withdrawn.contains_key(id) || due.is_some_and(|due| due > known.ended_at) {
            continue;
        }
        let is = status(id);
        // Whatever it was, it may have ended with its enrollment.
        let over = matches!(is.as_deref(), Some("cancelled" | "superseded"));
        let fits = match decision {
            _ if over => true,
            Some(decision) if decision.answered && !decision.approve => false,
            Some(decision) if decision.answered => is.as_deref() != Some("held"),
            // The answer was lost: it may have been carried out or not.
            Some(decision) => decision.approve || is.as_deref() == Some("held"),
            None if held.not_before.is_some() => true,
            None => is.as_deref() == Some("held"),
        };
        if !fits {
            let what = decision.map_or("left alone", |decision| {
                if decision.approve {
                    "approved"
                } else {
                    "declined"
                }
            });
            broken.push(format!("the held {id} was {what}, is {is:?}"));
        }
    }
}
