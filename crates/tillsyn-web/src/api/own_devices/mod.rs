//! `/api/v1/settings/own-devices`, and the same of units.

pub(super) mod change;
pub(super) mod show;
pub(super) mod unit;
