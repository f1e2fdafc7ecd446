//! Who may make a webhook, and where it may go.

use serde_json::json;
use tillsyn_core::Permission as P;
use tillsyn_testkit::{Engine, TestApp};

use super::{still, text, webhook};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_goes_only_where_it_may() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let path = "/api/v1/webhooks";
    for (url, code) in [
        ("http://hooks.example.org/", "webhook_url"),
        ("https://user:password@hooks.example.org/", "webhook_url"),
        ("hooks.example.org", "webhook_url"),
        ("https://10.0.0.1/", "webhook_url_private"),
        ("https://169.254.169.254/latest", "webhook_url_private"),
        ("https://[::ffff:10.0.0.1]/", "webhook_url_private"),
        ("https://2130706434/", "webhook_url_private"),
    ] {
        let body = json!({ "name": "x", "url": url, "events": ["*"] });
        assert_eq!(
            api.post(path, &body).await.expect(422)["code"],
            code,
            "{url}"
        );
    }
    for events in [json!([]), json!(["device.dance"]), json!(["dev*"])] {
        let body = json!({ "name": "x", "url": app.hooks.url(), "events": events });
        assert_eq!(api.post(path, &body).await.status, 422, "{events}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_makes_a_webhook_may_read_what_it_sends() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let (id, _) = webhook(&app, &app.owner_api().await, &["*"]).await;
    let path = format!("/api/v1/webhooks/{id}");
    let body = json!({ "name": "x", "url": app.hooks.url(), "events": ["*"] });
    let blind = app.api(&[P::WebhooksRead, P::WebhooksWrite]).await;
    assert_eq!(blind.post("/api/v1/webhooks", &body).await.status, 403);
    let edit = json!({ "url": app.hooks.url() });
    assert_eq!(blind.patch(&path, &edit).await.status, 403);
    assert_eq!(
        blind.post(&format!("{path}/key"), &json!({})).await.status,
        403
    );
    let reader = app.api(&[P::WebhooksRead, P::AuditRead]).await;
    assert_eq!(reader.post("/api/v1/webhooks", &body).await.status, 403);
    assert_eq!(reader.delete(&path).await.status, 403);
    let shown = reader.get(&path).await.expect(200);
    assert!(text(&shown["url"]).starts_with("https://127.0.0.1:"));
    assert!(!shown.to_string().contains("/hook\""));
    let all = reader.get("/api/v1/webhooks").await.expect(200);
    assert!(!all.to_string().contains("/hook\""));
    // The audit trail tells where events go to, not the whole address: a secret may be in it.
    let events = format!("/api/v1/events?object_kind=webhook&object_id={id}");
    let events = reader.get(&events).await.expect(200);
    assert_eq!(events["items"][0]["action"], "webhook.create");
    assert!(!events.to_string().contains("/hook\""));
}
