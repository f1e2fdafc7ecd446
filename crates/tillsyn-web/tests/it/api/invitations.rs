//! `/api/v1/invitations` and `/api/v1/attempts`.

use serde_json::json;
use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::both_engines;

both_engines!(an_invitation_is_made_used_and_followed, |app| async move {
    let api = app.owner_api().await;
    let body = json!({"person_name": "Elin", "person_email": "elin@example.org", "with_pin": true});
    let made = api.post("/api/v1/invitations", &body).await.expect(201);
    let (id, url) = (made["id"].as_str().unwrap(), made["url"].as_str().unwrap());
    assert_eq!(made["label"], "Elin");
    assert_eq!(made["pin"].as_str().unwrap().len(), 8);
    let shown = api
        .get(&format!("/api/v1/invitations/{id}"))
        .await
        .expect(200);
    assert_eq!(
        (&shown["status"], &shown["has_pin"]),
        (&json!("open"), &json!(true))
    );
    let code = url.rsplit('/').next().unwrap();
    assert!(!shown.to_string().contains(code), "the link is shown once");
    let renewed = api
        .post(&format!("/api/v1/invitations/{id}/renew-pin"), &json!({}))
        .await
        .expect(200);
    assert_ne!(renewed["pin"], made["pin"]);

    let mut iphone = app.device(tillsyn_sim::DeviceConfig::iphone(app.next()));
    let by = tillsyn_sim::EnrollBy::Invitation {
        server: app.url(),
        code: code.to_owned(),
        pin: renewed["pin"].as_str().map(str::to_owned),
    };
    iphone.enroll(&by).await.unwrap();
    let attempts = api
        .get(&format!("/api/v1/attempts?invitation_id={id}"))
        .await
        .expect(200);
    let attempt = &attempts["items"][0];
    assert_eq!(attempt["status"], "enrolled");
    let one = api
        .get(&format!(
            "/api/v1/attempts/{}",
            attempt["id"].as_str().unwrap()
        ))
        .await
        .expect(200);
    let steps: Vec<&str> = one["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["step"].as_str().unwrap())
        .collect();
    assert!(
        steps.contains(&"profile_fetched") && steps.contains(&"enrolled"),
        "{steps:?}"
    );
    assert_eq!(
        api.get(&format!("/api/v1/invitations/{id}"))
            .await
            .expect(200)["status"],
        "used"
    );
    for action in ["invitation.create", "invitation.renew_pin"] {
        assert!(app.actions().await.contains(&action.to_owned()), "{action}");
    }
    let events = app
        .text("SELECT actor_kind FROM event WHERE action = 'invitation.create'")
        .await;
    assert_eq!(events.as_deref(), Some("token"));
});

both_engines!(an_invitation_is_revoked_once, |app| async move {
    let api = app.owner_api().await;
    let made = api
        .post("/api/v1/invitations", &json!({"label": "Loan iPads"}))
        .await
        .expect(201);
    let path = format!("/api/v1/invitations/{}", made["id"].as_str().unwrap());
    let reader = app.api(&[P::InvitationsRead]).await;
    assert_eq!(reader.delete(&path).await.status, 403);
    assert_eq!(api.delete(&path).await.status, 204);
    let again = api.delete(&path).await;
    assert_eq!(
        (again.status, &again.body["code"]),
        (409, &json!("invitation_over"))
    );
    assert_eq!(api.get(&path).await.expect(200)["status"], "revoked");
    let none = api.post(&format!("{path}/renew-pin"), &json!({})).await;
    assert_eq!((none.status, &none.body["code"]), (409, &json!("no_pin")));
    for (status, count) in [("revoked", 1), ("open", 0), ("used", 0), ("expired", 0)] {
        let list = reader
            .get(&format!("/api/v1/invitations?status={status}"))
            .await
            .expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{status}");
    }
    assert_eq!(
        reader
            .get("/api/v1/invitations?status=lost")
            .await
            .expect(422)["field"],
        "status"
    );
    let list = reader.get("/api/v1/invitations?limit=1").await.expect(200);
    assert_eq!(list["items"][0]["label"], "Loan iPads");
});

both_engines!(a_bad_invitation_names_its_field, |app| async move {
    let api = app.owner_api().await;
    for (body, field) in [
        (json!({}), "label"),
        (json!({"label": "x", "ownership": "stolen"}), "ownership"),
        (json!({"label": "x", "language": "de"}), "language"),
        (json!({"label": "x", "days": 0}), "days"),
        (json!({"label": "x", "uses_allowed": 1001}), "uses_allowed"),
        (
            json!({"person_name": "Elin", "person_email": "elin"}),
            "email",
        ),
        (json!({"label": "x", "days": "two"}), "body"),
        (json!({"label": "x", "colour": "red"}), "body"),
    ] {
        let answer = api.post("/api/v1/invitations", &body).await.expect(422);
        assert_eq!(answer["field"], field, "{body}: {answer}");
    }
    assert_eq!(app.count("SELECT count(*) FROM invitation").await, 0);
});
