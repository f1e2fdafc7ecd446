//! What is wrong with a profile before it is sent: every known payload against the catalogue.
//!
//! A value that holds a variable is judged as the text that it becomes; whether it fits then is not known here.

mod exclusive;
mod finding;
mod found;
mod payload;
mod profile;
mod references;
mod value;

pub use finding::{Allowed, Code, Finding, PayloadAt, Severity};
pub use payload::fit;
pub use profile::check;

#[cfg(test)]
mod tests;
