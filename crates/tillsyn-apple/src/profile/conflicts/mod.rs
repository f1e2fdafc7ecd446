//! What two profiles on one device do to each other, as far as anybody can know it before.

mod account;
mod combine;
mod pair;

pub use combine::{Combined, Rule, combined, rule};
pub use pair::{Conflict, ConflictKind, conflicts};

#[cfg(test)]
mod tests;
