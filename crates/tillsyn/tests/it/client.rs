//! Client verbs against a running server: tables, JSON, messages, exit codes.

use serde_json::Value;
use tillsyn_core::actor::Permission as P;
use tillsyn_core::tokens::{NewToken, create_token};
use tillsyn_testkit::{Engine, TestApp};

use crate::program::{Ended, Place};

async fn token(app: &TestApp, permissions: &[P]) -> String {
    let new = NewToken {
        name: "cli".to_owned(),
        permissions: permissions.to_vec(),
        days: 1,
        ..NewToken::default()
    };
    let (_, token) = create_token(&app.core, &app.owner, new).await.unwrap();
    token.to_string()
}

/// The program as somebody with a token of all permissions runs it.
pub(crate) async fn at(app: &TestApp) -> Place {
    let all: Vec<P> = P::ALL
        .iter()
        .map(|(p, _)| *p)
        .filter(|p| app.owner.holds(*p))
        .collect();
    Place::new()
        .with("TILLSYN_SERVER", &app.url())
        .with("TILLSYN_TOKEN", &token(app, &all).await)
}

pub(crate) fn ok(ended: Ended) -> String {
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert_eq!(ended.err, "");
    ended.out
}

pub(crate) fn json(ended: Ended) -> Value {
    serde_json::from_str(&ok(ended)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_listed_locked_refreshed_and_given_a_profile() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    let place = at(&app).await;
    let serial = iphone.serial().to_owned();

    let table = ok(place.run(&["device", "list"]));
    assert!(
        table.starts_with("NAME") && table.contains(&serial),
        "{table}"
    );
    let list = json(place.run(&["device", "list", "--platform", "ios", "--json"]));
    let (id, name) = (
        &list["items"][0]["id"],
        list["items"][0]["name"].as_str().unwrap(),
    );
    assert_eq!(list["items"][0]["serial_number"], serial.as_str());
    assert_eq!(
        ok(place.run(&["device", "list", "--platform", "macos"])),
        "There are no such devices.\n"
    );
    let shown = ok(place.run(&["device", "show", &serial]));
    assert!(
        shown.contains("active") && shown.contains("passcode_present"),
        "{shown}"
    );
    assert_eq!(
        &json(place.run(&["device", "show", name, "--json"]))["id"],
        id
    );

    let locked = json(place.run(&["device", "lock", &serial, "--message", "Found?", "--json"]));
    let command = locked["commands"][0]["id"].as_str().unwrap().to_owned();
    assert!(ok(place.run(&["device", "refresh", &serial])).contains("Queued: "));
    place.write("clip.mobileconfig", PROFILE);
    assert!(
        ok(place.run(&["device", "install-profile", &serial, "clip.mobileconfig"]))
            .contains("Queued: ")
    );
    iphone.session().await.unwrap();
    let shown = ok(place.run(&["command", "show", &command]));
    assert!(
        shown.contains("acknowledged") && shown.contains("Story"),
        "{shown}"
    );
    let removed = place.run(&["device", "remove-profile", &serial, "org.example.clip"]);
    assert!(ok(removed).contains("Queued: "));
    let waiting = ok(place.run(&["command", "list", "--device", &serial, "--unfinished"]));
    assert!(
        waiting.contains("RemoveProfile") && !waiting.contains("DeviceLock"),
        "{waiting}"
    );
    let batch = locked["batch_id"].as_str().unwrap();
    let of_one = ok(place.run(&["command", "list", "--batch", batch]));
    assert!(
        of_one.contains("DeviceLock") && !of_one.contains("RemoveProfile"),
        "{of_one}"
    );
    let events = ok(place.run(&["event", "list"]));
    assert!(events.contains("token"), "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erase_is_confirmed_held_and_withdrawn() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    let place = at(&app).await;
    let serial = iphone.serial().to_owned();
    let erase = |name: &str| {
        place.run(&[
            "device",
            "erase",
            &serial,
            "--reason",
            "Sold",
            "--confirm",
            name,
        ])
    };
    let wrong = erase("another");
    assert_eq!(wrong.code, Some(6));
    assert!(
        wrong.err.contains("hint: give it with --confirm"),
        "{}",
        wrong.err
    );
    let name = json(place.run(&["device", "show", &serial, "--json"]))["name"].clone();
    let held = ok(erase(name.as_str().unwrap()));
    let id = held.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(held.starts_with("Held until "), "{held}");
    assert_eq!(ok(place.run(&["command", "cancel", &id])), "Withdrawn.\n");
    let twice = place.run(&["command", "cancel", &id]);
    assert_eq!((twice.code, twice.out.as_str()), (Some(5), ""));
    assert_eq!(ok(place.run(&["held", "list"])), "Nothing is held.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_is_found_changed_and_taken_away() {
    let app = TestApp::new(Engine::Sqlite).await;
    let iphone = app.enrolled_iphone().await;
    let place = at(&app).await;
    let serial = iphone.serial();
    let law = json(place.run(&["unit", "add", "Law", "--json"]))["id"].clone();
    let law = law.as_str().unwrap();
    let planned = |args: &[&str]| {
        let plan = json(place.run(&[&["plan"], args, &["--json"]].concat()));
        let id = plan["id"].as_str().unwrap().to_owned();
        ok(place.run(&["plan", "apply", &id]));
    };
    place.write("clip.mobileconfig", PROFILE);
    ok(place.run(&["profile", "create", "clip.mobileconfig"]));
    let profile = json(place.run(&["profile", "list", "--json"]))["items"][0]["id"].clone();
    let profile = profile.as_str().unwrap();
    planned(&["publish", profile, "--revision", "1"]);
    let none = ok(place.run(&["assignment", "list"]));
    assert_eq!(none, "Nothing is assigned.\n");

    let unit = format!("unit:{law}");
    planned(&["assign", profile, "--to", &unit]);
    let listed = json(place.run(&["assignment", "list", "--profile", profile, "--json"]));
    let id = listed["items"][0]["id"].as_str().unwrap();
    let device = format!("device:{serial}");
    planned(&[
        "change",
        id,
        "--to",
        &unit,
        "--not",
        &device,
        "--version",
        "1",
    ]);
    let shown = ok(place.run(&["assignment", "show", id]));
    assert!(shown.contains("To\n") && shown.contains("Law"), "{shown}");
    assert!(shown.contains("Not to\n"), "{shown}");

    ok(place.run(&["device", "move", serial, "--to", law]));
    let place_of = "SELECT u.name FROM device d JOIN org_unit u ON u.id = d.org_unit_id";
    assert_eq!(app.text(place_of).await.as_deref(), Some("Law"));
    let root = app
        .text("SELECT id FROM org_unit WHERE name <> 'Law'")
        .await
        .unwrap();
    planned(&["move-device", serial, "--to", &root]);
    assert_ne!(app.text(place_of).await.as_deref(), Some("Law"));
    let group = json(place.run(&["group", "add", "Loan", "--json"]))["id"].clone();
    planned(&["members", group.as_str().unwrap(), "--add", &device]);
    let members = "SELECT count(*) FROM group_member";
    assert_eq!(app.count(members).await, 1);
    planned(&["unassign", id]);
    assert_eq!(app.count("SELECT count(*) FROM assignment").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_units_own_figures_are_set_shown_and_cleared() {
    let app = TestApp::new(Engine::Sqlite).await;
    let place = at(&app).await;
    let law = json(place.run(&["unit", "add", "Law", "--json"]))["id"].clone();
    let law = law.as_str().unwrap();
    let guard = |rest: &[&str]| place.run(&[&["unit", "guard"], rest].concat());
    let table = ok(guard(&["show"]));
    assert!(table.contains("(the organisation)  5"), "{table}");
    assert!(!table.contains("Law"), "{table}");
    let two = ["--hold-minutes", "10", "--second-person-from", "2"];
    assert_eq!(ok(guard(&[&["set", law], &two[..]].concat())), "Saved.\n");
    // What is not named stays.
    let tighter = guard(&["set", law, "--second-person-from", "1"]);
    assert_eq!(ok(tighter), "Saved.\n");
    let shown = json(guard(&["show", "--json"]));
    let expected = serde_json::json!([{ "unit_id": law, "unit": "Law", "hold_minutes": 10,
        "second_person_from": 1 }]);
    assert_eq!(shown["units"], expected);
    let table = ok(guard(&["show"]));
    assert!(table.contains("Law") && table.contains(law), "{table}");
    // To loosen takes a reason and a second person.
    let bare = guard(&["clear", law]);
    assert_eq!(bare.code, Some(6), "{}", bare.err);
    assert!(bare.err.contains("Say why"), "{}", bare.err);
    let asked = guard(&["clear", law, "--reason", "Term is over"]);
    assert_eq!(ok(asked), "Asked for: a second person decides.\n");
    assert_eq!(json(guard(&["show", "--json"]))["units"], expected);
    let second = app.second_owner(1).await;
    assert_eq!(app.approve_all(&second).await, 1);
    assert_eq!(
        json(guard(&["show", "--json"]))["units"],
        serde_json::json!([])
    );
    let nothing = guard(&["set", law]);
    assert_eq!(nothing.code, Some(2), "{}", nothing.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_made_listed_followed_and_revoked() {
    let app = TestApp::new(Engine::Sqlite).await;
    let place = at(&app).await;
    let made = json(place.run(&["invite", "create", "--person", "Elin", "--pin", "--json"]));
    let id = made["id"].as_str().unwrap();
    assert!(made["url"].as_str().unwrap().contains("/e/"));
    let renewed = ok(place.run(&["invite", "renew-pin", id]));
    assert!(
        renewed.starts_with("New PIN, shown only now: "),
        "{renewed}"
    );
    let shown = ok(place.run(&["invite", "create", "--label", "Loan iPads", "--uses", "30"]));
    assert!(shown.contains("Link") && !shown.contains("PIN"), "{shown}");
    let list = ok(place.run(&["invite", "list"]));
    assert!(
        list.contains("Elin") && list.contains("Loan iPads"),
        "{list}"
    );
    assert!(ok(place.run(&["invite", "revoke", id])).starts_with("Revoked."));
    assert_eq!(
        ok(place.run(&["attempt", "list"])),
        "There are no such attempts.\n"
    );
    assert!(ok(place.run(&["push", "show"])).contains("com.apple.mgmt."));
    assert!(ok(place.run(&["token", "list"])).contains("cli"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_says_why_and_what_to_do() {
    let app = TestApp::new(Engine::Sqlite).await;
    let url = app.url();
    let nobody = Place::new()
        .with("TILLSYN_SERVER", &url)
        .run(&["device", "list"]);
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.err.contains("TILLSYN_TOKEN"), "{}", nobody.err);
    let nowhere = Place::new().run(&["device", "list"]);
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.err.contains("--server"), "{}", nowhere.err);
    let place = Place::new().with("TILLSYN_SERVER", &url);
    place.write("token", "tillsyn_wrong\n");
    let wrong = place.run(&["device", "list", "--token-file", "token"]);
    assert_eq!(wrong.code, Some(3));
    assert!(
        wrong.err.contains("unknown, expired or revoked"),
        "{}",
        wrong.err
    );
    assert!(!wrong.err.contains("tillsyn_wrong"), "{}", wrong.err);
    place.write("token", &token(&app, &[P::DevicesRead]).await);
    let run = |words: &[&str]| place.run(&[words, &["--token-file", "token"]].concat());
    let lacking = run(&["invite", "list", "--json"]);
    assert_eq!(lacking.code, Some(3));
    let problem: Value = serde_json::from_str(&lacking.err).unwrap();
    assert_eq!(problem["code"], "permission_missing");
    assert_eq!(run(&["device", "show", "C02XYZ"]).code, Some(4));
    assert_eq!(run(&["command", "show", "../devices"]).code, Some(2));
    assert_eq!(run(&["device", "list", "--sort", "colour"]).code, Some(6));
    assert_eq!(ok(run(&["device", "list"])), "There are no such devices.\n");
    let gone = run(&["device", "list", "--server", "http://127.0.0.1:1"]);
    assert_eq!(gone.code, Some(7));
    assert!(gone.err.contains("cannot be reached"), "{}", gone.err);
    let clear = run(&["device", "list", "--server", "http://mdm.example.org"]);
    assert_eq!(clear.code, Some(2));
}

const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.clip</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0003</string>
<key>PayloadDisplayName</key><string>Help desk</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.webClip.managed</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.clip.1</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0004</string>
<key>URL</key><string>https://help.example.org</string><key>Label</key><string>Help</string>
</dict></array></dict></plist>"#;
