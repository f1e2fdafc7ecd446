//! Any property list: the guard never lets one through that cannot be read, and what was read can
//! be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plist::Value;
use tillsyn_apple::encode_plist;
use tillsyn_apple::plist_guard::{self, Limits};

fuzz_target!(|bytes: &[u8]| {
    for limits in [Limits::CHECK_IN, Limits::RESULT, Limits::PROFILE] {
        let Ok(value) = plist_guard::parse(bytes, limits) else {
            continue;
        };
        // XML takes more room than the binary form, and cannot hold every character and number.
        let wide = Limits {
            bytes: limits.bytes.saturating_mul(8),
            ..limits
        };
        if is_plain(&value) {
            let again = plist_guard::parse(&encode_plist(&value), wide);
            assert_eq!(again.ok().as_ref(), Some(&value));
        }
    }
    let _ = plist_guard::scan_result(bytes);
});

/// Dictionaries, arrays, numbers, data and texts of characters that XML can hold.
fn is_plain(value: &Value) -> bool {
    let text = |text: &str| text.chars().all(|c| !c.is_control() && c < '\u{fffe}');
    match value {
        Value::Dictionary(entries) => entries.iter().all(|(key, v)| text(key) && is_plain(v)),
        Value::Array(items) => items.iter().all(is_plain),
        Value::String(string) => text(string) && string.trim() == string,
        Value::Boolean(_) | Value::Integer(_) | Value::Data(_) => true,
        _ => false,
    }
}
