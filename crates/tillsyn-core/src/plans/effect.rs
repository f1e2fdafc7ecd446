//! The effect of a change on one device: what it is to have before, what after, what it holds now.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::assignments::{Catalogue, Subject, Wanted, resolve};
use crate::support::{Asked, Judgement, Verdicts};

/// What happens to one item on one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    Install,
    /// Another version, or the same with other values, takes the place of the one that is there.
    Replace,
    Remove,
    /// It was to come and does not: nothing is on the device.
    Withdraw,
    /// The device cannot take it: nothing is sent, and what is there stays.
    Refused,
}

impl EffectKind {
    pub const ALL: [Self; 5] = [
        Self::Install,
        Self::Replace,
        Self::Remove,
        Self::Withdraw,
        Self::Refused,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Replace => "replace",
            Self::Remove => "remove",
            Self::Withdraw => "withdraw",
            Self::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One effect. What stays as it is, is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) device_id: String,
    pub(crate) channel_id: String,
    pub(crate) channel: String,
    pub(crate) item: String,
    pub(crate) item_id: String,
    pub(crate) kind: EffectKind,
    pub(crate) old: Option<i64>,
    pub(crate) new: Option<i64>,
    /// Id of the new version.
    pub(crate) version_id: Option<String>,
    /// What the device makes of the new version.
    pub(crate) judgement: Option<Arc<Judgement>>,
}

impl Effect {
    /// What the digest is made of.
    pub(super) fn line(&self) -> String {
        let number = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
        format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            self.device_id,
            self.channel_id,
            self.item,
            self.kind.as_str(),
            number(self.old),
            number(self.new),
            self.version_id.as_deref().unwrap_or_default(),
        )
    }
}

/// Asks what the device would make of what it is to get.
pub(super) fn ask(asked: &mut Asked, subject: &Subject, effects: &[Effect]) {
    for effect in effects {
        if let Some(version) = &effect.version_id {
            asked.add(version, &subject.traits, effect.channel != "device");
        }
    }
}

/// What the device would refuse is not done.
pub(super) fn judge(verdicts: &Verdicts, subject: &Subject, effects: &mut [Effect]) {
    for effect in effects {
        let Some(version) = &effect.version_id else {
            continue;
        };
        let of_user = effect.channel != "device";
        effect.judgement = verdicts.of(version, &subject.traits, of_user).cloned();
        if effect
            .judgement
            .as_ref()
            .is_some_and(|it| it.refusal.is_some())
        {
            effect.kind = EffectKind::Refused;
        }
    }
}

/// Channel and item of what is, or may be, on a device now, with its version when it is known.
pub(super) type Held = HashMap<(String, String), Option<i64>>;

/// A device before and after.
pub(super) struct Sides<'a> {
    pub(super) before: (&'a Catalogue, &'a Subject),
    pub(super) after: (&'a Catalogue, &'a Subject),
}

impl Sides<'_> {
    /// All effects on the device, in the order of channels and items.
    pub(super) fn effects(&self, held: &Held) -> Vec<Effect> {
        let mut items: BTreeMap<(String, String), (Option<Wanted>, Option<Wanted>)> =
            BTreeMap::new();
        for wanted in resolve(self.before.0, self.before.1) {
            let key = key(&wanted);
            items.entry(key).or_default().0 = Some(wanted);
        }
        for wanted in resolve(self.after.0, self.after.1) {
            let key = key(&wanted);
            items.entry(key).or_default().1 = Some(wanted);
        }
        let mut effects = Vec::new();
        for (key, (before, after)) in items {
            let there = held.get(&key);
            let old = there
                .copied()
                .flatten()
                .or(before.as_ref().map(|b| b.version));
            let kind = match (&before, &after) {
                (Some(before), Some(after)) if self.same(before, after) => continue,
                (_, Some(_)) if there.is_some() => EffectKind::Replace,
                (_, Some(_)) => EffectKind::Install,
                (_, None) if there.is_some() => EffectKind::Remove,
                (_, None) => EffectKind::Withdraw,
            };
            let Some(any) = after.as_ref().or(before.as_ref()) else {
                continue;
            };
            effects.push(Effect {
                device_id: self.before.1.device_id.clone(),
                channel: self.channel(&key.0),
                item_id: any.item_id.clone(),
                kind,
                old,
                new: after.as_ref().map(|new| new.version),
                version_id: after.as_ref().map(|new| new.version_id.clone()),
                judgement: None,
                channel_id: key.0,
                item: key.1,
            });
        }
        effects
    }

    /// The same version with the same values. A version that uses a value of the person or of the unit is
    /// another one when these change.
    fn same(&self, before: &Wanted, after: &Wanted) -> bool {
        let (was, is) = (self.before.1, self.after.1);
        let uses = |prefix: &str| {
            let item = self.after.0.items.get(&after.item_id);
            let info = item.and_then(|item| item.versions.get(&after.version));
            info.is_some_and(|info| info.variables.iter().any(|name| name.starts_with(prefix)))
        };
        before.version_id == after.version_id
            && (was.person_id == is.person_id || !uses("person."))
            && (own_unit(was) == own_unit(is) || !uses("unit."))
    }

    fn channel(&self, id: &str) -> String {
        let channels = &self.before.1.channels;
        channels
            .iter()
            .find(|channel| channel.id == id)
            .map(|channel| channel.name.clone())
            .unwrap_or_default()
    }
}

/// The unit that the device itself lies in.
fn own_unit(subject: &Subject) -> Option<&str> {
    subject.unit_path.trim_end_matches('/').rsplit('/').next()
}

fn key(wanted: &Wanted) -> (String, String) {
    (wanted.channel_id.clone(), wanted.item.clone())
}
