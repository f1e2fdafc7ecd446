//! The one decision: what is done about each item of one channel.

use std::collections::BTreeMap;

use super::item::{Desired, Observed, Outcome, State, Step, Work};

/// What is wanted of an item, and what is known of it.
type Both<'a> = (Option<&'a Desired>, Option<&'a Observed>);

/// Compares what a channel is to have with what is known of it. Doing all steps and looking again leads to
/// a state in which there is nothing to do, whatever was lost on the way.
pub(crate) fn diff(desired: &[Desired], observed: &[Observed]) -> Vec<Outcome> {
    let mut items: BTreeMap<(&str, &str), Both<'_>> = BTreeMap::new();
    for want in desired {
        items.entry((want.kind, &want.item)).or_default().0 = Some(want);
    }
    for seen in observed {
        items.entry((seen.kind, &seen.item)).or_default().1 = Some(seen);
    }
    let decide = |(want, seen): Both<'_>| match (want, seen) {
        (Some(want), Some(seen)) => Some(keep(want, seen)),
        (Some(want), None) => Some(begin(want)),
        (None, Some(seen)) => Some(end(seen)),
        (None, None) => None,
    };
    items.into_values().filter_map(decide).collect()
}

/// Wanted, and never heard of.
fn begin(want: &Desired) -> Outcome {
    let new = Outcome {
        kind: want.kind,
        item: want.item.clone(),
        state: Some(State::ToInstall),
        reason: None,
        step: Some(Step::Install),
        supersede: false,
        carries: None,
        fresh: true,
    };
    match &want.refusal {
        Some(reason) => Outcome {
            state: Some(State::Refused),
            reason: Some(reason.clone()),
            step: None,
            ..new
        },
        None => new,
    }
}

/// Wanted, and something is known of it.
fn keep(want: &Desired, seen: &Observed) -> Outcome {
    let fresh = seen.desired_hash.as_deref() != Some(&want.hash);
    let still = Outcome {
        kind: want.kind,
        item: want.item.clone(),
        state: None,
        reason: None,
        step: None,
        supersede: false,
        carries: None,
        fresh,
    };
    let may_try = fresh || seen.may_try;
    let fetched = seen.work.as_ref().is_some_and(|work| work.fetched);
    let waits = seen.work.is_some() && !fetched;
    // What the device has it can take, whatever is thought of it: its word counts more.
    if !fetched && seen.knowledge.present() == Some(&want.hash) {
        // What was handed out since, and never answered, may have taken its place.
        let proved = seen.knowledge.confirmed.is_some() && seen.knowledge.unanswered.is_empty();
        return Outcome {
            state: Some(if proved {
                State::AsDesired
            } else {
                State::Unverified
            }),
            step: (!proved && may_try).then_some(Step::Verify),
            supersede: waits,
            ..still
        };
    }
    if let Some(reason) = &want.refusal {
        return Outcome {
            state: Some(State::Refused),
            reason: Some(reason.clone()),
            supersede: waits,
            ..still
        };
    }
    let missing = match seen.knowledge.present() {
        Some(_) => State::Behind,
        None => State::ToInstall,
    };
    // What the device holds is not taken back: its result decides.
    if fetched {
        return Outcome {
            state: Some(missing),
            ..still
        };
    }
    if let Some(Work {
        installs: Some(version),
        ..
    }) = &seen.work
        && version.number == want.version
    {
        let carries = (version.hash != want.hash).then(|| want.hash.clone());
        return Outcome {
            state: Some(missing),
            carries,
            ..still
        };
    }
    if !may_try {
        // Nobody refused what the device lost: it only waits.
        let refused = seen.reason.is_some() || seen.failures > 0;
        return Outcome {
            state: Some(if refused { State::Refused } else { missing }),
            reason: seen.reason.clone(),
            ..still
        };
    }
    let present = seen.knowledge.is_there();
    let same = seen.knowledge.delivered.as_ref().map(|v| v.number) == Some(want.version);
    Outcome {
        state: Some(missing),
        step: Some(match (present, same) {
            (false, _) => Step::Install,
            (true, true) => Step::Renew,
            (true, false) => Step::Replace,
        }),
        ..still
    }
}

/// No longer wanted.
fn end(seen: &Observed) -> Outcome {
    let fresh = seen.desired_hash.is_some();
    let going = Outcome {
        kind: seen.kind,
        item: seen.item.clone(),
        state: Some(State::ToRemove),
        reason: None,
        step: None,
        supersede: false,
        carries: None,
        fresh,
    };
    match &seen.work {
        // What the device holds is not taken back: its result decides.
        Some(work) if work.fetched => going,
        waiting if !seen.knowledge.may_be_there() => Outcome {
            state: None,
            supersede: waiting.is_some(),
            ..going
        },
        // Only a list tells whether it is ours: a person's own may bear the same name.
        waiting if !seen.knowledge.is_there() => Outcome {
            step: (fresh || seen.may_try).then_some(Step::Verify),
            supersede: waiting.is_some(),
            ..going
        },
        Some(Work { installs: None, .. }) => going,
        _ if fresh || seen.may_try => Outcome {
            step: Some(Step::Remove),
            ..going
        },
        _ => Outcome {
            state: Some(State::Refused),
            reason: seen.reason.clone(),
            ..going
        },
    }
}

#[cfg(test)]
mod tests;
