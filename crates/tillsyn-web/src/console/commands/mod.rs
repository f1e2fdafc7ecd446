//! Commands: the list of all, and one with every transition.

mod again;
mod list;
mod page;
mod show;
mod story;
mod withdraw;

pub use page::{CommandPage, CommandRow, CommandsPage, command_title};

pub(super) use again::again;
pub(super) use list::list;
pub(super) use show::show;
pub(super) use story::{cause_of, entry, title_of};
pub(super) use withdraw::withdraw;
