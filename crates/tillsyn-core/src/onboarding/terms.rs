//! The terms of a unit.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use crate::core::Core;
use crate::error::Error;
use crate::settings;

/// What people agree to before their device is managed, in the organisation's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub text: String,
    /// Names this version.
    pub sha256: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    text: Option<String>,
}

const TERMS: &str = "terms";

/// The terms that hold in the unit at this path, for somebody who reads this language.
///
/// # Errors
/// Only when the store fails.
pub async fn terms_for(core: &Core, _unit_path: &str, _lang: &str) -> Result<Option<Terms>, Error> {
    let kept: Kept = settings::read(core, TERMS).await?;
    Ok(kept.text.filter(|text| !text.trim().is_empty()).map(of))
}

fn of(text: String) -> Terms {
    Terms {
        sha256: hash::sha256_hex(text.as_bytes()),
        text,
    }
}

/// Keeps the text that somebody agrees to.
pub(super) async fn keep_in(tx: &Tx, terms: &Terms, now_ms: i64) -> Result<(), Error> {
    const KEEP: &str = "INSERT INTO consent_terms (sha256, text, first_at) VALUES ($1, $2, $3) \
        ON CONFLICT (sha256) DO NOTHING";
    let values = args![terms.sha256.as_str(), terms.text.as_str(), now_ms];
    tx.execute(KEEP, values).await?;
    Ok(())
}
