#![expect(clippy::expect_used, reason = "tests")]

use super::check::{Code, Finding, Severity, check};
use super::generate::{Fill, bad, every, profile};
use super::template::Template;
use super::{MdmPayload, catalogue};
use crate::encode_plist;

/// What is to be said of a generated profile, besides that nobody is enrolled by it.
fn findings(payload: plist::Dictionary) -> Vec<Finding> {
    let mut found = check(&profile(vec![payload]));
    found.retain(|of| of.code != Code::MdmPayload);
    found
}

#[test]
fn good_values_of_every_payload_type_have_no_findings() {
    for seed in 0..8 {
        for fill in [Fill::Required, Fill::All] {
            let mut count = 0;
            for (payload, dict) in every(fill, seed) {
                count += 1;
                let found = findings(dict);
                // What only some systems need may be missing.
                let wrong: Vec<_> = found
                    .iter()
                    .filter(|of| of.severity == Severity::Error)
                    .collect();
                let name = (payload.kind, payload.variant, fill, seed);
                assert!(wrong.is_empty(), "{name:?}: {wrong:#?}");
                if fill == Fill::All {
                    assert!(found.is_empty(), "{name:?}: {found:#?}");
                }
            }
            assert_eq!(count, catalogue::payloads().count());
        }
    }
}

#[test]
fn each_fault_in_every_payload_type_is_found_and_named() {
    let mut faults = 0;
    let mut codes = std::collections::BTreeSet::new();
    for payload in catalogue::payloads() {
        for (code, dict) in bad(payload, 7) {
            faults += 1;
            codes.insert(code);
            let found = findings(dict.clone());
            let named = found.iter().any(|of| of.code == code);
            assert!(
                named,
                "{} {}: {code:?} in {found:?} of {dict:#?}",
                payload.kind, payload.variant
            );
        }
    }
    assert!(faults > 4000, "{faults}");
    for code in [
        Code::RequiredMissing,
        Code::WrongType,
        Code::NotAllowed,
        Code::OutOfRange,
        Code::BadFormat,
        Code::BadCount,
        Code::VariableNotText,
    ] {
        assert!(codes.contains(&code), "{code:?}");
    }
}

#[test]
fn the_same_seed_makes_the_same_profiles() {
    let all = |seed| {
        every(Fill::All, seed)
            .map(|(_, dict)| dict)
            .collect::<Vec<_>>()
    };
    assert!(all(3) == all(3));
    assert!(all(3) != all(4));
}

#[test]
fn generated_profiles_are_read_and_written_without_loss() {
    for (payload, dict) in every(Fill::All, 1) {
        let root = profile(vec![dict]);
        let bytes = encode_plist(&plist::Value::Dictionary(root.clone()));
        let read = Template::parse(&bytes).expect(payload.kind);
        assert!(*read.root() == root, "{}", payload.kind);
        assert!(payload.kind == MdmPayload::TYPE || read.payloads().count() == 1);
    }
}
