//! X.509 certificates: parsing, questions about them, and chain checks. RFC 5280.

mod certificate;
mod chain;
mod name;
#[cfg(test)]
mod tests;

pub use certificate::Certificate;
pub(crate) use certificate::usage;
pub use chain::{Validity, verify_chain};
pub(crate) use name::text;
