#![expect(clippy::unwrap_used, reason = "tests")]

use super::master_key::ID_LEN;
use super::*;
use crate::error::Error;

#[test]
fn sealed_value_opens_only_in_its_place() {
    let ring = KeyRing::new(MasterKey::generate(1));
    let sealed = ring.seal(b"secret", "push", "key", "7");
    assert_eq!(
        ring.open(&sealed, "push", "key", "7").unwrap().as_slice(),
        b"secret"
    );
    for (table, column, row) in [
        ("pus", "hkey", "7"),
        ("push", "key", "8"),
        ("x", "key", "7"),
    ] {
        assert_eq!(
            ring.open(&sealed, table, column, row).unwrap_err(),
            Error::BadSeal
        );
    }
    assert!(!sealed.windows(6).any(|w| w == b"secret"));
    assert_ne!(sealed, ring.seal(b"secret", "push", "key", "7"));
}

#[test]
fn damage_and_foreign_keys_are_told_apart() {
    let key = MasterKey::generate(3);
    let sealed = key.seal(b"secret", "t", "c", "r");
    for at in ID_LEN..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        assert_eq!(
            key.open(&damaged, "t", "c", "r").unwrap_err(),
            Error::BadSeal
        );
    }
    for len in 0..sealed.len() {
        assert!(key.open(&sealed[..len], "t", "c", "r").is_err());
    }
    let ring = KeyRing::new(MasterKey::generate(4));
    let error = ring.open(&sealed, "t", "c", "r").unwrap_err();
    assert_eq!(error, Error::UnknownMasterKey { id: 3 });
    assert_eq!(key_id(&sealed), Some(3));
}

#[test]
fn newest_version_seals_and_older_ones_still_open() {
    let old = MasterKey::generate(1);
    let sealed = old.seal(b"x", "t", "c", "r");
    let text = format!(
        "# keys\n{}\n\n{}\n",
        old.to_text().as_str(),
        MasterKey::generate(2).to_text().as_str()
    );
    let ring = KeyRing::from_text(&text).unwrap();
    assert_eq!(ring.newest().id(), 2);
    assert_eq!(ring.open(&sealed, "t", "c", "r").unwrap().as_slice(), b"x");
    assert_eq!(key_id(&ring.seal(b"x", "t", "c", "r")), Some(2));
    assert!(KeyRing::from_text(&format!("{0}\n{0}", old.to_text().as_str())).is_err());
    assert!(KeyRing::from_text("# nothing").is_err());
}

#[test]
fn key_texts_and_fingerprints() {
    let hex = "00".repeat(32);
    let base64 = "A".repeat(43) + "=";
    let a = MasterKey::from_text(&hex).unwrap();
    let b = MasterKey::from_text(&format!(" 5:{base64}\n")).unwrap();
    assert_eq!((a.id(), b.id()), (1, 5));
    assert_eq!(a.fingerprint(), b.fingerprint());
    assert_ne!(a.fingerprint(), MasterKey::generate(1).fingerprint());
    assert!(!format!("{a:?}").contains("00000000"));
    for bad in ["", "00", "x:AAAA", &"00".repeat(31)] {
        assert!(MasterKey::from_text(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_keyed_hash_needs_the_key_and_the_place() {
    let key = MasterKey::generate(1);
    let hash = key.keyed_hash(b"secret", "t", "c", "r");
    assert_eq!(hash, key.keyed_hash(b"secret", "t", "c", "r"));
    let other = MasterKey::generate(1);
    for another in [
        key.keyed_hash(b"Secret", "t", "c", "r"),
        key.keyed_hash(b"rsecret", "t", "c", ""),
        key.keyed_hash(b"secret", "t", "c", "s"),
        other.keyed_hash(b"secret", "t", "c", "r"),
        crate::hash::sha256(b"secret"),
    ] {
        assert_ne!(hash, another);
    }
}
