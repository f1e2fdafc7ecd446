//! `tillsyn keys`: from one master key to the next, on the server itself.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::Value as Json;

use crate::program::{Ended, Place};

const FILE: &str = "keys/master.key";

fn listed(place: &Place) -> Json {
    let list = place.run(&["keys", "list", "--json"]);
    assert_eq!(list.code, Some(0), "{}", list.err);
    serde_json::from_str(&list.out).unwrap()
}

fn done(ended: Ended) -> String {
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    ended.out
}

fn refused(ended: &Ended, text: &str) {
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.err.contains(text), "{}", ended.err);
}

#[test]
fn a_new_key_is_added_seals_and_lets_the_old_one_go() {
    let place = Place::initialised();
    done(place.run(&["backup", "old.backup"]));
    let first = place.read(FILE);
    let before = listed(&place);
    let fingerprint = before["keys"][0]["fingerprint"].as_str().unwrap();
    let remove =
        |id: &str, confirm: &str| place.run(&["keys", "remove", id, "--confirm", confirm, "--now"]);
    refused(&remove("1", fingerprint), "seals");

    std::fs::set_permissions(place.path(FILE), std::fs::Permissions::from_mode(0o640)).unwrap();
    let said = done(place.run(&["keys", "add"]));
    let both = place.read(FILE);
    assert!(both.starts_with(&first) && both.len() > first.len());
    assert!(
        !said.contains(std::str::from_utf8(&both[first.len()..]).unwrap().trim()),
        "the key was printed"
    );
    let mode = std::fs::metadata(place.path(FILE)).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o640);
    let added = listed(&place);
    assert_eq!(added["keys"][0]["id"], 2);
    assert_eq!(added["keys"][0]["seals"], false);
    assert_eq!(added["keys"][1]["seals"], true);
    assert_eq!(added["keys"][1]["values"], before["keys"][0]["values"]);
    refused(&remove("1", fingerprint), "seals");

    let sealed = done(place.run(&["keys", "reseal"]));
    assert!(sealed.contains("Key 2 now seals"), "{sealed}");
    assert!(sealed.contains("older keys hold 0"), "{sealed}");
    let after = listed(&place);
    assert_eq!(after["keys"][0]["values"], before["keys"][0]["values"]);
    refused(&remove("1", "0123"), "fingerprint");
    refused(&remove("3", fingerprint), "no key 3");
    assert_eq!(place.read(FILE), both);
    refused(
        &place.run(&["keys", "remove", "1", "--confirm", fingerprint]),
        "--now",
    );
    assert_eq!(place.read(FILE), both);
    done(remove("1", fingerprint));
    assert_eq!(place.read(FILE), both[first.len()..]);
    assert_eq!(listed(&place)["keys"].as_array().unwrap().len(), 1);

    let mut server = place.start(&["serve"]);
    server.wait_for("tillsyn serves", Duration::from_secs(30));
    server.signal("TERM");
    assert_eq!(server.wait(Duration::from_secs(30)), Some(0));
    done(place.run(&["doctor", "--offline"]));
    done(place.run(&["audit", "verify"]));
    done(place.run(&["backup", "new.backup"]));
    done(place.run(&["backup", "new.backup", "--check"]));
    let check = ["backup", "old.backup", "--check"];
    refused(&place.run(&check), "another master key");
    std::fs::write(place.path(FILE), both).unwrap();
    done(place.run(&check));
}

#[test]
fn a_key_that_is_missing_is_named_with_what_it_holds() {
    let place = Place::initialised();
    let first = place.read(FILE);
    done(place.run(&["keys", "add"]));
    let both = place.read(FILE);
    std::fs::write(place.path(FILE), &both[first.len()..]).unwrap();
    refused(&place.run(&["keys", "list"]), "does not belong");
    std::fs::write(place.path(FILE), &both).unwrap();
    done(place.run(&["keys", "reseal"]));
    std::fs::write(place.path(FILE), first).unwrap();
    refused(&place.run(&["serve"]), "does not belong");
}

#[test]
fn a_key_from_elsewhere_is_printed_and_never_written() {
    let place = Place::initialised();
    let key = String::from_utf8(place.read(FILE)).unwrap();
    std::fs::remove_file(place.path(FILE)).unwrap();
    let place = place.with("TILLSYN_MASTER_KEY", key.trim());
    refused(&place.run(&["keys", "add"]), "--print");
    let line = done(place.run(&["keys", "add", "--print"]));
    assert!(line.starts_with("2:"), "{line}");
    let both = format!("{}\n{}", key.trim(), line.trim());
    let place = place.with("TILLSYN_MASTER_KEY", &both);
    done(place.run(&["keys", "reseal"]));
    let fingerprint = listed(&place)["keys"][1]["fingerprint"].clone();
    let remove = [
        "keys",
        "remove",
        "1",
        "--confirm",
        fingerprint.as_str().unwrap(),
    ];
    refused(&place.run(&remove), "TILLSYN_MASTER_KEY");
    assert!(!place.path(FILE).exists());
}
