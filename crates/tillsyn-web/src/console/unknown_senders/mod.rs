//! Devices that enrolled between a backup and its restore, and taking them in again.

mod list;
mod page;
mod readopt;
mod words;

pub use page::{KnownSender, ReadoptPage, ReadoptedPage, UnknownRow, UnknownSendersPage};

pub(super) use list::list;
pub(super) use readopt::{look, take_in};
#[cfg(any(test, feature = "testing"))]
pub(super) use {
    list::{platforms, row},
    readopt::{lines, refused_row},
};
