use crate::cert::Certificate;
use crate::error::{Error, Result};
use crate::hash;

/// Apple Enterprise Attestation Root CA, from Apple's page of its private PKI.
const APPLE_ROOT: &str = include_str!("apple_root.pem");

/// SHA-256 of that certificate, as Apple publishes it.
pub const APPLE_ROOT_SHA256: &str =
    "ccf59ef8fcb3017d97f8b5fa6fa90e7a3f9283f76b55ac6cf6eda8b8b949f05b";

/// The root of every attestation of a real device. Tests and simulated devices have their own.
pub fn apple_root() -> Result<Certificate> {
    let root = Certificate::from_pem(APPLE_ROOT)?;
    if hash::sha256_hex(root.der()) == APPLE_ROOT_SHA256 {
        Ok(root)
    } else {
        Err(Error::Untrusted {
            what: "the built-in attestation root is not Apple's",
        })
    }
}
