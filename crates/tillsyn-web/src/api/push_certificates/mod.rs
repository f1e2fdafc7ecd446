//! `/api/v1/push-certificates`.

pub(super) mod list;
pub(super) mod remove;
pub(super) mod upload;
mod views;
