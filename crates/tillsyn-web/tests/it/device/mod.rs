//! Devices, from invitation to wipe.

mod enrollment;
mod foreign;
mod guard;
mod push;
mod refusals;
pub(crate) mod story;
