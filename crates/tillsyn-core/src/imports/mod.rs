//! Files of people, groups and units: read, looked at row by row, and carried out only as they were shown.
//!
//! A file adds and changes; it removes nothing. Members that it does not name leave a group only when somebody
//! chose so, and then with a plan. One event tells of each step, with the digest of what it made.

mod apply;
mod columns;
mod create;
mod forget;
mod groups;
mod groups_work;
mod invitees;
mod parse;
mod people;
mod report;
mod row;
mod store;
mod tree;
mod units;
mod work;
mod worker;

#[cfg(test)]
mod tests;

pub use apply::{Choice, apply, cancel};
pub use create::create;
pub use parse::MOST_BYTES;
pub use report::{errors_csv, harmless, template};
pub use row::{Counts, Outcome, RowError, RowView};
pub use store::{Failure, ImportFilter, ImportStatus, ImportView, import, list_imports, rows};

pub(crate) use forget::{forget_in, naming};
pub(crate) use invitees::{File as InviteesFile, Invitee, invitees_in, read_file};
pub(crate) use work::actor_in;
pub(crate) use worker::run_due;

use crate::actor::Permission;

/// What a file lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    People,
    Groups,
    Units,
}

impl ImportKind {
    pub const ALL: [Self; 3] = [Self::People, Self::Groups, Self::Units];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Groups => "groups",
            Self::Units => "units",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What whoever imports such a file must hold.
    pub fn permission(self) -> Permission {
        match self {
            Self::People => Permission::PeopleWrite,
            Self::Groups => Permission::GroupsWrite,
            Self::Units => Permission::UnitsWrite,
        }
    }
}
