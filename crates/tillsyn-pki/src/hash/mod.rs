//! Digests, random values and comparison: the small helpers that every layer needs in one form.

mod digest;
mod random;
#[cfg(test)]
mod tests;

pub use digest::{Sha256, constant_time_eq, from_hex, hex, hmac_sha256, sha256, sha256_hex};
pub use random::{fill_random, random_bytes, random_code, random_token};
