//! Cryptographic Message Syntax: SignedData, made and verified. RFC 5652.

mod device;
mod mdm_signature;
mod parts;
mod sign;
mod signed;
#[cfg(test)]
mod tests;

pub use device::sign_detached_like_device;
pub use mdm_signature::{BodyHash, MdmSignature, decode_header};
pub(crate) use parts::{Attributes, signer_identifier};
pub(crate) use sign::{Signing, attribute, content_info, sign};
pub use sign::{certs_only, sign_attached};
pub use signed::{Policy, Signed, SignedLimits, Verified, parse_signed};
