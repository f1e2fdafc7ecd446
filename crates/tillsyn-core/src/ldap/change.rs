//! What changed since the last run: by the numbers of Active Directory, by times elsewhere. Pure.

use serde::{Deserialize, Serialize};
use tillsyn_upstream::ldap::{Filter, Product, RootDse, values};

/// Servers keep whole seconds, and what happened in the same second as the last look may have been missed.
const OVERLAP_MS: i64 = 2_000;

/// Up to where a server was read. It is of that one server alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeltaState {
    pub(super) server: String,
    /// `highestCommittedUSN` before the search.
    pub(super) usn: Option<i64>,
    /// The latest time of a change, by the server's own clock.
    pub(super) time_ms: Option<i64>,
}

/// Which entries changed since; `None` means that only a full run is safe.
pub(super) fn since(state: Option<&DeltaState>, root: &RootDse, server: &str) -> Option<Filter> {
    let state = state?;
    if state.server != identity(root, server) {
        return None;
    }
    if root.product == Product::ActiveDirectory {
        let (known, now) = (state.usn?, root.highest_usn?);
        // A server that was restored counts again from an earlier number.
        if now < known {
            return None;
        }
        let next = known.checked_add(1)?.to_string().into_bytes();
        return Some(Filter::AtLeast("uSNChanged".to_owned(), next));
    }
    let time = values::to_generalized_time(state.time_ms?.checked_sub(OVERLAP_MS)?)?;
    Some(Filter::AtLeast(
        "modifyTimestamp".to_owned(),
        time.into_bytes(),
    ))
}

/// Up to where a run got, when it read everything.
pub(super) fn reached(
    root: &RootDse,
    server: &str,
    before: Option<&DeltaState>,
    latest_ms: Option<i64>,
) -> Option<DeltaState> {
    let identity = identity(root, server);
    if root.product == Product::ActiveDirectory {
        return Some(DeltaState {
            server: identity,
            usn: Some(root.highest_usn?),
            time_ms: None,
        });
    }
    let known = before
        .filter(|state| state.server == identity)
        .and_then(|state| state.time_ms);
    Some(DeltaState {
        server: identity,
        usn: None,
        time_ms: Some(known.max(latest_ms)?),
    })
}

fn identity(root: &RootDse, server: &str) -> String {
    match &root.server {
        Some(name) if root.product == Product::ActiveDirectory => name.clone(),
        _ => server.to_owned(),
    }
}
