//! `/api/v1/overview`.

pub(super) mod show;
