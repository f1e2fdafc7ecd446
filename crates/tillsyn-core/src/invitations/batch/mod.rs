//! Invitations to many: looked at first, then carried out only as they were shown, a few people in each
//! transaction, so that a worker that dies leaves nothing half done and nobody is written to twice.

mod begin;
mod create;
mod pins;
mod progress;
mod store;
mod worker;

pub use begin::{begin_batch, cancel_batch, resend_batch};
pub use create::{Invitees, NewBatch, create_batch};
pub(crate) use pins::forget_pins;
pub use pins::{BatchPin, batch_pins_csv, batch_pins_waiting, take_batch_pins};
pub use progress::{BatchCounts, BatchPerson, BatchStep, batch_people, batch_people_csv};
pub use store::{BatchStatus, BatchView, batch, list_batches};
pub(crate) use worker::run_due;
