//! What a plan says in short: counts, and what people should look at.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::conflict::ConflictGroup;
use super::effect::{Effect, EffectKind};

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
}

/// Effects by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub install: usize,
    pub replace: usize,
    pub remove: usize,
    pub withdraw: usize,
}

impl Counts {
    fn add(&mut self, kind: EffectKind) {
        let count = match kind {
            EffectKind::Install => &mut self.install,
            EffectKind::Replace => &mut self.replace,
            EffectKind::Remove => &mut self.remove,
            EffectKind::Withdraw => &mut self.withdraw,
        };
        *count += 1;
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.install + self.replace + self.remove + self.withdraw
    }
}

/// Counts while devices go by.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) summary: Summary,
    /// Devices with an effect, in the order of their ids.
    pub(super) affected: Vec<String>,
    pub(super) items: BTreeSet<String>,
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
        }
        self.affected.push(first.device_id.clone());
    }
}
