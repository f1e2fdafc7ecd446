//! What a plan says in short: counts, and what people should look at.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::conflict::{ConflictGroup, ProfileRef};
use super::effect::{Effect, EffectKind};
use crate::actor::{Actor, refuse_limited};
use crate::assignments::Catalogue;
use crate::desired::Reason;
use crate::error::Error;
use crate::platform::family;
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

impl Summary {
    /// Leaves out what the actor may not know: names and values of profiles above its unit.
    pub(super) fn hide_from(&mut self, actor: &Actor) {
        for group in &mut self.conflicts {
            group.hide_from(actor);
        }
        for one in self.refusals.iter_mut().chain(&mut self.ignored) {
            one.profile.hide_from(actor);
        }
    }
}

/// What so many devices refuse or ignore.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unsupported {
    pub devices: usize,
    /// The version that they are to get.
    #[serde(default)]
    pub profile: ProfileRef,
    /// Type of the payload; `None` is the profile as a whole.
    pub payload: Option<String>,
    /// `None` is the payload as a whole; of a missing value, the variable.
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
    /// Those of them from which something is removed.
    pub(super) removes: Vec<String>,
    pub(super) items: BTreeSet<String>,
    /// What devices make of what they get, or why they do not get it. Few: devices of one kind share theirs.
    findings: HashMap<Vec<Finding>, (usize, Vec<Arc<Judgement>>)>,
}

/// Of one item on one device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Finding {
    /// Item, version, and which judgement.
    Ignored(String, i64, usize),
    Refused(String, i64, Reason),
}

impl Summary {
    /// Refuses whoever is limited to one platform what changes devices of others too.
    pub(crate) fn refuse_limited(&self, actor: &Actor) -> Result<(), Error> {
        let own = actor.platform.as_deref();
        let within = |platform: &String| own.is_none_or(|own| own == family(platform));
        if self.platforms.keys().all(within) {
            return Ok(());
        }
        refuse_limited(actor)
    }
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
        if has(EffectKind::Remove) {
            summary.removes_from += 1;
            self.removes.push(first.device_id.clone());
        }
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
        self.find(effects);
    }

    fn find(&mut self, effects: &[Effect]) {
        let (mut findings, mut judgements) = (Vec::new(), Vec::new());
        for effect in effects {
            let Some(version) = effect.new else {
                continue;
            };
            let item = || effect.item_id.clone();
            if let Some(judgement) = &effect.judgement
                && !judgement.ignored.is_empty()
            {
                let which = Arc::as_ptr(judgement).addr();
                findings.push(Finding::Ignored(item(), version, which));
                judgements.push(judgement.clone());
            }
            if let Some(reason) = &effect.reason {
                findings.push(Finding::Refused(item(), version, reason.clone()));
            }
        }
        let receives = effects.iter().any(|effect| effect.kind.gives());
        self.summary.receiving += usize::from(receives);
        self.summary.apply_all += usize::from(receives && judgements.is_empty());
        if findings.is_empty() {
            return;
        }
        let found = self.findings.entry(findings);
        found.or_insert_with(|| (0, judgements)).0 += 1;
    }

    /// Sums up what devices refuse and ignore: each counts once, however many users it has.
    pub(super) fn close(&mut self, names: &Catalogue) {
        let mut refusals: HashMap<Of, usize> = HashMap::new();
        let mut ignored: HashMap<Of, usize> = HashMap::new();
        for (findings, (devices, judgements)) in &self.findings {
            let (mut refused, mut passed_over) = (HashSet::new(), HashSet::new());
            for finding in findings {
                match finding {
                    Finding::Refused(item, version, reason) => {
                        refused.extend(why(reason).into_iter().map(|of| of.at(item, *version)));
                    }
                    Finding::Ignored(item, version, which) => {
                        let judgement = judgements.iter().find(|j| Arc::as_ptr(j).addr() == *which);
                        let all = judgement
                            .into_iter()
                            .flat_map(|judgement| &judgement.ignored);
                        passed_over.extend(all.map(|one| {
                            let of = Of {
                                payload: Some(one.payload.clone()),
                                key: one.key.clone(),
                                reason: one.code.to_owned(),
                                version: one.version.clone(),
                                ..Of::default()
                            };
                            of.at(item, *version)
                        }));
                    }
                }
            }
            for of in refused {
                *refusals.entry(of).or_default() += devices;
            }
            for of in passed_over {
                *ignored.entry(of).or_default() += devices;
            }
        }
        self.summary.refusals = most_first(refusals, names);
        self.summary.ignored = most_first(ignored, names);
    }
}

/// What is counted together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Of {
    item: (String, i64),
    payload: Option<String>,
    key: Option<String>,
    reason: String,
    version: Option<String>,
}

impl Of {
    fn at(mut self, item: &str, version: i64) -> Self {
        self.item = (item.to_owned(), version);
        self
    }
}

/// A reason of an item in the parts that are counted: the payload of what is not supported, each variable of
/// what is missing.
fn why(reason: &Reason) -> Vec<Of> {
    let detail: Json = reason
        .detail
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let plain = Of {
        reason: reason.code.clone(),
        ..Of::default()
    };
    match reason.code.as_str() {
        "unsupported" => vec![Of {
            payload: text(&detail["payload"]),
            reason: text(&detail["support"]).unwrap_or_else(|| reason.code.clone()),
            ..plain
        }],
        "variable_missing" => {
            let names = detail["variables"].as_array().into_iter().flatten();
            let of = |name| Of {
                key: text(name),
                ..plain.clone()
            };
            names.map(of).collect()
        }
        _ => vec![plain],
    }
}

/// At most as many as anybody reads.
fn most_first(counted: HashMap<Of, usize>, names: &Catalogue) -> Vec<Unsupported> {
    const MOST: usize = 200;
    let mut counted: Vec<(Of, usize)> = counted.into_iter().collect();
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counted.truncate(MOST);
    let item = |id: &str| names.items.get(id);
    counted
        .into_iter()
        .map(|(of, devices)| Unsupported {
            devices,
            profile: ProfileRef {
                name: item(&of.item.0).map_or_else(String::new, |item| item.name.clone()),
                unit_path: item(&of.item.0).map_or_else(String::new, |item| item.unit_path.clone()),
                id: of.item.0,
                version: of.item.1,
            },
            payload: of.payload,
            key: of.key,
            reason: of.reason,
            version: of.version,
        })
        .collect()
}
