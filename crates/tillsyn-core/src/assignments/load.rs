//! Reads what [`resolve`](super::resolve) decides on: the catalogue, once per revision and node, and devices
//! in sets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, RwLock};

use serde_json::Value as Json;
use tillsyn_db::{Row, Tx, args};

use super::model::{
    AssignedChannel, Assignment, Catalogue, Item, Mode, Subject, SubjectChannel, Target,
    TargetKind, VersionInfo,
};
use super::revision::revision_in;
use crate::core::Core;
use crate::error::Error;
use crate::support::Traits;

/// The catalogue that this node read last.
#[derive(Default)]
pub(crate) struct CatalogueCache(RwLock<Option<Arc<Catalogue>>>);

impl CatalogueCache {
    fn at(&self, revision: i64) -> Option<Arc<Catalogue>> {
        let held = self
            .0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        held.as_ref()
            .filter(|held| held.revision == revision)
            .cloned()
    }

    fn hold(&self, catalogue: Arc<Catalogue>) {
        *self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(catalogue);
    }
}

/// All assignments and items as this transaction sees them, kept for the next one. For read transactions
/// alone: what is rolled back must not stay in memory, and on SQLite the change of another body may be
/// rolled back with this one.
pub(crate) async fn catalogue_in(tx: &Tx, core: &Core) -> Result<Arc<Catalogue>, Error> {
    let revision = revision_in(tx).await?;
    if let Some(held) = core.catalogues().at(revision) {
        return Ok(held);
    }
    let catalogue = Arc::new(load_in(tx, revision).await?);
    core.catalogues().hold(catalogue.clone());
    Ok(catalogue)
}

/// The same within a transaction that writes: what is in memory is used, and nothing is put there.
pub(crate) async fn catalogue_behind_in(tx: &Tx, core: &Core) -> Result<Arc<Catalogue>, Error> {
    let revision = revision_in(tx).await?;
    match core.catalogues().at(revision) {
        Some(held) => Ok(held),
        None => Ok(Arc::new(load_in(tx, revision).await?)),
    }
}

/// Reads the catalogue into memory when it is not there, for the writers that follow.
pub(crate) async fn warm(core: &Core) -> Result<(), Error> {
    core.db()
        .read(core.clone(), |tx, core| {
            Box::pin(async move { catalogue_in(tx, core).await.map(|_| ()) })
        })
        .await
}

async fn load_in(tx: &Tx, revision: i64) -> Result<Catalogue, Error> {
    const ASSIGNMENTS: &str =
        "SELECT id, kind, item_id, version, channel FROM assignment ORDER BY id";
    const TARGETS: &str =
        "SELECT assignment_id, mode, target_kind, target_id FROM assignment_target";
    let mut targets: HashMap<String, Vec<Target>> = HashMap::new();
    for row in tx.fetch_all(TARGETS, args![]).await? {
        let Some(kind) = TargetKind::parse(row.str(2)?) else {
            continue;
        };
        let mode = match row.str(1)? {
            "exclude" => Mode::Exclude,
            _ => Mode::Include,
        };
        let id = row.text(3)?;
        targets
            .entry(row.text(0)?)
            .or_default()
            .push(Target { mode, kind, id });
    }
    let mut assignments = Vec::new();
    for row in tx.fetch_all(ASSIGNMENTS, args![]).await? {
        let id = row.text(0)?;
        let Some(channel) = AssignedChannel::parse(row.str(4)?) else {
            continue;
        };
        assignments.push(Assignment {
            kind: row.text(1)?,
            item_id: row.text(2)?,
            version: row.opt_i64(3)?,
            channel,
            targets: targets.remove(&id).unwrap_or_default(),
            id,
        });
    }
    Ok(Catalogue::new(revision, assignments, items_in(tx).await?))
}

async fn items_in(tx: &Tx) -> Result<HashMap<String, Item>, Error> {
    const PROFILES: &str = "SELECT p.id, p.identifier, p.name, u.path, p.platform, p.current_version, \
        p.status FROM profile p JOIN org_unit u ON u.id = p.org_unit_id";
    const VERSIONS: &str = "SELECT v.profile_id, v.number, v.id, v.summary FROM profile_version v \
        JOIN profile p ON p.id = v.profile_id WHERE v.number = p.current_version \
        OR EXISTS (SELECT 1 FROM assignment a WHERE a.kind = 'profile' \
        AND a.item_id = v.profile_id AND a.version = v.number)";
    let mut items = HashMap::new();
    for row in tx.fetch_all(PROFILES, args![]).await? {
        let item = Item {
            identifier: row.text(1)?,
            name: row.text(2)?,
            unit_path: row.text(3)?,
            platform: row.text(4)?,
            current_version: row.opt_i64(5)?,
            versions: BTreeMap::new(),
            archived: row.str(6)? == "archived",
        };
        items.insert(row.text(0)?, item);
    }
    for row in tx.fetch_all(VERSIONS, args![]).await? {
        if let Some(item) = items.get_mut(row.str(0)?) {
            let info = version_info(row.text(2)?, row.str(3)?);
            item.versions.insert(row.i64(1)?, info);
        }
    }
    Ok(items)
}

/// What the desired hash needs of a version, from its summary.
pub(crate) fn version_info(id: String, summary: &str) -> VersionInfo {
    let summary: Json = serde_json::from_str(summary).unwrap_or_default();
    let names = |key: &str, inner: &str| {
        let mut names: Vec<String> = summary[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_str().or_else(|| value[inner].as_str()))
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    VersionInfo {
        id,
        variables: names("variables", "name"),
        credentials: names("credentials", "payload"),
    }
}

const DEVICES: &str = "SELECT d.id, u.path, e.person_id, d.platform, ch.id, ch.name, e.id, \
    e.enrollment_type, s.os_version, s.supervised, \
    (SELECT f.value FROM fact f WHERE f.device_id = d.id AND f.name = 'is_multi_user'), \
    (SELECT f.value FROM fact f WHERE f.device_id = d.id AND f.name = 'user_approved_enrollment') \
    FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
    LEFT JOIN device_summary s ON s.device_id = d.id \
    LEFT JOIN enrollment e ON e.device_id = d.id AND e.status = 'active' \
    LEFT JOIN channel ch ON ch.enrollment_id = e.id AND ch.ended_at IS NULL \
    WHERE d.id {ids} ORDER BY d.id, ch.name";
const GROUPS: &str = "SELECT member_id, group_id FROM group_member \
    WHERE member_kind = $1 AND member_id {ids}";

/// These devices as assignments see them, in the order of their ids; at most a thousand at a time. What is
/// no device of ours is missing from the answer.
pub(crate) async fn subjects_in(tx: &Tx, device_ids: Vec<String>) -> Result<Vec<Subject>, Error> {
    let mut subjects: Vec<Subject> = Vec::with_capacity(device_ids.len());
    for row in tx.fetch_all_in(DEVICES, device_ids, args![]).await? {
        if subjects
            .last()
            .is_none_or(|last| Ok(last.device_id.as_str()) != row.str(0))
        {
            subjects.push(Subject {
                device_id: row.text(0)?,
                unit_path: row.text(1)?,
                person_id: row.opt_text(2)?,
                platform: row.text(3)?,
                traits: traits_of(&row)?,
                ..Subject::default()
            });
        }
        if let (Some(subject), Some(channel)) = (subjects.last_mut(), channel_of(&row)?) {
            subject.channels.push(channel);
        }
    }
    let devices = subjects.iter().map(|s| s.device_id.clone()).collect();
    let mut people: Vec<String> = subjects
        .iter()
        .filter_map(|s| s.person_id.clone())
        .collect();
    people.sort_unstable();
    people.dedup();
    let mut of_devices = groups_in(tx, "device", devices).await?;
    let of_people = groups_in(tx, "person", people).await?;
    for subject in &mut subjects {
        subject.groups = of_devices.remove(&subject.device_id).unwrap_or_default();
        if let Some(groups) = subject.person_id.as_ref().and_then(|id| of_people.get(id)) {
            subject.person_groups.clone_from(groups);
        }
    }
    units_of_groups_in(tx, &mut subjects).await?;
    Ok(subjects)
}

/// Says of each group in which unit it counts.
async fn units_of_groups_in(tx: &Tx, subjects: &mut [Subject]) -> Result<(), Error> {
    let mut ids: Vec<String> = subjects
        .iter()
        .flat_map(|s| s.groups.union(&s.person_groups))
        .cloned()
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let units = group_units_in(tx, ids).await?;
    for subject in subjects {
        let of_subject = subject.groups.union(&subject.person_groups);
        subject.group_units = of_subject
            .filter_map(|group| Some((group.clone(), units.get(group)?.clone())))
            .collect();
    }
    Ok(())
}

fn traits_of(row: &Row) -> Result<Arc<Traits>, Error> {
    let flag = |column| -> Result<Option<bool>, Error> {
        let text = row.opt_text(column)?;
        Ok(text.and_then(|text| text.parse().ok()))
    };
    Ok(Arc::new(Traits {
        platform: row.text(3)?,
        enrollment_type: row.opt_text(7)?.unwrap_or_default(),
        os_version: row.opt_text(8)?,
        supervised: row.opt_i64(9)?.map(|value| value != 0),
        shared_ipad: flag(10)?,
        user_approved: flag(11)?,
    }))
}

/// The units of these groups.
pub(crate) async fn group_units_in(
    tx: &Tx,
    ids: Vec<String>,
) -> Result<HashMap<String, String>, Error> {
    const UNITS: &str = "SELECT id, org_unit_id FROM device_group WHERE id {ids}";
    let mut units = HashMap::new();
    if ids.is_empty() {
        return Ok(units);
    }
    for row in tx.fetch_all_in(UNITS, ids, args![]).await? {
        units.insert(row.text(0)?, row.text(1)?);
    }
    Ok(units)
}

fn channel_of(row: &Row) -> Result<Option<SubjectChannel>, Error> {
    Ok(match (row.opt_text(4)?, row.opt_text(6)?) {
        (Some(id), Some(enrollment_id)) => Some(SubjectChannel {
            id,
            name: row.text(5)?,
            enrollment_id,
        }),
        _ => None,
    })
}

/// The groups that these devices or people are in.
pub(crate) async fn groups_in(
    tx: &Tx,
    member_kind: &'static str,
    ids: Vec<String>,
) -> Result<HashMap<String, BTreeSet<String>>, Error> {
    let mut groups: HashMap<String, BTreeSet<String>> = HashMap::new();
    if ids.is_empty() {
        return Ok(groups);
    }
    for row in tx.fetch_all_in(GROUPS, ids, args![member_kind]).await? {
        groups.entry(row.text(0)?).or_default().insert(row.text(1)?);
    }
    Ok(groups)
}
