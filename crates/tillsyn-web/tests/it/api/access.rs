//! Who may call what: every route of the document, without a token, with the wrong one, with the right
//! one but an object that does not exist; in this order, whatever the body is (S02).

use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::{Api, TestApp, both_engines};

/// An id that nothing has.
pub(super) const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

/// A part of the document: method, path with an id that nothing has, names of permissions.
async fn operations(app: &TestApp) -> Vec<(String, String, Vec<String>)> {
    let document = Api::new(app.url(), None)
        .get("/api/openapi.json")
        .await
        .expect(200);
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let permissions = operation["x-permission"].as_array().unwrap();
            let names = permissions
                .iter()
                .map(|p| p.as_str().unwrap().to_owned())
                .collect();
            operations.push((method.clone(), path.replace("{id}", NOBODY), names));
        }
    }
    assert!(operations.len() > 25);
    operations
}

/// Sends a body that no route takes.
async fn send(api: &Api, method: &str, path: &str) -> (u16, Value) {
    let answer = match method {
        "get" => api.get(path).await,
        "delete" => api.delete(path).await,
        "put" => api.put(path, &json!({"nonsense": 1})).await,
        "patch" => api.patch(path, &json!({"nonsense": 1})).await,
        _ => api.post(path, &json!({"nonsense": 1})).await,
    };
    (answer.status, answer.body)
}

both_engines!(
    every_route_wants_a_token_then_its_permission,
    |app| async move {
        let reader = app.api(&[P::DevicesRead]).await;
        let auditor = app.api(&[P::AuditRead]).await;
        for (method, path, permissions) in operations(&app).await {
            for anonymous in [
                reader.anonymous(),
                Api::new(app.url(), Some("tillsyn_wrong".to_owned())),
            ] {
                let (status, body) = send(&anonymous, &method, &path).await;
                assert_eq!(status, 401, "{method} {path} {body}");
                assert_eq!(body["status"], 401);
                assert!(
                    body["request_id"].as_str().is_some_and(|id| id.len() == 36),
                    "{body}"
                );
            }
            let other = if permissions.contains(&"audit.read".to_owned()) {
                &reader
            } else {
                &auditor
            };
            let (status, body) = send(other, &method, &path).await;
            if permissions.is_empty() {
                assert_ne!(status, 403, "{method} {path}");
            } else {
                assert_eq!(status, 403, "{method} {path} {body}");
                assert_eq!(body["code"], "permission_missing");
            }
        }
        assert_eq!(app.count("SELECT count(*) FROM command").await, 0);
        assert_eq!(app.count("SELECT count(*) FROM invitation").await, 0);
    }
);

both_engines!(
    an_object_that_is_not_there_comes_before_a_bad_body,
    |app| async move {
        let owner = app.owner_api().await;
        for (method, path, _) in operations(&app).await {
            let (status, body) = send(&owner, &method, &path).await;
            if path.contains(NOBODY) && !path.ends_with("renew-pin") {
                assert_eq!(status, 404, "{method} {path} {body}");
                assert_eq!(body["code"], "not_found");
            } else if path == "/api/v1/mail/test" {
                // It takes nothing, and there is no server to try.
                assert_eq!(body["code"], "mail_not_set");
            } else if matches!(method.as_str(), "post" | "put") && !path.contains(NOBODY) {
                assert_eq!(status, 422, "{method} {path} {body}");
                // A file says first what it lists.
                let first = if path == "/api/v1/imports" {
                    "query"
                } else {
                    "body"
                };
                assert_eq!(body["field"], first, "{method} {path}");
            } else if path.ends_with("/imports/template") || path == "/api/v1/help-desk" {
                assert_eq!(status, 422, "{method} {path} {body}");
            } else if ["/api/v1/push-vendor", "/api/v1/mail"].contains(&path.as_str())
                || path.contains("{type}")
                || path.contains("{name}")
            {
                // What was never set, or is called otherwise, is not there.
                assert_eq!(status, 404, "{method} {path} {body}");
            } else if method == "get" {
                assert_eq!(status, 200, "{method} {path} {body}");
            }
            // Text that is no id names nothing either.
            let (status, _) = send(&owner, &method, &path.replace(NOBODY, "x")).await;
            assert!(!path.contains(NOBODY) || status == 404, "{method} {path}");
        }
    }
);

both_engines!(what_lies_in_another_unit_does_not_exist, |app| async move {
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    let invitation = app.invite().await;
    let outside = other_unit(&app).await;
    let device = app.text("SELECT id FROM device").await.unwrap();
    let command = app.text("SELECT id FROM command").await.unwrap();
    let attempt = app.text("SELECT id FROM attempt").await.unwrap();
    let before = app.count("SELECT count(*) FROM command").await;
    for list in ["devices", "commands", "invitations", "attempts", "held"] {
        let page = outside.get(&format!("/api/v1/{list}")).await.expect(200);
        assert_eq!(page["items"], json!([]), "{list}");
    }
    for path in [
        format!("devices/{device}"),
        format!("devices/{device}/commands"),
        format!("commands/{command}"),
        format!("attempts/{attempt}"),
        format!("invitations/{}", invitation.id),
    ] {
        assert_eq!(
            outside.get(&format!("/api/v1/{path}")).await.status,
            404,
            "{path}"
        );
    }
    for verb in ["lock", "erase", "retire", "refresh", "commands"] {
        let path = format!("/api/v1/devices/{device}/{verb}");
        assert_eq!(outside.post(&path, &json!({})).await.status, 404, "{verb}");
    }
    let many = json!({"devices": [device], "command": {"type": "DeviceLock"}});
    assert_eq!(outside.post("/api/v1/commands", &many).await.status, 404);
    assert_eq!(
        outside.post("/api/v1/commands/preview", &many).await.status,
        404
    );
    assert_eq!(
        outside
            .delete(&format!("/api/v1/commands/{command}"))
            .await
            .status,
        404
    );
    let path = format!("/api/v1/invitations/{}", invitation.id);
    assert_eq!(outside.delete(&path).await.status, 404);
    assert_eq!(
        outside
            .post(&format!("{path}/renew-pin"), &json!({}))
            .await
            .status,
        404
    );
    assert_eq!(app.count("SELECT count(*) FROM command").await, before);
    assert_eq!(
        app.count("SELECT count(*) FROM invitation WHERE status = 'open'")
            .await,
        1
    );
});

both_engines!(below_the_api_everything_wants_a_token, |app| async move {
    let owner = app.owner_api().await;
    for path in ["/api/v1", "/api/v1/nothing", "/api/v1/devices/x/y/z"] {
        assert_eq!(owner.anonymous().get(path).await.status, 401, "{path}");
        let answer = owner.get(path).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (404, &json!("no_route")),
            "{path}"
        );
    }
    assert_eq!(
        owner
            .anonymous()
            .post("/api/v1/me", &json!({}))
            .await
            .status,
        401
    );
    let answer = owner.post("/api/v1/me", &json!({})).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (405, &json!("method_not_allowed"))
    );
    assert_eq!(answer.headers["allow"], "GET,HEAD");
});

both_engines!(a_token_stops_at_once, |app| async move {
    let api = app.api(&[P::DevicesRead, P::TokensOwn]).await;
    let me = api.get("/api/v1/me").await.expect(200);
    assert_eq!(me["permissions"], json!(["devices.read", "tokens.own"]));
    let id = me["token_id"].as_str().unwrap();
    let tokens = api.get("/api/v1/tokens").await.expect(200);
    assert_eq!(tokens["items"][0]["id"], id);
    assert!(tokens["items"][0]["last_used_at"].is_string());
    assert_eq!(
        api.delete(&format!("/api/v1/tokens/{id}")).await.status,
        204
    );
    assert_eq!(api.get("/api/v1/me").await.status, 401);
    assert!(app.actions().await.contains(&"token.revoke".to_owned()));
    // Neither in the query nor as another scheme.
    let owner = app.owner_api().await;
    assert_eq!(
        owner
            .anonymous()
            .get("/api/v1/me?token=tillsyn_x")
            .await
            .status,
        401
    );
});

/// A token of an administrator whose unit is a neighbour of everything.
pub(super) async fn other_unit(app: &TestApp) -> Api {
    let all: Vec<P> = P::ALL
        .iter()
        .map(|(permission, _)| *permission)
        .filter(|p| app.owner.holds(*p))
        .collect();
    let api = app.api(&all).await;
    let statements = [
        "INSERT INTO org_unit (id, parent_id, name, path, created_at) \
         SELECT 'other', id, 'Other', path || 'other/', created_at FROM org_unit \
         WHERE parent_id IS NULL",
        "UPDATE account SET org_unit_id = 'other'",
    ];
    for statement in statements {
        app.db().execute(statement, Vec::new()).await.unwrap();
    }
    api
}
