//! `tillsyn audit`: verified on the server, exported, and verified again from the file alone.

use crate::program::Place;

#[test]
fn a_trail_is_verified_from_its_file_and_a_changed_one_is_named() {
    let place = Place::initialised();
    let head = place.run(&["audit", "head"]);
    assert_eq!(head.code, Some(0), "{}", head.err);
    // Nothing seals while no server runs: `verify` says so.
    let ended = place.run(&["audit", "verify"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("The trail is whole."), "{}", ended.out);
    let sealed = place.run(&["audit", "seal"]);
    assert_eq!(sealed.code, Some(0), "{}", sealed.err);
    let key = place.run(&["audit", "certificate"]);
    place.write("audit.pem", &key.out);
    let export = place.run(&["audit", "export"]);
    assert_eq!(export.code, Some(0), "{}", export.err);
    place.write("audit.jsonl", &export.out);
    let key_file = place.path("audit.pem");
    let verify = |file: &str, more: &[&str]| {
        let file = place.path(file);
        let mut args = vec!["audit", "verify", file.to_str().unwrap()];
        args.extend(["--checkpoint-key", key_file.to_str().unwrap()]);
        args.extend(more);
        // Somewhere else: no configuration, no database.
        Place::new().run(&args)
    };
    let ended = verify("audit.jsonl", &[]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("Positions 1 to "), "{}", ended.out);
    assert!(ended.out.contains("signed to the end"), "{}", ended.out);
    // Without its checkpoints it is anybody's.
    let lines = export
        .out
        .lines()
        .filter(|line| !line.contains(r#""type":"checkpoint""#));
    let unsigned = lines.collect::<Vec<_>>().join("\n") + "\n";
    place.write("unsigned.jsonl", &unsigned);
    let ended = verify("unsigned.jsonl", &[]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.contains("unsigned from position 1 to "),
        "{}",
        ended.out
    );
    let changed = export
        .out
        .replacen("organisation.create", "organisation.change", 1);
    assert_ne!(changed, export.out);
    place.write("changed.jsonl", &changed);
    let ended = verify("changed.jsonl", &[]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("position 1: event "), "{}", ended.out);
    let head = format!("1000:{}", "0".repeat(64));
    let ended = verify("audit.jsonl", &["--head", &head]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("its head was 1000"), "{}", ended.out);
    // Another server's certificate proves nothing of this file.
    let other = Place::initialised().run(&["audit", "certificate"]);
    place.write("audit.pem", &other.out);
    let ended = verify("audit.jsonl", &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    // Nor of the database that it did not sign.
    let key = [
        "audit",
        "verify",
        "--checkpoint-key",
        key_file.to_str().unwrap(),
    ];
    assert_eq!(place.run(&key).code, Some(1));
    assert_eq!(place.run(&["audit", "verify"]).code, Some(0));
}
