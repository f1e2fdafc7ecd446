//! What is assigned to whom. An assignment names an item, the channels that it goes to, and its targets:
//! devices, groups and units, included or excluded. What a device is to have follows from it by one pure
//! function, [`resolve`].

mod load;
mod model;
mod resolve;
pub(crate) mod revision;

pub use model::{AssignedChannel, Mode, TargetKind};

pub(crate) use load::{CatalogueCache, catalogue_in, subjects_in};
pub(crate) use model::{Catalogue, Subject, SubjectChannel, VersionInfo, Wanted};
pub(crate) use resolve::{fits, resolve};
pub(crate) use revision::{bump_in, revision_in};

#[cfg(test)]
mod tests;
