//! Walks the devices of a change, in chunks, and computes what happens to each. Nothing is written.

use std::collections::HashSet;
use std::sync::Arc;

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::candidates::candidates_in;
use super::change::Change;
use super::effect::{Effect, Sides};
use super::facts::{Facts, facts_in};
use super::meet::Meetings;
use super::summary::Tally;
use super::world::{catalogue_after, subject_after};
use crate::actor::{Actor, authorize};
use crate::assignments::{self, Catalogue, Subject};
use crate::core::Core;
use crate::error::Error;
use crate::reconcile::{observed_in, personal_in, resolved};
use crate::support::{self, Asked, Draft};

/// Devices of one read transaction.
const CHUNK: usize = 1_000;
/// How often it begins anew when the configuration moves under it.
const TRIES: usize = 4;

/// A change with everything that is known of it before devices are looked at.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) change: Change,
    pub(super) facts: Arc<Facts>,
    pub(super) revision: i64,
    /// Everything that is assigned.
    pub(super) all: Arc<Catalogue>,
    /// What the change may concern, before and after.
    pub(super) before: Arc<Catalogue>,
    pub(super) after: Arc<Catalogue>,
    pub(super) candidates: Arc<Vec<String>>,
}

/// What comes of it.
#[derive(Debug)]
pub(super) struct Computed {
    pub(super) revision: i64,
    pub(super) digest: String,
    pub(super) tally: Tally,
}

/// A device of the walk with its effects.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    /// After the change.
    pub(super) after: Option<Subject>,
    pub(super) subject: Subject,
    pub(super) not_seen: bool,
    pub(super) effects: Vec<Effect>,
}

/// Reads what the change says, and whom it may concern, when the actor may make it.
pub(super) async fn prepare(
    core: &Core,
    actor: &Actor,
    change: &Change,
) -> Result<Prepared, Error> {
    let input = (core.clone(), actor.clone(), change.clone());
    core.db()
        .read(input, |tx, (core, actor, change)| {
            Box::pin(async move {
                let facts = facts_in(tx, actor, change).await?;
                authorize(actor, change.permission(), &facts.unit_path)?;
                let all = assignments::catalogue_in(tx, core).await?;
                // The other items stay as they are on every device: nothing is resolved for them.
                let before = match &facts.item_id {
                    Some(item) => Arc::new(all.only(item)),
                    None => all.clone(),
                };
                let after = catalogue_after(&before, change, &facts)
                    .map_or_else(|| before.clone(), Arc::new);
                let candidates = candidates_in(tx, change, &facts, &before, &after).await?;
                Ok(Prepared {
                    change: change.clone(),
                    facts: Arc::new(facts),
                    revision: all.revision,
                    all,
                    before,
                    after,
                    candidates: Arc::new(candidates),
                })
            })
        })
        .await
}

/// How far a computation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Effects alone: enough to see whether they are still the same.
    Effects,
    /// With what profiles do to each other.
    Whole,
    /// The same, of so many devices.
    First(usize),
}

/// All effects of a change, counted and digested.
pub(super) async fn compute(
    core: &Core,
    actor: &Actor,
    change: &Change,
    depth: Depth,
) -> Result<(Prepared, Computed), Error> {
    for _ in 0..TRIES {
        let prepared = prepare(core, actor, change).await?;
        if let Some(computed) = walk(core, &prepared, depth).await? {
            return Ok((prepared, computed));
        }
    }
    Err(Error::conflict(
        "configuration_moves",
        "The configuration is being changed at this moment; try again.",
    ))
}

/// `None` when the configuration moved on the way.
async fn walk(core: &Core, prepared: &Prepared, depth: Depth) -> Result<Option<Computed>, Error> {
    let candidates = prepared.candidates.len();
    let looked = match depth {
        Depth::First(most) => most.min(candidates),
        Depth::Effects | Depth::Whole => candidates,
    };
    let mut meetings = match depth {
        Depth::Effects => None,
        Depth::Whole | Depth::First(_) => {
            Some(Meetings::prepare(core, prepared, draft(prepared)).await?)
        }
    };
    let mut tally = Tally::default();
    tally.summary.looked_at = looked;
    tally.summary.partial = looked < candidates;
    let mut digest = hash::sha256_hex(prepared.change.kind().as_bytes());
    let all = prepared.candidates.get(..looked).unwrap_or_default();
    for ids in all.chunks(CHUNK) {
        let Some(chunk) = look(core, prepared, ids).await? else {
            return Ok(None);
        };
        for device in chunk {
            if device.effects.is_empty() {
                continue;
            }
            // One link per device: the same effects give the same digest, however they were chunked.
            let lines: String = device.effects.iter().map(Effect::line).collect();
            digest = hash::sha256_hex(format!("{digest}\n{lines}").as_bytes());
            let platform = &device.subject.platform;
            tally.device(platform, device.not_seen, &device.effects);
            if let Some(meetings) = &mut meetings {
                let subject = device.after.as_ref().unwrap_or(&device.subject);
                meetings.device(subject, &device.effects);
            }
        }
    }
    tally.close(&prepared.after);
    if let Some(meetings) = meetings {
        let conflicts = meetings.conflicts(core, prepared, draft(prepared));
        tally.summary.conflicts = conflicts.await?;
    }
    Ok(Some(Computed {
        revision: prepared.revision,
        digest,
        tally,
    }))
}

/// One chunk of devices with their effects; `None` when the configuration moved.
pub(super) async fn look(
    core: &Core,
    prepared: &Prepared,
    ids: &[String],
) -> Result<Option<Vec<Looked>>, Error> {
    let input = (core.clone(), prepared.clone(), ids.to_vec(), core.now_ms());
    core.db()
        .read(input, |tx, (core, prepared, ids, now)| {
            Box::pin(async move {
                if assignments::revision_in(tx).await? != prepared.revision {
                    return Ok(None);
                }
                look_in(tx, core, prepared, ids, *now).await.map(Some)
            })
        })
        .await
}

/// What is to be there before and after, through the very functions that the reconciler uses.
async fn look_in(
    tx: &Tx,
    core: &Core,
    prepared: &Prepared,
    ids: &[String],
    now_ms: i64,
) -> Result<Vec<Looked>, Error> {
    let (change, facts) = (&prepared.change, prepared.facts.as_ref());
    let subjects = assignments::subjects_in(tx, ids.to_vec()).await?;
    let changed: Vec<Option<Subject>> = subjects
        .iter()
        .map(|subject| subject_after(subject, change, facts))
        .collect();
    let personal = personal_in(tx, &prepared.after, &subjects).await?;
    let mut personal_after = None;
    if !facts.values_after.is_empty() {
        let mut other = personal.clone();
        let channels = changed
            .iter()
            .flatten()
            .flat_map(|subject| &subject.channels);
        channels.for_each(|channel| other.put(&channel.id, &facts.values_after));
        personal_after = Some(other);
    }
    let mut asked = Asked::default();
    let before = resolved(&prepared.before, &subjects, &mut asked);
    let after = if changed.iter().any(Option::is_some) {
        let both = subjects.iter().zip(&changed);
        let subjects: Vec<Subject> = both
            .map(|(before, after)| after.as_ref().unwrap_or(before).clone())
            .collect();
        resolved(&prepared.after, &subjects, &mut asked)
    } else {
        resolved(&prepared.after, &subjects, &mut asked)
    };
    let verdicts = support::verdicts_in(tx, core, &asked, draft(prepared).as_ref()).await?;
    let before = before.desired(&prepared.before, &personal, &verdicts);
    let personal_after = personal_after.as_ref().unwrap_or(&personal);
    let after = after.desired(&prepared.after, personal_after, &verdicts);
    let seen = observed_in(tx, ids.to_vec(), facts.item_id.as_deref(), now_ms).await?;
    let sides = Sides {
        before: &before,
        after: &after,
        seen: &seen,
        catalogue: &prepared.after,
        verdicts: &verdicts,
    };
    let not_seen = not_seen_in(tx, ids).await?;
    let both = subjects.into_iter().zip(changed);
    Ok(both
        .map(|(subject, after)| Looked {
            effects: sides.effects(&subject),
            not_seen: not_seen.contains(&subject.device_id),
            after,
            subject,
        })
        .collect())
}

/// The draft that the change publishes, under the id that its version gets.
fn draft(prepared: &Prepared) -> Option<Draft> {
    let Change::PublishVersion {
        profile_id,
        draft_revision,
        ..
    } = &prepared.change
    else {
        return None;
    };
    let (_, published) = prepared.facts.published.as_ref()?;
    Some(Draft {
        profile_id: profile_id.clone(),
        revision: *draft_revision,
        version_id: published.id.clone(),
    })
}

/// Those of these devices that have not been seen for long.
async fn not_seen_in(tx: &Tx, ids: &[String]) -> Result<HashSet<String>, Error> {
    const NOT_SEEN: &str =
        "SELECT device_id FROM device_summary WHERE status = 'not_seen' AND device_id {ids}";
    let rows = tx.fetch_all_in(NOT_SEEN, ids.to_vec(), args![]).await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}
