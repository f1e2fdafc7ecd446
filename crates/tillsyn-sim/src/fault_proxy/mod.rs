//! Deliberate server faults, one at a time, on the way between a correct server and a device.
//!
//! The simulator is a proof only if it refuses bad servers. The proxy stands between it and a
//! server that keeps the rules, breaks exactly one of them, and [`provoke`] walks the device to
//! the place where it must notice. For tests alone: it re-signs profiles with a CA of its own.

mod acme;
mod authority;
mod exchange;
mod fault;
mod messages;
mod mutate;
mod profile;
mod provoke;
mod proxy;

pub use fault::Fault;
pub use provoke::provoke;
pub use proxy::{FaultProxy, ProxyConfig};
