#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::hash;

#[test]
fn known_codes_have_their_text_and_hash() {
    // Values that other implementations publish for their own tests.
    for (bytes, text, escrow) in [
        (
            "00000000000000000000000000000000",
            "00000-00000-0000-0000-0000-0000",
            "deab860d28deb5b7121d6d8fcf0f78e1471756d1b2c566c03277c23ea8930b4f",
        ),
        (
            "1ea841db5edfafe6075b5ae0d845d254",
            "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4",
            "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5",
        ),
        (
            "9653b0f9b495d8fab25e728ff041b0f1",
            "KT9V1-YEMKQ-DGND-KYFA-7Z0H-EHY1",
            "5893831ab50670e96f5d245a4f597c86eeffd16aac3ee5bb1c2251affb004a33",
        ),
    ] {
        let raw: [u8; 16] = hash::from_hex(bytes).unwrap().try_into().unwrap();
        let code = BypassCode::from_bytes(raw);
        assert_eq!(code.text().as_str(), text);
        assert_eq!(code.escrow_hash(), escrow);
        for spelled in [
            text.to_owned(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', " "),
        ] {
            assert_eq!(BypassCode::parse(&spelled).unwrap(), code, "{spelled}");
        }
    }
}

#[test]
fn other_texts_are_no_codes() {
    for text in [
        "",
        "00000-00000-0000-0000-0000-000",
        "00000-00000-0000-0000-0000-00000",
        // More than three bits in the last place; letters outside the alphabet.
        "00000-00000-0000-0000-0000-0008",
        "B0000-00000-0000-0000-0000-0000",
        "O0000-00000-0000-0000-0000-0000",
        "00000_00000_0000_0000_0000_0000",
        "\u{ff10}0000-00000-0000-0000-0000-0000",
    ] {
        assert!(BypassCode::parse(text).is_err(), "{text}");
    }
    assert!(BypassCode::parse(&"0".repeat(100_000)).is_err());
}

#[test]
fn debug_hides_the_code() {
    let code = BypassCode::from_bytes([0xab; 16]);
    assert_eq!(format!("{code:?}"), "BypassCode(…)");
    assert_ne!(BypassCode::generate(), BypassCode::generate());
}

proptest! {
    #[test]
    fn every_code_goes_both_ways(bytes in any::<[u8; 16]>()) {
        let code = BypassCode::from_bytes(bytes);
        let text = code.text();
        prop_assert_eq!(text.len(), 31);
        prop_assert_eq!(BypassCode::parse(&text).unwrap(), code);
    }

    #[test]
    fn arbitrary_texts_never_panic(text in ".{0,60}") {
        let _ = BypassCode::parse(&text);
    }
}
