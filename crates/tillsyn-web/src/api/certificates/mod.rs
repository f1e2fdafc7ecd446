//! `/api/v1/certificates`: the identity certificates of devices.

pub(super) mod list;
pub(super) mod of_device;
pub(super) mod renew;
pub(super) mod revoke;
pub(super) mod setting;
pub(super) mod show;
mod views;
