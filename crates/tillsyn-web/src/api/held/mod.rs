//! `/api/v1/held`: what waits for somebody.

pub(super) mod list;
