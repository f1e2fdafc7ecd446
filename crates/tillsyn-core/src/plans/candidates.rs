//! The devices that a change may concern: few statements, whatever their number.

use std::collections::BTreeSet;

use tillsyn_db::{Tx, args};

use super::change::Change;
use super::facts::Facts;
use crate::assignments::{Catalogue, Mode, TargetKind};
use crate::error::Error;
use crate::events::prefix_end;
use crate::groups::MemberKind;

const OF_GROUPS: &str = "SELECT member_id FROM group_member \
    WHERE member_kind = 'device' AND group_id {ids}";
const OF_PEOPLE_OF_GROUPS: &str = "SELECT s.device_id FROM group_member m \
    JOIN device_summary s ON s.person_id = m.member_id WHERE m.member_kind = 'person' \
    AND m.group_id {ids}";
const OF_PEOPLE: &str = "SELECT device_id FROM device_summary WHERE person_id {ids}";
const OF_UNITS: &str = "SELECT d.id FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
    JOIN org_unit t ON u.path >= t.path AND u.path < t.path || '~' WHERE t.id {ids}";
const BELOW: &str = "SELECT d.id FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
    WHERE u.path >= $1 AND u.path < $2";
const HOLDING: &str = "SELECT DISTINCT device_id FROM item_state WHERE item_id = $1";

/// Ids of devices, sorted: those whom the item's assignments name before or after, and those that hold it.
pub(super) async fn candidates_in(
    tx: &Tx,
    change: &Change,
    facts: &Facts,
    before: &Catalogue,
    after: &Catalogue,
) -> Result<Vec<String>, Error> {
    let mut found = BTreeSet::new();
    match change {
        Change::GroupMembers { add, remove, .. } => {
            let mut people = Vec::new();
            for member in add.iter().chain(remove) {
                match member.kind {
                    MemberKind::Device => {
                        found.insert(member.id.clone());
                    }
                    MemberKind::Person => people.push(member.id.clone()),
                }
            }
            collect_in(tx, OF_PEOPLE, people, &mut found).await?;
        }
        // Nothing is assigned to a group that can be deleted.
        Change::DeleteGroup { .. } => {}
        Change::MoveDevice { device_ids, .. } | Change::MovePeople { device_ids, .. } => {
            found.extend(device_ids.iter().cloned());
        }
        Change::SetDevicePerson { device_id, .. } => {
            found.insert(device_id.clone());
        }
        Change::MoveUnit { .. } => {
            let path = facts.unit_path.as_str();
            for row in tx.fetch_all(BELOW, args![path, prefix_end(path)]).await? {
                found.insert(row.text(0)?);
            }
        }
        _ => {
            if let Some(item) = &facts.item_id {
                of_item_in(tx, item, [before, after], &mut found).await?;
            }
        }
    }
    Ok(found.into_iter().collect())
}

async fn of_item_in(
    tx: &Tx,
    item: &str,
    catalogues: [&Catalogue; 2],
    found: &mut BTreeSet<String>,
) -> Result<(), Error> {
    let (mut groups, mut units) = (BTreeSet::new(), BTreeSet::new());
    let assignments = catalogues.iter().flat_map(|c| c.assignments());
    for target in assignments
        .filter(|assignment| assignment.item_id == item)
        .flat_map(|assignment| &assignment.targets)
        .filter(|target| target.mode == Mode::Include)
    {
        match target.kind {
            TargetKind::Device => found.insert(target.id.clone()),
            TargetKind::Group => groups.insert(target.id.clone()),
            TargetKind::OrgUnit => units.insert(target.id.clone()),
        };
    }
    let groups: Vec<String> = groups.into_iter().collect();
    collect_in(tx, OF_GROUPS, groups.clone(), found).await?;
    collect_in(tx, OF_PEOPLE_OF_GROUPS, groups, found).await?;
    collect_in(tx, OF_UNITS, units.into_iter().collect(), found).await?;
    for row in tx.fetch_all(HOLDING, args![item]).await? {
        found.insert(row.text(0)?);
    }
    Ok(())
}

async fn collect_in(
    tx: &Tx,
    sql: &'static str,
    ids: Vec<String>,
    found: &mut BTreeSet<String>,
) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    for row in tx.fetch_all_in(sql, ids, args![]).await? {
        found.insert(row.text(0)?);
    }
    Ok(())
}
