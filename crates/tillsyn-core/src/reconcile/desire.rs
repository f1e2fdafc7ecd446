//! From assignments to desired items: with the hash that names each, and why a device cannot take it. The
//! same function serves plans and the reconciler.

use std::collections::{BTreeMap, HashMap};

use super::rows::PROFILE;
use crate::assignments::{Catalogue, Subject, Wanted, resolve};
use crate::desired::{Desired, desired_hash};

/// What all channels of these devices are to have, by channel.
pub(crate) fn desired(
    catalogue: &Catalogue,
    subjects: &[Subject],
) -> HashMap<String, Vec<Desired>> {
    let mut found: HashMap<String, Vec<Desired>> = HashMap::new();
    for subject in subjects {
        for wanted in resolve(catalogue, subject) {
            if wanted.kind == PROFILE {
                let channel = wanted.channel_id.clone();
                found.entry(channel).or_default().push(one(wanted));
            }
        }
    }
    found
}

fn one(wanted: Wanted) -> Desired {
    Desired {
        kind: PROFILE,
        hash: desired_hash(&wanted.version_id, &BTreeMap::new(), &BTreeMap::new()),
        item: wanted.item,
        item_id: wanted.item_id,
        version: wanted.version,
        assignments: wanted.assignments,
        refusal: None,
    }
}
