//! What a device is to have against what it has: values in, steps out. No clock, database or network, so
//! that a change can be previewed, replayed and tested.

mod hash;

pub(crate) use hash::{desired_hash, payload_uuid};
