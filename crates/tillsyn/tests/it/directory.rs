//! `tillsyn directory` against a running server.

use tillsyn_core::Actor;
use tillsyn_core::directory::{NewSource, PersonEntry, Run, SourceKind, apply, create_source};
use tillsyn_core::ids::DirectoryId;
use tillsyn_testkit::{Engine, OWNER_PASSWORD, TestApp};

use crate::client::{at, json, ok};

async fn source(app: &TestApp) -> DirectoryId {
    let new = NewSource {
        kind: SourceKind::Ldap,
        name: "Norrvik AD".to_owned(),
        unit: None,
        priority: None,
    };
    let made = create_source(&app.core, &Actor::server(), new).await;
    made.unwrap().id
}

async fn read(app: &TestApp, id: &DirectoryId, count: usize) -> bool {
    let person = |n: usize| PersonEntry {
        key: format!("p{n}"),
        login: Some(format!("p{n}")),
        fields: [
            ("name".to_owned(), Some(format!("Person {n}"))),
            ("email".to_owned(), Some(format!("p{n}@example.org"))),
        ]
        .into(),
        active: Some(true),
        ..PersonEntry::default()
    };
    let run = Run {
        complete: true,
        people: (0..count).map(person).collect(),
        groups: Vec::new(),
    };
    apply(&app.core, id, run).await.unwrap().held
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_waits_is_seen_and_released() {
    let app = TestApp::new(Engine::Sqlite).await;
    let id = source(&app).await;
    assert!(!read(&app, &id, 8).await);
    assert!(read(&app, &id, 2).await);
    let place = at(&app).await;
    place.write("password", OWNER_PASSWORD);
    let id = id.as_str();
    let table = ok(place.run(&["directory", "list"]));
    assert!(table.contains("Norrvik AD"), "{table}");
    let held = json(place.run(&["directory", "runs", id, "--held", "--json"]));
    let run = held["items"][0]["id"].as_str().unwrap();
    let bare = place.run(&["directory", "release", id, run]);
    assert_ne!(bare.code, Some(0), "{}", bare.out);
    let release = [
        "directory",
        "release",
        id,
        run,
        "--password-file",
        "password",
    ];
    assert_eq!(ok(place.run(&release)), "Released.\n");
    assert_ne!(place.run(&release).code, Some(0), "once");
    let out = "SELECT count(*) FROM person WHERE status = 'inactive'";
    assert_eq!(app.count(out).await, 6);
    let leavers = ok(place.run(&["directory", "leavers", id]));
    assert!(leavers.contains("Person 7"), "{leavers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_of_a_unit_is_shown_changed_and_taken_away() {
    let app = TestApp::new(Engine::Sqlite).await;
    let place = at(&app).await;
    let root = tillsyn_core::org::root(&app.core).await.unwrap().id;
    let show = ["directory", "leaver-policy", root.as_str(), "--json"];
    let usual = json(place.run(&show));
    assert_eq!(
        (&usual["own"], &usual["grace_days"]),
        (&false.into(), &3.into())
    );
    let change = |more: &[&str]| {
        let mut args = show.to_vec();
        args.extend(more);
        json(place.run(&args))
    };
    let set = change(&["--grace-days", "7", "--suspended-days", "30"]);
    assert_eq!(
        (&set["own"], &set["retire_personal"]),
        (&true.into(), &true.into())
    );
    // What is not named stays.
    let set = change(&["--lock-corporate", "true", "--suspended-days", "0"]);
    assert_eq!(
        (&set["grace_days"], &set["lock_corporate"]),
        (&7.into(), &true.into())
    );
    assert!(set["suspended_days"].is_null());
    let refused = place.run(&[
        "directory",
        "leaver-policy",
        root.as_str(),
        "--grace-days",
        "31",
    ]);
    assert_ne!(refused.code, Some(0));
    ok(place.run(&["directory", "leaver-policy", root.as_str(), "--remove"]));
    assert_eq!(json(place.run(&show))["own"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_linked_to_a_person() {
    let app = TestApp::new(Engine::Sqlite).await;
    let place = at(&app).await;
    let args = [
        "person",
        "add",
        "Elin Hedström",
        "--email",
        "p0@example.org",
        "--json",
    ];
    let elin = json(place.run(&args))["id"].as_str().unwrap().to_owned();
    let id = source(&app).await;
    read(&app, &id, 2).await;
    let id = id.as_str();
    let list = json(place.run(&["directory", "links", id, "--suggested", "--json"]));
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(list["items"][0]["suggested_person_id"], elin.as_str());
    let link = list["items"][0]["id"].as_str().unwrap();
    ok(place.run(&["directory", "link", id, link, "--person", &elin]));
    let list = json(place.run(&["directory", "links", id, "--json"]));
    let of = |key: &str| {
        let mut items = list["items"].as_array().unwrap().iter();
        items.find(|link| link["key"] == key).unwrap()["person_id"].clone()
    };
    assert_eq!(of("p0"), elin.as_str());
    assert_ne!(of("p1"), elin.as_str());
}
