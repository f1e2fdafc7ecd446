//! `/api/v1/devices/{id}/escrow` and `/api/v1/escrow/policy`.

pub(super) mod list;
pub(super) mod policy;
pub(super) mod reveal;
pub(super) mod rotate;
