//! Lost mode, activation lock and recovery keys with a device that answers.

use serde_json::{Value as Json, json};
use tillsyn_db::args;
use tillsyn_sim::{Device, DeviceConfig};
use tillsyn_testkit::{Api, OWNER_PASSWORD, TestApp, both_engines};

const RECOVERY_LOCKS: &str = "SELECT count(*) FROM escrow WHERE kind = 'recovery_lock_password' \
    AND state = 'kept'";

async fn supervised_iphone(app: &TestApp, api: &Api) -> (Device, String) {
    let mut iphone = app
        .enrolled(DeviceConfig::iphone(app.next()).supervised())
        .await;
    iphone.session().await.unwrap();
    let list = api.get("/api/v1/devices").await.expect(200);
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    (iphone, id)
}

async fn ask(api: &Api, id: &str, command: Json) -> (u16, Json) {
    let path = format!("/api/v1/devices/{id}/commands");
    let answer = api.post(&path, &json!({ "command": command })).await;
    (answer.status, answer.body)
}

async fn send(api: &Api, id: &str, command: Json) {
    let (status, body) = ask(api, id, command).await;
    assert_eq!(status, 202, "{body}");
}

both_engines!(
    lost_mode_follows_the_device_and_only_then_locates,
    |app| async move {
        let api = app.owner_api().await;
        let (mut iphone, id) = supervised_iphone(&app, &api).await;
        let show = format!("/api/v1/devices/{id}/lost-mode");
        let (status, body) = ask(&api, &id, json!({"type": "DeviceLocation"})).await;
        assert_eq!((status, &body["code"]), (409, &json!("not_capable")));
        assert_eq!(
            body["data"]["refused"][0]["code"], "lost_mode_off",
            "{body}"
        );
        let on = json!({"type": "EnableLostMode", "message": "Call us", "phone_number": "018 1"});
        send(&api, &id, on).await;
        // Asked is not obeyed.
        let asked = api.get(&show).await.expect(200);
        assert_eq!(
            (&asked["on"], &asked["waiting"]),
            (&json!(false), &json!(["EnableLostMode"]))
        );
        iphone.session().await.unwrap();
        let now = api.get(&show).await.expect(200);
        assert_eq!(
            (&now["on"], &now["message"], &now["phone_number"]),
            (&json!(true), &json!("Call us"), &json!("018 1"))
        );
        let device = format!("/api/v1/devices/{id}");
        assert_eq!(api.get(&device).await.expect(200)["status"], "lost");

        send(&api, &id, json!({"type": "DeviceLocation"})).await;
        iphone.session().await.unwrap();
        let path = format!("{device}/locations");
        let found = api.get(&path).await.expect(200);
        // Whoever looks is recorded; a look that lasts, once a minute.
        api.get(&path).await.expect(200);
        let looked = "SELECT count(*) FROM event WHERE action = 'device.locations_read'";
        assert_eq!(app.count(looked).await, 1);
        let at = &found["items"][0];
        let latitude = at["latitude"].as_f64().unwrap();
        assert!((-90.0..=90.0).contains(&latitude));
        // The event says that, never where; the stored answer neither.
        let event = app
            .text("SELECT details FROM event WHERE action = 'device.located'")
            .await
            .unwrap();
        assert!(event.contains("tell_user"), "{event}");
        assert!(!event.contains(&latitude.to_string()), "{event}");
        assert_eq!(
            app.count(
                "SELECT count(*) FROM event WHERE action = 'command.enqueue' \
            AND details LIKE '%DeviceLocation%'"
            )
            .await,
            1,
            "each location query is audited"
        );

        send(&api, &id, json!({"type": "DisableLostMode"})).await;
        iphone.session().await.unwrap();
        assert_eq!(api.get(&show).await.expect(200)["on"], false);
        assert_eq!(api.get(&device).await.expect(200)["status"], "active");
        let (status, _) = ask(&api, &id, json!({"type": "DeviceLocation"})).await;
        assert_eq!(status, 409);
        // Seven days.
        let old = "UPDATE location SET received_at = received_at - 691200000";
        app.db().execute(old, Vec::new()).await.unwrap();
        app.run_job("hour").await;
        assert_eq!(api.get(&path).await.expect(200)["items"], json!([]));
    }
);

both_engines!(
    an_activation_lock_goes_with_the_code_of_the_device,
    |app| async move {
        let api = app.owner_api().await;
        let (mut iphone, id) = supervised_iphone(&app, &api).await;
        let path = format!("/api/v1/devices/{id}/activation-unlocks");
        send(&api, &id, json!({"type": "ActivationLockBypassCode"})).await;
        iphone.session().await.unwrap();
        let code = iphone.activation_lock_bypass_code().unwrap().to_owned();
        assert_eq!(
            app.count("SELECT count(*) FROM escrow WHERE kind = 'activation_lock_bypass_device'")
                .await,
            1
        );
        let serial = iphone.serial().to_owned();
        app.device_services.lock(&serial, &code);
        assert_eq!(api.post(&path, &json!({"reason": " "})).await.status, 422);
        api.post(&path, &json!({"reason": "New user"}))
            .await
            .expect(202);
        app.run_job("activation_lock").await;
        app.eventually(
            "SELECT count(*) FROM activation_unlock WHERE status = 'done'",
            1,
        )
        .await;
        assert!(!app.device_services.is_locked(&serial));
        assert_eq!(app.device_services.refusals(), []);
        let told = api.get(&path).await.expect(200);
        assert_eq!(
            told["items"][0]["escrow_kind"],
            "activation_lock_bypass_device"
        );
        // Nobody's code opens it now: said in a stable word.
        app.device_services
            .lock(&serial, "00000-00000-0000-0000-0000-0000");
        api.post(&path, &json!({"reason": "Again"}))
            .await
            .expect(202);
        app.run_job("activation_lock").await;
        app.eventually(
            "SELECT count(*) FROM activation_unlock WHERE reason = 'wrong_code'",
            1,
        )
        .await;
        assert!(app.device_services.is_locked(&serial));
        // The code is in no event and no stored answer.
        let cleared = "SELECT count(*) FROM event WHERE action = 'activation_lock.cleared'";
        assert_eq!(app.count(cleared).await, 1);
        let answered = "SELECT count(*) FROM command_result r JOIN command c ON c.id = r.command_id \
            WHERE c.request_type = 'ActivationLockBypassCode' AND r.body IS NOT NULL";
        assert_eq!(app.count(answered).await, 1);
        for having in [
            "SELECT count(*) FROM event WHERE details LIKE $1",
            "SELECT count(*) FROM command_result WHERE body LIKE $1",
        ] {
            let values = args![format!("%{code}%")];
            let row = app.db().query_optional(having, values).await.unwrap();
            assert_eq!(row.unwrap().i64(0).unwrap(), 0, "{having}");
        }
    }
);

both_engines!(
    a_recovery_lock_is_kept_before_it_is_set_and_settled_by_the_answer,
    |app| async move {
        let api = app.owner_api().await;
        let mut mac = app.enrolled_mac().await;
        mac.session().await.unwrap();
        let device = &api.get("/api/v1/devices").await.expect(200)["items"][0];
        let (id, name) = (device["id"].as_str().unwrap(), &device["name"]);
        let set = json!({"type": "SetRecoveryLock", "new_password": "canary-of-recovery"});
        send(&api, id, set).await;
        assert_eq!(
            app.count(RECOVERY_LOCKS).await,
            0,
            "not before the device says so"
        );
        mac.session().await.unwrap();
        assert_eq!(app.count(RECOVERY_LOCKS).await, 1);
        // Seen: the device can be given a new one, and both are kept.
        let policy = json!({"filevault": false, "rotate_after_reveal": true,
        "tell_after_location": true});
        api.put("/api/v1/escrow/policy", &policy).await.expect(200);
        let path = format!("/api/v1/devices/{id}/escrow");
        let list = api.get(&path).await.expect(200);
        let kept = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["kind"] == "recovery_lock_password")
            .unwrap();
        let reveal = format!("{path}/{}/reveal", kept["id"].as_str().unwrap());
        let body = json!({"reason": "r", "confirm": name, "password": OWNER_PASSWORD});
        let shown = api.post(&reveal, &body).await.expect(200);
        assert_eq!(
            (&shown["value"], &shown["rotation"]),
            (&json!("canary-of-recovery"), &json!("begun"))
        );
        mac.session().await.unwrap();
        assert_eq!(app.count(RECOVERY_LOCKS).await, 2);
        let list = api.get(&path).await.expect(200);
        let newest: Vec<&Json> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["kind"] == "recovery_lock_password" && item["newest"] == true)
            .collect();
        assert_eq!(newest.len(), 1);
        assert_ne!(newest[0]["id"], kept["id"]);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_who_reads_where_a_device_was_is_in_the_trail() {
    const READS: &str = "SELECT actor_id, object_id, details FROM event \
        WHERE action = 'device.locations_read' ORDER BY seq";
    let app = TestApp::new(tillsyn_testkit::Engine::Sqlite).await;
    let api = app.owner_api().await;
    let (mut iphone, id) = supervised_iphone(&app, &api).await;
    let path = format!("/api/v1/devices/{id}/locations");
    // Nothing was seen where there was nothing to see.
    api.get(&path).await.expect(200);
    send(
        &api,
        &id,
        json!({"type": "EnableLostMode", "message": "Call us"}),
    )
    .await;
    iphone.session().await.unwrap();
    send(&api, &id, json!({"type": "DeviceLocation"})).await;
    iphone.session().await.unwrap();
    let reads = async || {
        let rows = app.db().query_all(READS, Vec::new()).await.unwrap();
        let row = |row: &tillsyn_db::Row| [0, 1, 2].map(|at| row.text(at).unwrap());
        rows.iter().map(row).collect::<Vec<_>>()
    };
    assert!(reads().await.is_empty());
    let found = api.get(&path).await.expect(200);
    let latitude = found["items"][0]["latitude"].as_f64().unwrap();
    let others = app.api(&[tillsyn_core::Permission::DevicesLocate]).await;
    others.get(&path).await.expect(200);
    // Whoever may not look sees nothing, and is told of as refused.
    let blind = app.api(&[tillsyn_core::Permission::DevicesRead]).await;
    blind.get(&path).await.expect(403);
    let reads = reads().await;
    assert_eq!(reads.len(), 2, "{reads:?}");
    assert_ne!(reads[0][0], reads[1][0], "by the token that read");
    for [_, object, details] in &reads {
        assert_eq!(*object, id);
        assert!(!details.contains(&latitude.to_string()), "{details}");
    }
}
