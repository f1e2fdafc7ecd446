#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::WireError;
use crate::checkin::CheckIn;
use crate::command::Command;
use crate::profile::{ProfileInfo, parse_profile};
use crate::result::{
    CommandResult, DeviceInformationResult, DeviceLockResult, ProfileListResult,
    SecurityInfoResult, Status,
};
use crate::testing::{Damage, all, fixture};

fn xml(body: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?><plist version=\"1.0\">{body}</plist>").into_bytes()
}

fn too_large(bytes: &[u8], limits: Limits) -> &'static str {
    match parse(bytes, limits) {
        Err(WireError::TooLarge { what, .. }) => what,
        other => unreachable!("refused otherwise or not at all: {:?}", other.map(|_| ())),
    }
}

/// A binary plist from its objects, with four-byte offsets and one-byte references.
fn binary(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"bplist00".to_vec();
    let mut offsets = Vec::new();
    for object in objects {
        offsets.push(u32::try_from(out.len()).unwrap());
        out.extend(object);
    }
    let table = out.len() as u64;
    for offset in &offsets {
        out.extend(offset.to_be_bytes());
    }
    out.extend([0, 0, 0, 0, 0, 0, 4, 1]);
    out.extend((objects.len() as u64).to_be_bytes());
    out.extend(0_u64.to_be_bytes());
    out.extend(table.to_be_bytes());
    out
}

#[test]
fn nesting_is_limited_in_xml() {
    let nested = |n: usize| xml(&format!("{}{}", "<array>".repeat(n), "</array>".repeat(n)));
    assert!(parse(&nested(64), Limits::CHECK_IN).is_ok());
    assert_eq!(too_large(&nested(5_000), Limits::RESULT), "nesting");
    // Without its end as well: nothing is built before the check.
    assert_eq!(
        too_large(&xml(&"<array>".repeat(100_000)), Limits::RESULT),
        "nesting"
    );
    assert_eq!(
        too_large(&xml(&"<dict><key>a</key>".repeat(5_000)), Limits::RESULT),
        "nesting"
    );
}

#[test]
fn nesting_is_limited_in_binary() {
    let chain = |n: u8| {
        let mut objects: Vec<Vec<u8>> = (1..n).map(|next| vec![0xa1, next]).collect();
        objects.push(vec![0xa0]);
        binary(&objects)
    };
    assert!(parse(&chain(64), Limits::CHECK_IN).is_ok());
    assert_eq!(too_large(&chain(66), Limits::CHECK_IN), "nesting");
}

#[test]
fn elements_are_limited() {
    let items = |n: usize| xml(&format!("<array>{}</array>", "<true/>".repeat(n)));
    assert!(parse(&items(4_990), Limits::CHECK_IN).is_ok());
    assert_eq!(too_large(&items(5_001), Limits::CHECK_IN), "plist elements");
    assert!(parse(&items(5_001), Limits::RESULT).is_ok());
}

#[test]
fn bytes_are_limited() {
    let big = xml(&format!("<string>{}</string>", "x".repeat(1024 * 1024)));
    assert_eq!(too_large(&big, Limits::CHECK_IN), "plist bytes");
}

#[test]
fn entities_and_document_types_are_refused() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE plist [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>\
        <plist><string>&b;</string></plist>";
    let file = "<!DOCTYPE plist [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><plist>\
        <string>&x;</string></plist>";
    let html = "<!DOCTYPE html><plist><true/></plist>";
    let other =
        "<!DOCTYPE plist PUBLIC \"-//Evil//DTD\" \"http://evil.example\"><plist><true/></plist>";
    let system = "<!DOCTYPE plist SYSTEM \"http://evil.example/a.dtd\"><plist><true/></plist>";
    let late =
        "<plist><!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"x\"><true/></plist>";
    let subset = "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"x\" \
        [<!ENTITY a \"b\">]><plist><true/></plist>";
    assert!(parse(subset.as_bytes(), Limits::CHECK_IN).is_err());
    for text in [laughs, file, html, other, system, late] {
        assert!(parse(text.as_bytes(), Limits::CHECK_IN).is_err(), "{text}");
    }
    assert!(parse(&xml("<string>&nbsp;</string>"), Limits::CHECK_IN).is_err());
    assert!(parse(&xml("<string>&#0;</string>"), Limits::CHECK_IN).is_err());
    let good = "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
        \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\"><plist><string>&lt;&#65;</string></plist>";
    assert_eq!(
        parse(good.as_bytes(), Limits::CHECK_IN)
            .unwrap()
            .as_string(),
        Some("<A")
    );
    let old = good.replace("-//Apple//", "-//Apple Computer//");
    assert!(parse(old.as_bytes(), Limits::CHECK_IN).is_ok());
}

#[test]
fn what_is_no_plist_is_refused() {
    for bytes in [
        &b""[..],
        b"   ",
        b"hello",
        b"{ a = b; }",
        b"<html></html>",
        b"<dict/>",
        b"<plist>",
        b"<plist></plist>",
        b"<plist><dict></array></plist>",
        b"<plist><true/></plist><plist><true/></plist>",
        b"<plist><string><![CDATA[x]]></string></plist>",
        b"\xff\xfe<\0p\0",
        b"bplist00",
        b"bplist00bplist00bplist00bplist00bplist00",
    ] {
        assert!(
            parse(bytes, Limits::CHECK_IN).is_err(),
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
    // A byte order mark is no fault.
    let mut marked = vec![0xef, 0xbb, 0xbf];
    marked.extend(xml("<true/>"));
    assert!(parse(&marked, Limits::CHECK_IN).is_ok());
}

#[test]
fn binary_cycles_are_refused() {
    let own = binary(&[vec![0xa1, 0]]);
    let two = binary(&[vec![0xa1, 1], vec![0xa1, 0]]);
    let dict = binary(&[vec![0xd1, 1, 0], vec![0x51, b'k']]);
    for bytes in [own, two, dict] {
        let error = parse(&bytes, Limits::CHECK_IN).unwrap_err();
        assert!(error.to_string().contains("contains itself"), "{error}");
    }
}

#[test]
fn binary_sharing_has_a_budget() {
    // Ten levels of ten references each: 10^10 objects from 130 bytes.
    let mut objects: Vec<Vec<u8>> = (1..=10)
        .map(|next| {
            let mut object = vec![0xaa];
            object.extend([next; 10]);
            object
        })
        .collect();
    objects.push(vec![0x51, b'x']);
    assert_eq!(
        too_large(&binary(&objects), Limits::RESULT),
        "plist objects"
    );

    // One text of 100 kB, named a thousand times.
    let mut text = vec![0x5f, 0x12];
    text.extend(100_000_u32.to_be_bytes());
    text.extend(vec![b'x'; 100_000]);
    let mut array = vec![0xaf, 0x11];
    array.extend(1_000_u16.to_be_bytes());
    array.extend([1; 1_000]);
    assert_eq!(
        too_large(&binary(&[array, text]), Limits::RESULT),
        "plist bytes"
    );
}

#[test]
fn binary_counts_and_offsets_are_checked() {
    let huge = |marker: u8| {
        let mut object = vec![marker, 0x13];
        object.extend(u64::MAX.to_be_bytes());
        binary(&[object])
    };
    for marker in [0x4f, 0x5f, 0x6f, 0xaf, 0xdf] {
        assert!(parse(&huge(marker), Limits::RESULT).is_err(), "{marker:x}");
    }
    let good = binary(&[vec![0xa1, 1], vec![0x51, b'x']]);
    assert!(parse(&good, Limits::CHECK_IN).is_ok());
    let end = good.len();
    // Offset size, reference size, number of objects, root, table.
    for (at, value) in [
        (end - 26, 0),
        (end - 26, 5),
        (end - 25, 0),
        (end - 24, 0x7f),
        (end - 17, 0xff),
        (end - 9, 2),
        (end - 8, 0xff),
        (end - 1, 0xff),
        (end - 1, 0),
    ] {
        let mut bad = good.clone();
        bad[at] = value;
        assert!(parse(&bad, Limits::CHECK_IN).is_err(), "{at}: {value}");
    }
    // Reference outside the table; offset into the magic; object over the edge of the table.
    assert!(parse(&binary(&[vec![0xa1, 9]]), Limits::CHECK_IN).is_err());
    let mut into_magic = good.clone();
    let table = usize::from(good[end - 1]);
    into_magic[table + 3] = 0;
    assert!(parse(&into_magic, Limits::CHECK_IN).is_err());
    assert!(parse(&binary(&[vec![0x5a, b'x']]), Limits::CHECK_IN).is_err());
    // One byte into the table, still far from the trailer.
    assert!(parse(&binary(&[vec![0x52, b'x']]), Limits::CHECK_IN).is_err());
    // Null, fill, sets and odd integers are not for plists.
    for marker in [0x00, 0x0f, 0xc0, 0x15, 0x21, 0x30] {
        assert!(parse(&binary(&[vec![marker]]), Limits::CHECK_IN).is_err());
    }
}

#[test]
fn overlong_offset_table_is_refused_before_it_is_read() {
    let mut bytes = vec![0; 1_000_000];
    bytes[..8].copy_from_slice(b"bplist00");
    bytes[8] = 0x09;
    let end = bytes.len();
    bytes[end - 26] = 1;
    bytes[end - 25] = 1;
    bytes[end - 24..end - 16].copy_from_slice(&900_000_u64.to_be_bytes());
    bytes[end - 1] = 9;
    assert_eq!(too_large(&bytes, Limits::CHECK_IN), "plist objects");
}

#[test]
fn scan_finds_what_parse_finds() {
    for (name, bytes) in all("result") {
        let parsed = CommandResult::parse(&bytes).unwrap();
        let scanned = scan_result(&bytes).unwrap();
        assert_eq!(scanned.status, parsed.status, "{name}");
        assert_eq!(scanned.command_uuid, parsed.command_uuid, "{name}");
        assert_eq!(scanned.ids.channel(), parsed.ids.channel(), "{name}");
        assert_eq!(scanned.ids.udid, parsed.ids.udid, "{name}");
    }
}

#[test]
fn scan_reads_results_that_are_too_complex() {
    let deep = "<array>".repeat(100_000) + &"</array>".repeat(100_000);
    let trap = "<dict><key>Status</key><string>Idle</string></dict><!-- <key>Status</key> -->";
    let bytes = xml(&format!(
        "<dict><key>CommandUUID</key><string>C-1</string><key>A</key>{deep}<key>B</key>\
         <array>{trap}</array><key>Empty</key><array/><key>Status</key>\
         <string>Acknowledged</string><key>UDID</key><string>D-1</string></dict>"
    ));
    assert_eq!(too_large(&bytes, Limits::RESULT), "nesting");
    let scanned = scan_result(&bytes).unwrap();
    assert_eq!(scanned.status, Status::Acknowledged);
    assert_eq!(scanned.command_uuid.unwrap().as_str(), "C-1");
    assert_eq!(scanned.ids.udid.unwrap().as_str(), "D-1");
}

#[test]
fn scan_reads_binary_results_that_share_too_much() {
    let text = |s: &str| {
        let mut object = vec![0x50 | u8::try_from(s.len()).unwrap()];
        object.extend(s.bytes());
        object
    };
    let mut objects = vec![
        vec![0xd3, 1, 2, 3, 4, 5, 6],
        text("Status"),
        text("UDID"),
        text("Body"),
        text("NotNow"),
        text("D-2"),
    ];
    for next in 7..=15 {
        let mut object = vec![0xaa];
        object.extend([next; 10]);
        objects.push(object);
    }
    objects.push(vec![0x09]);
    let bytes = binary(&objects);
    assert_eq!(too_large(&bytes, Limits::RESULT), "plist objects");
    let scanned = scan_result(&bytes).unwrap();
    assert_eq!(scanned.status, Status::NotNow);
    assert_eq!(scanned.ids.udid.unwrap().as_str(), "D-2");
}

#[test]
fn scan_gives_nothing_without_a_known_status() {
    for body in [
        "<dict/>",
        "<dict><key>Status</key><string>Other</string></dict>",
        "<dict><key>Status</key><integer>1</integer></dict>",
        "<array><string>Status</string><string>Idle</string></array>",
        "<dict><key>A</key><dict><key>Status</key><string>Idle</string></dict></dict>",
        "<dict><key>Status</key><string>Idle",
    ] {
        let found = scan_result(&xml(body));
        let cut = body.ends_with("Idle");
        assert_eq!(found.is_some(), cut, "{body}");
    }
    assert_eq!(scan_result(b""), None);
    assert_eq!(scan_result(b"bplist00"), None);
}

/// Every reader of this crate, on any bytes.
fn read_with_everything(bytes: &[u8]) {
    let _ = CheckIn::parse(bytes);
    let _ = Command::parse(bytes);
    let _ = ProfileInfo::parse(bytes);
    let _ = parse_profile(bytes);
    let _ = scan_result(bytes);
    if let Ok(result) = CommandResult::parse(bytes) {
        let _ = DeviceInformationResult::read(&result.body).map(|r| r.facts());
        let _ = SecurityInfoResult::read(&result.body).map(|r| r.facts());
        let _ = ProfileListResult::read(&result.body).map(|r| r.facts());
        let _ = DeviceLockResult::read(&result.body);
        assert_eq!(
            CommandResult::parse(&result.to_plist()).unwrap().status,
            result.status
        );
    }
}

#[test]
fn damaged_fixtures_never_panic() {
    for folder in ["checkin", "command", "result", "profile"] {
        for (name, bytes) in all(folder) {
            let seed = name
                .bytes()
                .fold(7, |n: u64, b| n.wrapping_mul(31) + u64::from(b));
            let mut damage = Damage::new(seed);
            for _ in 0..150 {
                read_with_everything(&damage.apply(&bytes));
            }
        }
    }
}

#[test]
fn guard_and_reader_agree_on_every_fixture() {
    for folder in ["checkin", "command", "result", "profile"] {
        for (name, bytes) in all(folder) {
            assert!(parse(&bytes, Limits::RESULT).is_ok(), "{folder}/{name}");
        }
    }
    assert!(parse(&fixture("checkin/CheckOut.iphone.plist"), Limits::CHECK_IN).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        read_with_everything(&bytes);
    }

    #[test]
    fn arbitrary_binary_plists_never_panic(
        body in proptest::collection::vec(any::<u8>(), 1..200),
        offset_size in 0_u8..9,
        ref_size in 0_u8..9,
        objects in 0_u64..40,
        root in 0_u64..40,
        table in 8_u64..220,
    ) {
        let mut bytes = b"bplist00".to_vec();
        bytes.extend(&body);
        bytes.extend([0, 0, 0, 0, 0, 0, offset_size, ref_size]);
        for word in [objects, root, table] {
            bytes.extend(word.to_be_bytes());
        }
        read_with_everything(&bytes);
    }

    #[test]
    fn arbitrary_markup_never_panics(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("<dict>"), Just("</dict>"), Just("<array>"), Just("</array>"), Just("<key>"),
                Just("</key>"), Just("<string>"), Just("</string>"), Just("<true/>"),
                Just("<data>"), Just("</data>"), Just("<integer>"), Just("</integer>"),
                Just("<date>"), Just("</date>"), Just("<real>"), Just("</real>"), Just("Status"),
                Just("Idle"), Just("UDID"), Just("1"), Just("&amp;"), Just("&#x41;"), Just("<!--"),
                Just("-->"), Just("<![CDATA["), Just("]]>"), Just("<?x"), Just("?>"), Just("<"),
                Just(">"), Just("2026-11-22T00:00:00Z"),
            ],
            0..40,
        )
    ) {
        read_with_everything(&xml(&parts.concat()));
    }
}
