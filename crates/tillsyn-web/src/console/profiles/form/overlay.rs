//! Edits carried out on a draft as it is shown, so that what was typed stays on the page when it was not saved.

use serde_json::{Map, Value as Json};
use tillsyn_core::profiles::{Edit, Step};

/// The payload with the edits that are about it. What does not fit is left out.
pub(in crate::console) fn overlay(
    mut payload: Map<String, Json>,
    edits: &[Edit],
) -> Map<String, Json> {
    for edit in edits {
        match edit {
            Edit::Set { path, value, .. } => put(&mut payload, path, value.clone()),
            Edit::Unset { path, .. } => cut(&mut payload, path),
            _ => {}
        }
    }
    payload
}

fn put(payload: &mut Map<String, Json>, path: &[Step], value: Json) {
    let Some((Step::Key(first), rest)) = path.split_first() else {
        return;
    };
    let mut at = payload.entry(first.clone()).or_insert(Json::Null);
    for step in rest {
        at = match step {
            Step::Key(key) => {
                if !at.is_object() {
                    *at = Json::Object(Map::new());
                }
                let Some(map) = at.as_object_mut() else {
                    return;
                };
                map.entry(key.clone()).or_insert(Json::Null)
            }
            Step::Index(index) => {
                if !at.is_array() {
                    *at = Json::Array(Vec::new());
                }
                let Some(items) = at.as_array_mut() else {
                    return;
                };
                if *index == items.len() {
                    items.push(Json::Null);
                }
                let Some(item) = items.get_mut(*index) else {
                    return;
                };
                item
            }
        };
    }
    *at = value;
}

fn cut(payload: &mut Map<String, Json>, path: &[Step]) {
    let Some((last, before)) = path.split_last() else {
        return;
    };
    if before.is_empty() {
        if let Step::Key(key) = last {
            payload.remove(key);
        }
        return;
    }
    match (find_mut(payload, before), last) {
        (Some(Json::Object(map)), Step::Key(key)) => {
            map.remove(key);
        }
        (Some(Json::Array(items)), Step::Index(index)) if *index < items.len() => {
            items.remove(*index);
        }
        _ => {}
    }
}

fn find_mut<'a>(payload: &'a mut Map<String, Json>, path: &[Step]) -> Option<&'a mut Json> {
    let (first, rest) = path.split_first()?;
    let Step::Key(first) = first else {
        return None;
    };
    rest.iter()
        .try_fold(payload.get_mut(first)?, |at, step| match step {
            Step::Key(key) => at.as_object_mut()?.get_mut(key),
            Step::Index(index) => at.as_array_mut()?.get_mut(*index),
        })
}

/// What stands at a place.
pub(in crate::console) fn find<'a>(
    payload: &'a Map<String, Json>,
    path: &[Step],
) -> Option<&'a Json> {
    let (first, rest) = path.split_first()?;
    let Step::Key(first) = first else {
        return None;
    };
    rest.iter()
        .try_fold(payload.get(first)?, |at, step| match step {
            Step::Key(key) => at.as_object()?.get(key),
            Step::Index(index) => at.as_array()?.get(*index),
        })
}
