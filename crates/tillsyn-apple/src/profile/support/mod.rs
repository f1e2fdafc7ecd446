//! What one device would make of a profile: what it refuses, and what it takes and ignores.

mod judge;
mod walk;

pub use walk::{Ignored, Refused, Support, support};

pub use judge::Reason;

#[cfg(test)]
mod tests;
