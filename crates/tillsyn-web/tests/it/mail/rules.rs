//! Who may name a mail server, and where its password goes.

use serde_json::json;
use tillsyn_core::Permission as P;
use tillsyn_testkit::{Engine, TestApp};

use super::{PASSWORD, server, settings, still};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_goes_to_no_other_server_than_it_was_given_for() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let path = "/api/v1/mail";
    assert_eq!(api.get(path).await.status, 404);
    let refused = api.post("/api/v1/mail/test", &json!({})).await.expect(409);
    assert_eq!(refused["code"], "mail_not_set");
    let server = server(&app, &api).await;
    let kept = settings(server.port(), None);
    let answer = api.put(path, &kept).await.expect(200);
    assert_eq!(answer["has_password"], true);
    for (name, value) in [
        ("host", json!("127.0.0.2")),
        ("port", json!(2525)),
        ("tls", json!("starttls")),
        ("user", json!("somebody")),
    ] {
        let mut other = kept.clone();
        other[name] = value;
        let refused = api.put(path, &other).await.expect(422);
        assert_eq!(refused["code"], "mail_password_needed", "{name}");
    }
    let mut from = kept.clone();
    from["from"] = json!("other@example.org");
    api.put(path, &from).await.expect(200);
    let mut nobody = kept.clone();
    nobody["user"] = json!(null);
    let answer = api.put(path, &nobody).await.expect(200);
    assert_eq!(
        answer["has_password"], false,
        "it is forgotten with its user"
    );
    for (name, value, code) in [
        ("tls", json!("ssl"), "mail_tls"),
        ("host", json!("mail.example.org"), "mail_clear_text"),
        ("from", json!("nobody"), "mail_from"),
    ] {
        let mut wrong = settings(25, Some(PASSWORD));
        wrong[name] = value;
        assert_eq!(api.put(path, &wrong).await.expect(422)["code"], code);
    }
    let reader = app.api(&[P::AuditRead]).await;
    assert_eq!(reader.get(path).await.status, 403);
    assert_eq!(reader.get("/api/v1/mail/messages").await.status, 403);
    let events = reader
        .get("/api/v1/events?object_kind=setting&object_id=mail")
        .await
        .expect(200);
    assert_eq!(events["items"][0]["action"], "settings.change");
    assert!(!events.to_string().contains(PASSWORD));
    api.delete(path).await.expect(204);
    assert_eq!(api.get(path).await.status, 404);
}
