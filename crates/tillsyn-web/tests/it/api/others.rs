//! Organisation, push certificates, events, probes.

use serde_json::json;
use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::both_engines;

both_engines!(the_organisation_is_read_and_changed, |app| async move {
    let api = app.owner_api().await;
    let mut organisation = api.get("/api/v1/organisation").await.expect(200);
    assert_eq!(organisation["name"], "Norrvik University");
    organisation["support"] = json!("help@example.org");
    let changed = api
        .put("/api/v1/organisation", &organisation)
        .await
        .expect(200);
    assert_eq!(changed, organisation);
    assert_eq!(
        api.get("/api/v1/organisation").await.expect(200),
        organisation
    );
    organisation["name"] = json!("");
    let bad = api
        .put("/api/v1/organisation", &organisation)
        .await
        .expect(422);
    assert_eq!(bad["field"], "name");
    let reader = app.api(&[P::DevicesRead]).await;
    assert_eq!(
        reader
            .put("/api/v1/organisation", &organisation)
            .await
            .status,
        403
    );
    assert!(
        app.actions()
            .await
            .iter()
            .any(|action| action.starts_with("organisation."))
    );
});

both_engines!(
    a_push_certificate_is_shown_and_left_to_people,
    |app| async move {
        let api = app.owner_api().await;
        let list = api.get("/api/v1/push-certificates").await.expect(200);
        assert_eq!(list["items"][0]["topic"], app.topic.as_str());
        assert!(!list.to_string().contains("PRIVATE KEY"));
        let body = json!({"certificate": "x", "key": "y"});
        let refused = api.post("/api/v1/push-certificates", &body).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (403, &json!("person_needed"))
        );
        app.enrolled_iphone().await;
        let path = format!(
            "/api/v1/push-certificates/{}",
            list["items"][0]["id"].as_str().unwrap()
        );
        let used = api.delete(&path).await;
        assert_eq!(
            (used.status, &used.body["code"]),
            (409, &json!("topic_in_use"))
        );
        assert_eq!(used.body["data"]["devices"], 1);
    }
);

both_engines!(events_are_paged_without_a_gap, |app| async move {
    let api = app.owner_api().await;
    for label in ["a", "b", "c"] {
        api.post("/api/v1/invitations", &json!({"label": label}))
            .await
            .expect(201);
    }
    let all = api.get("/api/v1/events?limit=1000").await.expect(200);
    let expected: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["id"].clone())
        .collect();
    let mut met = Vec::new();
    let mut after = String::new();
    loop {
        let page = api
            .get(&format!("/api/v1/events?limit=2{after}"))
            .await
            .expect(200);
        met.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["id"].clone()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(met, expected);
    let id = all["items"][0]["object_id"].as_str().unwrap();
    let of_one = api
        .get(&format!(
            "/api/v1/events?object_kind=invitation&object_id={id}"
        ))
        .await
        .expect(200);
    assert_eq!(of_one["items"].as_array().unwrap().len(), 1);
    let request = app
        .text("SELECT request_id FROM event WHERE action = 'invitation.create'")
        .await;
    assert_eq!(request.unwrap().len(), 36);
});

both_engines!(probes_answer_without_a_token, |app| async move {
    let api = app.owner_api().await.anonymous();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(api.get(path).await.status, 200, "{path}");
    }
});
