//! From assignments to desired items: with the hash that names each, and why a device cannot take it. The
//! same function serves plans and the reconciler.

use std::collections::{BTreeMap, HashMap};

use tillsyn_db::Tx;

use super::rows::PROFILE;
use crate::assignments::{Catalogue, Subject, VersionInfo, Wanted, resolve};
use crate::credentials::{self, Generations};
use crate::desired::{Desired, desired_hash};
use crate::error::Error;
use crate::profiles::variables;

/// What differs from channel to channel: values of variables, and which generation of its credentials.
#[derive(Default)]
pub(crate) struct Personal {
    values: HashMap<String, BTreeMap<String, String>>,
    generations: Generations,
}

/// The personal part of all channels of these devices; nothing is read when no version has any.
pub(crate) async fn personal_in(
    tx: &Tx,
    catalogue: &Catalogue,
    subjects: &[Subject],
) -> Result<Personal, Error> {
    let versions = || {
        catalogue
            .items
            .values()
            .flat_map(|item| item.versions.values())
    };
    let channels = || {
        let channels = subjects.iter().flat_map(|subject| &subject.channels);
        channels.map(|channel| channel.id.clone()).collect()
    };
    let mut personal = Personal::default();
    if versions().any(|version| !version.variables.is_empty()) {
        personal.values = variables::values_in(tx, channels()).await?;
    }
    if versions().any(|version| !version.credentials.is_empty()) {
        personal.generations = credentials::generations_in(tx, channels()).await?;
    }
    Ok(personal)
}

impl Personal {
    /// A value that is not known leaves the hash without it: the delivery says what is missing, and the
    /// value makes another hash when it comes.
    fn hash(&self, wanted: &Wanted, version: Option<&VersionInfo>) -> String {
        let Some(version) = version else {
            return desired_hash(&wanted.version_id, &BTreeMap::new(), &BTreeMap::new());
        };
        let none = BTreeMap::new();
        let values = self.values.get(&wanted.channel_id).unwrap_or(&none);
        let used = variables::used(values, version.variables.iter().map(String::as_str));
        let generations = credentials::of_profile(
            &self.generations,
            &wanted.channel_id,
            &wanted.item_id,
            version.credentials.iter().map(String::as_str),
        );
        desired_hash(&wanted.version_id, &used, &generations)
    }
}

/// What all channels of these devices are to have, by channel.
pub(crate) fn desired(
    catalogue: &Catalogue,
    subjects: &[Subject],
    personal: &Personal,
) -> HashMap<String, Vec<Desired>> {
    let mut found: HashMap<String, Vec<Desired>> = HashMap::new();
    for subject in subjects {
        for wanted in resolve(catalogue, subject) {
            if wanted.kind == PROFILE {
                let channel = wanted.channel_id.clone();
                found
                    .entry(channel)
                    .or_default()
                    .push(one(catalogue, wanted, personal));
            }
        }
    }
    found
}

fn one(catalogue: &Catalogue, wanted: Wanted, personal: &Personal) -> Desired {
    let item = catalogue.items.get(&wanted.item_id);
    let version = item.and_then(|item| item.versions.get(&wanted.version));
    Desired {
        kind: PROFILE,
        hash: personal.hash(&wanted, version),
        item: wanted.item,
        item_id: wanted.item_id,
        version: wanted.version,
        assignments: wanted.assignments,
        refusal: None,
    }
}
