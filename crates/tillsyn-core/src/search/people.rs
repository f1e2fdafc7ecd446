//! The words that people are found by. Whoever writes a person's name or address leaves `words_at` empty; a job gives
//! them their words some seconds later, and until then a search looks at those few rows themselves. So nobody has to
//! remember an index and nobody is missing from a search meanwhile; what it costs grows with former addresses alone.

use std::collections::BTreeSet;

use tillsyn_db::{Tx, Value, args};

use super::words::{of_name, of_text};
use crate::core::Core;
use crate::error::Error;

/// People whom one transaction looks at.
const CHUNK: i64 = 200;
/// Words of a search that count.
const MOST: usize = 8;

/// Takes the words of a person away, in the transaction that erases them.
pub(crate) const FORGET: &str = "DELETE FROM person_word WHERE person_id = $1";

/// The ids of those whom a search finds: every word that was typed is the beginning of one of theirs, or they have no
/// words yet and carry the text (`pattern`) in name or address. `next` is the number of the first free parameter.
pub(crate) fn found(search: &str, pattern: &str, next: usize) -> (String, Vec<Value>) {
    const WORD: &str =
        "SELECT w.person_id FROM person_word w WHERE w.word >= ${from} AND w.word < ${to}";
    const ALIAS: &str =
        "SELECT a.person_id FROM person_alias a WHERE a.email LIKE ${at} ESCAPE '\\'";
    const WORDLESS: &str = "SELECT n.id FROM person n WHERE n.words_at IS NULL \
        AND (lower(n.name) LIKE ${at} ESCAPE '\\' OR n.email LIKE ${at} ESCAPE '\\')";
    let mut typed: Vec<String> = of_text(search).collect();
    typed.truncate(MOST);
    let mut sql = String::new();
    let mut values = Vec::new();
    for word in &typed {
        if !sql.is_empty() {
            sql.push_str(" INTERSECT ");
        }
        let at = next + values.len();
        let (from, to) = (at.to_string(), (at + 1).to_string());
        sql.push_str(&WORD.replace("{from}", &from).replace("{to}", &to));
        values.push(Value::from(word.as_str()));
        // The last of all characters is behind whatever follows.
        values.push(Value::from(format!("{word}\u{10ffff}")));
    }
    let at = (next + values.len()).to_string();
    for part in [ALIAS, WORDLESS] {
        if !sql.is_empty() {
            sql.push_str(" UNION ");
        }
        sql.push_str(&part.replace("{at}", &at));
    }
    values.push(Value::from(pattern));
    (sql, values)
}

/// Gives words to those who have none yet.
pub(crate) async fn index_due(core: &Core) -> Result<(), Error> {
    const ANY: &str = "SELECT n.id FROM person n WHERE n.words_at IS NULL LIMIT 1";
    // Most often there is nothing to do, and then nothing is written.
    while core.db().query_optional(ANY, args![]).await?.is_some() {
        let now = core.now_ms();
        core.db()
            .write(now, |tx, now| Box::pin(chunk_in(tx, *now)))
            .await?;
    }
    Ok(())
}

/// One part of them.
async fn chunk_in(tx: &Tx, now_ms: i64) -> Result<(), Error> {
    const DUE: &str = "SELECT n.id, n.name, COALESCE(n.email, '') FROM person n \
        WHERE n.words_at IS NULL ORDER BY n.id LIMIT $1";
    const HAVE: &str = "SELECT w.person_id, w.word FROM person_word w WHERE w.person_id {ids}";
    const DROP: &str = "DELETE FROM person_word WHERE person_id = $1 AND word = $2";
    const INSERT: &str = "INSERT INTO person_word (person_id, word)";
    const THERE: &str = "ON CONFLICT (person_id, word) DO NOTHING";
    const DONE: &str = "UPDATE person SET words_at = $1 WHERE id {ids}";
    let rows = tx.fetch_all(DUE, args![CHUNK]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut ids = Vec::new();
    let mut want = BTreeSet::new();
    for row in &rows {
        let mut words = BTreeSet::new();
        of_name(row.str(1)?, &mut words);
        words.extend(of_text(row.str(2)?));
        let id = row.text(0)?;
        want.extend(words.into_iter().map(|word| (id.clone(), word)));
        ids.push(id);
    }
    let mut have = BTreeSet::new();
    for row in tx.fetch_all_in(HAVE, ids.clone(), args![]).await? {
        have.insert((row.text(0)?, row.text(1)?));
    }
    for (person, word) in have.difference(&want) {
        tx.execute(DROP, args![person.as_str(), word.as_str()])
            .await?;
    }
    let missing: Vec<Vec<Value>> = want
        .difference(&have)
        .map(|(person, word)| args![person.as_str(), word.as_str()])
        .collect();
    if !missing.is_empty() {
        tx.insert_many(INSERT, 2, missing, THERE).await?;
    }
    tx.execute_in(DONE, ids, args![now_ms]).await?;
    Ok(())
}
