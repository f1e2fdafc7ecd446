//! Commands: the conveniences, the typed door, the target set, what is held, what is withdrawn.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::{Api, TestApp, both_engines};

use crate::device::story::PROFILE;

/// The ids and names of all devices.
async fn fleet(api: &Api) -> Vec<(String, String)> {
    let page = api
        .get("/api/v1/devices?sort=serial_number")
        .await
        .expect(200);
    let text = |device: &Value, key: &str| device[key].as_str().unwrap().to_owned();
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (text(d, "id"), text(d, "name")))
        .collect()
}

async fn one_iphone(app: &TestApp) -> (Api, tillsyn_sim::Device, String, String) {
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    let api = app.owner_api().await;
    let (id, name) = fleet(&api).await.remove(0);
    (api, iphone, id, name)
}

both_engines!(a_lock_goes_at_once_and_is_obeyed, |app| async move {
    let (api, mut iphone, id, _) = one_iphone(&app).await;
    let body = json!({"message": "Found? Call us.", "phone_number": "+46 1"});
    let answer = api.post(&format!("/api/v1/devices/{id}/lock"), &body).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let made = answer.expect(202);
    assert_eq!(made["commands"][0]["status"], "queued");
    assert_eq!(made["commands"][0]["device_id"], id);
    assert_eq!(made["commands"][0]["unlock_pin"], Value::Null);
    iphone.session().await.unwrap();
    let command = made["commands"][0]["id"].as_str().unwrap();
    let shown = api
        .get(&format!("/api/v1/commands/{command}"))
        .await
        .expect(200);
    assert_eq!(
        (&shown["status"], &shown["act"]),
        (&json!("acknowledged"), &json!("lock"))
    );
    assert_eq!(shown["request"]["message"], "Found? Call us.");
    assert_eq!(shown["actor_kind"], "token");
    assert_eq!(
        shown["transitions"].as_array().unwrap().last().unwrap()["status"],
        "acknowledged"
    );
    let events = api
        .get(&format!("/api/v1/events?object_kind=device&object_id={id}"))
        .await
        .expect(200);
    assert!(
        events["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["actor_kind"] == "token"),
        "{events}"
    );
    // No body at all is a lock without words.
    assert_eq!(
        api.post(&format!("/api/v1/devices/{id}/lock"), &json!({}))
            .await
            .status,
        202
    );
    let wrong = api
        .post(
            &format!("/api/v1/devices/{id}/lock"),
            &json!({"massage": "x"}),
        )
        .await;
    assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!("body")));
});

both_engines!(a_locked_mac_hands_its_pin_out_once, |app| async move {
    app.enrolled_mac().await.session().await.unwrap();
    let api = app.owner_api().await;
    let (id, _) = fleet(&api).await.remove(0);
    let made = api
        .post(&format!("/api/v1/devices/{id}/lock"), &json!({}))
        .await
        .expect(202);
    let pin = made["commands"][0]["unlock_pin"].as_str().unwrap();
    assert_eq!(pin.len(), 6);
    let command = made["commands"][0]["id"].as_str().unwrap();
    let shown = api
        .get(&format!("/api/v1/commands/{command}"))
        .await
        .expect(200)
        .to_string();
    assert!(!shown.contains(pin));
    let event = "SELECT details FROM event WHERE action = 'secret.reveal'";
    let event = app.text(event).await.unwrap();
    assert!(event.contains(command) && !event.contains(pin), "{event}");
});

both_engines!(
    a_pin_is_in_no_kept_answer_and_only_for_who_may_see_pins,
    |app| async move {
        app.enrolled_mac().await.session().await.unwrap();
        let api = app.owner_api().await;
        let (id, _) = fleet(&api).await.remove(0);
        let path = format!("/api/v1/devices/{id}/lock");
        let once = async || {
            let answer = api
                .post_with(&path, &json!({}), "Idempotency-Key", "once")
                .await;
            answer.expect(202)["commands"][0].clone()
        };
        let (first, again) = (once().await, once().await);
        assert_eq!(first["id"], again["id"]);
        assert!(first["unlock_pin"].is_string());
        assert_eq!(again["unlock_pin"], Value::Null);
        let locker = app.api(&[P::DevicesRead, P::DevicesLock]).await;
        let made = locker.post(&path, &json!({})).await.expect(202);
        assert_eq!(made["commands"][0]["unlock_pin"], Value::Null);
        let shown = "SELECT count(*) FROM event WHERE action = 'secret.reveal'";
        assert_eq!(app.count(shown).await, 1);
        let kept = "SELECT count(*) FROM escrow WHERE kind = 'lock_pin'";
        assert_eq!(app.count(kept).await, 2);
    }
);

both_engines!(
    an_erase_wants_reason_and_name_takes_the_hold_and_can_be_withdrawn,
    |app| async move {
        let (api, mut iphone, id, name) = one_iphone(&app).await;
        let path = format!("/api/v1/devices/{id}/erase");
        for (body, field) in [
            (json!({"confirm": name}), "reason"),
            (json!({"reason": "Sold"}), "confirm"),
            (json!({"reason": "Sold", "confirm": "another"}), "confirm"),
        ] {
            assert_eq!(api.post(&path, &body).await.expect(422)["field"], field);
        }
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE act = 'erase'")
                .await,
            0
        );
        let made = api
            .post(&path, &json!({"reason": "Sold", "confirm": name}))
            .await
            .expect(202);
        assert_eq!(made["commands"][0]["status"], "held");
        assert_eq!(made["commands"][0]["held_reason"], "hold");
        assert!(made["commands"][0]["held_until"].is_string());
        iphone.session().await.unwrap();
        let command = made["commands"][0]["id"].as_str().unwrap();
        let path = format!("/api/v1/commands/{command}");
        // Reading is not enough to withdraw it; the right to erase is.
        let reader = app.api(&[P::DevicesRead]).await;
        assert_eq!(reader.delete(&path).await.status, 403);
        let eraser = app.api(&[P::DevicesErase]).await;
        assert_eq!(eraser.delete(&path).await.status, 204);
        let twice = eraser.delete(&path).await;
        assert_eq!(
            (twice.status, &twice.body["code"]),
            (409, &json!("already_over"))
        );
        assert_eq!(api.get(&path).await.expect(200)["status"], "cancelled");
        assert!(app.actions().await.contains(&"command.cancel".to_owned()));
    }
);

both_engines!(a_retire_removes_the_enrollment_profile, |app| async move {
    let (api, _iphone, id, name) = one_iphone(&app).await;
    let body = json!({"reason": "Left", "confirm": name});
    // Whoever may only install profiles cannot retire by that door.
    let installer = app.api(&[P::ProfilesInstall]).await;
    assert_eq!(
        installer
            .post(&format!("/api/v1/devices/{id}/retire"), &body)
            .await
            .status,
        403
    );
    let detail = api.get(&format!("/api/v1/devices/{id}")).await.expect(200);
    let remove = json!({"reason": "Left", "confirm": name, "command":
        {"type": "RemoveProfile", "identifier": detail["enrollment_profile_identifier"]}});
    let path = format!("/api/v1/devices/{id}/commands");
    assert_eq!(installer.post(&path, &remove).await.status, 403);
    let made = api
        .post(&format!("/api/v1/devices/{id}/retire"), &body)
        .await
        .expect(202);
    assert_eq!(made["commands"][0]["held_reason"], "hold");
    let held = api.get("/api/v1/commands?status=held").await.expect(200);
    assert_eq!(held["items"][0]["act"], "retire");
    // A device that is not enrolled cannot be retired.
    app.db()
        .execute("UPDATE enrollment SET status = 'removed'", Vec::new())
        .await
        .unwrap();
    let again = api
        .post(&format!("/api/v1/devices/{id}/retire"), &body)
        .await;
    assert_eq!(
        (again.status, &again.body["code"]),
        (409, &json!("not_enrolled"))
    );
});

both_engines!(typed_commands_are_checked_and_delivered, |app| async move {
    let (api, mut iphone, id, _) = one_iphone(&app).await;
    let path = format!("/api/v1/devices/{id}/commands");
    for bad in [
        json!({}),
        json!({"command": {"type": "Explode"}}),
        json!({"command": {"type": "RemoveProfile"}}),
        json!({"command": {"type": "DeviceLock", "colour": "red"}}),
        json!({"command": {"type": "InstallProfile", "profile": "§"}}),
        json!({"command": {"type": "InstallProfile", "profile": "aGVsbG8="}}),
    ] {
        assert_eq!(api.post(&path, &bad).await.status, 422, "{bad}");
    }
    let profile = STANDARD.encode(PROFILE);
    let install = json!({"command": {"type": "InstallProfile", "profile": profile}});
    let made = api.post(&path, &install).await.expect(202);
    iphone.session().await.unwrap();
    let command = made["commands"][0]["id"].as_str().unwrap();
    let shown = api
        .get(&format!("/api/v1/commands/{command}"))
        .await
        .expect(200);
    assert_eq!(shown["status"], "acknowledged");
    assert_eq!(shown["request"]["identifier"], "org.example.webclip");
    let refreshed = api
        .post(&format!("/api/v1/devices/{id}/refresh"), &json!({}))
        .await
        .expect(202);
    assert_eq!(refreshed["batches"].as_array().unwrap().len(), 5);
    let again = api
        .post(&format!("/api/v1/devices/{id}/refresh"), &json!({}))
        .await
        .expect(202);
    assert_eq!(again["batches"][0]["commands"][0]["merged"], true);
    iphone.session().await.unwrap();
    let list = api
        .get(&format!("/api/v1/devices/{id}/commands?limit=2"))
        .await
        .expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert!(list["next"].is_string());
    let open = api
        .get(&format!("{path}?unfinished=true"))
        .await
        .expect(200);
    assert_eq!(open["items"], json!([]));
});

both_engines!(a_set_is_previewed_then_asked_for_whole, |app| async move {
    for _ in 0..2 {
        app.enrolled_iphone().await.session().await.unwrap();
    }
    let api = app.owner_api().await;
    let ids: Vec<String> = fleet(&api).await.into_iter().map(|(id, _)| id).collect();
    let command = json!({"type": "EraseDevice"});
    let preview = json!({"devices": ids, "command": command});
    let seen = api
        .post("/api/v1/commands/preview", &preview)
        .await
        .expect(200);
    assert_eq!(
        (&seen["act"], &seen["confirm_with"]),
        (&json!("erase"), &json!("2"))
    );
    assert_eq!(seen["targets"].as_array().unwrap().len(), 2);
    let mut ask = json!({"devices": ids, "command": command, "reason": "Term end", "confirm": "2"});
    let without = api.post("/api/v1/commands", &ask).await;
    assert_eq!(
        (without.status, &without.body["code"]),
        (409, &json!("targets_changed"))
    );
    ask["targets_digest"] = seen["targets_digest"].clone();
    let made = api.post("/api/v1/commands", &ask).await.expect(202);
    let reasons: Vec<&Value> = made["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["held_reason"])
        .collect();
    assert!(
        reasons.iter().all(|reason| **reason != Value::Null),
        "{made}"
    );
    let missing = json!({"devices": [ids[0], crate::api::access::NOBODY], "command": command});
    assert_eq!(api.post("/api/v1/commands", &missing).await.status, 404);
    assert_eq!(
        api.post(
            "/api/v1/commands/preview",
            &json!({"devices": [], "command": command})
        )
        .await
        .status,
        422
    );
});

both_engines!(
    what_needs_a_second_person_is_listed_as_held,
    |app| async move {
        for _ in 0..6 {
            app.enrolled_iphone().await.session().await.unwrap();
        }
        let api = app.owner_api().await;
        let ids: Vec<String> = fleet(&api).await.into_iter().map(|(id, _)| id).collect();
        let ask = json!({"devices": ids, "command": {"type": "DeviceLock"}, "reason": "Theft"});
        let made = api.post("/api/v1/commands", &ask).await.expect(202);
        assert_eq!(made["commands"][0]["held_reason"], "second_person");
        assert_eq!(made["commands"][0]["held_until"], Value::Null);
        let held = api.get("/api/v1/held").await.expect(200);
        assert_eq!(held["items"][0]["id"], made["batch_id"]);
        assert_eq!(
            (&held["items"][0]["commands"], &held["items"][0]["reason"]),
            (&json!(6), &json!("Theft"))
        );
    }
);
