//! Groups of a source: rows of ours that only the source changes, groups within groups worked out here, and
//! members that follow by the same way as everything that changes what devices are to have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::model::{DEPTH, clean, folded};
use super::source::{SourceStatus, SourceView};
use crate::actor::Actor;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::groups::{Member, MemberKind};
use crate::ids::{DirectoryId, GroupId, new_uuid};

/// Members of one change.
const MEMBERS: usize = 1_000;

/// Makes the group of a source and the group of ours that stands for it; answers both ids.
pub(super) async fn create_in(
    tx: &Tx,
    source: &SourceView,
    run_id: &str,
    (key, name, external_id): (&str, &str, Option<&str>),
    now_ms: i64,
) -> Result<String, Error> {
    const GROUP: &str = "INSERT INTO device_group (id, org_unit_id, name, description, created_at, \
        updated_at) VALUES ($1, $2, $3, NULL, $4, $4)";
    const LINK: &str = "INSERT INTO directory_group (id, source_id, external_key, group_id, name, name_key, \
        external_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    let group = GroupId::new(now_ms);
    let unit = source.unit_id.as_str();
    let shown = free_name_in(tx, source, name, group.as_str()).await?;
    tx.execute(GROUP, args![&group, unit, shown.as_str(), now_ms])
        .await?;
    let id = match source.kind {
        super::SourceKind::Scim => key.to_owned(),
        _ => new_uuid(now_ms).to_string(),
    };
    let values = args![
        id.as_str(),
        &source.id,
        key,
        &group,
        name,
        folded(name),
        external_id,
        now_ms
    ];
    tx.execute(LINK, values).await?;
    let event = NewEvent::done("group.create", "group", group.as_str(), unit)
        .with(json!({"after": {"name": shown}, "directory": source.id}));
    let actor = Actor::directory(&source.id, Some(run_id));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(id)
}

/// Another name for the group, when the source gives it one.
pub(super) async fn rename_in(
    tx: &Tx,
    source: &SourceView,
    run_id: &str,
    (id, name): (&str, &str),
    now_ms: i64,
) -> Result<(), Error> {
    const FIND: &str = "SELECT g.group_id, g.name, d.name, d.org_unit_id FROM directory_group g \
        JOIN device_group d ON d.id = g.group_id WHERE g.id = $1";
    const LINK: &str = "UPDATE directory_group SET name = $2, name_key = $4, version = version + 1, \
        updated_at = $3 WHERE id = $1";
    const GROUP: &str = "UPDATE device_group SET name = $2, updated_at = $3 WHERE id = $1";
    let row = tx.fetch_one(FIND, args![id]).await?;
    let (group, known, shown, unit) = (row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
    if known == name {
        return Ok(());
    }
    let free = free_name_in(tx, source, name, &group).await?;
    tx.execute(LINK, args![id, name, now_ms, folded(name)])
        .await?;
    tx.execute(GROUP, args![group.as_str(), free.as_str(), now_ms])
        .await?;
    let event = NewEvent::done("group.change", "group", &group, &unit)
        .with(json!({"before": {"name": shown}, "after": {"name": free}, "directory": source.id}));
    let actor = Actor::directory(&source.id, Some(run_id));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(())
}

/// A name that no other group of the unit has.
async fn free_name_in(
    tx: &Tx,
    source: &SourceView,
    name: &str,
    own: &str,
) -> Result<String, Error> {
    const TAKEN: &str =
        "SELECT 1 FROM device_group WHERE org_unit_id = $1 AND name = $2 AND id <> $3";
    let base = clean(name, 70).unwrap_or_else(|| "-".to_owned());
    let of: String = source.name.chars().take(20).collect();
    for number in 0..1_000_u32 {
        let candidate = match number {
            0 => base.clone(),
            1 => format!("{base} ({of})"),
            _ => format!("{base} ({of} {number})"),
        };
        let values = args![&source.unit_id, candidate.as_str(), own];
        if tx.fetch_optional(TAKEN, values).await?.is_none() {
            return Ok(candidate);
        }
    }
    Err(Error::conflict(
        "group_name_taken",
        "A thousand groups of this unit have this name.",
    ))
}

/// Sets the direct members of a group; true when they were others.
pub(super) async fn set_members_in(
    tx: &Tx,
    id: &str,
    wanted: &BTreeSet<(String, String)>,
    unresolved: u64,
    now_ms: i64,
) -> Result<bool, Error> {
    const LIST: &str = "SELECT member_kind, member_id FROM directory_group_member \
        WHERE directory_group_id = $1";
    const TOUCH: &str =
        "UPDATE directory_group SET version = version + 1, updated_at = $2 WHERE id = $1";
    const UNRESOLVED: &str =
        "UPDATE directory_group SET unresolved = $2 WHERE id = $1 AND unresolved <> $2";
    let unresolved = i64::try_from(unresolved).unwrap_or(i64::MAX);
    tx.execute(UNRESOLVED, args![id, unresolved]).await?;
    let mut present = BTreeSet::new();
    for row in tx.fetch_all(LIST, args![id]).await? {
        present.insert((row.text(0)?, row.text(1)?));
    }
    if present == *wanted {
        return Ok(false);
    }
    let add: Vec<_> = wanted.difference(&present).cloned().collect();
    let gone: Vec<_> = present.difference(wanted).cloned().collect();
    change_direct_in(tx, id, &add, &gone).await?;
    tx.execute(TOUCH, args![id, now_ms]).await?;
    Ok(true)
}

/// Adds and takes away direct members; those that are so already are passed over.
pub(super) async fn change_direct_in(
    tx: &Tx,
    id: &str,
    add: &[(String, String)],
    gone: &[(String, String)],
) -> Result<(), Error> {
    const INSERT: &str =
        "INSERT INTO directory_group_member (directory_group_id, member_kind, member_id)";
    const SAME: &str = "ON CONFLICT (directory_group_id, member_kind, member_id) DO NOTHING";
    const DELETE: &str = "DELETE FROM directory_group_member WHERE directory_group_id = $1 \
        AND member_kind = $2 AND member_id {ids}";
    let rows = add
        .iter()
        .map(|(kind, member)| args![id, kind.as_str(), member.as_str()])
        .collect();
    tx.insert_many(INSERT, 3, rows, SAME).await?;
    for kind in ["person", "group"] {
        let ids: Vec<String> = gone
            .iter()
            .filter(|(of, _)| of == kind)
            .map(|(_, id)| id.clone())
            .collect();
        for part in ids.chunks(MEMBERS) {
            tx.execute_in(DELETE, part.to_vec(), args![id, kind])
                .await?;
        }
    }
    Ok(())
}

/// The groups within groups of a source.
struct Nesting {
    /// Groups that are members of each.
    within: HashMap<String, Vec<String>>,
    /// Groups that each is a member of.
    above: HashMap<String, Vec<String>>,
}

impl Nesting {
    async fn load_in(tx: &Tx, source: &str) -> Result<Self, Error> {
        const EDGES: &str = "SELECT m.directory_group_id, m.member_id FROM directory_group_member m \
            JOIN directory_group g ON g.id = m.directory_group_id \
            WHERE g.source_id = $1 AND m.member_kind = 'group'";
        let mut nesting = Self {
            within: HashMap::new(),
            above: HashMap::new(),
        };
        for row in tx.fetch_all(EDGES, args![source]).await? {
            let (group, member) = (row.text(0)?, row.text(1)?);
            let within = nesting.within.entry(group.clone()).or_default();
            within.push(member.clone());
            nesting.above.entry(member).or_default().push(group);
        }
        Ok(nesting)
    }
}

/// What can be reached from a group by these edges, itself included: each once, so that a loop ends, and no
/// deeper than twenty.
pub(super) fn reached(from: &str, edges: &HashMap<String, Vec<String>>) -> BTreeSet<String> {
    let mut found = BTreeSet::from([from.to_owned()]);
    let mut level = vec![from.to_owned()];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for id in &level {
            for member in edges.get(id).map_or(&[][..], Vec::as_slice) {
                if found.insert(member.clone()) {
                    next.push(member.clone());
                }
            }
        }
        if next.is_empty() {
            break;
        }
        level = next;
    }
    found
}

/// Works out anew who is in these groups and in those that contain them; answers the groups of ours that were
/// looked at.
pub(super) async fn work_out_in(
    tx: &Tx,
    source: &DirectoryId,
    changed: &BTreeSet<String>,
) -> Result<Vec<GroupId>, Error> {
    const OURS: &str = "SELECT group_id FROM directory_group WHERE id = $1";
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let nesting = Nesting::load_in(tx, source.as_str()).await?;
    let mut concerned = BTreeSet::new();
    for id in changed {
        concerned.extend(reached(id, &nesting.above));
    }
    let mut ours = Vec::new();
    for id in concerned {
        let Some(row) = tx.fetch_optional(OURS, args![id.as_str()]).await? else {
            continue;
        };
        let group = GroupId::from_store(row.text(0)?);
        let within = reached(&id, &nesting.within).into_iter().collect();
        work_out_one_in(tx, &id, &group, within).await?;
        ours.push(group);
    }
    Ok(ours)
}

async fn work_out_one_in(
    tx: &Tx,
    id: &str,
    group: &GroupId,
    within: Vec<String>,
) -> Result<(), Error> {
    const PEOPLE: &str = "SELECT DISTINCT l.person_id, u.path FROM directory_group_member m \
        JOIN directory_link l ON l.id = m.member_id JOIN person p ON p.id = l.person_id \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE m.member_kind = 'person' \
        AND p.status <> 'erased' AND m.directory_group_id {ids}";
    const PLACE: &str = "SELECT u.path FROM device_group g JOIN org_unit u ON u.id = g.org_unit_id \
        WHERE g.id = $1";
    const LIST: &str = "SELECT person_id FROM directory_effective WHERE group_id = $1";
    const INSERT: &str = "INSERT INTO directory_effective (group_id, person_id)";
    const SAME: &str = "ON CONFLICT (group_id, person_id) DO NOTHING";
    const DELETE: &str = "DELETE FROM directory_effective WHERE group_id = $1 AND person_id {ids}";
    const OUTSIDE: &str = "UPDATE directory_group SET outside = $2 WHERE id = $1 AND outside <> $2";
    let place = tx.fetch_one(PLACE, args![group]).await?.text(0)?;
    let mut wanted = BTreeSet::new();
    let mut outside = 0_i64;
    for row in tx.fetch_all_in(PEOPLE, within, args![]).await? {
        // A group reaches no further than its unit.
        if row.str(1)?.starts_with(&place) {
            wanted.insert(row.text(0)?);
        } else {
            outside += 1;
        }
    }
    tx.execute(OUTSIDE, args![id, outside]).await?;
    let mut present = BTreeSet::new();
    for row in tx.fetch_all(LIST, args![group]).await? {
        present.insert(row.text(0)?);
    }
    let rows = wanted
        .difference(&present)
        .map(|person| args![group, person.as_str()])
        .collect();
    tx.insert_many(INSERT, 2, rows, SAME).await?;
    let gone: Vec<String> = present.difference(&wanted).cloned().collect();
    for part in gone.chunks(MEMBERS) {
        tx.execute_in(DELETE, part.to_vec(), args![group]).await?;
    }
    Ok(())
}

/// Refuses changes of members by hand: who is in a group of a directory, only the directory says. A plan that
/// stands on what it said before is refused by the same rule.
pub(crate) async fn refuse_by_hand_in(
    tx: &Tx,
    group: &GroupId,
    add: &[Member],
    remove: &[Member],
) -> Result<(), Error> {
    const FIND: &str = "SELECT s.name FROM directory_group g JOIN directory_source s ON s.id = g.source_id \
        WHERE g.group_id = $1 AND s.status <> 'removed'";
    const INSIDE: &str =
        "SELECT person_id FROM directory_effective WHERE group_id = $1 AND person_id {ids}";
    let Some(row) = tx.fetch_optional(FIND, args![group]).await? else {
        return Ok(());
    };
    let devices = |members: &[Member]| members.iter().any(|m| m.kind == MemberKind::Device);
    let ids: Vec<String> = add
        .iter()
        .chain(remove)
        .map(|member| member.id.clone())
        .collect();
    let mut inside = BTreeSet::new();
    for part in ids.chunks(MEMBERS) {
        for row in tx.fetch_all_in(INSIDE, part.to_vec(), args![group]).await? {
            inside.insert(row.text(0)?);
        }
    }
    let follows = !devices(add)
        && add.iter().all(|member| inside.contains(&member.id))
        && remove.iter().all(|member| !inside.contains(&member.id));
    if follows {
        return Ok(());
    }
    let text = format!(
        "The directory {} says who is in this group; change it there.",
        row.str(0)?
    );
    Err(Error::conflict("group_of_directory", text).with_data(json!({"directory": row.text(0)?})))
}

/// Direct members by their keys, and how many nobody here is.
pub(super) fn resolve(
    members: &[super::MemberKey],
    people: &BTreeMap<String, String>,
    groups: &BTreeMap<String, String>,
) -> (BTreeSet<(String, String)>, u64) {
    let mut found = BTreeSet::new();
    let mut unresolved = 0;
    for member in members {
        let (kind, id) = match member {
            super::MemberKey::Person(key) => ("person", people.get(key)),
            super::MemberKey::Group(key) => ("group", groups.get(key)),
        };
        match id {
            Some(id) => {
                found.insert((kind.to_owned(), id.clone()));
            }
            None => unresolved += 1,
        }
    }
    (found, unresolved)
}

/// Whether the source of the actor may still change anything.
pub(super) fn refuse_paused(source: &SourceView) -> Result<(), Error> {
    if source.status == SourceStatus::Active {
        return Ok(());
    }
    Err(Error::conflict(
        "directory_paused",
        "This directory is not listened to.",
    ))
}

/// Refuses to rename or remove by hand what a directory keeps.
pub(crate) async fn refuse_renaming_in(tx: &Tx, group: &GroupId) -> Result<(), Error> {
    const FIND: &str = "SELECT s.name FROM directory_group g JOIN directory_source s ON s.id = g.source_id \
        WHERE g.group_id = $1 AND s.status <> 'removed' AND g.missing_since IS NULL";
    match tx.fetch_optional(FIND, args![group]).await? {
        None => Ok(()),
        Some(row) => {
            let text = format!(
                "The directory {} keeps this group; change it there.",
                row.str(0)?
            );
            Err(Error::conflict("group_of_directory", text)
                .with_data(json!({"directory": row.text(0)?})))
        }
    }
}

/// What a directory had to do with a group that is removed.
pub(crate) async fn drop_in(tx: &Tx, group: &GroupId) -> Result<(), Error> {
    const MEMBERS: &str = "DELETE FROM directory_group_member WHERE directory_group_id IN \
        (SELECT id FROM directory_group WHERE group_id = $1) OR (member_kind = 'group' AND member_id IN \
        (SELECT id FROM directory_group WHERE group_id = $1))";
    const EFFECTIVE: &str = "DELETE FROM directory_effective WHERE group_id = $1";
    const REMOVALS: &str = "DELETE FROM directory_removal WHERE group_id = $1";
    const GROUP: &str = "DELETE FROM directory_group WHERE group_id = $1";
    for sql in [MEMBERS, EFFECTIVE, REMOVALS, GROUP] {
        tx.execute(sql, args![group]).await?;
    }
    Ok(())
}
