use std::time::Duration;

use tillsyn_core::accounts::{resume, sign_in};
use tillsyn_core::commands::{Confirmation, NewCommand, Request, enqueue, preview};
use tillsyn_core::devices::{DeviceFilter, DeviceSort, list_devices};
use tillsyn_core::keys::KeyStore;
use tillsyn_core::{Clock, Core, CoreConfig};
use tillsyn_db::{Db, DbConfig, args};
use tillsyn_pki::seal::KeyRing;

use crate::program::Place;

#[test]
fn nothing_held_is_said_so() {
    let place = Place::initialised();
    let ended = place.run(&["guard", "list"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.out, "Nothing is held.\n");
    let ended = place.run(&["guard", "list", "--json"]);
    let held: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(held, serde_json::json!({ "approvals": [], "freezes": [] }));
}

#[test]
fn an_unknown_request_is_not_released() {
    let place = Place::initialised();
    let ended = place.run(&["guard", "release", "everything"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("`everything` is no id of a request"),
        "{}",
        ended.err
    );
    let ended = place.run(&["guard", "release", "01a200e6-581b-766f-9b6d-edb04efa2e14"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("no such approval"), "{}", ended.err);
}

/// Maja asks for two erasures on the day her account was made: held for a second person.
async fn ask_for_two_erasures(core: &Core) {
    let password = "maja-keeps-the-keys".to_owned().into();
    let session = sign_in(core, "maja@norrvik.example", password, None)
        .await
        .unwrap()
        .session()
        .unwrap();
    let session = resume(core, &session.token, None).await.unwrap().unwrap();
    let filter = DeviceFilter {
        platform: vec!["ios".to_owned(), "ipados".to_owned()],
        ownership: vec!["corporate".to_owned()],
        ..DeviceFilter::default()
    };
    let sort = (DeviceSort::default(), false);
    let page = list_devices(core, &session.actor, &filter, sort, None, None)
        .await
        .unwrap();
    let devices: Vec<_> = page.items.into_iter().take(2).map(|d| d.id).collect();
    assert_eq!(devices.len(), 2);
    let request = Request::EraseDevice {
        preserve_data_plan: false,
        disallow_proximity_setup: false,
    };
    let seen = preview(core, &session.actor, devices.clone(), request.clone())
        .await
        .unwrap();
    let new = NewCommand {
        devices,
        request,
        profile: None,
        reason: Some("Handed in".to_owned()),
        confirmation: Confirmation {
            typed: Some("2".to_owned()),
            targets_digest: Some(seen.targets_digest),
        },
    };
    enqueue(core, &session.actor, new).await.unwrap();
}

const TODAY: &str = "UPDATE account SET role_changed_at = role_changed_at + 172800000";

#[tokio::test]
async fn a_held_request_is_released_and_recorded() {
    const ACTIVE: &str = "SELECT count(*) FROM enrollment WHERE status = 'active'";
    const ON_HOLD: &str = "SELECT count(*) FROM command \
        WHERE request_type = 'EraseDevice' AND status = 'held' AND held_until IS NOT NULL";
    const RELEASED: &str = "SELECT count(*) FROM event \
        WHERE action = 'guard.release' AND actor_kind = 'server'";
    let place = Place::new();
    let mut demo = place.start(&[
        "demo",
        "--port",
        "0",
        "--devices",
        "6",
        "--folder",
        "folder",
    ]);
    demo.wait_for("Ctrl-C stops the demo", Duration::from_secs(40));
    let url = format!(
        "sqlite:{}",
        place.path("folder/data/tillsyn.sqlite").display()
    );
    let db = Db::open(&DbConfig { url, pool: 2 }).await.unwrap();
    let count = async |sql| {
        let row = db.query_optional(sql, args![]).await.unwrap();
        row.unwrap().i64(0).unwrap()
    };
    for _ in 0..300 {
        if count(ACTIVE).await == 6 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    demo.signal("TERM");
    assert_eq!(demo.wait(Duration::from_secs(25)), Some(0));

    let key = String::from_utf8(place.read("folder/keys/master.key")).unwrap();
    let keys = KeyStore::new(KeyRing::from_text(&key).unwrap());
    let core = Core::open(db.clone(), Clock::system(), CoreConfig::default(), keys)
        .await
        .unwrap();
    // The day after the demo's beginning is far away: both are newcomers, so nobody can be a second person.
    db.execute(TODAY, args![]).await.unwrap();
    ask_for_two_erasures(&core).await;
    let config = ["--config", "folder/tillsyn.toml"];
    let listed = place.run(&[&["guard", "list", "--json"], &config[..]].concat());
    let held: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(held["approvals"][0]["targets"], 2, "{}", listed.out);
    assert_eq!(
        held["approvals"][0]["cause"], "new_account",
        "{}",
        listed.out
    );
    let id = held["approvals"][0]["id"].as_str().unwrap();

    assert_eq!(count(ON_HOLD).await, 0);
    let released = place.run(&[&["guard", "release", id], &config[..]].concat());
    assert_eq!(released.code, Some(0), "{}", released.err);
    assert!(released.out.contains("approved"), "{}", released.out);
    assert_eq!(count(ON_HOLD).await, 2);
    assert_eq!(count(RELEASED).await, 1);
    let again = place.run(&[&["guard", "release", id], &config[..]].concat());
    assert_eq!(again.code, Some(1));
}
