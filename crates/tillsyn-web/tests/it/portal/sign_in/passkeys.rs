//! Passkeys of people whom a directory or a provider does not let in.

use serde_json::Value as Json;
use tillsyn_core::Actor;
use tillsyn_core::directory::{NewSource, SourceKind, create_source};
use tillsyn_db::args;
use tillsyn_pki::webauthn::maker::Passkey;
use tillsyn_testkit::{AppOptions, Engine, TestApp};

use super::{Answer, Browser, elin};

const HOST: &str = "https://mdm.example.org";

fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Json::as_str).unwrap()
}

async fn question(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Json {
    let answer = browser.send_form(path, fields).await.expect(200);
    serde_json::from_str(&answer.html).unwrap()
}

/// A person with a passkey of their own; their id comes along.
async fn with_passkey(app: &TestApp) -> (String, Passkey) {
    const ACCOUNT: &str = "SELECT id FROM account WHERE person_id IS NOT NULL";
    let api = app.owner_api().await;
    let (id, mut browser) = elin(app, &api).await;
    let mut passkey = Passkey::new("mdm.example.org", HOST).unwrap();
    passkey.user = app.text(ACCOUNT).await.unwrap();
    let page = browser.get("/portal/me").await.expect(200);
    let csrf = page.between("name=\"csrf\" value=\"", "\"");
    let path = "/portal/me/passkeys";
    let asked = question(&mut browser, &format!("{path}/ask"), &[("csrf", &csrf)]).await;
    let answer = passkey.register_form(text(&asked, "/options/challenge"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("asked", text(&asked, "/asked")),
        ("answer", &answer),
        ("name", "Phone"),
    ];
    let added = browser.send_form(path, &fields).await;
    assert!(added.status < 400, "{}", added.html);
    (id, passkey)
}

async fn show(app: &TestApp, passkey: &mut Passkey) -> Answer {
    let mut browser = Browser::new(app);
    let path = "/portal/sign-in/passkey";
    let asked = question(&mut browser, &format!("{path}/ask"), &[]).await;
    passkey.counter += 1;
    let answer = passkey
        .answer_form(text(&asked, "/options/challenge"))
        .unwrap();
    let fields = [
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
    ];
    browser.send_form(path, &fields).await
}

async fn named() -> TestApp {
    TestApp::behind(Some(HOST.to_owned()), Engine::Sqlite, AppOptions::default()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_lets_nobody_in_whom_their_directory_keeps_out() {
    const LINK: &str = "INSERT INTO directory_link (id, source_id, external_key, person_id, state, fields, \
        digest, created_at, updated_at) VALUES ('l', $1, 'guid', $2, 'active', '{}', '', 0, 0)";
    const STATE: &str = "UPDATE directory_link SET state = $1";
    let app = named().await;
    let (id, mut passkey) = with_passkey(&app).await;
    show(&app, &mut passkey).await.expect(303);
    let new = NewSource {
        kind: SourceKind::Ldap,
        name: "AD".to_owned(),
        unit: None,
        priority: None,
    };
    let source = create_source(&app.core, &Actor::server(), new)
        .await
        .unwrap();
    let db = app.db();
    db.execute(LINK, args![&source.id, id.as_str()])
        .await
        .unwrap();
    show(&app, &mut passkey).await.expect(303);
    for state in ["suspended", "leaving"] {
        // In the list of people they are active: somebody made them so, or the run was cut short.
        db.execute(STATE, args![state]).await.unwrap();
        show(&app, &mut passkey).await.expect(422);
    }
    let refused =
        "SELECT count(*) FROM event WHERE action = 'session.create' AND result = 'refused'";
    assert_eq!(app.count(refused).await, 2);
    db.execute(STATE, args!["active"]).await.unwrap();
    show(&app, &mut passkey).await.expect(303);
    db.execute("UPDATE person SET status = 'inactive'", args![])
        .await
        .unwrap();
    show(&app, &mut passkey).await.expect(422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_a_provider_vouches_for_comes_by_the_provider() {
    const PROVIDER: &str = "INSERT INTO oidc_provider (id, org_unit_id, name, issuer, client_id, scopes, \
        algorithms, hosts, groups_claim, second_factor_values, created_at, updated_at, people) \
        SELECT 'p', id, 'Norrvik ID', 'https://id.norrvik.example', 'tillsyn', '[]', '[]', '[]', 'groups', \
        '[]', 0, 0, 1 FROM org_unit WHERE parent_id IS NULL";
    const IDENTITY: &str = "INSERT INTO person_identity (provider_id, subject, person_id, created_at) \
        VALUES ('p', 'elin', $1, 0)";
    let app = named().await;
    let (id, mut passkey) = with_passkey(&app).await;
    show(&app, &mut passkey).await.expect(303);
    let db = app.db();
    db.execute(PROVIDER, args![]).await.unwrap();
    db.execute(IDENTITY, args![id.as_str()]).await.unwrap();
    show(&app, &mut passkey).await.expect(403);
    // Switched off for people, it vouches for nobody.
    db.execute("UPDATE oidc_provider SET people = 0", args![])
        .await
        .unwrap();
    show(&app, &mut passkey).await.expect(303);
}
