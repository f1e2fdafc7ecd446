//! `/api/v1/push-vendor`: the organisation's own MDM vendor certificate.

pub(super) mod remove;
pub(super) mod set;
pub(super) mod show;
mod views;
