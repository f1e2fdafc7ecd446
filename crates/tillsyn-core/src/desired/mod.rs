//! What a device is to have against what it has: values in, steps out. No clock, database or network, so
//! that a change can be previewed, replayed and tested.

mod diff;
mod hash;
mod item;
mod knowledge;
mod retry;

pub use item::State;

pub(crate) use diff::diff;
pub(crate) use hash::{desired_hash, payload_uuid};
pub(crate) use item::{Desired, Knowledge, Observed, Outcome, Reason, Step, Version, Work};
pub(crate) use knowledge::Listed;
pub(crate) use retry::{Failure, losses_after, wait_after_loss_ms, wait_ms};
