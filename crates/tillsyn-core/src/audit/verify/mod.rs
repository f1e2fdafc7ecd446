//! Verifying the trail: of this database, or of an exported file without any.

mod checker;
mod database;
mod finding;
mod keys;

pub use checker::{Body, Checker, Entry, Start, Verdict};
pub(crate) use database::{page, page_in, start_in};
pub use database::{verify, verify_with};
pub use finding::Finding;
pub(crate) use keys::keys;

#[cfg(test)]
mod tests;
