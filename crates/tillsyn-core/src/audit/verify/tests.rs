#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_pki::issue::{CaIdentity, create_statement_signer};

use super::{Body, Entry, Start, Verdict};
use crate::audit::chain::{Checkpoint, GENESIS, Record, link};
use crate::audit::{FileChecker, file, identity};

const EVENTS: i64 = 12;

fn record(number: i64) -> (Record, Option<(String, String)>) {
    let (salt, address) = (format!("{number:032x}"), format!("192.0.2.{number}"));
    // The third is of before the trail was sealed, the fifth was of nobody with an address.
    let old = number == 3;
    let sealed = !old && number != 5;
    let record = Record {
        id: format!("01930000-0000-7000-8000-{number:012}"),
        at: 1_700_000_000_000 + number,
        actor_kind: "account".to_owned(),
        actor_id: format!("maja-{number}"),
        address: old.then(|| address.clone()),
        address_hash: sealed.then(|| identity::hash(&salt, &address)),
        action: "device.move".to_owned(),
        object_kind: "device".to_owned(),
        object_id: format!("device-{number}"),
        org_unit_id: "unit".to_owned(),
        result: "done".to_owned(),
        details: format!(r#"{{"before":{{"n":{number}}},"after":"\"Å\\"}}"#),
        request_id: (number % 2 == 0).then(|| format!("request-{number}")),
    };
    (record, sealed.then_some((salt, address)))
}

/// A file of twelve events with checkpoints behind the fourth, eighth and last; one event is shown by its
/// digest alone.
fn trail(signer: &CaIdentity) -> Vec<String> {
    let mut out = String::new();
    file::write_begin(&mut out, &Start::beginning());
    file::write_certificate(&mut out, "audit", &signer.certificate);
    let mut hash = GENESIS.to_owned();
    let mut previous = 0;
    for position in 1..=EVENTS {
        let (record, identity) = record(position);
        hash = link(&hash, &record.digest()).unwrap();
        let entry = Entry {
            position,
            hash: hash.clone(),
            body: Body::Event(Box::new(record)),
            identity,
        };
        file::write_entry(&mut out, &entry, position != 7);
        if position % 4 == 0 {
            let checkpoint = Checkpoint {
                position,
                hash: hash.clone(),
                previous,
                created_at: 1_700_000_001_000,
                authority_id: "audit".to_owned(),
                signature: Vec::new(),
            };
            file::write_checkpoint(&mut out, &checkpoint.sign(&signer.key).unwrap());
            previous = position;
        }
    }
    file::write_end(&mut out, EVENTS, &hash, Some(previous));
    out.lines().map(str::to_owned).collect()
}

fn signer() -> CaIdentity {
    create_statement_signer("Tillsyn Audit", "Norrvik", 1_700_000_000_000, 365).unwrap()
}

fn check(signer: &CaIdentity, lines: &[String]) -> Verdict {
    check_with(signer, lines, None)
}

fn check_with(signer: &CaIdentity, lines: &[String], head: Option<(i64, String)>) -> Verdict {
    let mut checker = FileChecker::new(vec![signer.certificate.public_key().clone()], head);
    for line in lines {
        checker.line(line);
    }
    checker.finish()
}

fn words(verdict: &Verdict) -> String {
    let all: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
    all.join("\n")
}

#[test]
fn a_whole_trail_is_whole() {
    let signer = signer();
    let verdict = check(&signer, &trail(&signer));
    assert_eq!(words(&verdict), "");
    assert_eq!((verdict.entries, verdict.position), (EVENTS, EVENTS));
    assert_eq!(verdict.checkpoint, Some(EVENTS));
}

#[test]
fn a_line_that_differs_in_any_byte_is_found() {
    let signer = signer();
    let lines = trail(&signer);
    // Line 1 is the certificate: the key in the reader's hand counts, not the file's.
    for at in (0..lines.len()).filter(|at| *at != 1) {
        for byte in 0..lines[at].len() {
            let mut bytes = lines[at].clone().into_bytes();
            // Each bit at some place, and the one that makes other letters of letters at every second.
            bytes[byte] ^= if byte % 2 == 0 {
                0x20
            } else {
                1 << (byte / 2 % 7)
            };
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let mut all = lines.clone();
            all[at].clone_from(&changed);
            assert!(!check(&signer, &all).is_whole(), "line {at}: {changed}");
        }
    }
}

#[test]
fn a_line_that_is_gone_moved_or_twice_is_named() {
    let signer = signer();
    let lines = trail(&signer);
    // The certificate that is trusted is in the reader's hand: its line may be missing.
    let certificate = 1;
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        let verdict = check(&signer, &without);
        assert_eq!(
            verdict.is_whole(),
            at == certificate,
            "without {}",
            lines[at]
        );
        let mut twice = lines.clone();
        twice.insert(at, lines[at].clone());
        let verdict = check(&signer, &twice);
        assert_eq!(verdict.is_whole(), at == certificate, "twice {}", lines[at]);
        if at + 1 < lines.len() {
            let mut moved = lines.clone();
            moved.swap(at, at + 1);
            let verdict = check(&signer, &moved);
            assert_eq!(verdict.is_whole(), at == 0, "behind: {}", lines[at]);
        }
        let verdict = check(&signer, &lines[..at]);
        assert!(!verdict.is_whole(), "cut before {}", lines[at]);
    }
}

#[test]
fn the_finding_says_where_and_which_event() {
    let signer = signer();
    let lines = trail(&signer);
    let mut changed = lines.clone();
    let line = changed.iter().position(|l| l.contains("device-6")).unwrap();
    changed[line] = changed[line].replace("device-6", "device-9");
    assert_eq!(
        words(&check(&signer, &changed)),
        "position 6: event 01930000-0000-7000-8000-000000000006 is not what was sealed here \
         (changed, moved or put in)"
    );
    let mut without = lines.clone();
    without.remove(line);
    assert_eq!(
        words(&check(&signer, &without)),
        "position 6: the entry is missing"
    );
}

#[test]
fn who_writes_the_whole_chain_anew_lacks_the_key() {
    let (ours, theirs) = (signer(), signer());
    let verdict = check(&ours, &trail(&theirs));
    assert!(
        words(&verdict).contains("position 4: the checkpoint is not signed by a trusted key"),
        "{}",
        words(&verdict)
    );
}

#[test]
fn a_head_that_was_kept_is_compared_wherever_it_lies() {
    let signer = signer();
    let lines = trail(&signer);
    let hash_at = |position: i64| {
        let start = format!(r#""position":{position},"hash":""#);
        let line = lines.iter().find(|line| line.contains(&start)).unwrap();
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["hash"].as_str().unwrap().to_owned()
    };
    let with = |position, hash: String| words(&check_with(&signer, &lines, Some((position, hash))));
    for position in [1, 4, 7, EVENTS] {
        assert_eq!(with(position, hash_at(position)), "");
        assert_eq!(
            with(position, hash_at(position + 1 - 2 * (position / EVENTS))),
            format!("position {position}: this is not the head that was given")
        );
    }
    assert_eq!(with(0, GENESIS.to_owned()), "");
    assert_eq!(
        with(EVENTS + 1, GENESIS.to_owned()),
        "position 12: the trail ends here, but its head was 13"
    );
    // The file begins behind the head.
    let mut later = lines.clone();
    let line = |text: &str| lines.iter().position(|line| line.contains(text)).unwrap();
    later.drain(line("device-1\"")..=line("device-2\""));
    later[0] = later[0]
        .replace(r#""after":0"#, r#""after":2"#)
        .replace(GENESIS, &hash_at(2))
        .replace(r#""checkpoint":0"#, r#""checkpoint":null"#);
    let verdict = check_with(&signer, &later, Some((1, hash_at(1))));
    assert_eq!(
        words(&verdict),
        "position 1: the head that was given lies before the beginning (2); it was not compared"
    );
    // It is whole without, and says where it begins.
    let verdict = check(&signer, &later);
    assert_eq!((words(&verdict).as_str(), verdict.after), ("", 2));
}

#[test]
fn what_no_checkpoint_covers_is_named() {
    let signer = signer();
    // Whoever has no key writes an entry anew, all hashes behind it, and leaves the checkpoints away.
    let forged = |from: i64| {
        let mut out = String::new();
        file::write_begin(&mut out, &Start::beginning());
        let (mut hash, mut previous) = (GENESIS.to_owned(), None);
        for position in 1..=EVENTS {
            let (mut record, identity) = record(position);
            if position == from {
                record.action = "device.erase".to_owned();
            }
            hash = link(&hash, &record.digest()).unwrap();
            let entry = Entry {
                position,
                hash: hash.clone(),
                body: Body::Event(Box::new(record)),
                identity,
            };
            file::write_entry(&mut out, &entry, true);
            if position % 4 == 0 && position < from {
                let checkpoint = Checkpoint {
                    position,
                    hash: hash.clone(),
                    previous: position - 4,
                    created_at: 0,
                    authority_id: "audit".to_owned(),
                    signature: Vec::new(),
                };
                file::write_checkpoint(&mut out, &checkpoint.sign(&signer.key).unwrap());
                previous = Some(position);
            }
        }
        file::write_end(&mut out, EVENTS, &hash, previous);
        out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    for (from, unsigned) in [(1, 1), (6, 5), (12, 9)] {
        assert_eq!(
            words(&check(&signer, &forged(from))),
            format!(
                "unsigned from position {unsigned} to 12: no good checkpoint covers these entries"
            )
        );
    }
    // A file from which everything was taken proves nothing.
    let mut out = String::new();
    file::write_begin(&mut out, &Start::cut(EVENTS, GENESIS.to_owned()));
    file::write_end(&mut out, EVENTS, GENESIS, None);
    let lines: Vec<String> = out.lines().map(str::to_owned).collect();
    assert!(words(&check(&signer, &lines)).starts_with("unsigned: there is no entry"));
}

#[test]
fn forgetting_an_address_leaves_the_chain_whole() {
    let signer = signer();
    let mut lines = trail(&signer);
    for line in &mut lines {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        if value["address_salt"].is_string() {
            let (salt, address) = (value["address_salt"].take(), value["address"].take());
            let known = format!(r#""address":{address},"address_salt":{salt}"#);
            *line = line.replace(&known, r#""address":null,"address_salt":null"#);
        }
    }
    assert!(!lines.concat().contains("192.0.2.1\""));
    assert_eq!(words(&check(&signer, &lines)), "");
}
