//! `/api/v1/devices`.

pub(super) mod enrollments;
pub(super) mod erase;
pub(super) mod fact_changes;
pub(super) mod inventory;
pub(super) mod list;
pub(super) mod lock;
pub(super) mod move_to;
pub(super) mod person;
pub(super) mod refresh;
pub(super) mod retire;
pub(super) mod show;
pub(super) mod views;
