//! The family's webhook format, from a device's message to a receiver that checks as theirs do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use tillsyn_apple::result::CommandResult;
use tillsyn_core::{Clock, Permission};
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{AppOptions, Engine, OWNER_PASSWORD, TestApp, both_engines};

use super::{Tool, of_type, plist, uuid};
use crate::wire::shapes::device_ids;

const STORED: &str = "SELECT count(*) FROM webhook_delivery";

fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

fn wish(app: &TestApp, events: &[&str]) -> Json {
    json!({ "name": "nanocmd", "url": app.hooks.url(), "events": events, "format": "nanomdm",
        "password": OWNER_PASSWORD })
}

/// What came, by topic.
fn got(app: &TestApp, topic: &str) -> Vec<Json> {
    let received = app.hooks.received();
    let all = received
        .iter()
        .map(|request| serde_json::from_slice::<Json>(&request.body).unwrap());
    all.filter(|event| event["topic"] == topic).collect()
}

fn raw(event: &Json) -> String {
    let encoded = event["raw_payload"].as_str().unwrap();
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

both_engines!(
    messages_go_out_raw_only_to_who_asked_for_them_and_may,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        // Nobody asked: nothing is kept.
        app.enrolled_iphone().await;
        assert_eq!(app.count(STORED).await, 0);

        let weak = [Permission::WebhooksWrite, Permission::AuditRead];
        let weak = app.api(&weak).await;
        let refused = weak.post("/api/v1/webhooks", &wish(&app, &["mdm.*"])).await;
        assert_eq!(refused.status, 403);
        let odd = api
            .post("/api/v1/webhooks", &wish(&app, &["device.*"]))
            .await;
        assert_eq!(odd.status, 422);
        let made = api
            .post("/api/v1/webhooks", &wish(&app, &["mdm.*"]))
            .await
            .expect(201);
        let key = made["key"].as_str().unwrap();
        let by = "SELECT count(*) FROM event WHERE action = 'webhook.create' AND actor_kind = 'token' \
            AND details LIKE '%nanomdm%'";
        assert_eq!(app.count(by).await, 1);
        let north = api
            .post("/api/v1/units", &json!({"name": "North"}))
            .await
            .expect(201);
        let mut elsewhere = wish(&app, &["*"]);
        elsewhere["unit_id"] = north["id"].clone();
        api.post("/api/v1/webhooks", &elsewhere).await.expect(201);

        let mut iphone = app.enrolled_iphone().await;
        iphone.sessions().await.unwrap();
        let uuid = uuid(1);
        let tool = Tool::new(&app).await;
        let path = format!("/v1/enqueue/{}?nopush=1", iphone.udid());
        let queued = tool
            .put(&path, plist(&uuid, &of_type("SecurityInfo")))
            .await;
        assert_eq!(queued.status, 200);
        iphone.session().await.unwrap();
        iphone.renew_token().await.unwrap();
        for _ in 0..4 {
            app.run_job("webhooks").await;
        }

        assert!(
            app.hooks
                .received()
                .iter()
                .all(|request| request.has_hmac_of(key))
        );
        assert_eq!(app.hooks.faults(), [""; 0]);
        let device = json!({ "id": iphone.udid(), "type": "Device" });
        let authenticate = &got(&app, "mdm.Authenticate")[..];
        assert_eq!(authenticate.len(), 1);
        let event = &authenticate[0]["checkin_event"];
        assert_eq!(
            (&event["ids"], &event["udid"]),
            (&device, &json!(iphone.udid()))
        );
        assert!(raw(event).contains("<string>Authenticate</string>"));
        // The order of deliveries is not promised.
        let updates = got(&app, "mdm.TokenUpdate");
        let tally = |event: &Json| event["checkin_event"]["token_update_tally"].as_i64();
        let mut tallies: Vec<_> = updates.iter().map(tally).collect();
        tallies.sort_unstable();
        assert_eq!(tallies, [Some(1), Some(2)]);
        let reports = got(&app, "mdm.Connect");
        let with = |status: &str, uuid: Option<&str>| {
            reports.iter().any(|event| {
                let event = &event["acknowledge_event"];
                event["status"] == status
                    && event.get("command_uuid").and_then(Json::as_str) == uuid
            })
        };
        assert!(with("Idle", None) && with("Acknowledged", Some(&uuid)));

        // An idle poll with nothing to do is told of as well, now that somebody listens.
        let before = app.count(STORED).await;
        let idle = CommandResult::idle(device_ids(&iphone)).to_plist();
        iphone.put_raw(false, idle).await.unwrap();
        assert_eq!(app.count(STORED).await, before + 1);
        // A stranger's message is nobody's.
        iphone.probe_tampered().await.unwrap();
        assert_eq!(app.count(STORED).await, before + 1);

        // What devices say is sealed as long as it waits, and nobody can ask for a test of it.
        let told = raw(&got(&app, "mdm.TokenUpdate")[0]["checkin_event"]);
        assert!(told.contains("UnlockToken"));
        let canaries = [Canary::new("raw body", "raw_payload")];
        for (table, column, value) in cells(&app.db()).await {
            assert_eq!(found_in(&canaries, value), [""; 0], "{table}.{column}");
        }
        let id = made["webhook"]["id"].as_str().unwrap();
        let test = api
            .post(&format!("/api/v1/webhooks/{id}/test"), &Json::Null)
            .await;
        assert_eq!(test.body["code"], "webhook_test_format");

        // Where nobody wants polls of the unit, an idle one is not written.
        let narrow = json!({"events": ["mdm.TokenUpdate"], "password": OWNER_PASSWORD});
        let path = format!("/api/v1/webhooks/{id}");
        api.patch(&path, &narrow).await.expect(200);
        let idle = CommandResult::idle(device_ids(&iphone)).to_plist();
        iphone.put_raw(false, idle).await.unwrap();
        assert_eq!(app.count(STORED).await, before + 1);
        let wide = json!({"events": ["mdm.*"], "password": OWNER_PASSWORD});
        api.patch(&path, &wide).await.expect(200);

        // Paused, it costs nothing again.
        let path = format!("/api/v1/webhooks/{id}");
        api.patch(&path, &json!({"paused": true})).await.expect(200);
        let idle = CommandResult::idle(device_ids(&iphone)).to_plist();
        iphone.put_raw(false, idle).await.unwrap();
        assert_eq!(app.count(STORED).await, before + 1);
    }
);

// What reveals ask for, this asks for too: it shows all secrets of a unit from now on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_alone_has_no_secrets_sent() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let path = "/api/v1/webhooks";
    let full = wish(&app, &["mdm.*"]);
    for (password, status, code) in [
        (Json::Null, 403, "fresh_sign_in_needed"),
        (json!("not my password"), 422, "password_wrong"),
    ] {
        let mut bare = full.clone();
        bare["password"] = password;
        let refused = api.post(path, &bare).await.expect(status);
        assert_eq!(refused["code"], code);
    }
    for missing in [
        Permission::SecretsRevealTokens,
        Permission::SecretsRevealKeys,
        Permission::SecretsRevealPins,
        Permission::DevicesLocate,
    ] {
        let all = Permission::ALL.iter().map(|(p, _)| *p);
        let held: Vec<_> = all
            .filter(|p| *p != missing && app.owner.holds(*p))
            .collect();
        let weak = app.api(&held).await;
        assert_eq!(weak.post(path, &full).await.status, 403, "{missing:?}");
    }
    let made = api.post(path, &full).await.expect(201);
    let one = format!("{path}/{}", made["webhook"]["id"].as_str().unwrap());
    let (key, url) = (format!("{one}/key"), app.hooks.url());
    api.patch(&one, &json!({"paused": true})).await.expect(200);
    for change in [
        json!({"paused": false}),
        json!({"url": url}),
        json!({"events": ["mdm.Connect"]}),
    ] {
        let refused = api.patch(&one, &change).await.expect(403);
        assert_eq!(refused["code"], "fresh_sign_in_needed", "{change}");
        let mut meant = change;
        meant["password"] = json!(OWNER_PASSWORD);
        api.patch(&one, &meant).await.expect(200);
    }
    assert_eq!(api.post(&key, &json!({})).await.status, 403);
    let proof = json!({"password": OWNER_PASSWORD});
    api.post(&key, &proof).await.expect(200);
    api.patch(&one, &json!({"name": "Other"})).await.expect(200);

    // Who reaches the devices of one platform has not those of all sent.
    let limit = "UPDATE account SET platform = 'apple'";
    app.db().execute(limit, Vec::new()).await.unwrap();
    let refused = api.post(path, &full).await.expect(403);
    assert_eq!(refused["code"], "webhook_all_platforms");
}

both_engines!(
    nothing_that_opens_a_personal_device_is_sent,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut iphone = app.enrolled_iphone().await;
        let personal = "UPDATE device_summary SET ownership = 'personal'";
        assert_eq!(app.db().execute(personal, Vec::new()).await.unwrap(), 1);
        api.post("/api/v1/webhooks", &wish(&app, &["mdm.*"]))
            .await
            .expect(201);
        iphone.renew_token().await.unwrap();
        let idle = CommandResult::idle(device_ids(&iphone)).to_plist();
        iphone.put_raw(false, idle).await.unwrap();
        app.run_job("webhooks").await;
        assert_eq!(got(&app, "mdm.TokenUpdate").len(), 0);
        assert_eq!(got(&app, "mdm.Connect").len(), 1);
        let org = "UPDATE device_summary SET ownership = 'organisation'";
        app.db().execute(org, Vec::new()).await.unwrap();
        iphone.renew_token().await.unwrap();
        app.run_job("webhooks").await;
        assert_eq!(got(&app, "mdm.TokenUpdate").len(), 1);
    }
);
