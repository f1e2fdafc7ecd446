//! Writes XML plists. It cannot fail: what XML cannot hold is left out.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Date, Value};

const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" ",
    "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n",
    "<plist version=\"1.0\">\n",
);

/// Encodes a value as an XML plist. Characters that XML 1.0 forbids are dropped: a message with
/// one of them would otherwise be unreadable for the device.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = String::with_capacity(1024);
    out.push_str(HEAD);
    write(&mut out, value);
    out.push_str("</plist>\n");
    out.into_bytes()
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) if items.is_empty() => out.push_str("<array/>\n"),
        Value::Array(items) => {
            out.push_str("<array>\n");
            for item in items {
                write(out, item);
            }
            out.push_str("</array>\n");
        }
        Value::Dictionary(dict) if dict.is_empty() => out.push_str("<dict/>\n"),
        Value::Dictionary(dict) => {
            out.push_str("<dict>\n");
            for (key, item) in dict {
                element(out, "key", key);
                write(out, item);
            }
            out.push_str("</dict>\n");
        }
        Value::Boolean(true) => out.push_str("<true/>\n"),
        Value::Boolean(false) => out.push_str("<false/>\n"),
        Value::Data(bytes) => element(out, "data", &STANDARD.encode(bytes)),
        Value::Date(date) => element(out, "date", &date_text(*date)),
        Value::Real(number) => element(out, "real", &number.to_string()),
        Value::Integer(number) => element(out, "integer", &number.to_string()),
        Value::String(text) => element(out, "string", text),
        // Keyed archives only; no message of the protocol holds one.
        Value::Uid(uid) => element(out, "integer", &uid.get().to_string()),
        _ => out.push_str("<string/>\n"),
    }
}

/// A binary plist may hold dates before the year 0, which the format cannot say.
fn date_text(date: Date) -> String {
    let earliest = SystemTime::UNIX_EPOCH.checked_sub(Duration::from_hours(17_268_672));
    if earliest.is_some_and(|limit| SystemTime::from(date) < limit) {
        return "0000-01-01T00:00:00Z".to_owned();
    }
    date.to_xml_format()
}

fn element(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A bare carriage return would be read back as a line feed (XML 1.0 §2.11).
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
}

#[cfg(test)]
mod tests;
