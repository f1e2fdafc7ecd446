use std::os::unix::fs::PermissionsExt as _;

use crate::program::Place;

#[test]
fn a_new_installation_is_private_and_prints_a_code() {
    let place = Place::new();
    let ended = place.run(&[
        "init",
        "--organisation",
        "Norrvik University",
        "--config",
        "new/tillsyn.toml",
        "--self-made-tls",
        "mdm.norrvik.example",
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for part in [
        "Master key: new/keys/master.key",
        "Organisation: Norrvik University",
        "One-time code for the first administrator",
        "https://mdm.norrvik.example:8443/console/",
    ] {
        assert!(ended.out.contains(part), "{part}: {}", ended.out);
    }
    assert!(!ended.out.contains("Warning"), "{}", ended.out);
    for (name, mode) in [
        ("new", 0o700),
        ("new/keys", 0o700),
        ("new/data", 0o700),
        ("new/tillsyn.toml", 0o600),
        ("new/keys/master.key", 0o600),
        ("new/data/tillsyn.sqlite", 0o600),
        ("new/tls/server.key", 0o600),
        ("new/tls/ca.key", 0o600),
    ] {
        let found = std::fs::metadata(place.path(name)).unwrap().permissions();
        assert_eq!(found.mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let place = Place::initialised();
    let names = [
        "tillsyn.toml",
        "keys/master.key",
        "tls/server.pem",
        "tls/server.key",
    ];
    let before: Vec<Vec<u8>> = names.iter().map(|name| place.read(name)).collect();
    let ended = place.run(&[
        "init",
        "--organisation",
        "Other",
        "--self-made-tls",
        "other.example",
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended
            .out
            .contains("already belongs to an organisation; nothing was changed"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("One-time code"), "{}", ended.out);
    let after: Vec<Vec<u8>> = names.iter().map(|name| place.read(name)).collect();
    assert!(before == after);
}

#[test]
fn a_new_code_can_be_asked_for() {
    let place = Place::initialised();
    let ended = place.run(&["init", "--new-code"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("One-time code"), "{}", ended.out);
}

#[test]
fn the_organisation_must_be_named() {
    let place = Place::new();
    let ended = place.run(&["init"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("tillsyn init --organisation NAME"),
        "{}",
        ended.err
    );
    assert!(!place.path("keys/master.key").exists());
}

#[test]
fn a_lost_key_is_not_replaced() {
    let place = Place::initialised();
    std::fs::remove_file(place.path("keys/master.key")).unwrap();
    let ended = place.run(&["init", "--organisation", "Again"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("is missing. Put back the key"),
        "{}",
        ended.err
    );
    assert!(!place.path("keys/master.key").exists());
}
