//! Passkeys, and the proof that it is still the same person.

use serde_json::{Value as Json, json};
use tillsyn_core::Actor;
use tillsyn_core::accounts::{self, ProviderInput};
use tillsyn_pki::webauthn::maker::Passkey;
use tillsyn_testkit::{AppOptions, Engine, OWNER_PASSWORD, TestApp};

use super::{Answer, App, Browser, codes, first_step, from_base32};

const HOST: &str = "https://mdm.example.org";

/// A server whose console has a name: what passkeys need.
async fn named() -> TestApp {
    TestApp::behind(Some(HOST.to_owned()), Engine::Sqlite, AppOptions::default()).await
}

async fn question(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Json {
    let answer = browser.send_form(path, fields).await.expect(200);
    serde_json::from_str(&answer.html).unwrap()
}

fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Json::as_str).unwrap()
}

/// Adds a passkey in the browser, as the script of the page does.
async fn add_passkey(app: &TestApp, browser: &mut Browser, name: &str) -> (Passkey, Answer) {
    let csrf = browser.token().await;
    let mut passkey = Passkey::new("mdm.example.org", HOST).unwrap();
    passkey.user = owner_id(app).await;
    let path = "/console/account/passkeys";
    let asked = question(browser, &format!("{path}/ask"), &[("csrf", &csrf)]).await;
    let options = &asked["options"];
    assert_eq!(options["rp"]["id"], "mdm.example.org");
    assert_eq!(
        options["authenticatorSelection"]["userVerification"],
        "required"
    );
    let answer = passkey.register_form(text(options, "/challenge"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("asked", text(&asked, "/asked")),
        ("answer", &answer),
        ("name", name),
    ];
    let added = browser.send_form(path, &fields).await;
    // The same answer is good once.
    let csrf = browser.token().await;
    let again = [("csrf", csrf.as_str()), fields[1], fields[2], fields[3]];
    browser.send_form(path, &again).await.expect(422);
    (passkey, added)
}

async fn owner_id(app: &TestApp) -> String {
    const ID: &str = "SELECT id FROM account";
    let row = app.db().query_optional(ID, Vec::new()).await.unwrap();
    row.unwrap().text(0).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_alone_signs_in_and_after_the_password_too() {
    let app = named().await;
    let mut browser = Browser::owner(&app).await;
    let (mut passkey, added) = add_passkey(&app, &mut browser, "Work Mac").await;
    assert_eq!(codes(&added.expect(200)).len(), 10);
    browser
        .get("/console/account")
        .await
        .expect(200)
        .says("Work Mac");
    let (_, second) = add_passkey(&app, &mut browser, "").await;
    assert_eq!(second.expect(303).location(), "/console/account");
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 2);

    // Alone: two factors in one.
    let mut other = Browser::new(&app);
    let path = "/console/sign-in/passkey";
    let asked = question(&mut other, &format!("{path}/ask"), &[]).await;
    assert_eq!(asked["options"]["allowCredentials"], json!([]));
    passkey.counter = 1;
    let challenge = text(&asked, "/options/challenge").to_owned();
    let answer = passkey.answer_form(&challenge).unwrap();
    let fields = [
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
        ("next", "/console/devices"),
    ];
    let to = other.send_form(path, &fields).await.expect(303);
    assert_eq!(to.location(), "/console/devices");
    other.get("/console/devices").await.expect(200);
    let with = "SELECT count(*) FROM session WHERE method = 'passkey' AND second_factor = 1";
    assert_eq!(app.count(with).await, 1);
    // Sent again, by whoever heard it.
    let mut thief = Browser::new(&app);
    thief
        .send_form(path, &fields)
        .await
        .expect(422)
        .says("That did not work");
    assert!(!thief.has_cookie("tillsyn"));

    // Of somebody else, without a user that was verified, with a counter that stands still.
    let refused = |bend: fn(&mut Passkey)| {
        let mut bent = Passkey::new("mdm.example.org", HOST).unwrap();
        bend(&mut bent);
        bent
    };
    let mut thief = Browser::new(&app);
    let strange = refused(|p| p.user = "somebody".to_owned());
    passkey.counter = 1;
    for wrong in [&strange, &passkey] {
        let asked = question(&mut thief, &format!("{path}/ask"), &[]).await;
        let answer = wrong
            .answer_form(text(&asked, "/options/challenge"))
            .unwrap();
        let fields = [("asked", text(&asked, "/asked")), ("answer", &answer)];
        thief.send_form(path, &fields).await.expect(422);
    }
    passkey.counter = 2;
    passkey.flags = 0b001;
    let asked = question(&mut thief, &format!("{path}/ask"), &[]).await;
    let answer = passkey
        .answer_form(text(&asked, "/options/challenge"))
        .unwrap();
    let fields = [
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
    ];
    thief.send_form(path, &fields).await.expect(422);
    passkey.flags = 0b101;
    assert!(!thief.has_cookie("tillsyn"));

    // After the password.
    let mut third = Browser::new(&app);
    first_step(&mut third).await;
    third
        .get("/console/sign-in/second")
        .await
        .expect(200)
        .says("Use a passkey");
    let asked = question(&mut third, &format!("{path}/ask"), &[("second", "1")]).await;
    assert_eq!(
        asked["options"]["allowCredentials"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let answer = passkey
        .answer_form(text(&asked, "/options/challenge"))
        .unwrap();
    let fields = [
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
        ("second", "1"),
    ];
    third.send_form(path, &fields).await.expect(303);
    third.get("/console").await.expect(200);

    // Renamed, and the last two taken away: the password is enough again.
    let page = third.get("/console/account").await.expect(200);
    let id = page.between("action=\"/console/account/passkeys/", "\"");
    let path = format!("/console/account/passkeys/{id}");
    third.post(&path, &[("name", "Old Mac")]).await.expect(303);
    third
        .get("/console/account")
        .await
        .expect(200)
        .says("Old Mac");
    third.post(&format!("{path}/remove"), &[]).await.expect(303);
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_by_a_provider_shows_a_passkey_only_after_it() {
    const IDENTITY: &str = "INSERT INTO account_identity (provider_id, subject, account_id, created_at) \
        SELECT p.id, 's', a.id, 0 FROM oidc_provider p, account a";
    const OPEN: &str = "UPDATE account SET password_hash = 'x' WHERE name = 'Second 7'";
    const OFF: &str = "UPDATE oidc_provider SET disabled_at = 1";
    let app = named().await;
    let mut browser = Browser::owner(&app).await;
    let (mut passkey, _) = add_passkey(&app, &mut browser, "Work Mac").await;
    let provider = ProviderInput {
        name: "Norrvik ID".to_owned(),
        issuer: "https://id.example.org".to_owned(),
        client_id: "tillsyn".to_owned(),
        ..ProviderInput::default()
    };
    let server = Actor::server();
    accounts::create_provider(&app.core, &server, provider, None)
        .await
        .unwrap();
    let run = async |sql| app.db().execute(sql, Vec::new()).await.unwrap();
    run(IDENTITY).await;
    app.second_owner(7).await;
    run("UPDATE account SET password_hash = '!'").await;
    let mut alone = async |counter: u32| {
        let mut other = Browser::new(&app);
        let path = "/console/sign-in/passkey";
        let asked = question(&mut other, &format!("{path}/ask"), &[]).await;
        passkey.counter = counter;
        let answer = passkey.answer_form(text(&asked, "/options/challenge"));
        let answer = answer.unwrap();
        let fields = [("asked", text(&asked, "/asked")), ("answer", &answer)];
        other.send_form(path, &fields).await
    };
    // The last owner comes in whatever the provider says.
    alone(1).await.expect(303);
    run(OPEN).await;
    alone(2)
        .await
        .expect(403)
        .says("Sign in at your identity provider");
    // Nobody comes in there any more.
    run(OFF).await;
    alone(3).await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passkeys_are_not_offered_where_browsers_make_none() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    browser
        .get("/console/account")
        .await
        .expect(200)
        .says_not("data-passkey");
    let mut guest = Browser::new(&app);
    guest
        .get("/console/sign-in")
        .await
        .expect(200)
        .says_not("data-passkey");
    guest
        .send_form("/console/sign-in/passkey/ask", &[])
        .await
        .expect(409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acts_that_ask_for_freshness_take_passkey_or_password_with_code() {
    let app = named().await;
    let mut browser = Browser::owner(&app).await;
    let (mut passkey, _) = add_passkey(&app, &mut browser, "Mac").await;
    let device = set_up_app_named(&app, &mut browser).await;
    let stale = "UPDATE session SET fresh_at = 0";
    app.db().execute(stale, Vec::new()).await.unwrap();
    // The password alone no longer confirms: the page leads on.
    let page = browser.get("/console/settings/tokens").await.expect(200);
    page.says("first confirm that it is you");
    page.says_not("name=\"password\"");
    let token = [
        ("name", "x"),
        ("days", "30"),
        ("permission", "devices.read"),
        ("password", OWNER_PASSWORD),
    ];
    browser
        .post("/console/settings/tokens", &token)
        .await
        .expect(403);
    assert_eq!(app.count("SELECT count(*) FROM api_token").await, 0);
    let next = ("next", "/console/settings/tokens");
    let fields = [("password", OWNER_PASSWORD), ("code", "000000"), next];
    browser
        .post("/console/confirm", &fields)
        .await
        .expect(422)
        .says("This code is not right");
    let code = device.code(&app, 1);
    let fields = [
        ("password", "not the password"),
        ("code", code.as_str()),
        next,
    ];
    browser
        .post("/console/confirm", &fields)
        .await
        .expect(422)
        .says("The password is not right");
    let fields = [("password", OWNER_PASSWORD), ("code", code.as_str()), next];
    let to = browser.post("/console/confirm", &fields).await.expect(303);
    assert_eq!(to.location(), "/console/settings/tokens");
    browser
        .post("/console/settings/tokens", &token)
        .await
        .expect(200);
    assert_eq!(app.count("SELECT count(*) FROM api_token").await, 1);

    // A passkey of one's own does the same; one of another session's question does not.
    app.db().execute(stale, Vec::new()).await.unwrap();
    let csrf = browser.token().await;
    let path = "/console/confirm/passkey";
    let asked = question(&mut browser, &format!("{path}/ask"), &[("csrf", &csrf)]).await;
    passkey.counter = 1;
    let answer = passkey
        .answer_form(text(&asked, "/options/challenge"))
        .unwrap();
    let fields = [
        ("csrf", csrf.as_str()),
        ("asked", text(&asked, "/asked")),
        ("answer", &answer),
        next,
    ];
    browser.send_form(path, &fields).await.expect(303);
    browser
        .post("/console/settings/tokens", &token)
        .await
        .expect(200);
    browser.send_form(path, &fields).await.expect(422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_from_before_the_first_factor_may_not_touch_factors() {
    let app = named().await;
    let mut owner = Browser::owner(&app).await;
    let mut thief = Browser::owner(&app).await;
    let thiefs_csrf = thief.token().await;
    add_passkey(&app, &mut owner, "Mac").await;
    // It was as good as the owner's; from now on it owes the passkey, and the password alone shows nothing.
    let to = thief.get("/console/devices").await.expect(303);
    assert!(
        to.location().starts_with("/console/set-up"),
        "{}",
        to.location()
    );
    let csrf = ("csrf", thiefs_csrf.as_str());
    thief
        .send_form("/console/confirm", &[csrf, ("password", OWNER_PASSWORD)])
        .await
        .expect(422);
    let asked = question(&mut thief, "/console/account/passkeys/ask", &[csrf]).await;
    let mut own = Passkey::new("mdm.example.org", HOST).unwrap();
    own.user = owner_id(&app).await;
    let answer = own.register_form(text(&asked, "/options/challenge"));
    let fields = [
        csrf,
        ("asked", text(&asked, "/asked")),
        ("answer", &answer),
        ("name", "Mine"),
    ];
    for (path, fields) in [
        ("/console/account/passkeys", &fields[..]),
        ("/console/account/app/begin", &[csrf]),
    ] {
        let to = thief.send_form(path, fields).await.expect(303);
        assert!(
            to.location().starts_with("/console/confirm"),
            "{path}: {}",
            to.location()
        );
    }
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM account_totp").await, 0);
    owner.get("/console/account").await.expect(200);
}

/// The same where the first factor's codes are there already.
async fn set_up_app_named(app: &TestApp, browser: &mut Browser) -> App {
    browser
        .post("/console/account/app/begin", &[])
        .await
        .expect(303);
    let page = browser.get("/console/account/app").await.expect(200);
    let device = App(from_base32(&page.between("data-copy=\"", "\"")));
    let code = device.code(app, 0);
    let to = browser
        .post_from(
            "/console/account/app",
            "/console/account/app",
            &[("code", &code)],
        )
        .await
        .expect(303);
    assert_eq!(to.location(), "/console/account");
    device
}
