//! The words that devices are found by, kept in the transactions that change what they are called. A search is then a
//! range of an index, whatever the size of the fleet.

use std::collections::BTreeSet;

use tillsyn_db::{Tx, Value, args};

use crate::core::Core;
use crate::error::Error;

/// Devices without words that one transaction looks at.
const CHUNK: i64 = 200;
/// Longer words are cut: nobody types so much.
const LONGEST: usize = 40;
/// Ends of serial numbers that people read out.
const ENDS: std::ops::RangeInclusive<usize> = 4..=6;

/// The words of a text as they are typed: small letters and digits.
pub(crate) fn of_text(text: &str) -> impl Iterator<Item = String> {
    let lower = text.to_lowercase();
    let words: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST).collect())
        .collect();
    words.into_iter()
}

/// With the ends of words that are found by their ends: numbers by their last digits, and what is written without
/// spaces, as Japanese is, by any part.
pub(super) fn of_name(text: &str, out: &mut BTreeSet<String>) {
    for word in of_text(text) {
        let unspaced = word.chars().any(|c| c >= '\u{2e80}');
        let numbered = word.chars().any(|c| c.is_ascii_digit());
        let least = if unspaced { 1 } else { 3 };
        if unspaced || numbered {
            let letters: Vec<char> = word.chars().collect();
            let ends = (1..letters.len()).filter(|at| letters.len() - at >= least);
            out.extend(ends.map(|at| letters.iter().skip(at).collect::<String>()));
        }
        out.insert(word);
    }
}

fn of_serial(serial: &str, out: &mut BTreeSet<String>) {
    let bare: Vec<char> = of_text(serial)
        .flat_map(|part| part.chars().collect::<Vec<_>>())
        .collect();
    let ends = ENDS.filter(|end| *end < bare.len());
    out.extend(ends.map(|end| bare.iter().skip(bare.len() - end).collect::<String>()));
    out.insert(bare.into_iter().collect());
}

/// Brings the words of devices to what their rows say.
pub(crate) async fn index_in(tx: &Tx, devices: &[String]) -> Result<(), Error> {
    const ROWS: &str = "SELECT d.device_id, COALESCE(d.name, ''), COALESCE(d.person_name, ''), \
        COALESCE(d.model_name, d.model, ''), COALESCE(d.serial_number, '') FROM device_summary d \
        WHERE d.device_id {ids}";
    const HAVE: &str = "SELECT w.device_id, w.word FROM device_word w WHERE w.device_id {ids}";
    const DROP: &str = "DELETE FROM device_word WHERE device_id = $1 AND word = $2";
    const INSERT: &str = "INSERT INTO device_word (device_id, word)";
    const THERE: &str = "ON CONFLICT (device_id, word) DO NOTHING";
    if devices.is_empty() {
        return Ok(());
    }
    let mut have = BTreeSet::new();
    for row in tx.fetch_all_in(HAVE, devices.to_vec(), args![]).await? {
        have.insert((row.text(0)?, row.text(1)?));
    }
    let mut want = BTreeSet::new();
    for row in tx.fetch_all_in(ROWS, devices.to_vec(), args![]).await? {
        let mut words = BTreeSet::from([String::new()]);
        of_name(row.str(1)?, &mut words);
        of_name(row.str(2)?, &mut words);
        words.extend(of_text(row.str(3)?));
        of_serial(row.str(4)?, &mut words);
        let id = row.text(0)?;
        want.extend(words.into_iter().map(|word| (id.clone(), word)));
    }
    for (device, word) in have.difference(&want) {
        tx.execute(DROP, args![device.as_str(), word.as_str()])
            .await?;
    }
    let missing = want.difference(&have);
    let rows: Vec<Vec<Value>> = missing
        .map(|(device, word)| args![device.as_str(), word.as_str()])
        .collect();
    if !rows.is_empty() {
        tx.insert_many(INSERT, 2, rows, THERE).await?;
    }
    Ok(())
}

/// Gives words to devices that have none: those of an earlier release.
pub(crate) async fn index_missing(core: &Core) -> Result<(), Error> {
    const WITHOUT: &str = "SELECT d.device_id FROM device_summary d WHERE NOT EXISTS \
        (SELECT 1 FROM device_word w WHERE w.device_id = d.device_id AND w.word = '') LIMIT $1";
    loop {
        let done = core
            .db()
            .write((), |tx, ()| {
                Box::pin(async move {
                    let rows = tx.fetch_all(WITHOUT, args![CHUNK]).await?;
                    let ids = rows.iter().map(|row| row.text(0));
                    let ids: Vec<String> = ids.collect::<Result<_, _>>()?;
                    index_in(tx, &ids).await?;
                    Ok::<_, Error>(ids.is_empty())
                })
            })
            .await?;
        if done {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let mut words = BTreeSet::new();
        of_name(text, &mut words);
        words.into_iter().collect()
    }

    #[test]
    fn names_are_found_by_their_words_and_numbers_by_their_ends() {
        assert_eq!(named("ENG-IPH-0417"), ["0417", "417", "eng", "iph"]);
        assert_eq!(named("Elin Hedström"), ["elin", "hedström"]);
        assert_eq!(named("佐藤 美咲"), ["佐藤", "咲", "美咲", "藤"]);
        assert!(named(" - ").is_empty());
    }

    #[test]
    fn serial_numbers_are_found_by_what_people_read_out() {
        let mut words = BTreeSet::new();
        of_serial("DMPX-9K3F1", &mut words);
        let words: Vec<String> = words.into_iter().collect();
        assert_eq!(words, ["9k3f1", "dmpx9k3f1", "k3f1", "x9k3f1"]);
    }
}
