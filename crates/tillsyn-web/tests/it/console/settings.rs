//! Push certificate and API tokens.

use tillsyn_testkit::{Engine, OWNER_PASSWORD, TestApp, both_engines};

use super::Browser;

both_engines!(a_token_is_shown_once_and_revoked, |app| async move {
    let mut owner = Browser::owner(&app).await;
    let none = [("name", "inventory export"), ("days", "30")];
    owner
        .post("/console/settings/tokens", &none)
        .await
        .expect(422)
        .says("Choose at least one");
    let fields = [
        ("name", "inventory export"),
        ("days", "30"),
        ("permission", "devices.read"),
        ("permission", "audit.read"),
    ];
    let made = owner
        .post("/console/settings/tokens", &fields)
        .await
        .expect(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    let token = format!("tillsyn_{}", made.between("data-copy=\"tillsyn_", "\""));
    let api = tillsyn_testkit::Api::new(app.url(), Some(token.clone()));
    assert_eq!(api.get("/api/v1/devices").await.status, 200);
    let page = owner.get("/console/settings/tokens").await.expect(200);
    page.says_not(&token);
    page.says("See devices and commands, Read the audit trail");
    let id = app.text("SELECT id FROM api_token").await.unwrap();
    owner
        .post(&format!("/console/settings/tokens/{id}/revoke"), &[])
        .await
        .expect(303);
    assert_eq!(api.get("/api/v1/devices").await.status, 401);
    let again = owner
        .post(&format!("/console/settings/tokens/{id}/revoke"), &[])
        .await;
    assert_eq!(again.status, 404);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_needs_the_password_again_after_ten_minutes() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    let stale = "UPDATE session SET fresh_at = fresh_at - 3600000";
    app.db().execute(stale, Vec::new()).await.unwrap();
    let fields = vec![
        ("name", "export"),
        ("days", "30"),
        ("permission", "devices.read"),
    ];
    let asked = owner
        .post("/console/settings/tokens", &fields)
        .await
        .expect(403);
    asked.says("id=\"password\"");
    asked.says("value=\"export\"");
    let with = [fields, vec![("password", OWNER_PASSWORD)]].concat();
    owner
        .post("/console/settings/tokens", &with)
        .await
        .expect(200)
        .says("tillsyn_");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_certificate_is_renewed_and_another_topic_refused() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let mut owner = Browser::owner(&app).await;
    let path = "/console/settings/push";
    owner.get(path).await.expect(200).says(&app.topic);
    let account = [("account", "push@example.org"), ("note", "in the safe")];
    let renewed = app.apns.issue_push_certificate(&app.topic).unwrap();
    let key = renewed.private_key_pem.to_string();
    let files = [
        ("certificate", renewed.certificate_pem.as_str()),
        ("key", key.as_str()),
    ];
    owner.upload(path, &account, &files).await.expect(303);
    owner
        .get(path)
        .await
        .expect(200)
        .says("The push certificate is in use");
    assert!(
        app.actions()
            .await
            .contains(&"push_certificate.renew".to_owned())
    );

    let other = app
        .apns
        .issue_push_certificate("com.apple.mgmt.External.other")
        .unwrap();
    let other_key = other.private_key_pem.to_string();
    let changed = [
        ("certificate", other.certificate_pem.as_str()),
        ("key", other_key.as_str()),
    ];
    let refused = owner.upload(path, &account, &changed).await.expect(409);
    refused.says("Refused: this would cut off 1 device");
    refused.says(&app.topic);
    let mixed = [
        ("certificate", renewed.certificate_pem.as_str()),
        ("key", other_key.as_str()),
    ];
    owner
        .upload(path, &account, &mixed)
        .await
        .expect(422)
        .says("the key does not belong");
    let odd = [("certificate", "nonsense"), ("key", other_key.as_str())];
    owner
        .upload(path, &account, &odd)
        .await
        .expect(422)
        .says("This file holds no PEM certificate");
    let plain = owner.post(path, &account).await;
    assert_eq!(plain.status, 415);
}
