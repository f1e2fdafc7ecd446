//! What a device is to have: a function of the assignments and of what the device is.

use std::collections::BTreeMap;

use super::model::{
    AssignedChannel, Assignment, Catalogue, Item, Mode, Subject, TargetKind, Wanted,
};

/// Everything that the channels of a device are to have, in the order of channels and items.
///
/// What is excluded by any assignment of an item to a kind of channel is not assigned there, whatever
/// includes it. A fixed version comes before "the newest", of several fixed ones the highest. What is
/// archived, never published or made for another platform is given to nobody, and nothing leaves its unit:
/// whoever rules there would rule what was moved away.
pub(crate) fn resolve(catalogue: &Catalogue, subject: &Subject) -> Vec<Wanted> {
    if subject.channels.is_empty() {
        return Vec::new();
    }
    let mut found: BTreeMap<(&str, &str, AssignedChannel), Found<'_>> = BTreeMap::new();
    for (assignment, mode) in named(catalogue, subject) {
        let key = (
            assignment.kind.as_str(),
            assignment.item_id.as_str(),
            assignment.channel,
        );
        found.entry(key).or_default().add(assignment, mode);
    }
    let mut wanted = Vec::with_capacity(found.len());
    for ((kind, item_id, channel), found) in found {
        let Some(item) = catalogue.items.get(item_id) else {
            continue;
        };
        if !subject.lies_in(&item.unit_path) {
            continue;
        }
        let Some(version) = found.version(item, &subject.platform) else {
            continue;
        };
        let Some(info) = item.versions.get(&version) else {
            continue;
        };
        for to in subject.channels.iter().filter(|to| channel.takes(to)) {
            wanted.push(Wanted {
                channel_id: to.id.clone(),
                kind: kind.to_owned(),
                item: item.identifier.clone(),
                item_id: item_id.to_owned(),
                version,
                version_id: info.id.clone(),
                assignments: found
                    .assignments
                    .iter()
                    .map(|id| (*id).to_owned())
                    .collect(),
            });
        }
    }
    wanted.sort_unstable_by(|a, b| (&a.channel_id, &a.item).cmp(&(&b.channel_id, &b.item)));
    wanted
}

/// The assignments that name the device by itself, by one of its groups or by a unit above it.
pub(super) fn named<'a>(
    catalogue: &'a Catalogue,
    subject: &'a Subject,
) -> impl Iterator<Item = (&'a Assignment, Mode)> {
    let device = catalogue.naming(TargetKind::Device, &subject.device_id);
    let groups = subject
        .groups
        .union(&subject.person_groups)
        .filter(|group| subject.counts_in(group))
        .flat_map(|group| catalogue.naming(TargetKind::Group, group));
    let units = subject
        .unit_path
        .split('/')
        .filter(|unit| !unit.is_empty())
        .flat_map(|unit| catalogue.naming(TargetKind::OrgUnit, unit));
    device.chain(groups).chain(units)
}

/// What the assignments of one item to one kind of channel say of a device.
#[derive(Default)]
struct Found<'a> {
    excluded: bool,
    fixed: Option<i64>,
    assignments: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn add(&mut self, assignment: &'a Assignment, mode: Mode) {
        if mode == Mode::Exclude {
            self.excluded = true;
            return;
        }
        self.fixed = self.fixed.max(assignment.version);
        // Several targets of one assignment may hold the same device.
        if let Err(place) = self.assignments.binary_search(&assignment.id.as_str()) {
            self.assignments.insert(place, &assignment.id);
        }
    }

    fn version(&self, item: &Item, platform: &str) -> Option<i64> {
        if self.excluded || self.assignments.is_empty() || item.archived {
            return None;
        }
        if !fits(&item.platform, platform) {
            return None;
        }
        self.fixed.or(item.current_version)
    }
}

/// Whether an item of a family of platforms can be for a device at all; what of it the device's system
/// takes is decided later, with a reason.
fn fits(family: &str, platform: &str) -> bool {
    match family {
        "apple" => matches!(
            platform,
            "ios" | "ipados" | "macos" | "tvos" | "visionos" | "watchos"
        ),
        other => other == platform,
    }
}
