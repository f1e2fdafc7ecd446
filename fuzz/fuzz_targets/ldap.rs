//! Answers of directories, and the filters that administrators write.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tillsyn_upstream::ldap::{Filter, Op, decode, values};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = decode(bytes)
        && let Op::Entry(entry) = message.op
    {
        let _ = entry.range("member");
        let _ = values::same_dn(&entry.dn);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Filter::parse(text, Some("*)(uid=*"));
    }
});
