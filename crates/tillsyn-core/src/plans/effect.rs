//! The effect of a change on one device: what it is to have before, what after, what it holds now.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::assignments::{Catalogue, Subject};
use crate::desired::{Desired, Observed, Outcome, Reason, State, Step, diff};
use crate::support::{Judgement, Verdicts};

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

    /// Whether a version goes to the device.
    pub(super) fn gives(self) -> bool {
        matches!(self, Self::Install | Self::Replace)
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
    /// The version that is wanted before the change.
    pub(crate) before: Option<i64>,
    pub(crate) old: Option<i64>,
    pub(crate) new: Option<i64>,
    /// Id of the new version.
    pub(crate) version_id: Option<String>,
    /// Why it is refused.
    pub(crate) reason: Option<Reason>,
    /// What the device makes of the new version, when it gets it.
    pub(crate) judgement: Option<Arc<Judgement>>,
}

impl Effect {
    /// What the digest is made of: what is wanted before and after, whether something is taken away and
    /// whether it is refused. How far delivery has come is no part of it, nor a certificate that is renewed
    /// meanwhile, or no plan would live long in a busy fleet.
    pub(super) fn line(&self) -> String {
        let number = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
        format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            self.device_id,
            self.channel_id,
            self.item,
            self.item_id,
            number(self.before),
            number(self.new),
            self.kind == EffectKind::Remove,
            self.reason
                .as_ref()
                .map_or("", |reason| reason.code.as_str()),
        )
    }
}

/// A device before and after: what its channels are to have, and what is known of them.
pub(super) struct Sides<'a> {
    pub(super) before: &'a ByChannel,
    pub(super) after: &'a ByChannel,
    pub(super) seen: &'a HashMap<String, Vec<Observed>>,
    /// The catalogue after the change.
    pub(super) catalogue: &'a Catalogue,
    pub(super) verdicts: &'a Verdicts,
}

/// What channels are to have.
pub(super) type ByChannel = HashMap<String, Vec<Desired>>;

impl Sides<'_> {
    /// All effects on a device: whatever is to be otherwise than before, as the reconciler decides it.
    pub(super) fn effects(&self, subject: &Subject) -> Vec<Effect> {
        let mut effects = Vec::new();
        for channel in &subject.channels {
            let was = self.before.get(&channel.id).map_or(&[][..], Vec::as_slice);
            let is = self.after.get(&channel.id).map_or(&[][..], Vec::as_slice);
            let seen = self.seen.get(&channel.id).map_or(&[][..], Vec::as_slice);
            if was.is_empty() && is.is_empty() {
                continue;
            }
            let mut items: BTreeMap<&str, (Option<&Desired>, Option<&Desired>)> = BTreeMap::new();
            for one in was {
                items.entry(&one.item).or_default().0 = Some(one);
            }
            for one in is {
                items.entry(&one.item).or_default().1 = Some(one);
            }
            let outcomes = diff(is, seen);
            for (item, (before, after)) in items {
                if same(before, after) {
                    continue;
                }
                let there = seen.iter().find(|seen| seen.item == item);
                let outcome = outcomes.iter().find(|outcome| outcome.item == item);
                let (Some(kind), Some(any)) = (kind(after, there, outcome), after.or(before))
                else {
                    continue;
                };
                let version = after.and_then(|new| self.version_id(new));
                let of_user = channel.name != "device";
                let judged = version.as_deref();
                let judged = judged.and_then(|id| self.verdicts.of(id, &subject.traits, of_user));
                let known = there.and_then(|seen| seen.knowledge.delivered.as_ref());
                effects.push(Effect {
                    device_id: subject.device_id.clone(),
                    channel_id: channel.id.clone(),
                    channel: channel.name.clone(),
                    item: item.to_owned(),
                    item_id: any.item_id.clone(),
                    kind,
                    before: before.map(|before| before.version),
                    old: known
                        .map(|v| v.number)
                        .or(before.map(|before| before.version)),
                    new: after.map(|new| new.version),
                    reason: outcome
                        .and_then(|outcome| outcome.reason.clone())
                        .filter(|_| kind == EffectKind::Refused),
                    judgement: judged.filter(|_| kind.gives()).cloned(),
                    version_id: version,
                });
            }
        }
        effects
    }

    fn version_id(&self, of: &Desired) -> Option<String> {
        let item = self.catalogue.items.get(&of.item_id)?;
        Some(item.versions.get(&of.version)?.id.clone())
    }
}

/// The same version with the same values and credentials, and the same in the way of it.
fn same(before: Option<&Desired>, after: Option<&Desired>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => before.hash == after.hash && before.refusal == after.refusal,
        _ => false,
    }
}

/// What comes of the decision; `None` when the device has it already.
fn kind(
    after: Option<&Desired>,
    there: Option<&Observed>,
    outcome: Option<&Outcome>,
) -> Option<EffectKind> {
    let Some(outcome) = outcome else {
        return Some(EffectKind::Withdraw);
    };
    // The device is installing something at this moment: what comes takes its place.
    let installing = there
        .and_then(|seen| seen.work.as_ref())
        .is_some_and(|work| work.fetched && work.installs.is_some());
    Some(match (outcome.step, outcome.state) {
        // It goes when the device's list names it as ours.
        (Some(Step::Verify), Some(State::ToRemove)) => EffectKind::Remove,
        (Some(Step::Verify), _) | (None, Some(State::AsDesired | State::Unverified)) => {
            return None;
        }
        (Some(Step::Install), _) => EffectKind::Install,
        (None, Some(State::ToInstall)) if !installing => EffectKind::Install,
        (None, Some(State::Refused)) if after.is_some() => EffectKind::Refused,
        (Some(Step::Replace | Step::Renew), _) | (None, Some(State::ToInstall | State::Behind)) => {
            EffectKind::Replace
        }
        (Some(Step::Remove), _) | (None, Some(State::ToRemove | State::Refused)) => {
            EffectKind::Remove
        }
        (None, None) => EffectKind::Withdraw,
    })
}
