//! `/api/v1/organisation`.

pub(super) mod change;
pub(super) mod show;
