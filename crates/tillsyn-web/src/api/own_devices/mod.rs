//! `/api/v1/settings/own-devices`.

pub(super) mod change;
pub(super) mod show;
