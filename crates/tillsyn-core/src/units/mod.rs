//! Org units: the tree, and what changes it. [`crate::org`] finds single units for other features.

mod change;
mod remove;
mod tree;

pub(crate) use change::{LEVELS, UNITS, move_in};
pub(crate) use tree::{find_in, scope};

pub use change::{NewUnit, create_unit, move_unit, rename_unit};
pub use remove::{Contents, remove_unit};
pub use tree::{Count, UnitName, UnitView, count_units, list_units, unit, unit_names};
