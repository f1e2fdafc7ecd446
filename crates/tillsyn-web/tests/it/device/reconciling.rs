//! The long ways round: through plans, groups and people, past refusals, lost answers and dead nodes.

use serde_json::{Value, json};
use tillsyn_core::ids::ProfileId;
use tillsyn_core::{Clock, jobs};
use tillsyn_db::args;
use tillsyn_testkit::{Api, AppOptions, Engine, TestApp, both_engines};

use super::story::only_device;
use crate::device::profiles::{GIVEN, edit, has, look, published_as, rest, saying, state};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const INSTALLS: &str = "SELECT count(*) FROM command WHERE request_type = 'InstallProfile'";

/// The profile with another payload in it.
fn carrying(payload: &str) -> Vec<u8> {
    let text = String::from_utf8(saying("One")).unwrap();
    let (head, rest) = text
        .split_once("com.apple.webClip.managed</string>")
        .unwrap();
    let (own, tail) = rest.split_once("<key>URL</key>").unwrap();
    let (_, tail) = tail.split_once("</dict>").unwrap();
    format!("{head}{payload}{own}</dict>{tail}").into_bytes()
}

/// Only a Mac has a Dock.
fn dock() -> Vec<u8> {
    carrying("com.apple.dock</string><key>tilesize</key><integer>32</integer>")
}

/// Nobody answers there.
fn deaf_scep() -> Vec<u8> {
    carrying(
        "com.apple.security.scep</string><key>PayloadContent</key><dict><key>URL</key>\
         <string>http://127.0.0.1:9/scep</string><key>Key Type</key><string>RSA</string>\
         <key>Keysize</key><integer>2048</integer></dict>",
    )
}

async fn planned(api: &Api, change: Value) -> Value {
    let body = json!({ "change": change });
    api.post("/api/v1/plans", &body).await.expect(201)
}

/// Plans a change and carries it out; the answer is the plan.
async fn done(api: &Api, change: Value) -> Value {
    let plan = planned(api, change).await;
    let path = format!("/api/v1/plans/{}/apply", plan["id"].as_str().unwrap());
    api.post(&path, &json!({})).await.expect(200)
}

async fn group_of(api: &Api, devices: &[String]) -> String {
    let made = api.post("/api/v1/groups", &json!({"name": "Loan"})).await;
    let id = made.expect(201)["id"].as_str().unwrap().to_owned();
    let body = json!({ "add": devices });
    let path = format!("/api/v1/groups/{id}/members");
    api.post(&path, &body).await.expect(200);
    id
}

fn assign(profile: &ProfileId, group: &str) -> Value {
    json!({"kind": "assign", "profile_id": profile.as_str(),
        "include": [{"kind": "group", "id": group}]})
}

async fn next_version(app: &TestApp, api: &Api, profile: &ProfileId, content: Vec<u8>) -> Value {
    let revision = edit(app, profile, content).await;
    let change = json!({"kind": "publish_version", "profile_id": profile.as_str(),
        "draft_revision": revision});
    done(api, change).await
}

async fn item(api: &Api, device: &str) -> Value {
    let path = format!("/api/v1/devices/{device}/profiles");
    api.get(&path).await.expect(200)["items"][0].clone()
}

/// A clock that stands still, and no workers.
fn still() -> AppOptions {
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        jobs: false,
        ..AppOptions::default()
    }
}

const DONE: &str = "SELECT count(*) FROM command_transition t JOIN command c \
    ON c.id = t.command_id WHERE c.request_type = 'InstallProfile' \
    AND t.status = 'acknowledged'";

both_engines!(what_a_device_cannot_take_is_never_sent, |app| async move {
    let api = app.owner_api().await;
    let mut phone = app.enrolled_iphone().await;
    let id = only_device(&app).await.to_string();
    rest(&app, &mut phone).await;
    let profile = published_as(&app, dock()).await;
    let group = group_of(&api, std::slice::from_ref(&id)).await;
    let plan = done(&api, assign(&profile, &group)).await;
    // What the plan says comes true.
    assert_eq!(plan["summary"]["effects"]["refused"], 1);
    assert_eq!(plan["summary"]["effects"]["install"], 0);
    assert_eq!(plan["summary"]["refusals"][0]["reason"], "nothing_applies");
    rest(&app, &mut phone).await;
    let found = item(&api, &id).await;
    assert_eq!(
        (&found["state"], &found["reason"]),
        (&json!("refused"), &json!("unsupported"))
    );
    assert_eq!(found["reason_detail"]["support"], "nothing_applies");
    assert_eq!(app.count(INSTALLS).await, 0);

    // A version that it can take goes.
    let plan = next_version(&app, &api, &profile, saying("Two")).await;
    assert_eq!(plan["summary"]["effects"]["install"], 1);
    assert_eq!(plan["summary"]["apply_all"], 1);
    rest(&app, &mut phone).await;
    assert_eq!(state(&app).await.as_deref(), Some("as_desired"));
    // The next one it cannot: what is there stays.
    let plan = next_version(&app, &api, &profile, dock()).await;
    assert_eq!(plan["summary"]["effects"]["refused"], 1);
    rest(&app, &mut phone).await;
    assert_eq!(state(&app).await.as_deref(), Some("refused"));
    assert!(has(&phone));
    assert_eq!(app.count(INSTALLS).await, 1);
});

both_engines!(
    what_a_device_refuses_a_new_version_mends,
    |app| async move {
        let api = app.owner_api().await;
        let mut phone = app.enrolled_iphone().await;
        let id = only_device(&app).await.to_string();
        rest(&app, &mut phone).await;
        let profile = published_as(&app, deaf_scep()).await;
        let group = group_of(&api, std::slice::from_ref(&id)).await;
        done(&api, assign(&profile, &group)).await;
        rest(&app, &mut phone).await;
        let found = item(&api, &id).await;
        assert_eq!(
            (&found["state"], &found["reason"]),
            (&json!("refused"), &json!("refused_by_device"))
        );
        assert_eq!(found["failures"], 1);
        let chain = &found["reason_detail"]["error_chain"];
        assert!(chain.to_string().contains("MCSCEPErrorDomain"), "{chain}");
        // The same is not sent again at once.
        look(&app).await;
        rest(&app, &mut phone).await;
        assert_eq!(app.count(INSTALLS).await, 1);

        next_version(&app, &api, &profile, saying("Two")).await;
        rest(&app, &mut phone).await;
        let found = item(&api, &id).await;
        assert_eq!(found["state"], "as_desired");
        assert_eq!(found["failures"], 0);
        assert_eq!(found["confirmed_version"], 2);
        assert!(has(&phone));
    }
);

both_engines!(
    the_scheduled_inventory_alone_finds_drift,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut phone = app.enrolled_iphone().await;
        let id = only_device(&app).await.to_string();
        rest(&app, &mut phone).await;
        let profile = published_as(&app, saying("One")).await;
        let group = group_of(&api, std::slice::from_ref(&id)).await;
        done(&api, assign(&profile, &group)).await;
        app.run_job("reconcile").await;
        rest(&app, &mut phone).await;
        assert_eq!(state(&app).await.as_deref(), Some("as_desired"));
        phone
            .person_removes_configuration(crate::device::profiles::IDENTIFIER)
            .unwrap();
        // Nobody asks until the cycle is over.
        rest(&app, &mut phone).await;
        assert!(!has(&phone));
        assert_eq!(item(&api, &id).await["drifts"], 0);
        for _ in 0..25 {
            app.clock.advance_ms(HOUR_MS);
            app.run_job("minute").await;
        }
        rest(&app, &mut phone).await;
        assert!(has(&phone));
        assert_eq!(app.count("SELECT drifts FROM item_state").await, 1);
        assert_eq!(state(&app).await.as_deref(), Some("as_desired"));
        assert_eq!(app.count(GIVEN).await, 2);
    }
);

both_engines!(who_leaves_a_group_loses_its_profile, |app| async move {
    let api = app.owner_api().await;
    let mut phone = app.enrolled_iphone().await;
    let id = only_device(&app).await.to_string();
    rest(&app, &mut phone).await;
    let profile = published_as(&app, saying("One")).await;
    let group = group_of(&api, std::slice::from_ref(&id)).await;
    done(&api, assign(&profile, &group)).await;
    rest(&app, &mut phone).await;
    assert!(has(&phone));
    let found = item(&api, &id).await;
    assert_eq!(found["why"][0]["targets"][0]["name"], "Loan");
    let leave = json!({"kind": "group_members", "group_id": group,
        "remove": [{"kind": "device", "id": id}]});
    let plan = done(&api, leave).await;
    assert_eq!(plan["summary"]["effects"]["remove"], 1);
    rest(&app, &mut phone).await;
    assert!(!has(&phone));
    assert!(phone.is_enrolled());
    assert_eq!(app.count("SELECT count(*) FROM item_state").await, 0);
});

both_engines!(a_storm_of_plans_is_one_install, |app| async move {
    let api = app.owner_api().await;
    let mut phone = app.enrolled_iphone().await;
    let id = only_device(&app).await.to_string();
    rest(&app, &mut phone).await;
    let profile = published_as(&app, saying("One")).await;
    let group = group_of(&api, std::slice::from_ref(&id)).await;
    done(&api, assign(&profile, &group)).await;
    for label in ["Two", "Three", "Four"] {
        let plan = next_version(&app, &api, &profile, saying(label)).await;
        assert_eq!(plan["status"], "applied");
        app.run_job("reconcile").await;
    }
    rest(&app, &mut phone).await;
    assert_eq!(app.count(GIVEN).await, 1);
    let found = item(&api, &id).await;
    assert_eq!(found["state"], "as_desired");
    assert_eq!(found["confirmed_version"], 4);
});

both_engines!(an_answer_that_is_lost_doubles_nothing, |app| async move {
    let api = app.owner_api().await;
    let mut phone = app.enrolled_iphone().await;
    let id = only_device(&app).await.to_string();
    rest(&app, &mut phone).await;
    let profile = published_as(&app, saying("One")).await;
    let group = group_of(&api, std::slice::from_ref(&id)).await;
    done(&api, assign(&profile, &group)).await;
    // Every answer of the server gets lost behind its commit: every result comes twice.
    phone.config_mut().behaviours.lost_reply = 1_000;
    rest(&app, &mut phone).await;
    let found = item(&api, &id).await;
    assert_eq!(found["state"], "as_desired");
    assert_eq!(
        (&found["drifts"], &found["failures"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(app.count(INSTALLS).await, 1);
    assert_eq!(app.count(DONE).await, 1);
});

both_engines!(
    a_value_that_comes_later_lets_its_profile_go,
    |app| async move {
        let api = app.owner_api().await;
        let mut phone = app.enrolled_iphone().await;
        let id = only_device(&app).await.to_string();
        rest(&app, &mut phone).await;
        let nobody = json!({ "person_id": null });
        let of_person = format!("/api/v1/devices/{id}/person");
        api.put(&of_person, &nobody).await.expect(204);
        let profile = published_as(&app, saying("{{person.email}}")).await;
        let group = group_of(&api, std::slice::from_ref(&id)).await;
        done(&api, assign(&profile, &group)).await;
        rest(&app, &mut phone).await;
        let found = item(&api, &id).await;
        assert_eq!(found["reason"], "variable_missing");
        assert_eq!(found["reason_detail"]["variables"], json!(["person.email"]));
        assert_eq!(app.count(GIVEN).await, 0);
        assert!(!has(&phone));

        let person = json!({"name": "Elin Hedström", "email": "elin@example.org"});
        let person = api.post("/api/v1/people", &person).await.expect(201);
        let own = json!({ "person_id": person["id"] });
        api.put(&of_person, &own).await.expect(204);
        rest(&app, &mut phone).await;
        assert!(has(&phone));
        assert_eq!(item(&api, &id).await["state"], "as_desired");
    }
);

both_engines!(
    a_sweep_finds_devices_by_every_kind_of_target,
    still(),
    |app| async move {
        const EACH: &str = "SELECT count(DISTINCT device_id) FROM command \
            WHERE request_type = 'InstallProfile'";
        let api = app.owner_api().await;
        for _ in 0..5 {
            app.enrolled_iphone().await;
        }
        let list = "SELECT id FROM device ORDER BY id";
        let rows = app.db().query_all(list, args![]).await.unwrap();
        let devices: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
        let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
        let law = law.expect(201)["id"].clone();
        let to = json!({"device_ids": [devices[3]], "unit_id": law});
        api.post("/api/v1/devices/move", &to).await.expect(204);
        let elin = json!({"name": "Elin", "email": "elin@example.org"});
        let elin = api.post("/api/v1/people", &elin).await.expect(201)["id"].clone();
        let path = format!("/api/v1/devices/{}/person", devices[2]);
        api.put(&path, &json!({ "person_id": elin }))
            .await
            .expect(204);
        let group = group_of(&api, &devices[1..2]).await;
        let path = format!("/api/v1/groups/{group}/members");
        api.post(&path, &json!({ "add": [elin] })).await.expect(200);
        let profile = published_as(&app, saying("One")).await;
        let change = json!({"kind": "assign", "profile_id": profile.as_str(), "include": [
            {"kind": "device", "id": devices[0]}, {"kind": "group", "id": group},
            {"kind": "org_unit", "id": law}]});
        done(&api, change).await;
        let forget = "DELETE FROM reconcile_request";
        app.db().execute(forget, args![]).await.unwrap();
        app.run_job("reconcile").await;
        assert_eq!(app.count(EACH).await, 4);
        // Walks that ended are forgotten after two days.
        app.clock.advance_ms(49 * HOUR_MS);
        app.run_job("hour").await;
        let old = "SELECT count(*) FROM reconcile_sweep WHERE subject_kind = 'item'";
        assert_eq!(app.count(old).await, 0);
    }
);

both_engines!(
    a_sweep_goes_on_where_a_dead_node_left_it,
    still(),
    |app| async move {
        const SWEEP: &str = "INSERT INTO reconcile_sweep (id, subject_kind, subject_id, cursor, \
            lease_until, created_at) VALUES ('s1', 'item', $1, $2, $3, 1)";
        const OPEN: &str = "SELECT count(*) FROM reconcile_sweep WHERE finished_at IS NULL";
        const MOST: &str = "SELECT max(n) FROM (SELECT count(*) AS n FROM command \
            WHERE request_type = 'InstallProfile' GROUP BY device_id) of_device";
        let api = app.owner_api().await;
        let mut devices = Vec::new();
        for _ in 0..4 {
            app.enrolled_iphone().await;
        }
        for row in app
            .db()
            .query_all("SELECT id FROM device ORDER BY id", args![])
            .await
            .unwrap()
        {
            devices.push(row.text(0).unwrap());
        }
        let profile = published_as(&app, saying("One")).await;
        let group = group_of(&api, &devices).await;
        done(&api, assign(&profile, &group)).await;
        let db = app.db();
        for forget in [
            "DELETE FROM reconcile_request",
            "DELETE FROM reconcile_sweep",
        ] {
            db.execute(forget, args![]).await.unwrap();
        }
        // The node that did the first device holds the sweep, and is gone.
        let lease = app.clock.now_ms() + 30_000;
        db.execute(SWEEP, args![&profile, devices[0].as_str(), lease])
            .await
            .unwrap();
        app.run_job("reconcile").await;
        assert_eq!(app.count(INSTALLS).await, 0);
        app.clock.advance_ms(30_001);
        let other = match db.engine() {
            Engine::Postgres => Some(app.second_node().await),
            Engine::Sqlite => None,
        };
        let second = other.as_ref().map_or(&app.core, |(core, ..)| core);
        // Whoever comes second to a chunk leaves it to the first.
        for _ in 0..10 {
            let one = jobs::run(&app.core, "reconcile");
            let _ = tokio::join!(one, jobs::run(second, "reconcile"));
        }
        assert_eq!(app.count(OPEN).await, 0);
        assert_eq!(app.count(INSTALLS).await, 3);
        assert_eq!(app.count(MOST).await, 1);
    }
);
