//! Commands: the list of all, and one with every transition.

mod again;
mod causes;
mod export;
mod job;
mod list;
mod page;
mod show;
mod story;
mod withdraw;

pub use page::{CauseRow, CommandPage, CommandRow, CommandsPage, Job, WithdrawPage, command_title};

pub(super) use again::again;
pub(super) use causes::{withdraw_page, withdraw_several};
pub(super) use export::export;
pub(super) use list::list;
pub(super) use show::show;
pub(super) use story::{cause_of, entry, title_of};
pub(super) use withdraw::withdraw;
#[cfg(any(test, feature = "testing"))]
pub(super) use {causes::row as cause_row, job::card as job_card};
