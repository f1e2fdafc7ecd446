//! `/api/v1/commands` and the commands of one device.

pub(super) mod body;
pub(super) mod cancel;
pub(super) mod enqueue;
pub(super) mod enqueue_many;
pub(super) mod list;
pub(super) mod of_device;
pub(super) mod preview;
mod schema;
pub(super) mod show;
pub(super) mod types;
pub(super) mod views;
