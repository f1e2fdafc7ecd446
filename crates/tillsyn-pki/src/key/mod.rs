//! RSA and elliptic-curve keys for signing, decrypting and verifying, over one crypto library.

mod digest;
mod legacy_sha1;
mod pair;
mod public;
#[cfg(test)]
mod tests;

pub use digest::Digest;
pub(crate) use digest::SignatureAlgorithm;
pub use pair::KeyPair;
pub use public::{KeyKind, PublicKey};
