//! Secrets at rest: AES-256-GCM under a versioned master key that lives outside the database.
//! A sealed value is bound to its table, column and row, so that it cannot be moved.

mod chunks;
mod key_ring;
mod master_key;
#[cfg(test)]
mod tests;

pub use chunks::{CHUNK_SALT_LEN, CHUNK_TAG_LEN, Chunks};
pub use key_ring::KeyRing;
pub use master_key::{MasterKey, key_id};
