//! The identity of what a device is to have.

use std::collections::BTreeMap;

use serde_json::json;
use uuid::Builder;

use tillsyn_pki::hash;

/// The hash of one desired item: its version, the values that the version uses, the generations of its
/// credentials. Never expanded bytes, challenges or signatures: those differ each time they are made.
pub(crate) fn desired_hash(
    version_id: &str,
    values: &BTreeMap<String, String>,
    generations: &BTreeMap<String, i64>,
) -> String {
    // As JSON no value can pass for two.
    let text = json!([version_id, values, generations]).to_string();
    hash::sha256_hex(text.as_bytes())
}

/// The `PayloadUUID` under which a device knows it, so that its list of profiles proves which version, with
/// which values, is on it.
pub(crate) fn payload_uuid(hash: &str) -> String {
    let mut bytes = [0; 16];
    let pairs = hash.as_bytes().chunks_exact(2);
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let digits = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    // RFC 9562 §5.8: version 8 is for identifiers of one's own making.
    let uuid = Builder::from_custom_bytes(bytes).into_uuid();
    uuid.hyphenated().to_string().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uuid_is_the_head_of_the_hash_as_version_8() {
        let hash = "00112233445566778899aabbccddeeff00000000000000000000000000000000";
        assert_eq!(payload_uuid(hash), "00112233-4455-8677-8899-AABBCCDDEEFF");
    }

    #[test]
    fn every_part_of_it_makes_another_hash() {
        let map = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
        let none = BTreeMap::new();
        let first = desired_hash("v", &map("a", "b"), &none);
        let others = [
            desired_hash("w", &map("a", "b"), &none),
            desired_hash("v", &map("a", "c"), &none),
            desired_hash("v", &map("a\":\"b\",\"c", "d"), &none),
            desired_hash("v", &map("a", "b"), &BTreeMap::from([("p".to_owned(), 2)])),
        ];
        assert!(!others.contains(&first));
        assert_eq!(first, desired_hash("v", &map("a", "b"), &none));
    }
}
