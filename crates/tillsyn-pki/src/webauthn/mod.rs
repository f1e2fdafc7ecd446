//! Passkeys as the relying party sees them: what a browser hands over is checked, never believed.
//!
//! Attestation is not asked for (conveyance `none`), so a statement says nothing and is not looked at:
//! what counts is the key, proven at each sign-in. The user must always be verified by the authenticator,
//! which makes a passkey two factors in one.
//! Source: W3C Web Authentication Level 3, §7.1 (registration), §7.2 (authentication).

mod client_data;
mod credential;
mod data;
mod error;
pub mod maker;
mod party;
#[cfg(test)]
mod tests;

pub use credential::{ALGORITHMS, Credential};
pub use error::WebauthnError;
pub use party::{Assertion, Party, Registration, Shown};
