//! From assignments to desired items: with the hash that names each, and why a device cannot take it.

use std::collections::{BTreeMap, HashMap};

use tillsyn_db::Tx;

use super::rows::PROFILE;
use crate::assignments::{Catalogue, Subject, VersionInfo, Wanted, resolve};
use crate::core::Core;
use crate::credentials::{self, Generations};
use crate::desired::{Desired, Reason, desired_hash};
use crate::error::Error;
use crate::profiles::variables;
use crate::support::{self, Asked, Refusal};

/// What differs from channel to channel: values of variables, and which generation of its credentials.
#[derive(Default)]
struct Personal {
    values: HashMap<String, BTreeMap<String, String>>,
    generations: Generations,
}

/// The personal part of all channels of these devices; nothing is read when no version has any.
async fn personal_in(
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

/// What all channels of these devices are to have, by channel, and what of it they cannot take.
pub(super) async fn desired_in(
    tx: &Tx,
    core: &Core,
    catalogue: &Catalogue,
    subjects: &[Subject],
) -> Result<HashMap<String, Vec<Desired>>, Error> {
    let personal = personal_in(tx, catalogue, subjects).await?;
    let mut all = Vec::new();
    let mut asked = Asked::default();
    for subject in subjects {
        for wanted in resolve(catalogue, subject) {
            if wanted.kind == PROFILE {
                let of_user = subject.is_user(&wanted.channel_id);
                asked.add(&wanted.version_id, &subject.traits, of_user);
                all.push((subject, of_user, wanted));
            }
        }
    }
    let verdicts = support::verdicts_in(tx, core, &asked, None).await?;
    let mut found: HashMap<String, Vec<Desired>> = HashMap::new();
    for (subject, of_user, wanted) in all {
        let verdict = verdicts.of(&wanted.version_id, &subject.traits, of_user);
        let refusal = verdict.and_then(|verdict| verdict.refusal.as_ref());
        let channel = wanted.channel_id.clone();
        let desired = one(catalogue, wanted, &personal, refusal.map(Refusal::reason));
        found.entry(channel).or_default().push(desired);
    }
    Ok(found)
}

fn one(
    catalogue: &Catalogue,
    wanted: Wanted,
    personal: &Personal,
    refusal: Option<Reason>,
) -> Desired {
    let item = catalogue.items.get(&wanted.item_id);
    let version = item.and_then(|item| item.versions.get(&wanted.version));
    Desired {
        kind: PROFILE,
        hash: personal.hash(&wanted, version),
        item: wanted.item,
        item_id: wanted.item_id,
        version: wanted.version,
        assignments: wanted.assignments,
        refusal,
    }
}
