//! From assignments to desired items: with the hash that names each, and why a device cannot take it. The
//! same functions serve plans and the reconciler.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::json;
use tillsyn_db::Tx;

use super::rows::PROFILE;
use crate::assignments::{Catalogue, Subject, VersionInfo, Wanted, resolve};
use crate::core::Core;
use crate::credentials::{self, Generations};
use crate::desired::{Desired, Reason, desired_hash};
use crate::error::Error;
use crate::profiles::variables;
use crate::support::{self, Asked, Refusal, Traits, Verdicts};

/// What differs from channel to channel: values of variables, and which generation of its credentials.
#[derive(Clone, Default)]
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
    /// The same with other values of these channels; `None` takes a value away.
    pub(crate) fn put(&mut self, channel_id: &str, values: &[(&'static str, Option<String>)]) {
        let Some(known) = self.values.get_mut(channel_id) else {
            return;
        };
        for (name, value) in values {
            match value.as_ref().filter(|value| !value.is_empty()) {
                Some(value) => known.insert((*name).to_owned(), value.clone()),
                None => known.remove(*name),
            };
        }
    }

    /// What a version names and nobody has given: known before anything is sent.
    fn missing(&self, channel_id: &str, version: &VersionInfo) -> Option<Reason> {
        if version.variables.is_empty() {
            return None;
        }
        let none = BTreeMap::new();
        let values = self.values.get(channel_id).unwrap_or(&none);
        let names = version.variables.iter().map(String::as_str);
        let missing = variables::missing(values, names);
        let detail = || json!({ "variables": missing }).to_string();
        (!missing.is_empty()).then(|| Reason::new("variable_missing", Some(detail())))
    }

    /// A value that is not known leaves the hash without it, and makes another hash when it comes.
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

/// What these devices are to have, before it is known what they make of it.
pub(crate) struct Resolved(Vec<(Arc<Traits>, bool, Wanted)>);

/// Resolves, and asks about everything that is wanted.
pub(crate) fn resolved(catalogue: &Catalogue, subjects: &[Subject], asked: &mut Asked) -> Resolved {
    let mut all = Vec::new();
    for subject in subjects {
        for wanted in resolve(catalogue, subject) {
            if wanted.kind == PROFILE {
                let of_user = subject.is_user(&wanted.channel_id);
                asked.add(&wanted.version_id, &subject.traits, of_user);
                all.push((subject.traits.clone(), of_user, wanted));
            }
        }
    }
    Resolved(all)
}

impl Resolved {
    /// By channel, with hashes, and why a device cannot take what it is to have.
    pub(crate) fn desired(
        self,
        catalogue: &Catalogue,
        personal: &Personal,
        verdicts: &Verdicts,
    ) -> HashMap<String, Vec<Desired>> {
        let mut found: HashMap<String, Vec<Desired>> = HashMap::new();
        for (traits, of_user, wanted) in self.0 {
            let verdict = verdicts.of(&wanted.version_id, &traits, of_user);
            let refusal = verdict.and_then(|verdict| verdict.refusal.as_ref());
            let channel = wanted.channel_id.clone();
            let desired = one(catalogue, wanted, personal, refusal.map(Refusal::reason));
            found.entry(channel).or_default().push(desired);
        }
        found
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
    let mut asked = Asked::default();
    let resolved = resolved(catalogue, subjects, &mut asked);
    let verdicts = support::verdicts_in(tx, core, &asked, None).await?;
    Ok(resolved.desired(catalogue, &personal, &verdicts))
}

fn one(
    catalogue: &Catalogue,
    wanted: Wanted,
    personal: &Personal,
    refusal: Option<Reason>,
) -> Desired {
    let item = catalogue.items.get(&wanted.item_id);
    let version = item.and_then(|item| item.versions.get(&wanted.version));
    let missing = || version.and_then(|version| personal.missing(&wanted.channel_id, version));
    Desired {
        kind: PROFILE,
        hash: personal.hash(&wanted, version),
        refusal: refusal.or_else(missing),
        item: wanted.item,
        item_id: wanted.item_id,
        version: wanted.version,
        assignments: wanted.assignments,
    }
}
