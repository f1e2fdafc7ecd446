//! Removing an activation lock with the codes in escrow: asked by a person, carried out by a job, told in
//! words. Apple's answer decides; the device itself is not involved.

mod ask;
mod job;
mod view;

pub use ask::{AskUnlock, ask_unlock};
pub use view::{ActivationUnlock, list_unlocks};

pub(crate) use job::{client_of_topic, run_due};
