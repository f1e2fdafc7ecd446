//! `/api/v1/attempts`.

pub(super) mod list;
pub(super) mod show;
mod views;
