//! `/api/v1/settings/inventory`.

pub(super) mod change;
pub(super) mod show;
