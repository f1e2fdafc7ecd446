//! Replay protection (RFC 8555 §6.5). A nonce is a sealed time, so that asking for one writes nothing; a
//! spent one is a row until it would have expired, on whichever node it comes again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tillsyn_db::args;
use tillsyn_pki::hash;

use super::problem::AcmeError;
use crate::clock::HOUR_MS;
use crate::core::Core;

const CELL: (&str, &str, &str) = ("acme_nonce", "nonce", "");

/// A fresh nonce.
pub fn new_nonce(core: &Core) -> String {
    let (table, column, row) = CELL;
    // The seal has a random nonce of its own: no two are alike.
    let sealed = core
        .keys()
        .seal(&core.now_ms().to_be_bytes(), table, column, row);
    URL_SAFE_NO_PAD.encode(sealed)
}

/// Takes a nonce for good.
pub(super) async fn spend(core: &Core, nonce: &str) -> Result<(), AcmeError> {
    const SPEND: &str = "INSERT INTO acme_nonce (nonce_hash, expires_at) VALUES ($1, $2) \
        ON CONFLICT (nonce_hash) DO NOTHING";
    let bad = || {
        AcmeError::new(
            "badNonce",
            400,
            "The nonce is not one of ours, old, or used.",
        )
    };
    let (table, column, row) = CELL;
    let sealed = URL_SAFE_NO_PAD.decode(nonce).map_err(|_| bad())?;
    let plain = core
        .keys()
        .open(&sealed, table, column, row)
        .map_err(|_| bad())?;
    let made = <[u8; 8]>::try_from(plain.as_slice()).map_err(|_| bad())?;
    let expires_at = i64::from_be_bytes(made).saturating_add(HOUR_MS);
    if expires_at <= core.now_ms() {
        return Err(bad());
    }
    let hash = hash::sha256_hex(nonce.as_bytes());
    match core.db().execute(SPEND, args![hash, expires_at]).await? {
        0 => Err(bad()),
        _ => Ok(()),
    }
}
