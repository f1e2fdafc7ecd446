//! Which events a webhook wants: actions by name, all of a kind, or all.

use super::store::Format;
use crate::error::Error;
use crate::events::ACTIONS;
use crate::nanomdm::hook::TOPICS;

/// More is no choice any longer: `*` says it shorter.
const MOST: usize = 100;

/// Whether one of the patterns (`device.enroll`, `device.*`, `*`) takes the action.
pub(super) fn takes(patterns: &[String], action: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => action.starts_with(beginning),
            None => pattern == action,
        })
}

/// Puts the patterns into order; refuses those that can never meet an event.
pub(super) fn checked(format: Format, patterns: &[String]) -> Result<Vec<String>, Error> {
    let known = match format {
        Format::Tillsyn => ACTIONS,
        Format::Nanomdm => TOPICS.as_slice(),
    };
    let mut all: Vec<String> = patterns.iter().map(|p| p.trim().to_owned()).collect();
    all.sort();
    all.dedup();
    if all.is_empty() || all.len() > MOST {
        let text = format!("Choose 1 to {MOST} events, or `*` for all.");
        return Err(Error::invalid("events", "webhook_events", text));
    }
    for pattern in &all {
        let whole_kind = pattern
            .strip_suffix('*')
            .is_none_or(|kind| kind.is_empty() || kind.ends_with('.'));
        let one = std::slice::from_ref(pattern);
        if !whole_kind || !known.iter().any(|action| takes(one, action)) {
            let text = format!("There are no events `{pattern}`.");
            return Err(Error::invalid("events", "webhook_event_unknown", text));
        }
    }
    Ok(all)
}
