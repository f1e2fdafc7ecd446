//! `/api/v1/tokens`. A token is made by a person signed in, in the console.

pub(super) mod list;
pub(super) mod revoke;
pub(super) mod views;
