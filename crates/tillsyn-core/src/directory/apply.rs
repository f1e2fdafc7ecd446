//! Taking in what was read of a source: looked at as a whole first, then carried out in small transactions,
//! each of which may be done again without doing anything twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use tillsyn_db::{Tx, args};

use super::follow::follow;
use super::groups::{create_in, refuse_paused, rename_in, resolve, set_members_in, work_out_in};
use super::life::LifeState;
use super::model::{Applied, Counts, GroupEntry, PersonEntry, Run, clean, many_of};
use super::person::{Done, Outcome, Step, missing_in, take_in};
use super::run::{Held, NewRun, RunStatus, keep_in};
use super::source::{SourceView, find};
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DirectoryId, GroupId, new_uuid};

/// People or groups of one transaction.
const CHUNK: usize = 100;
/// How long a run that died keeps others out; each step prolongs it.
const LEASE_MS: i64 = 5 * MINUTE_MS;
/// A group with more direct members than that is not emptied unseen.
const EMPTIED: usize = 5;
/// Bytes of a key.
const MOST_KEY: usize = 500;
/// Direct members and groups within groups of one run.
const MOST_EDGES: usize = 200_000;

/// Takes in one reading of a source. The same reading again changes nothing. A reading that would suspend many
/// people, empty a group, or that found nobody, changes nothing and waits for an administrator.
///
/// # Errors
/// `directory_paused`; `directory_busy` while another run of the source is under way; invalid input.
pub async fn apply(core: &Core, id: &DirectoryId, run: Run) -> Result<Applied, Error> {
    let source = find(core, id).await?;
    refuse_paused(&source)?;
    check(&run)?;
    let run_id = new_uuid(core.now_ms()).to_string();
    let work = Arc::new(Work {
        source,
        run_id,
        run,
    });
    if !lease(core, &work).await? {
        return Err(Error::conflict(
            "directory_busy",
            "Another reading of this directory is being taken in.",
        ));
    }
    let done = work.carry_out(core).await;
    give_back(core, &work).await?;
    done
}

/// A key that comes twice or not at all is a fault of the reader, not news.
fn check(run: &Run) -> Result<(), Error> {
    let mut seen = HashSet::new();
    let people = run.people.iter().map(|entry| &entry.key);
    for key in people {
        if key.is_empty() || key.len() > MOST_KEY || !seen.insert(key.as_str()) {
            return Err(bad_key("people"));
        }
    }
    let mut seen = HashSet::new();
    let mut edges = 0;
    for group in &run.groups {
        let key = group.key.as_str();
        if key.is_empty() || key.len() > MOST_KEY || !seen.insert(key) {
            return Err(bad_key("groups"));
        }
        edges += group.members.as_ref().map_or(0, Vec::len);
    }
    if edges > MOST_EDGES {
        let text =
            format!("The groups of one directory have at most {MOST_EDGES} members together.");
        return Err(Error::invalid("groups", "directory_members_many", text));
    }
    Ok(())
}

fn bad_key(field: &'static str) -> Error {
    let text = "Every entry has a key of its own, of 1 to 500 bytes.";
    Error::invalid(field, "directory_key", text)
}

async fn lease(core: &Core, work: &Arc<Work>) -> Result<bool, Error> {
    core.db()
        .write((work.clone(), core.now_ms()), |tx, (work, now)| {
            Box::pin(async move { work.hold_in(tx, *now).await })
        })
        .await
}

async fn give_back(core: &Core, work: &Arc<Work>) -> Result<(), Error> {
    const BACK: &str = "UPDATE directory_source SET lease_holder = NULL, lease_until = 0 \
        WHERE id = $1 AND lease_holder = $2";
    let values = args![&work.source.id, work.run_id.as_str()];
    core.db().execute(BACK, values).await?;
    Ok(())
}

/// What is known of a source before a run.
struct Known {
    people: BTreeMap<String, KnownLink>,
    groups: BTreeMap<String, KnownGroup>,
}

struct KnownLink {
    id: String,
    active: bool,
    gone: bool,
}

struct KnownGroup {
    id: String,
    members: usize,
}

impl Known {
    async fn load_in(tx: &Tx, source: &DirectoryId) -> Result<Self, Error> {
        const PEOPLE: &str =
            "SELECT external_key, id, state FROM directory_link WHERE source_id = $1";
        const GROUPS: &str = "SELECT g.external_key, g.id, (SELECT count(*) FROM directory_group_member m \
            WHERE m.directory_group_id = g.id) FROM directory_group g WHERE g.source_id = $1";
        let mut known = Self {
            people: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        for row in tx.fetch_all(PEOPLE, args![source]).await? {
            let state = LifeState::stored(row.str(2)?)?;
            let link = KnownLink {
                id: row.text(1)?,
                active: state == LifeState::Active,
                gone: state == LifeState::Leaving,
            };
            known.people.insert(row.text(0)?, link);
        }
        for row in tx.fetch_all(GROUPS, args![source]).await? {
            let group = KnownGroup {
                id: row.text(1)?,
                members: usize::try_from(row.i64(2)?).unwrap_or(0),
            };
            known.groups.insert(row.text(0)?, group);
        }
        Ok(known)
    }

    /// What the run would take away that somebody has to look at first.
    fn hold(&self, run: &Run) -> Option<Held> {
        let mut held = Held {
            of: self.people.values().filter(|link| link.active).count(),
            ..Held::default()
        };
        let mut named = HashSet::new();
        for entry in &run.people {
            named.insert(entry.key.as_str());
            if let Some(link) = self.people.get(&entry.key)
                && link.active
                && entry.active == Some(false)
            {
                held.suspend.push(link.id.clone());
            }
        }
        let missing = self
            .people
            .iter()
            .filter(|(key, _)| run.complete && !named.contains(key.as_str()));
        for (_, link) in missing {
            if link.active {
                held.suspend.push(link.id.clone());
            }
        }
        let some = self.people.values().any(|link| !link.gone);
        if run.complete && run.people.is_empty() && some {
            held.reasons.push("no_entries".to_owned());
        }
        if held.suspend.len() > many_of(held.of) {
            held.reasons.push("many_suspended".to_owned());
        }
        let listed: BTreeMap<&str, &GroupEntry> = run
            .groups
            .iter()
            .map(|group| (group.key.as_str(), group))
            .collect();
        for (key, group) in &self.groups {
            let emptied = match listed.get(key.as_str()) {
                Some(entry) => entry.members.as_ref().is_some_and(Vec::is_empty),
                None => run.complete,
            };
            if emptied && group.members > EMPTIED {
                held.empty.push(group.id.clone());
            }
        }
        if !held.empty.is_empty() {
            held.reasons.push("group_emptied".to_owned());
        }
        (!held.reasons.is_empty()).then_some(held)
    }
}

/// One run under way.
struct Work {
    source: SourceView,
    run_id: String,
    run: Run,
}

impl Work {
    fn step(&self, now_ms: i64) -> Step<'_> {
        Step {
            source: &self.source,
            run_id: &self.run_id,
            now_ms,
        }
    }

    /// Takes or prolongs the lease of the source; false when another run has it.
    async fn hold_in(&self, tx: &Tx, now_ms: i64) -> Result<bool, Error> {
        const HOLD: &str = "UPDATE directory_source SET lease_holder = $2, lease_until = $4 WHERE id = $1 \
            AND status = 'active' AND (lease_holder = $2 OR lease_until <= $3)";
        let values = args![
            &self.source.id,
            self.run_id.as_str(),
            now_ms,
            now_ms + LEASE_MS
        ];
        Ok(tx.execute(HOLD, values).await? > 0)
    }

    async fn still_in(&self, tx: &Tx, now_ms: i64) -> Result<(), Error> {
        if self.hold_in(tx, now_ms).await? {
            return Ok(());
        }
        Err(Error::conflict(
            "directory_busy",
            "Another reading of this directory took over.",
        ))
    }

    async fn carry_out(self: &Arc<Self>, core: &Core) -> Result<Applied, Error> {
        let known = core
            .db()
            .read(self.clone(), |tx, work| {
                Box::pin(async move { Known::load_in(tx, &work.source.id).await })
            })
            .await?;
        let mut counts = Counts {
            people: u64::try_from(self.run.people.len()).unwrap_or(u64::MAX),
            groups: u64::try_from(self.run.groups.len()).unwrap_or(u64::MAX),
            ..Counts::default()
        };
        if let Some(held) = known.hold(&self.run) {
            return self.keep(core, counts, Some(held)).await;
        }
        self.people(core, &known, &mut counts).await?;
        let concerned = self.groups(core, &known, &mut counts).await?;
        for group in &concerned {
            follow(core, group, Some(&self.run_id), false).await?;
        }
        self.keep(core, counts, None).await
    }

    /// Keeps the run as it ended. One that waits takes the place of the one before.
    async fn keep(
        self: &Arc<Self>,
        core: &Core,
        counts: Counts,
        held: Option<Held>,
    ) -> Result<Applied, Error> {
        let input = (self.clone(), counts.clone(), held.clone(), core.now_ms());
        let run_id = core
            .db()
            .write(input, |tx, (work, counts, held, now)| {
                Box::pin(async move {
                    const SAME: &str = "SELECT id, held FROM directory_run WHERE source_id = $1 \
                        AND kind = 'sync' AND status = 'held'";
                    // What was read in part says nothing of what a whole reading found missing.
                    const OVERTAKEN: &str = "UPDATE directory_run SET status = 'overtaken' \
                        WHERE source_id = $1 AND kind = 'sync' AND status = 'held' AND complete <= $2";
                    work.still_in(tx, *now).await?;
                    if let Some(held) = held {
                        for row in tx.fetch_all(SAME, args![&work.source.id]).await? {
                            let before: Held =
                                serde_json::from_str(row.str(1)?).unwrap_or_default();
                            if before == *held {
                                // Nobody is told again of what waits already.
                                return row.text(0).map_err(Error::from);
                            }
                        }
                    }
                    let complete = i64::from(work.run.complete);
                    tx.execute(OVERTAKEN, args![&work.source.id, complete])
                        .await?;
                    if !work.run.complete {
                        spare_in(tx, work).await?;
                    }
                    let run = NewRun {
                        id: &work.run_id,
                        kind: "sync",
                        status: match held {
                            Some(_) => RunStatus::Held,
                            None => RunStatus::Applied,
                        },
                        complete: work.run.complete,
                        counts,
                        held: held.as_ref(),
                        plan_id: None,
                    };
                    keep_in(tx, &work.source, &run, *now).await?;
                    Ok::<_, Error>(work.run_id.clone())
                })
            })
            .await?;
        Ok(Applied {
            run_id,
            held: held.is_some(),
            counts,
        })
    }

    /// First whom we know and who is missing, so that what they give up is free for whoever is new; then once
    /// more those whose address or login somebody else had at that moment.
    async fn people(
        self: &Arc<Self>,
        core: &Core,
        known: &Known,
        counts: &mut Counts,
    ) -> Result<(), Error> {
        let all = 0..self.run.people.len();
        let is_known = |at: &usize| {
            let entry = self.run.people.get(*at);
            entry.is_some_and(|entry| known.people.contains_key(&entry.key))
        };
        let (first, then): (Vec<usize>, Vec<usize>) = all.partition(is_known);
        let mut taken = Vec::new();
        for (list, new) in [(first, false), (then, true)] {
            if new && self.run.complete {
                self.missing(core, known, counts).await?;
            }
            for part in list.chunks(CHUNK) {
                for (at, done) in self.chunk(core, part).await? {
                    count(counts, &done);
                    if done.taken {
                        taken.push(at);
                    }
                }
            }
        }
        for part in taken.chunks(CHUNK) {
            for (_, done) in self.chunk(core, part).await? {
                counts.taken += u64::from(done.taken);
            }
        }
        Ok(())
    }

    async fn chunk(
        self: &Arc<Self>,
        core: &Core,
        part: &[usize],
    ) -> Result<Vec<(usize, Done)>, Error> {
        let input = (self.clone(), part.to_vec(), core.now_ms());
        core.db()
            .write(input, |tx, (work, part, now)| {
                Box::pin(async move {
                    work.still_in(tx, *now).await?;
                    let mut done = Vec::new();
                    for at in part {
                        let entry: &PersonEntry = work
                            .run
                            .people
                            .get(*at)
                            .ok_or_else(|| Error::internal("An entry of a run is gone."))?;
                        done.push((*at, take_in(tx, &work.step(*now), entry, None).await?));
                    }
                    Ok::<_, Error>(done)
                })
            })
            .await
    }

    async fn missing(
        self: &Arc<Self>,
        core: &Core,
        known: &Known,
        counts: &mut Counts,
    ) -> Result<(), Error> {
        let named: HashSet<&str> = self.run.people.iter().map(|e| e.key.as_str()).collect();
        let gone: Vec<String> = known
            .people
            .iter()
            .filter(|(key, link)| !link.gone && !named.contains(key.as_str()))
            .map(|(_, link)| link.id.clone())
            .collect();
        for part in gone.chunks(CHUNK) {
            let input = (self.clone(), part.to_vec(), core.now_ms());
            let moved = core
                .db()
                .write(input, |tx, (work, part, now)| {
                    Box::pin(async move {
                        work.still_in(tx, *now).await?;
                        let mut moved = Vec::new();
                        for link in part {
                            moved.extend(missing_in(tx, &work.step(*now), link).await?);
                        }
                        Ok::<_, Error>(moved)
                    })
                })
                .await?;
            for state in moved {
                count_move(counts, state);
            }
        }
        Ok(())
    }

    /// Groups and who is in them; answers the groups of ours that are concerned.
    async fn groups(
        self: &Arc<Self>,
        core: &Core,
        known: &Known,
        counts: &mut Counts,
    ) -> Result<Vec<GroupId>, Error> {
        for part in self.run.groups.chunks(CHUNK) {
            let input = (self.clone(), part.to_vec(), core.now_ms());
            counts.groups_created += core
                .db()
                .write(input, |tx, (work, part, now)| {
                    Box::pin(async move { work.named_in(tx, part, *now).await })
                })
                .await?;
        }
        let gone: Vec<String> = known
            .groups
            .iter()
            .filter(|(key, _)| {
                self.run.complete && !self.run.groups.iter().any(|group| group.key == **key)
            })
            .map(|(_, group)| group.id.clone())
            .collect();
        let input = (self.clone(), gone, core.now_ms());
        let (changed, unresolved, ours) = core
            .db()
            .write(input, |tx, (work, gone, now)| {
                Box::pin(async move { work.members_in(tx, gone, *now).await })
            })
            .await?;
        counts.groups_changed += changed;
        counts.unresolved += unresolved;
        Ok(ours)
    }

    async fn named_in(&self, tx: &Tx, part: &[GroupEntry], now_ms: i64) -> Result<u64, Error> {
        const FIND: &str = "SELECT id, missing_since FROM directory_group WHERE source_id = $1 \
            AND external_key = $2";
        const BACK: &str = "UPDATE directory_group SET missing_since = NULL WHERE id = $1";
        self.still_in(tx, now_ms).await?;
        let mut created = 0;
        for entry in part {
            let name = clean(&entry.name, 200).unwrap_or_else(|| entry.key.clone());
            let values = args![&self.source.id, entry.key.as_str()];
            if let Some(row) = tx.fetch_optional(FIND, values).await? {
                let id = row.text(0)?;
                if row.opt_i64(1)?.is_some() {
                    tx.execute(BACK, args![id.as_str()]).await?;
                }
                rename_in(tx, &self.source, &self.run_id, (&id, &name), now_ms).await?;
            } else {
                let new = (entry.key.as_str(), name.as_str(), None);
                create_in(tx, &self.source, &self.run_id, new, now_ms).await?;
                created += 1;
            }
        }
        Ok(created)
    }

    async fn members_in(
        &self,
        tx: &Tx,
        gone: &[String],
        now_ms: i64,
    ) -> Result<(u64, u64, Vec<GroupId>), Error> {
        const PEOPLE: &str = "SELECT external_key, id FROM directory_link WHERE source_id = $1";
        const GROUPS: &str = "SELECT external_key, id FROM directory_group WHERE source_id = $1";
        const MISSING: &str = "UPDATE directory_group SET missing_since = $2 WHERE id = $1 \
            AND missing_since IS NULL";
        self.still_in(tx, now_ms).await?;
        let (mut people, mut groups) = (BTreeMap::new(), BTreeMap::new());
        for row in tx.fetch_all(PEOPLE, args![&self.source.id]).await? {
            people.insert(row.text(0)?, row.text(1)?);
        }
        for row in tx.fetch_all(GROUPS, args![&self.source.id]).await? {
            groups.insert(row.text(0)?, row.text(1)?);
        }
        let (mut changed, mut unresolved) = (BTreeSet::new(), 0);
        for entry in &self.run.groups {
            let (Some(id), Some(members)) = (groups.get(&entry.key), &entry.members) else {
                continue;
            };
            let (wanted, unknown) = resolve(members, &people, &groups);
            let unknown = unknown + entry.unresolved;
            unresolved += unknown;
            if set_members_in(tx, id, &wanted, unknown, now_ms).await? {
                changed.insert(id.clone());
            }
        }
        for id in gone {
            tx.execute(MISSING, args![id.as_str(), now_ms]).await?;
            if set_members_in(tx, id, &BTreeSet::new(), 0, now_ms).await? {
                changed.insert(id.clone());
            }
        }
        let ours = work_out_in(tx, &self.source.id, &changed).await?;
        Ok((
            u64::try_from(changed.len()).unwrap_or(u64::MAX),
            unresolved,
            ours,
        ))
    }
}

/// Whom a part named as active is not missing any more, and a group with members is not empty: what waits lets them
/// be.
async fn spare_in(tx: &Tx, work: &Work) -> Result<(), Error> {
    const WAITS: &str = "SELECT id, held FROM directory_run WHERE source_id = $1 AND kind = 'sync' \
        AND status = 'held' AND complete = 1";
    const LINK: &str = "SELECT id FROM directory_link WHERE source_id = $1 AND external_key = $2";
    const GROUP: &str = "SELECT id FROM directory_group WHERE source_id = $1 AND external_key = $2";
    const KEEP: &str = "UPDATE directory_run SET held = $2 WHERE id = $1";
    let rows = tx.fetch_all(WAITS, args![&work.source.id]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut there = HashSet::new();
    for entry in work.run.people.iter().filter(|e| e.active != Some(false)) {
        let values = args![&work.source.id, entry.key.as_str()];
        if let Some(row) = tx.fetch_optional(LINK, values).await? {
            there.insert(row.text(0)?);
        }
    }
    for entry in &work.run.groups {
        let values = args![&work.source.id, entry.key.as_str()];
        if entry.members.as_ref().is_some_and(|m| !m.is_empty())
            && let Some(row) = tx.fetch_optional(GROUP, values).await?
        {
            there.insert(row.text(0)?);
        }
    }
    for row in rows {
        let mut held: Held = serde_json::from_str(row.str(1)?).unwrap_or_default();
        let before = (held.suspend.len(), held.empty.len());
        held.suspend.retain(|link| !there.contains(link));
        held.empty.retain(|group| !there.contains(group));
        if (held.suspend.len(), held.empty.len()) != before {
            let text = serde_json::json!(held).to_string();
            tx.execute(KEEP, args![row.text(0)?, text]).await?;
        }
    }
    Ok(())
}

fn count(counts: &mut Counts, done: &Done) {
    match done.outcome {
        Outcome::Created => counts.created += 1,
        Outcome::Changed => counts.changed += 1,
        Outcome::Erased => counts.erased += 1,
        Outcome::Same => {}
    }
    if let Some(state) = done.moved {
        count_move(counts, state);
    }
}

fn count_move(counts: &mut Counts, state: LifeState) {
    match state {
        LifeState::Active => counts.restored += 1,
        LifeState::Suspended => counts.suspended += 1,
        LifeState::Leaving | LifeState::Deleted => counts.leaving += 1,
    }
}
