//! The audit trail: finding events, how the chain stands, exports, retention and legal holds.

mod data;
mod list;
mod page;
mod settings;

pub use page::{AuditPage, AuditRow, AuditSettingsPage, ChainState, HoldRow};

pub(super) use data::{erase_person, export_person};
pub(super) use list::{export, list};
pub(super) use settings::{change_settings, end_hold, place_hold, settings_page};
