//! What names a person in an event stays outside the chain: the event has only a salted hash of it. Without
//! the salt, which is deleted with the address, the hash tells nothing.

use tillsyn_pki::hash as digest;

/// 128 random bits as hex.
pub(crate) fn new_salt() -> String {
    digest::hex(&digest::random_bytes::<16>())
}

/// What the event says of the address: SHA-256 over the salt's text and the address.
pub(crate) fn hash(salt: &str, address: &str) -> String {
    let mut bytes = Vec::with_capacity(salt.len() + address.len());
    bytes.extend_from_slice(salt.as_bytes());
    bytes.extend_from_slice(address.as_bytes());
    digest::sha256_hex(&bytes)
}
