//! Certificate revocation lists, version 2. RFC 5280 §5.

mod build;
mod parse;
#[cfg(test)]
mod tests;

pub use build::{CrlRequest, Reason, Revoked, build, to_pem};
pub use parse::Crl;
