//! The signed requests of ACME: flattened JWS with a public key or an account address in the
//! protected header. RFC 8555 §6.2, RFC 7515, RFC 7518.

mod algorithm;
mod error;
mod jwk;
mod message;
pub mod signer;
#[cfg(test)]
mod tests;

pub use algorithm::Algorithm;
pub use error::JwsError;
pub use jwk::Jwk;
pub use message::{Account, Jws};

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// base64url that takes padding or leaves it, for values beside the JWS itself.
pub(crate) const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
