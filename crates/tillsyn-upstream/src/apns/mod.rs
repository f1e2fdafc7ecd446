//! Apple Push Notification service, as an MDM server uses it.
//!
//! One [`ApnsClient`] per push certificate keeps one HTTP/2 connection. A push only wakes the
//! device; what it is to do, it asks us. Source: Apple, "Sending notification requests to
//! APNs" and "Handling notification responses from APNs".

mod client;
mod outcome;
mod transport;

pub use client::{ApnsClient, Push};
pub use outcome::{PushOutcome, classify};

pub use crate::vendor::{VendorConfig as ApnsConfig, VendorError as ApnsError};

#[cfg(test)]
mod tests;
