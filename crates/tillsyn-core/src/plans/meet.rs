//! Which versions meet on how many devices because of a change, and what comes of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::compute::Prepared;
use super::conflict::{ConflictGroup, ProfileRef};
use super::effect::Effect;
use crate::assignments::{Catalogue, Item, Subject, resolve};
use crate::core::Core;
use crate::error::Error;
use crate::platform::apple::{Clash, Document};
use crate::support::{self, Draft};

/// As many groups as anybody reads.
const MOST: usize = 200;

/// Two versions: one that comes, and one that is wanted beside it.
type Pair = (String, String);

/// The profiles that can be in conflict with what comes, opened once, and whom they meet.
pub(super) struct Meetings {
    /// What is wanted beside.
    beside: Catalogue,
    documents: HashMap<String, Document>,
    clashes: HashMap<Pair, Vec<Clash>>,
    met: BTreeMap<Pair, Met>,
}

struct Met {
    profiles: (ProfileRef, ProfileRef),
    devices: BTreeMap<String, usize>,
}

impl Meetings {
    /// For a change of one item only what can be in conflict with it is looked for on devices.
    pub(super) async fn prepare(
        core: &Core,
        prepared: &Prepared,
        draft: Option<Draft>,
    ) -> Result<Self, Error> {
        let after = &prepared.after;
        let Some(item_id) = &prepared.facts.item_id else {
            return Ok(Self::of(after.as_ref().clone()));
        };
        let mut meetings = Self::of(Catalogue::default());
        let Some(item) = after.items.get(item_id).filter(|item| !item.archived) else {
            return Ok(meetings);
        };
        let all = &prepared.all;
        let assigned: BTreeSet<&str> = all
            .assignments()
            .iter()
            .map(|of| of.item_id.as_str())
            .collect();
        let others: Vec<(&String, &Item)> = all
            .items
            .iter()
            .filter(|(id, other)| {
                *id != item_id && !other.archived && assigned.contains(id.as_str())
            })
            .collect();
        if others.is_empty() {
            return Ok(meetings);
        }
        let own: Vec<String> = versions(item).collect();
        let ids = others.iter().flat_map(|(_, other)| versions(other));
        meetings
            .open(core, ids.chain(own.iter().cloned()), draft)
            .await?;
        let mut beside = Vec::new();
        for (id, other) in others {
            let mut any = false;
            for theirs in versions(other) {
                for mine in &own {
                    any |= !meetings.clashes(mine, &theirs).is_empty();
                }
            }
            if any {
                beside.push(id.as_str());
            }
        }
        meetings.beside = all.with_items(|id| beside.contains(&id));
        Ok(meetings)
    }

    fn of(beside: Catalogue) -> Self {
        Self {
            beside,
            documents: HashMap::new(),
            clashes: HashMap::new(),
            met: BTreeMap::new(),
        }
    }

    async fn open(
        &mut self,
        core: &Core,
        versions: impl Iterator<Item = String>,
        draft: Option<Draft>,
    ) -> Result<(), Error> {
        let new: BTreeSet<String> = versions
            .filter(|id| !self.documents.contains_key(id))
            .collect();
        let documents = support::documents(core, new.into_iter().collect(), draft).await?;
        self.documents.extend(documents);
        Ok(())
    }

    fn clashes(&mut self, one: &str, other: &str) -> &[Clash] {
        let pair = (one.to_owned(), other.to_owned());
        let documents = &self.documents;
        self.clashes.entry(pair).or_insert_with(|| {
            let both = documents.get(one).zip(documents.get(other));
            both.map(|(one, other)| one.clashes(other))
                .unwrap_or_default()
        })
    }

    /// Counts what meets on one device after the change.
    pub(super) fn device(&mut self, subject: &Subject, effects: &[Effect]) {
        if self.beside.items.is_empty() {
            return;
        }
        let comes = || effects.iter().filter(|effect| effect.kind.gives());
        if comes().next().is_none() {
            return;
        }
        let mut pairs = BTreeMap::new();
        for beside in resolve(&self.beside, subject) {
            for effect in comes() {
                let Some((version, number)) = effect.version_id.as_ref().zip(effect.new) else {
                    continue;
                };
                if effect.channel_id != beside.channel_id || effect.item_id == beside.item_id {
                    continue;
                }
                // Two that come together are one pair.
                let both_come = comes().any(|other| {
                    other.channel_id == effect.channel_id && other.item_id == beside.item_id
                });
                if both_come && effect.item_id > beside.item_id {
                    continue;
                }
                let pair = (version.clone(), beside.version_id.clone());
                pairs.entry(pair).or_insert_with(|| {
                    let one = (effect.item_id.clone(), number);
                    (one, (beside.item_id.clone(), beside.version))
                });
            }
        }
        for (pair, (one, other)) in pairs {
            let met = self.met.entry(pair).or_insert_with(|| Met {
                profiles: (named(one), named(other)),
                devices: BTreeMap::new(),
            });
            *met.devices.entry(subject.platform.clone()).or_default() += 1;
        }
    }

    /// What the pairs that met do to each other.
    pub(super) async fn conflicts(
        mut self,
        core: &Core,
        prepared: &Prepared,
        draft: Option<Draft>,
    ) -> Result<Vec<ConflictGroup>, Error> {
        let met = std::mem::take(&mut self.met);
        let ids = met
            .keys()
            .flat_map(|(one, other)| [one.clone(), other.clone()]);
        self.open(core, ids, draft).await?;
        let mut groups = Vec::new();
        for ((one, other), met) in met {
            let name = |profile: &ProfileRef| {
                let changed = prepared.after.items.get(&profile.id);
                let item = changed.or_else(|| prepared.all.items.get(&profile.id));
                item.map_or_else(
                    || profile.clone(),
                    |item| ProfileRef {
                        name: item.name.clone(),
                        unit_path: item.unit_path.clone(),
                        ..profile.clone()
                    },
                )
            };
            for clash in self.clashes(&one, &other) {
                let on = met
                    .devices
                    .iter()
                    .filter(|(platform, _)| clash.is_on(platform));
                let devices = on.map(|(_, count)| count).sum();
                if devices == 0 {
                    continue;
                }
                groups.push(ConflictGroup {
                    code: clash.code.to_owned(),
                    profile: name(&met.profiles.0),
                    other: name(&met.profiles.1),
                    payload: clash.payloads.0.clone(),
                    other_payload: clash.payloads.1.clone(),
                    about: clash.about.clone(),
                    settings: clash.settings.clone(),
                    devices,
                });
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.devices));
        groups.truncate(MOST);
        Ok(groups)
    }
}

fn versions(item: &Item) -> impl Iterator<Item = String> {
    item.versions.values().map(|version| version.id.clone())
}

fn named((id, version): (String, i64)) -> ProfileRef {
    ProfileRef {
        id,
        version,
        ..ProfileRef::default()
    }
}
