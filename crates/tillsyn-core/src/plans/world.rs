//! The world with a change made, as values: the same assignments and devices that the change would leave
//! behind in the store.

use std::collections::BTreeSet;

use super::change::Change;
use super::facts::Facts;
use crate::assignments::{Assignment, Catalogue, Subject, Target, Terms};
use crate::groups::{Member, MemberKind};

/// The catalogue after the change; `None` when it stays as it is.
pub(super) fn catalogue_after(
    before: &Catalogue,
    change: &Change,
    facts: &Facts,
) -> Option<Catalogue> {
    let mut items = before.items.clone();
    let mut assignments = before.assignments().to_vec();
    let item = facts.item_id.as_ref()?;
    let entry = items.get_mut(item)?;
    match change {
        Change::PublishVersion { .. } => {
            let (number, info) = facts.published.clone()?;
            entry.versions.insert(number, info);
            entry.current_version = Some(number);
        }
        Change::ArchiveProfile { .. } => entry.archived = true,
        Change::RestoreProfile { .. } => entry.archived = false,
        Change::Assign { terms, .. } => {
            entry.versions.extend(facts.fixed.clone());
            assignments.push(assignment("new", item, terms));
        }
        Change::ChangeAssignment {
            assignment_id,
            terms,
        } => {
            entry.versions.extend(facts.fixed.clone());
            let new = assignment(assignment_id, item, terms);
            *assignments.iter_mut().find(|a| a.id == *assignment_id)? = new;
        }
        Change::Unassign { assignment_id } => assignments.retain(|a| a.id != *assignment_id),
        _ => return None,
    }
    Some(Catalogue::new(before.revision, assignments, items))
}

fn assignment(id: &str, item_id: &str, terms: &Terms) -> Assignment {
    Assignment {
        id: id.to_owned(),
        kind: "profile".to_owned(),
        item_id: item_id.to_owned(),
        version: terms.version,
        channel: terms.channel,
        targets: terms
            .targets()
            .map(|(mode, target)| Target {
                mode,
                kind: target.kind,
                id: target.id.clone(),
            })
            .collect(),
    }
}

/// A device after the change; `None` when it stays as it is.
pub(super) fn subject_after(before: &Subject, change: &Change, facts: &Facts) -> Option<Subject> {
    let mut after = before.clone();
    // A membership counts in the group's unit only, also a new one.
    let units = facts.group_units.iter();
    after
        .group_units
        .extend(units.map(|(group, unit)| (group.clone(), unit.clone())));
    match change {
        Change::GroupMembers {
            group_id,
            add,
            remove,
        } => {
            let named = |members: &[Member], kind: MemberKind, id: &str| {
                members.iter().any(|m| m.kind == kind && m.id == id)
            };
            let moved = |groups: &mut BTreeSet<String>, kind, id: &str| {
                // Who is named on both sides comes in, or stays.
                if named(add, kind, id) {
                    groups.insert(group_id.clone());
                } else if named(remove, kind, id) {
                    groups.remove(group_id);
                }
            };
            moved(&mut after.groups, MemberKind::Device, &before.device_id);
            if let Some(person) = &before.person_id {
                moved(&mut after.person_groups, MemberKind::Person, person);
            }
        }
        Change::DeleteGroup { group_id } => {
            after.groups.remove(group_id);
            after.person_groups.remove(group_id);
        }
        Change::MoveDevice { device_ids, .. } | Change::MovePeople { device_ids, .. } => {
            if device_ids.contains(&before.device_id) {
                after.unit_path.clone_from(&facts.path_after);
            }
        }
        Change::SetDevicePerson {
            device_id,
            person_id,
        } => {
            if *device_id == before.device_id {
                after.person_id.clone_from(person_id);
                after.person_groups.clone_from(&facts.person_groups);
            }
        }
        Change::MoveUnit { .. } => {
            if let Some(below) = before.unit_path.strip_prefix(&facts.unit_path) {
                after.unit_path = format!("{}{below}", facts.path_after);
            }
        }
        _ => return None,
    }
    (after != *before).then_some(after)
}
