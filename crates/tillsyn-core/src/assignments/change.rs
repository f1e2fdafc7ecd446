//! The bare changes of assignments: each checks what it is given, writes its rows and its event. What
//! follows for devices is the business of the plan that makes them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, Value, args};

use super::model::{AssignedChannel, Mode, TargetKind};
use crate::actor::{Actor, Permission, authorize};
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AssignmentId, ProfileId};

/// Targets of one assignment.
const TARGET_LIMIT: usize = 1_000;

/// Somebody whom an assignment names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRef {
    pub kind: TargetKind,
    pub id: String,
}

/// To whom an item goes, and in which version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub channel: AssignedChannel,
    /// Fixed; without it, the newest that is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    pub include: Vec<TargetRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<TargetRef>,
}

impl Terms {
    pub(crate) fn targets(&self) -> impl Iterator<Item = (Mode, &TargetRef)> {
        let included = self.include.iter().map(|target| (Mode::Include, target));
        let excluded = self.exclude.iter().map(|target| (Mode::Exclude, target));
        included.chain(excluded)
    }
}

/// Assigns a profile.
///
/// # Errors
/// Not found outside the actor's scope; invalid or conflict when the terms cannot be.
pub(crate) async fn create_in(
    tx: &Tx,
    actor: &Actor,
    profile: &ProfileId,
    terms: &Terms,
    now_ms: i64,
) -> Result<AssignmentId, Error> {
    const INSERT: &str = "INSERT INTO assignment (id, org_unit_id, kind, item_id, version, channel, \
        created_by, created_at, updated_at) VALUES ($1, $2, 'profile', $3, $4, $5, $6, $7, $7)";
    let found = profile_in(tx, actor, profile).await?;
    if found.archived {
        return Err(Error::conflict(
            "profile_archived",
            "This profile is archived; restore it first.",
        ));
    }
    check_in(tx, actor, &found, terms).await?;
    let id = AssignmentId::new(now_ms);
    tx.execute(
        INSERT,
        args![
            &id,
            found.unit_id.as_str(),
            profile,
            terms.version,
            terms.channel.as_str(),
            actor.id.as_str(),
            now_ms
        ],
    )
    .await?;
    write_targets_in(tx, &id, terms).await?;
    let event = NewEvent::done(
        "assignment.create",
        "profile",
        profile.as_str(),
        &found.unit_id,
    )
    .with(json!({ "assignment_id": id, "after": described(terms) }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(id)
}

/// Puts other terms in the place of an assignment's.
pub(crate) async fn change_in(
    tx: &Tx,
    actor: &Actor,
    id: &AssignmentId,
    terms: &Terms,
    now_ms: i64,
) -> Result<(), Error> {
    const UPDATE: &str = "UPDATE assignment SET version = $2, channel = $3, updated_at = $4, \
        revision = revision + 1 WHERE id = $1";
    const CLEAR: &str = "DELETE FROM assignment_target WHERE assignment_id = $1";
    let stored = stored_in(tx, actor, id).await?;
    let found = profile_in(tx, actor, &stored.profile).await?;
    check_in(tx, actor, &found, terms).await?;
    if normal(&stored.terms) == normal(terms) {
        return Err(Error::conflict("nothing_changed", "It is so already."));
    }
    tx.execute(
        UPDATE,
        args![id, terms.version, terms.channel.as_str(), now_ms],
    )
    .await?;
    tx.execute(CLEAR, args![id]).await?;
    write_targets_in(tx, id, terms).await?;
    let profile = stored.profile.as_str();
    let event =
        NewEvent::done("assignment.change", "profile", profile, &found.unit_id).with(json!({
            "assignment_id": id, "before": described(&stored.terms), "after": described(terms)
        }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Takes an assignment away.
pub(crate) async fn remove_in(
    tx: &Tx,
    actor: &Actor,
    id: &AssignmentId,
    now_ms: i64,
) -> Result<(), Error> {
    const TARGETS: &str = "DELETE FROM assignment_target WHERE assignment_id = $1";
    const REMOVE: &str = "DELETE FROM assignment WHERE id = $1";
    let stored = stored_in(tx, actor, id).await?;
    tx.execute(TARGETS, args![id]).await?;
    tx.execute(REMOVE, args![id]).await?;
    let profile = stored.profile.as_str();
    let event = NewEvent::done("assignment.remove", "profile", profile, &stored.unit_id)
        .with(json!({ "assignment_id": id, "before": described(&stored.terms) }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// An assignment as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) profile: ProfileId,
    pub(crate) unit_id: String,
    pub(crate) terms: Terms,
}

/// The assignment, when the actor may change it.
pub(crate) async fn stored_in(tx: &Tx, actor: &Actor, id: &AssignmentId) -> Result<Stored, Error> {
    const FIND: &str = "SELECT a.item_id, a.org_unit_id, u.path, a.version, a.channel \
        FROM assignment a JOIN org_unit u ON u.id = a.org_unit_id WHERE a.id = $1";
    const TARGETS: &str = "SELECT mode, target_kind, target_id FROM assignment_target \
        WHERE assignment_id = $1 ORDER BY target_kind, target_id";
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("assignment"))?;
    authorize(actor, Permission::AssignmentsWrite, row.str(2)?)?;
    let mut terms = Terms {
        channel: AssignedChannel::parse(row.str(4)?).unwrap_or(AssignedChannel::Device),
        version: row.opt_i64(3)?,
        include: Vec::new(),
        exclude: Vec::new(),
    };
    for target in tx.fetch_all(TARGETS, args![id]).await? {
        let Some(kind) = TargetKind::parse(target.str(1)?) else {
            continue;
        };
        let named = TargetRef {
            kind,
            id: target.text(2)?,
        };
        match target.str(0)? {
            "exclude" => terms.exclude.push(named),
            _ => terms.include.push(named),
        }
    }
    Ok(Stored {
        profile: ProfileId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        terms,
    })
}

struct FoundProfile {
    id: String,
    unit_id: String,
    unit_path: String,
    archived: bool,
}

async fn profile_in(tx: &Tx, actor: &Actor, id: &ProfileId) -> Result<FoundProfile, Error> {
    const FIND: &str = "SELECT p.org_unit_id, u.path, p.status FROM profile p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1";
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("profile"))?;
    let found = FoundProfile {
        id: id.to_string(),
        unit_id: row.text(0)?,
        unit_path: row.text(1)?,
        archived: row.str(2)? == "archived",
    };
    authorize(actor, Permission::AssignmentsWrite, &found.unit_path)?;
    Ok(found)
}

/// The version exists; every target exists for the actor, once, and lies where the profile may go.
async fn check_in(
    tx: &Tx,
    actor: &Actor,
    profile: &FoundProfile,
    terms: &Terms,
) -> Result<(), Error> {
    const VERSION: &str = "SELECT 1 FROM profile_version WHERE profile_id = $1 AND number = $2";
    if let Some(version) = terms.version {
        let known = tx
            .fetch_optional(VERSION, args![profile.id.as_str(), version])
            .await?;
        if known.is_none() {
            return Err(Error::invalid(
                "version",
                "version_unknown",
                format!("This profile has no published version {version}."),
            ));
        }
    }
    if terms.include.is_empty() {
        return Err(Error::invalid(
            "include",
            "targets_missing",
            "Name at least one device, group or unit.",
        ));
    }
    let mut ids: BTreeMap<TargetKind, BTreeSet<&str>> = BTreeMap::new();
    for (count, (_, target)) in terms.targets().enumerate() {
        if count >= TARGET_LIMIT {
            return Err(Error::invalid(
                "include",
                "targets_many",
                format!("An assignment names at most {TARGET_LIMIT} targets; make a group."),
            ));
        }
        if !ids.entry(target.kind).or_default().insert(&target.id) {
            return Err(Error::invalid(
                "include",
                "target_twice",
                format!("{} {} is named twice.", target.kind.as_str(), target.id),
            ));
        }
    }
    for (kind, ids) in ids {
        check_targets_in(tx, actor, profile, kind, ids).await?;
    }
    Ok(())
}

async fn check_targets_in(
    tx: &Tx,
    actor: &Actor,
    profile: &FoundProfile,
    kind: TargetKind,
    ids: BTreeSet<&str>,
) -> Result<(), Error> {
    const DEVICES: &str = "SELECT d.id, u.path FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.id {ids}";
    const GROUPS: &str = "SELECT g.id, u.path FROM device_group g \
        JOIN org_unit u ON u.id = g.org_unit_id WHERE g.id {ids}";
    const UNITS: &str = "SELECT id, path FROM org_unit WHERE id {ids}";
    let sql = match kind {
        TargetKind::Device => DEVICES,
        TargetKind::Group => GROUPS,
        TargetKind::OrgUnit => UNITS,
    };
    let named = ids.iter().map(|id| (*id).to_owned()).collect();
    let mut unknown = ids;
    let mut outside = Vec::new();
    for row in tx.fetch_all_in(sql, named, args![]).await? {
        let (id, path) = (row.str(0)?, row.str(1)?);
        if authorize(actor, Permission::AssignmentsWrite, path).is_err() {
            continue;
        }
        unknown.remove(id);
        if !path.starts_with(&profile.unit_path) {
            outside.push(id.to_owned());
        }
    }
    let kind = kind.as_str();
    if !unknown.is_empty() {
        let detail = format!("There is no such {kind}.");
        return Err(Error::new(Kind::Invalid, "target_unknown", detail)
            .with_data(json!({ "kind": kind, "ids": unknown })));
    }
    if !outside.is_empty() {
        let detail = "A profile goes to targets of its own unit and of what is below it.";
        return Err(Error::new(Kind::Invalid, "target_outside", detail)
            .with_data(json!({ "kind": kind, "ids": outside })));
    }
    Ok(())
}

async fn write_targets_in(tx: &Tx, id: &AssignmentId, terms: &Terms) -> Result<(), Error> {
    const INSERT: &str =
        "INSERT INTO assignment_target (assignment_id, mode, target_kind, target_id)";
    let rows: Vec<Vec<Value>> = terms
        .targets()
        .map(|(mode, target)| {
            let kind = target.kind.as_str();
            args![id, mode.as_str(), kind, target.id.as_str()]
        })
        .collect();
    tx.insert_many(INSERT, 4, rows, "").await?;
    Ok(())
}

fn normal(terms: &Terms) -> Terms {
    let mut terms = terms.clone();
    terms.include.sort_unstable();
    terms.exclude.sort_unstable();
    terms
}

/// For the event: all targets of a small assignment, their number of a large one.
fn described(terms: &Terms) -> serde_json::Value {
    let of = |targets: &[TargetRef]| match targets.len() {
        0..=50 => json!(targets),
        many => json!(many),
    };
    json!({
        "channel": terms.channel.as_str(), "version": terms.version,
        "include": of(&terms.include), "exclude": of(&terms.exclude),
    })
}
