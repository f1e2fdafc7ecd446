//! Apple wire formats: check-in messages, commands, results and profiles.
//!
//! A codec and nothing else: no I/O, no clock, no randomness. Bytes from a device
//! enter through [`plist_guard::parse`], which checks every limit before a tree is
//! built. Structures follow Apple's published schema; each file names its part of it.
// Bytes here are a stranger's: nothing may panic on them.
#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)
)]

pub mod checkin;
pub mod command;
#[cfg(test)]
mod corpus;
pub mod errors;
mod fields;
#[cfg(test)]
mod hostile;
pub mod ids;
pub mod media;
pub mod platform;
pub mod plist_guard;
pub mod profile;
pub mod redact;
pub mod result;
mod sensitive;
#[cfg(test)]
mod testing;
mod wire_error;
mod xml;

pub use sensitive::Sensitive;
pub use wire_error::WireError;
pub use xml::encode as encode_plist;
