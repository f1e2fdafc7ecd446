//! The stand-ins against clients that do it wrong, over real TLS.
#![expect(clippy::unwrap_used, reason = "tests")]

mod activation_lock;
mod apns;
mod apns_control;
mod apns_devices;
