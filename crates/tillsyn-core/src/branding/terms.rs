//! Terms that people agree to when they bring a device in. Every version that was ever set stays under the
//! hash of its text, so that a consent names for good what was agreed to.

use std::collections::BTreeMap;

use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::hash;

use crate::core::Core;
use crate::error::Error;

/// Letters of the longest terms.
pub const TERMS_LETTERS: usize = 20_000;

/// The languages that terms are written in.
pub(super) const LANGUAGES: [&str; 3] = ["en", "sv", "ja"];

/// One version of terms in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// SHA-256 over language and text, in hexadecimal.
    pub hash: String,
    pub language: String,
    /// Paragraphs are parted by an empty line; it is text and never markup.
    pub text: String,
}

/// The terms of a unit as this person reads them: in their language, else in the organisation's, else in
/// the first that there is; `None` where nobody set any.
pub async fn terms_for(core: &Core, unit_path: &str, lang: &str) -> Result<Option<Terms>, Error> {
    let input = (unit_path.to_owned(), lang.to_owned());
    core.db()
        .read(input, |tx, (path, lang)| {
            Box::pin(async move { terms_for_in(tx, path, lang).await })
        })
        .await
}

/// The same inside a transaction.
pub(crate) async fn terms_for_in(
    tx: &Tx,
    unit_path: &str,
    lang: &str,
) -> Result<Option<Terms>, Error> {
    let found = super::of_unit_in(tx, unit_path).await?;
    let Some(hash) = choose(&found.terms, lang, &found.language) else {
        return Ok(None);
    };
    let row = tx.fetch_optional(BY_HASH, args![hash.as_str()]).await?;
    row.as_ref().map(decode).transpose()
}

fn choose<'t>(
    terms: &'t BTreeMap<String, String>,
    lang: &str,
    fallback: &str,
) -> Option<&'t String> {
    [lang, fallback]
        .into_iter()
        .chain(LANGUAGES)
        .find_map(|lang| terms.get(lang))
}

const BY_HASH: &str = "SELECT hash, language, text FROM terms_text WHERE hash = $1";

fn decode(row: &Row) -> Result<Terms, Error> {
    Ok(Terms {
        hash: row.text(0)?,
        language: row.text(1)?,
        text: row.text(2)?,
    })
}

/// The text behind a hash, as somebody once agreed to it.
pub async fn terms_by_hash(core: &Core, hash: &str) -> Result<Terms, Error> {
    let row = core.db().query_optional(BY_HASH, args![hash]).await?;
    decode(&row.ok_or_else(|| Error::not_found("text of terms"))?)
}

/// Checks the texts of an edit; one that is empty is one that is not set.
pub(super) fn check(
    texts: BTreeMap<String, String>,
) -> Result<BTreeMap<String, (String, String)>, Error> {
    let mut checked = BTreeMap::new();
    for (lang, text) in texts {
        if !LANGUAGES.contains(&lang.as_str()) {
            let text = "The language is en, sv or ja.";
            return Err(Error::invalid("terms", "language", text));
        }
        let text = text.replace("\r\n", "\n").trim().to_owned();
        if text.is_empty() {
            continue;
        }
        let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.chars().count() > TERMS_LETTERS || text.contains(odd) {
            let text = format!("Terms have at most {TERMS_LETTERS} characters of plain text.");
            return Err(Error::invalid("terms", "terms_length", text));
        }
        let hash = hash::sha256_hex(format!("{lang}\n{text}").as_bytes());
        checked.insert(lang, (hash, text));
    }
    Ok(checked)
}

/// Keeps a version for good.
pub(super) async fn keep_in(
    tx: &Tx,
    lang: &str,
    hash: &str,
    text: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const KEEP: &str = "INSERT INTO terms_text (hash, language, text, created_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING";
    tx.execute(KEEP, args![hash, lang, text, now_ms]).await?;
    Ok(())
}
