//! Verifying the trail: of this database, or of an exported file without any.

mod checker;
mod database;

pub use checker::{Body, Checker, Entry, Finding, Start, Verdict};
pub use database::verify;
pub(crate) use database::{certificates, keys, page, page_in, start, start_in};

#[cfg(test)]
mod tests;
