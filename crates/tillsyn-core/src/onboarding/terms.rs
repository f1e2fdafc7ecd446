//! The terms of a unit.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use crate::branding;
use crate::core::Core;
use crate::error::Error;

/// What people agree to before their device is managed, in the organisation's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub text: String,
    /// Names this version.
    pub sha256: String,
}

/// The terms that hold in the unit at this path, for somebody who reads this language.
///
/// # Errors
/// Only when the store fails.
pub async fn terms_for(core: &Core, unit_path: &str, lang: &str) -> Result<Option<Terms>, Error> {
    let found = branding::terms_for(core, unit_path, lang).await?;
    Ok(found.map(|terms| Terms {
        sha256: hash::sha256_hex(terms.text.as_bytes()),
        text: terms.text,
    }))
}

/// Keeps the text that somebody agrees to.
pub(super) async fn keep_in(tx: &Tx, terms: &Terms, now_ms: i64) -> Result<(), Error> {
    const KEEP: &str = "INSERT INTO consent_terms (sha256, text, first_at) VALUES ($1, $2, $3) \
        ON CONFLICT (sha256) DO NOTHING";
    let values = args![terms.sha256.as_str(), terms.text.as_str(), now_ms];
    tx.execute(KEEP, values).await?;
    Ok(())
}
