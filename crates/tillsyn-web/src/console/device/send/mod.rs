//! Any other command: what this device takes, what it does not and why, and the form of one.

mod fields;
mod form;
mod list;
mod page;

pub use page::{SendFamily, SendField, SendKind, SendOnePage, SendPage, SendRow};

pub(crate) use form::{send, send_form};
pub(crate) use list::send_list;
