//! `/api/v1/invitations`.

pub(super) mod bounced;
pub(super) mod create;
pub(super) mod list;
pub(super) mod renew_pin;
pub(super) mod revoke;
pub(super) mod send;
pub(super) mod show;
pub(super) mod views;
