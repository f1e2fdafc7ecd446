//! What a plan says in short: counts, and what people should look at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::conflict::ConflictGroup;
use super::effect::{Effect, EffectKind};
use crate::support::Judgement;

/// Counts of a plan's effects. Kept with the plan; the effects themselves are computed when asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Devices that were looked at.
    pub looked_at: usize,
    /// Of more devices than a preview looks at, only the first were.
    pub partial: bool,
    /// Devices that get a version by this change.
    pub receiving: usize,
    /// What new versions and other profiles on the same devices do to each other, most devices first.
    pub conflicts: Vec<ConflictGroup>,
    /// Devices on which anything changes.
    pub devices: usize,
    pub effects: Counts,
    /// The same by platform of the device.
    pub platforms: BTreeMap<String, Counts>,
    /// Devices from which something is removed: what the guard counts.
    pub removes_from: usize,
    /// Of the devices that change, those that have not been seen for long: it reaches them when they come.
    pub not_seen: usize,
    /// Devices on which a profile is replaced as a whole: what it sets up is away for some seconds.
    pub replaced_as_a_whole: usize,
    /// Why devices refuse what they were to get, by payload and reason, most devices first.
    pub refusals: Vec<Unsupported>,
    /// What devices take and do nothing with, in the same order.
    pub ignored: Vec<Unsupported>,
    /// Of the devices that get a version, those on which all of it has an effect.
    pub apply_all: usize,
}

/// What so many devices refuse or ignore.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unsupported {
    pub devices: usize,
    /// Type of the payload; `None` is the profile as a whole.
    pub payload: Option<String>,
    /// `None` is the payload as a whole.
    pub key: Option<String>,
    pub reason: String,
    /// The version of the system that brought or took it.
    pub version: Option<String>,
}

/// Effects by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub install: usize,
    pub replace: usize,
    pub remove: usize,
    pub withdraw: usize,
    /// Not among what is done: nothing is sent.
    pub refused: usize,
}

impl Counts {
    fn add(&mut self, kind: EffectKind) {
        let count = match kind {
            EffectKind::Install => &mut self.install,
            EffectKind::Replace => &mut self.replace,
            EffectKind::Remove => &mut self.remove,
            EffectKind::Withdraw => &mut self.withdraw,
            EffectKind::Refused => &mut self.refused,
        };
        *count += 1;
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.install + self.replace + self.remove + self.withdraw + self.refused
    }
}

/// Counts while devices go by.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) summary: Summary,
    /// Devices with an effect, in the order of their ids.
    pub(super) affected: Vec<String>,
    pub(super) items: BTreeSet<String>,
    /// Few, by their address: devices of one kind share theirs.
    judged: HashMap<usize, (Arc<Judgement>, usize)>,
}

impl Tally {
    /// Counts the effects on one device.
    pub(super) fn device(&mut self, platform: &str, not_seen: bool, effects: &[Effect]) {
        let Some(first) = effects.first() else {
            return;
        };
        let summary = &mut self.summary;
        summary.devices += 1;
        summary.not_seen += usize::from(not_seen);
        let has = |kind| effects.iter().any(|effect| effect.kind == kind);
        summary.removes_from += usize::from(has(EffectKind::Remove));
        let gets = has(EffectKind::Install) || has(EffectKind::Replace);
        summary.receiving += usize::from(gets);
        summary.replaced_as_a_whole += usize::from(has(EffectKind::Replace));
        if !summary.platforms.contains_key(platform) {
            summary
                .platforms
                .insert(platform.to_owned(), Counts::default());
        }
        for effect in effects {
            summary.effects.add(effect.kind);
            if let Some(counts) = summary.platforms.get_mut(platform) {
                counts.add(effect.kind);
            }
            if !self.items.contains(&effect.item_id) {
                self.items.insert(effect.item_id.clone());
            }
            if let Some(judgement) = &effect.judgement {
                let judged = self.judged.entry(Arc::as_ptr(judgement).addr());
                judged.or_insert_with(|| (judgement.clone(), 0)).1 += 1;
            }
        }
        let judged = || {
            effects
                .iter()
                .filter_map(|effect| effect.judgement.as_deref())
        };
        let whole = |it: &Judgement| it.refusal.is_none() && it.ignored.is_empty();
        summary.apply_all += usize::from(judged().next().is_some() && judged().all(whole));
        self.affected.push(first.device_id.clone());
    }

    /// Sums up what devices refuse and ignore.
    pub(super) fn close(&mut self) {
        let mut refusals: BTreeMap<Of, usize> = BTreeMap::new();
        let mut ignored: BTreeMap<Of, usize> = BTreeMap::new();
        for (judgement, count) in self.judged.values() {
            if let Some(refusal) = &judgement.refusal {
                let of = (refusal.payload.clone(), None, refusal.code, None);
                *refusals.entry(of).or_default() += count;
                continue;
            }
            for it in &judgement.ignored {
                let version = it.version.clone();
                let of = (Some(it.payload.clone()), it.key.clone(), it.code, version);
                *ignored.entry(of).or_default() += count;
            }
        }
        self.summary.refusals = most_first(refusals);
        self.summary.ignored = most_first(ignored);
    }
}

/// Payload, key, reason, version.
type Of = (Option<String>, Option<String>, &'static str, Option<String>);

/// At most as many as anybody reads.
fn most_first(counted: BTreeMap<Of, usize>) -> Vec<Unsupported> {
    const MOST: usize = 200;
    let mut found: Vec<Unsupported> = counted
        .into_iter()
        .map(|((payload, key, reason, version), devices)| Unsupported {
            devices,
            payload,
            key,
            reason: reason.to_owned(),
            version,
        })
        .collect();
    found.sort_by(|a, b| b.devices.cmp(&a.devices));
    found.truncate(MOST);
    found
}
