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
    let asked = owner.upload(path, &account, &files).await.expect(303);
    // Another certificate on record takes two.
    let page = owner.get(asked.location()).await.expect(200);
    page.says("Another push certificate");
    page.says("It waits for a second person");
    let second = app.second_owner(1).await;
    assert_eq!(app.approve_all(&second).await, 1);
    let settled = "SELECT count(*) FROM approval WHERE change_sealed IS NOT NULL";
    assert_eq!(app.count(settled).await, 0, "the key is where it belongs");
    owner.get(path).await.expect(200).says(&app.topic);
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

// S4-15: consent, request, signature, Apple, upload, account; each step says what to do next.
both_engines!(
    the_wizard_leads_to_a_renewed_push_certificate,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let chain = vendor(&app);
        let files = [("chain", chain.0.as_str()), ("key", chain.1.as_str())];
        let path = "/console/settings/push/vendor";
        owner.upload(path, &[], &files).await.expect(303);
        owner.get(path).await.expect(200).says("MDM Vendor");

        let topic = app.text("SELECT id FROM push_topic").await.unwrap();
        let new = "/console/settings/push/new";
        let fields = [
            ("renews", topic.as_str()),
            ("name", "Norrvik University"),
            ("email", "mdm@example.org"),
            ("country", "SE"),
        ];
        owner
            .post(new, &fields)
            .await
            .expect(422)
            .says("Agree first");
        let agreed = [&fields[..], &[("consent", "yes")]].concat();
        let made = owner.post(new, &agreed).await.expect(303);
        let here = made.location().to_owned();
        owner.get(&here).await.expect(200).says("Sign here");
        owner
            .get("/console/settings/push")
            .await
            .expect(200)
            .says("Have it signed");
        let other = owner.get(&format!("{here}/file")).await;
        assert_eq!(other.status, 404);
        owner.post(&format!("{here}/sign"), &[]).await.expect(303);
        let page = owner.get(&here).await.expect(200);
        page.says("Download file for Apple");
        page.says("Renew in the row of this certificate");
        let file = owner.get(&format!("{here}/file")).await.expect(200);
        assert!(
            file.headers["content-disposition"]
                .to_str()
                .unwrap()
                .contains("attachment")
        );

        let certificate = app.apns.portal(&file.html, &app.topic).unwrap();
        let account = [("account", "push@example.org"), ("renews", topic.as_str())];
        let files = [("certificate", certificate.as_str())];
        let path = "/console/settings/push";
        owner.upload(path, &account, &files).await.expect(303);
        let second = app.second_owner(1).await;
        assert_eq!(app.approve_all(&second).await, 1);
        let page = owner.get(path).await.expect(200);
        page.says("Earlier certificates");
        page.says_not("Have it signed");
        assert_eq!(app.count("SELECT count(*) FROM push_csr").await, 0);
    }
);

both_engines!(
    a_rehearsal_is_reported_in_words_and_the_record_is_edited,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        let topic = app.text("SELECT id FROM push_topic").await.unwrap();
        let here = format!("/console/settings/push/topics/{topic}");
        owner
            .upload(&format!("{here}/rehearse"), &[], &[])
            .await
            .expect(303);
        let page = owner.get(&here).await.expect(200);
        page.says("Something would stop the renewal");
        page.says("Name a person or a contact.");
        let record = [
            ("account", "mdm-push@example.org"),
            ("owner", "Central IT"),
            ("note", "in the safe"),
            ("purpose", "production"),
            ("for_new", "yes"),
        ];
        owner
            .post(&format!("{here}/edit"), &record)
            .await
            .expect(303);
        owner
            .upload(&format!("{here}/rehearse"), &[], &[])
            .await
            .expect(303);
        let page = owner.get(&here).await.expect(200);
        page.says("The renewal can go ahead");
        page.says("Production");

        let stop = "UPDATE push_topic SET stopped_reason = 'Forbidden', not_after = not_after - 29548800000";
        app.db().execute(stop, Vec::new()).await.unwrap();
        owner
            .get(&here)
            .await
            .expect(200)
            .says("If Apple refused it by mistake");
        owner
            .get("/console")
            .await
            .expect(200)
            .says("Apple refuses the push certificate");
        owner.post(&format!("{here}/resume"), &[]).await.expect(303);
        owner
            .get("/console")
            .await
            .expect(200)
            .says("Push certificate expires in 2");
    }
);

/// A vendor's chain and key in PEM.
fn vendor(app: &TestApp) -> (String, String) {
    use tillsyn_pki::cert::Certificate;
    use tillsyn_pki::issue::{self, CaIdentity, KeyAlgorithm, KeyUsage, LeafRequest};
    use tillsyn_pki::key::KeyPair;

    let now = app.clock.now_ms();
    let root = issue::create_root_ca("Vendor root", "Test", now, 3650, KeyAlgorithm::P256).unwrap();
    let name = |cn: &str| vec![(tillsyn_pki::oid::COMMON_NAME, cn.to_owned())];
    let key = KeyPair::generate_p256().unwrap();
    let mut request = LeafRequest::new(name("Relations"), now, 1000);
    request.is_ca = true;
    request.key_usage = vec![KeyUsage::KeyCertSign];
    let certificate = issue::issue_leaf(&root, key.public_key(), request).unwrap();
    let middle = CaIdentity { certificate, key };
    let key = KeyPair::generate_rsa2048().unwrap();
    let request = LeafRequest::new(name("MDM Vendor: Norrvik"), now, 365);
    let leaf = issue::issue_leaf(&middle, key.public_key(), request).unwrap();
    let chain = [leaf, middle.certificate, root.certificate];
    (
        chain.iter().map(Certificate::to_pem).collect(),
        key.to_pkcs8_pem().to_string(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_of_raw_messages_is_made_with_open_eyes() {
    const DETAILS: &str = "SELECT details FROM event WHERE action = 'webhook.create'";
    const ACTOR: &str = "SELECT actor_id FROM event WHERE action = 'webhook.create'";
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    let form = owner.get("/console/settings/webhooks").await.expect(200);
    form.says("Raw messages carry secrets: unlock tokens, bootstrap tokens");
    form.says("The audit trail keeps who turned this on.");
    let choice = ("format", "nanomdm");
    let typed = form.fields("action=\"/console/settings/webhooks\"");
    assert!(typed.contains(&("format".to_owned(), "tillsyn".to_owned())));
    let (name, url) = (("name", "Tools"), ("url", "https://tools.example.org/in"));
    // Actions of the trail are not what it is told; what was chosen stays chosen.
    let wrong = [name, url, choice, ("events", "device.*")];
    let wrong = owner.post("/console/settings/webhooks", &wrong).await;
    let wrong = wrong.expect(422);
    wrong.says("There is no such event");
    wrong.says("<option value=\"nanomdm\" selected>");
    let fields = [name, url, choice, ("events", "mdm.*")];
    let made = owner.post("/console/settings/webhooks", &fields).await;
    made.expect(200).says("tillsyn_hook_");
    let format = app.text("SELECT format FROM webhook").await;
    assert_eq!(format.as_deref(), Some("nanomdm"));
    assert!(
        app.text(DETAILS)
            .await
            .unwrap()
            .contains("\"format\":\"nanomdm\"")
    );
    assert_eq!(app.text(ACTOR).await, Some(app.owner.id.clone()));
    let id = app.text("SELECT id FROM webhook").await.unwrap();
    let page = format!("/console/settings/webhooks/{id}");
    owner
        .get(&page)
        .await
        .expect(200)
        .says("with secrets in it");

    // Whoever may not see such secrets has no choice, and none by the way round either.
    let less = "UPDATE account SET role = 'hooks'";
    let role = "INSERT INTO role (id, org_unit_id, name, permissions, changed_at, created_at) \
        SELECT 'hooks', id, 'Hooks', '[\"webhooks.read\",\"webhooks.write\",\"audit.read\",\"devices.read\"]', 0, 0 \
        FROM org_unit WHERE parent_id IS NULL";
    for sql in [role, less] {
        app.db().execute(sql, Vec::new()).await.unwrap();
    }
    let form = owner.get("/console/settings/webhooks").await.expect(200);
    form.says("Make a webhook");
    form.says_not("Raw messages");
    owner
        .post("/console/settings/webhooks", &fields)
        .await
        .expect(403);
    assert_eq!(app.count("SELECT count(*) FROM webhook").await, 1);
}
