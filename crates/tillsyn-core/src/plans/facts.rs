//! What a change says, read from the store, so that its effect is a function of values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tillsyn_db::{Row, Tx, args};

use super::change::Change;
use crate::actor::Actor;
use crate::assignments::{self, Terms, VersionInfo};
use crate::error::Error;
use crate::ids::AssignmentId;
use crate::profiles::variables;

/// Values behind a change.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Where the plan belongs: the unit of what is changed.
    pub(super) unit_id: String,
    pub(super) unit_path: String,
    /// The one item that it is about; `None` when it may concern any.
    pub(super) item_id: Option<String>,
    /// The version that a draft becomes.
    pub(super) published: Option<(i64, VersionInfo)>,
    /// Versions that terms fix, with what is known of them.
    pub(super) fixed: BTreeMap<i64, VersionInfo>,
    /// Terms before the change, of an assignment that it changes or takes away.
    pub(super) terms_before: Option<Terms>,
    /// Path of the unit that devices come to lie in, or that a unit comes to have.
    pub(super) path_after: String,
    /// Values of variables that the devices come to have by it.
    pub(super) values_after: Vec<(&'static str, Option<String>)>,
    /// Groups of the person who gets the device.
    pub(super) person_groups: BTreeSet<String>,
    /// The units of groups that a device comes into.
    pub(super) group_units: HashMap<String, String>,
}

pub(super) async fn facts_in(tx: &Tx, actor: &Actor, change: &Change) -> Result<Facts, Error> {
    const PROFILE: &str = "SELECT u.id, u.path FROM profile p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.id = $1";
    const GROUP: &str = "SELECT u.id, u.path FROM device_group g \
        JOIN org_unit u ON u.id = g.org_unit_id WHERE g.id = $1";
    const DEVICE: &str = "SELECT u.id, u.path FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE d.id = $1";
    const UNIT: &str = "SELECT id, path FROM org_unit WHERE id = $1";
    const PERSON_UNIT: &str = "SELECT u.id, u.path FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1";
    const PERSON: &str = "SELECT name, email FROM person WHERE id = $1";
    let mut facts = Facts::default();
    match change {
        Change::PublishVersion {
            profile_id,
            version_id,
            ..
        } => {
            facts.at(tx, PROFILE, profile_id, "profile").await?;
            facts.item_id = Some(profile_id.clone());
            let id = version_id.clone().unwrap_or_default();
            facts.published = published_in(tx, profile_id, id).await?;
        }
        Change::Assign { profile_id, terms } => {
            facts.at(tx, PROFILE, profile_id, "profile").await?;
            facts.item_id = Some(profile_id.clone());
            facts.fixed = fixed_in(tx, profile_id, terms).await?;
        }
        Change::ArchiveProfile { profile_id } | Change::RestoreProfile { profile_id } => {
            facts.at(tx, PROFILE, profile_id, "profile").await?;
            facts.item_id = Some(profile_id.clone());
        }
        Change::ChangeAssignment {
            assignment_id,
            terms,
        } => {
            let profile = facts.of_assignment(tx, actor, assignment_id).await?;
            facts.at(tx, PROFILE, &profile, "profile").await?;
            facts.fixed = fixed_in(tx, &profile, terms).await?;
        }
        Change::Unassign { assignment_id } => {
            let profile = facts.of_assignment(tx, actor, assignment_id).await?;
            facts.at(tx, PROFILE, &profile, "profile").await?;
        }
        Change::GroupMembers { group_id, .. } | Change::DeleteGroup { group_id } => {
            facts.at(tx, GROUP, group_id, "group").await?;
            let unit = facts.unit_id.clone();
            facts.group_units.insert(group_id.clone(), unit);
        }
        Change::MoveDevice {
            device_ids,
            unit_id,
        } => {
            let first = device_ids.first().map_or("", String::as_str);
            facts.at(tx, DEVICE, first, "device").await?;
            facts.moved_to(tx, unit_id).await?;
        }
        Change::MovePeople {
            person_ids,
            unit_id,
            ..
        } => {
            let first = person_ids.first().map_or("", String::as_str);
            facts.at(tx, PERSON_UNIT, first, "person").await?;
            facts.moved_to(tx, unit_id).await?;
        }
        Change::SetDevicePerson {
            device_id,
            person_id,
        } => {
            facts.at(tx, DEVICE, device_id, "device").await?;
            let mut values = (None, None);
            if let Some(person) = person_id {
                if let Some(row) = tx.fetch_optional(PERSON, args![person]).await? {
                    values = (row.opt_text(0)?, row.opt_text(1)?);
                }
                let mut groups = assignments::groups_in(tx, "person", vec![person.clone()]).await?;
                facts.person_groups = groups.remove(person).unwrap_or_default();
                let ids = facts.person_groups.iter().cloned().collect();
                facts.group_units = assignments::group_units_in(tx, ids).await?;
            }
            facts
                .values_after
                .extend(variables::of_person(values.0, values.1));
        }
        Change::MoveUnit { unit_id, parent_id } => {
            facts.at(tx, UNIT, unit_id, "organisational unit").await?;
            let parent = place_in(tx, UNIT, parent_id, "organisational unit").await?;
            facts.path_after = format!("{}{unit_id}/", parent.1);
        }
    }
    Ok(facts)
}

impl Facts {
    async fn at(
        &mut self,
        tx: &Tx,
        sql: &'static str,
        id: &str,
        what: &'static str,
    ) -> Result<(), Error> {
        (self.unit_id, self.unit_path) = place_in(tx, sql, id, what).await?;
        Ok(())
    }

    /// Where devices come to lie, with what profiles may say of it.
    async fn moved_to(&mut self, tx: &Tx, id: &str) -> Result<(), Error> {
        const UNIT: &str = "SELECT path, name FROM org_unit WHERE id = $1";
        let row = tx.fetch_optional(UNIT, args![id]).await?;
        let row = row.ok_or_else(|| Error::not_found("organisational unit"))?;
        self.path_after = row.text(0)?;
        self.values_after.push(variables::of_unit(row.text(1)?));
        Ok(())
    }

    async fn of_assignment(&mut self, tx: &Tx, actor: &Actor, id: &str) -> Result<String, Error> {
        let id = AssignmentId::parse(id).ok_or_else(|| Error::not_found("assignment"))?;
        let stored = assignments::stored_in(tx, actor, &id).await?;
        self.item_id = Some(stored.profile.to_string());
        self.terms_before = Some(stored.terms);
        Ok(stored.profile.to_string())
    }
}

async fn place_in(
    tx: &Tx,
    sql: &'static str,
    id: &str,
    what: &'static str,
) -> Result<(String, String), Error> {
    let row = tx.fetch_optional(sql, args![id]).await?;
    let row = row.ok_or_else(|| Error::not_found(what))?;
    Ok((row.text(0)?, row.text(1)?))
}

/// The number and the summary that the draft would be published with.
async fn published_in(
    tx: &Tx,
    profile: &str,
    version_id: String,
) -> Result<Option<(i64, VersionInfo)>, Error> {
    const DRAFT: &str = "SELECT summary FROM profile_draft WHERE profile_id = $1";
    const LAST: &str = "SELECT COALESCE(MAX(number), 0) FROM profile_version WHERE profile_id = $1";
    let Some(draft) = tx.fetch_optional(DRAFT, args![profile]).await? else {
        return Ok(None);
    };
    let number = tx.fetch_one(LAST, args![profile]).await?.i64(0)? + 1;
    let info = assignments::version_info(version_id, draft.str(0)?);
    Ok(Some((number, info)))
}

async fn fixed_in(
    tx: &Tx,
    profile: &str,
    terms: &Terms,
) -> Result<BTreeMap<i64, VersionInfo>, Error> {
    const VERSION: &str =
        "SELECT number, id, summary FROM profile_version WHERE profile_id = $1 AND number = $2";
    let Some(version) = terms.version else {
        return Ok(BTreeMap::new());
    };
    let rows = tx.fetch_all(VERSION, args![profile, version]).await?;
    let info = |row: &Row| {
        let info = assignments::version_info(row.text(1)?, row.str(2)?);
        Ok((row.i64(0)?, info))
    };
    rows.iter().map(info).collect()
}
