use serde_json::Value;

use crate::program::Place;

#[test]
fn payloads_are_listed_and_described_without_a_server() {
    let place = Place::new();
    let ended = place.run(&["profile", "payloads", "--search", "EAPClientConfiguration"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.out.contains("com.apple.wifi.managed"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("com.apple.dock"), "{}", ended.out);

    let ended = place.run(&["profile", "payloads", "com.apple.wifi.managed"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for part in ["EncryptionType", "WPA3", "  TLSMinimumVersion", "iOS 7.0"] {
        assert!(ended.out.contains(part), "{part}: {}", ended.out);
    }

    let ended = place.run(&["profile", "payloads", "com.apple.MCX", "--json"]);
    let described: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(described["variants"].as_array().map(Vec::len), Some(6));

    let ended = place.run(&["profile", "payloads", "com.example.none"]);
    assert_eq!(ended.code, Some(2), "{}", ended.out);
}
