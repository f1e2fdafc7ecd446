//! The values that deciding works on: who is assigned to, what is assigned, what comes of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::support::Traits;

/// A device as assignments see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) device_id: String,
    /// Ids from the root to its unit, each followed by a slash.
    pub(crate) unit_path: String,
    pub(crate) person_id: Option<String>,
    /// Groups that it is in itself.
    pub(crate) groups: BTreeSet<String>,
    /// Groups that its person is in.
    pub(crate) person_groups: BTreeSet<String>,
    /// The units of these groups: a membership counts in the group's unit and below it.
    pub(crate) group_units: HashMap<String, String>,
    pub(crate) platform: String,
    /// What decides what it takes of a profile.
    pub(crate) traits: Arc<Traits>,
    /// Open channels of its active enrollment; without one nothing can be given to it.
    pub(crate) channels: Vec<SubjectChannel>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubjectChannel {
    pub(crate) id: String,
    /// `device` or `user:<id>`.
    pub(crate) name: String,
    pub(crate) enrollment_id: String,
}

impl Subject {
    /// Whether a channel of it is one of a user.
    pub(crate) fn is_user(&self, channel_id: &str) -> bool {
        let found = self.channels.iter().find(|of| of.id == channel_id);
        found.is_some_and(|channel| channel.name != "device")
    }

    /// Whether the device lies in the unit that this path ends with. By its id: a device and its unit may be
    /// read at different times, and a moved unit is the same.
    pub(crate) fn lies_in(&self, unit_path: &str) -> bool {
        let unit = unit_path.trim_end_matches('/').rsplit('/').next();
        unit.is_some_and(|unit| self.unit_path.split('/').any(|above| above == unit))
    }

    /// Whether the device lies where the group counts. Units are compared by id, so that a moved one
    /// keeps its groups.
    pub(crate) fn counts_in(&self, group: &str) -> bool {
        self.group_units
            .get(group)
            .is_none_or(|unit| self.unit_path.split('/').any(|above| above == unit))
    }
}

/// Where an item goes on a device.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AssignedChannel {
    Device,
    /// Every managed user of it.
    Users,
}

impl AssignedChannel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Users => "users",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Device, Self::Users]
            .into_iter()
            .find(|channel| channel.as_str() == text)
    }

    pub(crate) fn takes(self, channel: &SubjectChannel) -> bool {
        match self {
            Self::Device => channel.name == "device",
            Self::Users => channel.name.starts_with("user:"),
        }
    }
}

/// Whether a target is meant or left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    Include,
    Exclude,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
        }
    }
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    Device,
    /// Its devices, and all devices of its people.
    Group,
    /// Every device of the unit and of what is below it.
    OrgUnit,
}

impl TargetKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Group => "group",
            Self::OrgUnit => "org_unit",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Device, Self::Group, Self::OrgUnit]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) mode: Mode,
    pub(crate) kind: TargetKind,
    pub(crate) id: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) id: String,
    /// `profile`.
    pub(crate) kind: String,
    pub(crate) item_id: String,
    /// A fixed version; without one the newest that is published.
    pub(crate) version: Option<i64>,
    pub(crate) channel: AssignedChannel,
    pub(crate) targets: Vec<Target>,
}

/// What can be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// What devices know it by.
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) unit_path: String,
    /// `apple`.
    pub(crate) platform: String,
    pub(crate) current_version: Option<i64>,
    /// The versions that somebody may be given now: the newest, and the fixed ones.
    pub(crate) versions: BTreeMap<i64, VersionInfo>,
    pub(crate) archived: bool,
}

/// What the desired hash needs of a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VersionInfo {
    pub(crate) id: String,
    /// Names of the variables that it uses.
    pub(crate) variables: Vec<String>,
    /// `PayloadIdentifier`s of the payloads that carry a credential of ours.
    pub(crate) credentials: Vec<String>,
}

/// All assignments and what they assign, as of one revision, with an index by target.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    /// `config_revision.desired` that it was read at.
    pub(crate) revision: i64,
    pub(crate) items: HashMap<String, Item>,
    assignments: Vec<Assignment>,
    by_target: HashMap<(TargetKind, String), Vec<(usize, Mode)>>,
}

impl Catalogue {
    pub(crate) fn new(
        revision: i64,
        assignments: Vec<Assignment>,
        items: HashMap<String, Item>,
    ) -> Self {
        let mut by_target: HashMap<(TargetKind, String), Vec<(usize, Mode)>> = HashMap::new();
        for (index, assignment) in assignments.iter().enumerate() {
            for target in &assignment.targets {
                by_target
                    .entry((target.kind, target.id.clone()))
                    .or_default()
                    .push((index, target.mode));
            }
        }
        Self {
            revision,
            items,
            assignments,
            by_target,
        }
    }

    /// What concerns one item alone.
    pub(crate) fn only(&self, item_id: &str) -> Self {
        self.with_items(|id| id == item_id)
    }

    /// What concerns items that are chosen by their ids.
    pub(crate) fn with_items(&self, chosen: impl Fn(&str) -> bool) -> Self {
        let of_items = |assignment: &&Assignment| chosen(&assignment.item_id);
        let assignments = self.assignments.iter().filter(of_items).cloned();
        let items = self.items.iter().filter(|(id, _)| chosen(id));
        let items = items.map(|(id, item)| (id.clone(), item.clone()));
        Self::new(self.revision, assignments.collect(), items.collect())
    }

    pub(crate) fn assignments(&self) -> &[Assignment] {
        &self.assignments
    }

    /// The assignments that name a target, and how.
    pub(crate) fn naming(
        &self,
        kind: TargetKind,
        id: &str,
    ) -> impl Iterator<Item = (&Assignment, Mode)> {
        self.by_target
            .get(&(kind, id.to_owned()))
            .into_iter()
            .flatten()
            .filter_map(|(index, mode)| Some((self.assignments.get(*index)?, *mode)))
    }
}

/// One thing that a channel is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) channel_id: String,
    pub(crate) kind: String,
    /// What the device knows it by.
    pub(crate) item: String,
    pub(crate) item_id: String,
    pub(crate) version: i64,
    pub(crate) version_id: String,
    /// Those that want it, in the order of their ids.
    pub(crate) assignments: Vec<String>,
}
