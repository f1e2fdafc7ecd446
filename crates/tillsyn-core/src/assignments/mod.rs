//! What is assigned to whom. An assignment names an item, the channels that it goes to, and its targets:
//! devices, groups and units, included or excluded. What a device is to have follows from it by one pure
//! function, [`resolve`].

mod change;
mod load;
mod model;
mod resolve;
pub(crate) mod revision;
mod view;

pub use change::{TargetRef, Terms};
pub use model::{AssignedChannel, Mode, TargetKind};
pub use view::{AssignmentView, TargetView, assignment, assignments_of_profile, list_assignments};

pub(crate) use change::{change_in, create_in, remove_in, stored_in};
pub(crate) use load::{
    CatalogueCache, catalogue_behind_in, catalogue_in, group_units_in, groups_in, subjects_in,
    version_info, warm,
};
pub(crate) use model::{
    Assignment, Catalogue, Item, Subject, SubjectChannel, Target, VersionInfo, Wanted,
};
pub(crate) use resolve::resolve;
pub(crate) use revision::{bump_in, revision_in};

#[cfg(test)]
mod tests;
