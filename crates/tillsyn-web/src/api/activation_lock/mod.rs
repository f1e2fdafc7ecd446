//! `/api/v1/devices/{id}/activation-unlocks`.

pub(super) mod clear;
pub(super) mod list;
