//! Devices, from invitation to wipe.

mod enrollment;
mod foreign;
mod guard;
mod inventory;
mod lost;
pub(crate) mod profiles;
mod push;
mod queue;
mod reconciling;
mod refusals;
mod statuses;
pub(crate) mod story;
