//! `/api/v1/push-certificates`.

pub(super) mod edit;
pub(super) mod history;
pub(super) mod list;
pub(super) mod rehearsals;
pub(super) mod rehearse;
pub(super) mod remove;
pub(super) mod resume;
pub(super) mod upload;
mod views;
