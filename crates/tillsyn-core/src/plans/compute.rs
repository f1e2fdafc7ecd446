//! Walks the devices of a change, in chunks, and computes what happens to each. Nothing is written.

use std::collections::HashMap;
use std::sync::Arc;

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::candidates::candidates_in;
use super::change::Change;
use super::effect::{Effect, Held, Sides, ask, judge};
use super::facts::{Facts, facts_in};
use super::summary::Tally;
use super::world::{catalogue_after, subject_after};
use crate::actor::{Actor, authorize};
use crate::assignments::{self, Catalogue, Subject};
use crate::core::Core;
use crate::error::Error;
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
                    before,
                    after,
                    candidates: Arc::new(candidates),
                })
            })
        })
        .await
}

/// All effects of a change, counted and digested. With `most`, of so many devices only.
pub(super) async fn compute(
    core: &Core,
    actor: &Actor,
    change: &Change,
    most: Option<usize>,
) -> Result<(Prepared, Computed), Error> {
    for _ in 0..TRIES {
        let prepared = prepare(core, actor, change).await?;
        if let Some(computed) = walk(core, &prepared, most).await? {
            return Ok((prepared, computed));
        }
    }
    Err(Error::conflict(
        "configuration_moves",
        "The configuration is being changed at this moment; try again.",
    ))
}

/// `None` when the configuration moved on the way.
async fn walk(
    core: &Core,
    prepared: &Prepared,
    most: Option<usize>,
) -> Result<Option<Computed>, Error> {
    let looked = most.map_or(prepared.candidates.len(), |most| {
        most.min(prepared.candidates.len())
    });
    let mut tally = Tally::default();
    tally.summary.looked_at = looked;
    tally.summary.partial = looked < prepared.candidates.len();
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
        }
    }
    tally.close();
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
    let input = (
        ids.to_vec(),
        prepared.revision,
        prepared.facts.item_id.clone(),
    );
    let read = core
        .db()
        .read(input, |tx, (ids, revision, item)| {
            Box::pin(async move {
                if assignments::revision_in(tx).await? != *revision {
                    return Ok::<_, Error>(None);
                }
                let subjects = assignments::subjects_in(tx, ids.clone()).await?;
                let state = states_in(tx, ids, item.as_deref()).await?;
                Ok(Some((subjects, state)))
            })
        })
        .await?;
    let Some((subjects, mut state)) = read else {
        return Ok(None);
    };
    let mut looked = Vec::with_capacity(subjects.len());
    let mut asked = Asked::default();
    for subject in subjects {
        let changed = subject_after(&subject, &prepared.change, &prepared.facts);
        let sides = Sides {
            before: (&prepared.before, &subject),
            after: (&prepared.after, changed.as_ref().unwrap_or(&subject)),
        };
        let device = state.remove(&subject.device_id).unwrap_or_default();
        let effects = sides.effects(&device.held);
        ask(&mut asked, &subject, &effects);
        looked.push(Looked {
            effects,
            not_seen: device.not_seen,
            subject,
        });
    }
    let verdicts = support::verdicts(core, asked, draft(prepared)).await?;
    for device in &mut looked {
        judge(&verdicts, &device.subject, &mut device.effects);
    }
    Ok(Some(looked))
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

#[derive(Default)]
struct DeviceState {
    held: Held,
    not_seen: bool,
}

/// What is, or may be, on these devices, and whether they were seen; of one item when only that counts.
async fn states_in(
    tx: &Tx,
    ids: &[String],
    item: Option<&str>,
) -> Result<HashMap<String, DeviceState>, Error> {
    const NOT_SEEN: &str =
        "SELECT device_id FROM device_summary WHERE status = 'not_seen' AND device_id {ids}";
    const HELD: &str = "SELECT s.device_id, s.channel_id, s.item, s.delivered_version FROM item_state s \
        LEFT JOIN command c ON c.id = s.command_id \
        LEFT JOIN installed_profile p ON p.channel_id = s.channel_id AND p.identifier = s.item \
        WHERE (s.delivered_hash IS NOT NULL OR s.confirmed_hash IS NOT NULL OR c.status = 'sent' \
        OR p.identifier IS NOT NULL) AND ($1 = '' OR s.item_id = $1) AND s.device_id {ids}";
    let mut states: HashMap<String, DeviceState> = HashMap::new();
    for row in tx.fetch_all_in(NOT_SEEN, ids.to_vec(), args![]).await? {
        states.entry(row.text(0)?).or_default().not_seen = true;
    }
    let item = item.unwrap_or_default();
    for row in tx.fetch_all_in(HELD, ids.to_vec(), args![item]).await? {
        let held = &mut states.entry(row.text(0)?).or_default().held;
        held.insert((row.text(1)?, row.text(2)?), row.opt_i64(3)?);
    }
    Ok(states)
}
