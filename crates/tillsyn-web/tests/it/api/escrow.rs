//! `/api/v1/devices/{id}/escrow`: what is kept, who may see it, and what seeing costs.

use serde_json::{Value as Json, json};
use tillsyn_core::Permission as P;
use tillsyn_testkit::{Api, OWNER_PASSWORD, TestApp, both_engines};

/// A Mac that was locked so many times, its name, and the path of its secrets.
async fn locked_mac(app: &TestApp, api: &Api, times: usize) -> (String, String, Vec<String>) {
    let mut mac = app.enrolled_mac().await;
    mac.session().await.unwrap();
    let list = api.get("/api/v1/devices").await.expect(200);
    let device = list["items"].as_array().unwrap().last().unwrap();
    let (id, name) = (
        device["id"].as_str().unwrap().to_owned(),
        device["name"].as_str().unwrap().to_owned(),
    );
    let mut pins = Vec::new();
    for _ in 0..times {
        let lock = api
            .post(&format!("/api/v1/devices/{id}/lock"), &json!({}))
            .await
            .expect(202);
        let pin = lock["commands"][0]["unlock_pin"].as_str().unwrap();
        pins.push(pin.to_owned());
    }
    (name, format!("/api/v1/devices/{id}/escrow"), pins)
}

fn of_kind<'a>(list: &'a Json, kind: &str) -> Vec<&'a Json> {
    let items = list["items"].as_array().unwrap();
    items.iter().filter(|item| item["kind"] == kind).collect()
}

both_engines!(
    a_secret_is_listed_and_shown_once_with_a_reason,
    |app| async move {
        let api = app.owner_api().await;
        let (name, path, pins) = locked_mac(&app, &api, 2).await;
        let list = api.get(&path).await.expect(200);
        assert!(!list.to_string().contains(&pins[0]));
        let kept = of_kind(&list, "lock_pin");
        assert_eq!(kept.len(), 2);
        // Neither lock has reached the Mac: no PIN counts as the one that it has.
        for pin in &kept {
            assert_eq!(
                (&pin["state"], &pin["newest"]),
                (&json!("proposed"), &json!(false))
            );
        }
        assert_eq!(kept[0]["may_reveal"], true);
        assert_eq!(kept[0]["revealed_at"], json!(null));

        // The older one can be seen as well: the Mac answers to the PIN of the lock that it obeyed.
        let reveal = format!("{path}/{}/reveal", kept[1]["id"].as_str().unwrap());
        let body = json!({"reason": "The user is at the desk", "confirm": name,
        "password": OWNER_PASSWORD});
        let answer = api
            .post_with(&reveal, &body, "Idempotency-Key", "once")
            .await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let shown = answer.expect(200);
        assert_eq!(
            (&shown["value"], &shown["encoding"], &shown["newest"]),
            (&json!(pins[0]), &json!("text"), &json!(false))
        );
        // The event says what and why, never the value; the answer is kept for no key.
        let event = app
            .text(
                "SELECT details FROM event WHERE action = 'secret.reveal' AND result = 'done' \
                 AND details LIKE '%escrow_id%'",
            )
            .await
            .unwrap();
        assert!(event.contains("The user is at the desk") && event.contains("lock_pin"));
        assert!(!event.contains(&pins[0]));
        assert_eq!(app.count("SELECT count(*) FROM idempotency_key").await, 0);
        let list = api.get(&path).await.expect(200);
        let seen = of_kind(&list, "lock_pin")[1];
        assert_eq!(seen["times_revealed"], 1);
        assert!(seen["revealed_by"].as_str().is_some());
    }
);

both_engines!(a_reveal_without_its_proofs_is_refused, |app| async move {
    let api = app.owner_api().await;
    let (name, path, _) = locked_mac(&app, &api, 1).await;
    let list = api.get(&path).await.expect(200);
    let id = list["items"][0]["id"].as_str().unwrap();
    let reveal = format!("{path}/{id}/reveal");
    let full = json!({"reason": "r", "confirm": name, "password": OWNER_PASSWORD});
    for (key, value, status, code) in [
        ("reason", json!("  "), 422, "reason_missing"),
        ("confirm", json!("Another Mac"), 422, "confirmation"),
        ("password", json!(null), 403, "fresh_sign_in_needed"),
        ("password", json!("not my password"), 422, "password_wrong"),
        ("colour", json!("red"), 422, "body"),
    ] {
        let mut body = full.clone();
        body[key] = value;
        let answer = api.post(&reveal, &body).await;
        assert_eq!(
            (answer.status, answer.body["code"].as_str()),
            (status, Some(code)),
            "{key}"
        );
    }
    let elsewhere = format!("{path}/{}/reveal", "0196fa00-0000-7000-8000-000000000000");
    assert_eq!(api.post(&elsewhere, &full).await.status, 404);
    assert_eq!(api.anonymous().post(&reveal, &full).await.status, 401);
    let reader = app.api(&[P::DevicesRead, P::SecretsRevealKeys]).await;
    let refused = reader.post(&reveal, &full).await;
    assert_eq!(
        (refused.status, refused.body["code"].as_str()),
        (403, Some("permission_missing"))
    );
    assert_eq!(
        reader.get(&path).await.expect(200)["items"][0]["may_reveal"],
        false
    );
    assert_eq!(app.count("SELECT count(*) FROM escrow_reveal").await, 0);
});

both_engines!(
    many_reveals_in_a_short_time_are_refused_and_recorded,
    |app| async move {
        let api = app.owner_api().await;
        let (name, path, _) = locked_mac(&app, &api, 6).await;
        let list = api.get(&path).await.expect(200);
        let body = json!({"reason": "r", "confirm": name, "password": OWNER_PASSWORD});
        let mut statuses = Vec::new();
        for kept in of_kind(&list, "lock_pin") {
            let reveal = format!("{path}/{}/reveal", kept["id"].as_str().unwrap());
            statuses.push(api.post(&reveal, &body).await.status);
        }
        assert_eq!(statuses, [200, 200, 200, 200, 200, 409]);
        assert_eq!(
            app.count(
                "SELECT count(*) FROM event WHERE action = 'secret.reveal' AND result = 'refused'"
            )
            .await,
            1
        );
        // What was seen already may be looked at again.
        let first = of_kind(&list, "lock_pin")[0]["id"].as_str().unwrap();
        let again = api.post(&format!("{path}/{first}/reveal"), &body).await;
        assert_eq!(again.status, 200);
    }
);

both_engines!(tokens_need_a_permission_of_their_own, |app| async move {
    let api = app.owner_api().await;
    app.enrolled_iphone().await.session().await.unwrap();
    let list = api.get("/api/v1/devices").await.expect(200);
    let (id, name) = (&list["items"][0]["id"], &list["items"][0]["name"]);
    let path = format!("/api/v1/devices/{}/escrow", id.as_str().unwrap());
    let list = api.get(&path).await.expect(200);
    let token = of_kind(&list, "unlock_token")[0]["id"].as_str().unwrap();
    let body = json!({"reason": "r", "confirm": name, "password": OWNER_PASSWORD});
    let reveal = format!("{path}/{token}/reveal");
    let keys = app
        .api(&[P::DevicesRead, P::SecretsRevealPins, P::SecretsRevealKeys])
        .await;
    assert_eq!(keys.post(&reveal, &body).await.status, 403);
    let shown = api.post(&reveal, &body).await.expect(200);
    assert_eq!(shown["encoding"], "base64");
});

both_engines!(the_escrow_policy_is_read_and_changed, |app| async move {
    let api = app.owner_api().await;
    let path = "/api/v1/escrow/policy";
    let found = api.get(path).await.expect(200);
    assert_eq!(found["filevault"], false, "nothing is taken unasked");
    assert_eq!(found["filevault_certificate"], json!(null));
    let policy = json!({"filevault": true, "rotate_after_reveal": false,
        "tell_after_location": true});
    let changed = api.put(path, &policy).await.expect(200);
    assert_eq!(changed["filevault"], true);
    let pem = changed["filevault_certificate"].as_str().unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    // Once made it stays: a Mac may have something that was encrypted to it.
    assert_eq!(
        api.put(path, &policy).await.expect(200)["filevault_certificate"],
        pem
    );
    let reader = app.api(&[P::DevicesRead]).await;
    assert_eq!(reader.get(path).await.expect(200), changed);
    assert_eq!(reader.put(path, &policy).await.status, 403);
    assert!(app.actions().await.contains(&"settings.change".to_owned()));
});

both_engines!(
    a_lock_that_is_told_of_late_has_the_pin_that_counts,
    |app| async move {
        let api = app.owner_api().await;
        let mut mac = app.enrolled_mac().await;
        while !mac.session().await.unwrap().handled.is_empty() {}
        let list = api.get("/api/v1/devices").await.expect(200);
        let id = list["items"][0]["id"].as_str().unwrap().to_owned();
        api.post(&format!("/api/v1/devices/{id}/lock"), &json!({}))
            .await
            .expect(202);
        let offer = mac.idle().await.unwrap().unwrap();
        assert_eq!(offer.request_type, "DeviceLock");
        // The command's time runs out before the answer is here.
        for sql in [
            "UPDATE command SET status = 'expired', finished = 1 WHERE act = 'lock'",
            "UPDATE escrow SET state = 'uncertain' WHERE kind = 'lock_pin'",
        ] {
            app.db().execute(sql, Vec::new()).await.unwrap();
        }
        mac.respond(&offer).await.unwrap();
        let state = app
            .text("SELECT state FROM escrow WHERE kind = 'lock_pin'")
            .await;
        assert_eq!(state.as_deref(), Some("kept"));
    }
);
