//! Notifications: events that somebody should hear of, as a list in the console and by mail. Both are
//! read from the audit trail, so that no feature has to think of them; only those hear of an event who may
//! see what it is about.

mod choose;
mod list;
mod tell;
#[cfg(test)]
mod tests;
mod topic;

pub use choose::{Choice, choices, choose};
pub use list::{Notification, list_notifications, mark_seen, unseen};
pub(crate) use tell::tell_by_mail;
pub use topic::Topic;
