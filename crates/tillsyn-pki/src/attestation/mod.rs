//! Managed Device Attestation: what Apple says about a key and the device that holds it, in an
//! ACME `device-attest-01` challenge or in the answer to `DevicePropertiesAttestation`.
//!
//! An attestation proves a genuine Apple device with these properties. Whose device it is, and
//! whether it may enroll, it does not say.
//! Source: Apple, Validating a Managed Device Attestation; WebAuthn §6.5 for the object.

mod anchor;
pub(crate) mod cbor;
mod error;
pub mod maker;
mod object;
mod property;
#[cfg(test)]
mod tests;
mod verify;

pub use anchor::{APPLE_ROOT_SHA256, apple_root};
pub use error::AttestationError;
pub use object::{Statement, parse_object, parse_object_text};
pub use verify::{Attested, SecureBoot, verify, verify_chain};
