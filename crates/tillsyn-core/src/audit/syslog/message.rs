//! Messages of RFC 5424.

use crate::audit::chain::Checkpoint;
use crate::audit::verify::{Body, Entry};
use crate::audit::{cef, file};

/// Facility 13 (log audit), severity 5 (notice). RFC 5424 §6.2.1.
const DONE: u8 = 13 * 8 + 5;
/// The same, severity 4 (warning).
const REFUSED: u8 = 13 * 8 + 4;

/// An event as one message; `None` when it is gone.
pub(super) fn of_entry(entry: &Entry, is_cef: bool, node: &str) -> Option<String> {
    let Body::Event(record) = &entry.body else {
        return None;
    };
    let text = if is_cef {
        let address = entry.identity.as_ref().map(|(_, address)| address.as_str());
        cef::line(
            record,
            entry.position,
            &entry.hash,
            address.or(record.address.as_deref()),
        )
    } else {
        let mut line = String::new();
        file::write_entry(&mut line, entry, true);
        line.trim_end().to_owned()
    };
    let priority = if record.result == "done" {
        DONE
    } else {
        REFUSED
    };
    Some(message(priority, record.at, node, &record.action, &text))
}

pub(super) fn of_checkpoint(checkpoint: &Checkpoint, node: &str) -> String {
    let mut line = String::new();
    file::write_checkpoint(&mut line, checkpoint);
    let (at, text) = (checkpoint.created_at, line.trim_end());
    message(DONE, at, node, "audit.checkpoint", text)
}

/// `HEADER SP STRUCTURED-DATA SP MSG`, RFC 5424 §6.
fn message(priority: u8, at: i64, node: &str, id: &str, text: &str) -> String {
    let time = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let (host, id) = (word(node, 255), word(id, 32));
    format!("<{priority}>1 {time:.3} {host} tillsyn - {id} - {text}")
}

/// Printable ASCII without spaces, not longer than `most`; `-` for nothing. RFC 5424 §6.
fn word(text: &str, most: usize) -> String {
    let word: String = text
        .chars()
        .filter(char::is_ascii_graphic)
        .take(most)
        .collect();
    if word.is_empty() {
        "-".to_owned()
    } else {
        word
    }
}
