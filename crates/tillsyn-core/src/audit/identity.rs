//! What names a person in an event stays outside the chain: the event has only a salted hash of it. Without
//! the salt, which is deleted with the address, the hash tells nothing.

use tillsyn_db::{DbError, Tx, args};
use tillsyn_pki::hash as digest;

use super::chain::Record;

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

/// Takes the address out of an event of a release before the trail was sealed, in the transaction that seals
/// it: once it is in the chain, nobody can forget it.
pub(crate) async fn take_out_in(tx: &Tx, seq: i64, record: &mut Record) -> Result<(), DbError> {
    const KEEP: &str = "INSERT INTO event_identity (event_id, subject_id, salt, address) \
        VALUES ($1, $2, $3, $4)";
    const TAKE: &str = "UPDATE event SET address = NULL, address_hash = $2 WHERE seq = $1";
    const OF_TOKEN: &str = "SELECT account_id FROM api_token WHERE id = $1";
    if record.address_hash.is_some() {
        return Ok(());
    }
    let Some(address) = record.address.take() else {
        return Ok(());
    };
    let of_token = match record.actor_kind.as_str() {
        "token" => {
            tx.fetch_optional(OF_TOKEN, args![record.actor_id.as_str()])
                .await?
        }
        _ => None,
    };
    let subject = match (of_token, record.actor_kind.as_str()) {
        (Some(row), _) => row.text(0)?,
        (None, "account" | "device" | "person") if record.actor_id != "unknown" => {
            record.actor_id.clone()
        }
        _ => record.id.clone(),
    };
    let salt = new_salt();
    let own = hash(&salt, &address);
    tx.execute(TAKE, args![seq, own.as_str()]).await?;
    tx.execute(KEEP, args![record.id.as_str(), subject, salt, address])
        .await?;
    record.address_hash = Some(own);
    Ok(())
}
