//! The bytes that are hashed and signed. Whoever changes a line here changes what every trail so far says:
//! `docs/audit.md` describes it for others.

use tillsyn_db::{DbError, Row};
use tillsyn_pki::hash;
use tillsyn_pki::key::{Digest, KeyPair, PublicKey};

/// What stands before the first event.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The fields of one event that the chain covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub id: String,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: String,
    /// Only on events of before the trail was sealed; later ones carry `address_hash`.
    pub address: Option<String>,
    pub address_hash: Option<String>,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub org_unit_id: String,
    pub result: String,
    /// JSON, byte for byte as it is stored.
    pub details: String,
    pub request_id: Option<String>,
}

/// The columns of `event e` that [`Record::decode`] reads.
macro_rules! record_columns {
    () => {
        "e.id, e.at, e.actor_kind, e.actor_id, e.address, e.address_hash, e.action, e.object_kind, \
         e.object_id, e.org_unit_id, e.result, e.details, e.request_id"
    };
}
pub(crate) use record_columns;

impl Record {
    /// Reads the columns of `record_columns` from the row's column `from` on.
    pub(crate) fn decode(row: &Row, from: usize) -> Result<Self, DbError> {
        Ok(Self {
            id: row.text(from)?,
            at: row.i64(from + 1)?,
            actor_kind: row.text(from + 2)?,
            actor_id: row.text(from + 3)?,
            address: row.opt_text(from + 4)?,
            address_hash: row.opt_text(from + 5)?,
            action: row.text(from + 6)?,
            object_kind: row.text(from + 7)?,
            object_id: row.text(from + 8)?,
            org_unit_id: row.text(from + 9)?,
            result: row.text(from + 10)?,
            details: row.text(from + 11)?,
            request_id: row.opt_text(from + 12)?,
        })
    }

    /// SHA-256 of the event's canonical bytes.
    pub fn digest(&self) -> [u8; 32] {
        let at = self.at.to_string();
        hash::sha256(&framed(&[
            Some("tillsyn-event-1"),
            Some(&self.id),
            Some(&at),
            Some(&self.actor_kind),
            Some(&self.actor_id),
            self.address.as_deref(),
            self.address_hash.as_deref(),
            Some(&self.action),
            Some(&self.object_kind),
            Some(&self.object_id),
            Some(&self.org_unit_id),
            Some(&self.result),
            Some(&self.details),
            self.request_id.as_deref(),
        ]))
    }
}

/// Each field as one byte 1, its length in four bytes (big end first) and its bytes; an absent one as one
/// byte 0. No two lists of fields have the same bytes.
fn framed(fields: &[Option<&str>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in fields {
        match field {
            None => bytes.push(0),
            Some(text) => {
                bytes.push(1);
                let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(text.as_bytes());
            }
        }
    }
    bytes
}

/// The hash of an entry: SHA-256 over the hash before it and the digest of its event. `None` when `previous`
/// is no hash.
pub fn link(previous: &str, digest: &[u8; 32]) -> Option<String> {
    let mut bytes = hash::from_hex(previous).filter(|bytes| bytes.len() == 32)?;
    bytes.extend_from_slice(digest);
    Some(hash::sha256_hex(&bytes))
}

/// A signed head of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub position: i64,
    /// The hash of the entry at that position.
    pub hash: String,
    /// The position of the checkpoint before; 0 for the first.
    pub previous: i64,
    pub created_at: i64,
    /// Which key signed.
    pub authority_id: String,
    /// ECDSA P-256 with SHA-256, DER.
    pub signature: Vec<u8>,
}

impl Checkpoint {
    fn signed_bytes(&self) -> Vec<u8> {
        framed(&[
            Some("tillsyn-checkpoint-1"),
            Some(&self.position.to_string()),
            Some(&self.hash),
            Some(&self.previous.to_string()),
            Some(&self.created_at.to_string()),
            Some(&self.authority_id),
        ])
    }

    pub(crate) fn sign(mut self, key: &KeyPair) -> Result<Self, tillsyn_pki::Error> {
        self.signature = key.sign(Digest::Sha256, &self.signed_bytes())?;
        Ok(self)
    }

    /// Whether this key signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(Digest::Sha256, &self.signed_bytes(), &self.signature)
            .is_ok()
    }
}
