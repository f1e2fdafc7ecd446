//! A stand-in for the call that removes an activation lock.
//!
//! It wants the push certificate at TLS, the address, query and form exactly as Apple's text has them, and
//! knows devices with their codes. Source: Apple, "Creating and using bypass codes".

mod rules;
mod server;

pub use rules::Refusal;
pub use server::{ActivationLockStandin, Answer};
