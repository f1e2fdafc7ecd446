//! What waits for a second person, and deciding on it.

mod decide;
mod list;
mod provider;
mod show;
mod words;

pub use list::{ApprovalRow, ApprovalsPage};
pub use show::{ApprovalDeviceRow, ApprovalPage, DecideForm, FactLine};

pub(super) use decide::{approve, cancel, decline};
pub(super) use list::list;
pub(super) use show::show;
