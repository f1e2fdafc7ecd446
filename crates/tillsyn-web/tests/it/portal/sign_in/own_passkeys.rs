//! Passkeys of people, with an authenticator in software.

use serde_json::{Value as Json, json};
use tillsyn_db::args;
use tillsyn_pki::webauthn::maker::Passkey;
use tillsyn_testkit::{Engine, TestApp};

use super::{Answer, Browser, ELIN, OWN, elin, post, sign_in};
use crate::mail::still;

const HOST: &str = "https://mdm.example.org";
const ME: &str = "/portal/me";
const PASSKEYS: &str = "/portal/me/passkeys";
const ALONE: &str = "/portal/sign-in/passkey";

/// A server with a name: browsers make passkeys for names alone.
async fn named() -> TestApp {
    TestApp::behind(Some(HOST.to_owned()), Engine::Sqlite, still()).await
}

fn text<'a>(value: &'a Json, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Json::as_str).unwrap()
}

async fn token(browser: &mut Browser) -> String {
    let page = browser.get(ME).await.expect(200);
    page.between("name=\"csrf\" value=\"", "\"")
}

async fn account(app: &TestApp) -> String {
    let id = app.text("SELECT id FROM account WHERE role = 'portal'");
    id.await.unwrap()
}

/// What the server asks the browser for.
async fn question(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Json {
    let answer = browser.send_form(&format!("{path}/ask"), fields).await;
    serde_json::from_str(&answer.expect(200).html).unwrap()
}

/// Adds a passkey as the script of the page does.
async fn add(app: &TestApp, browser: &mut Browser, name: &str) -> (Passkey, Answer) {
    let csrf = token(browser).await;
    let mut passkey = Passkey::new("mdm.example.org", HOST).unwrap();
    passkey.user = account(app).await;
    let asked = question(browser, PASSKEYS, &[("csrf", &csrf)]).await;
    let answer = passkey.register_form(text(&asked, "/options/challenge"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("asked", text(&asked, "/asked")),
        ("answer", &answer),
        ("name", name),
    ];
    let added = browser.send_form(PASSKEYS, &fields).await;
    (passkey, added)
}

/// Shows a passkey at the sign-in; with `second` after the password.
async fn show(browser: &mut Browser, passkey: &Passkey, second: &str, path: &str) -> Answer {
    let asked = question(browser, path, &[("second", second)]).await;
    let challenge = text(&asked, "/options/challenge").to_owned();
    let answer = passkey.answer_form(&challenge).unwrap();
    let fields = [
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
        ("second", second),
    ];
    browser.send_form(path, &fields).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_of_ones_own_is_added_and_signs_in_alone_or_after_the_password() {
    let app = named().await;
    let api = app.owner_api().await;
    let (_, mut browser) = elin(&app, &api).await;
    let (mut passkey, added) = add(&app, &mut browser, "Elins iPhone").await;
    added.expect(200).says("recovery codes");
    browser.get(ME).await.expect(200).says("Elins iPhone");

    // Alone, without a password.
    let mut other = Browser::new(&app);
    let asked = question(&mut other, ALONE, &[]).await;
    assert_eq!(asked["options"]["allowCredentials"], json!([]));
    assert_eq!(asked["options"]["userVerification"], "required");
    passkey.counter = 1;
    let challenge = text(&asked, "/options/challenge").to_owned();
    let answer = passkey.answer_form(&challenge).unwrap();
    let fields = [
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
    ];
    let to = other.send_form(ALONE, &fields).await.expect(303);
    assert_eq!(to.location(), "/portal");
    other.get("/portal").await.expect(200);
    // Whoever heard the answer has nothing of it.
    let mut thief = Browser::new(&app);
    thief
        .send_form(ALONE, &fields)
        .await
        .expect(422)
        .says("That did not work");
    // Nor has a passkey that is nobody's, or one whose counter stands still.
    let mut strange = Passkey::new("mdm.example.org", HOST).unwrap();
    strange.user = account(&app).await;
    for wrong in [&strange, &passkey] {
        show(&mut thief, wrong, "", ALONE).await.expect(422);
    }
    assert!(!thief.has_cookie("tillsyn-portal"));
    // It opens the portal and no other door.
    passkey.counter = 2;
    let mut console = Browser::new(&app);
    let refused = show(&mut console, &passkey, "", "/console/sign-in/passkey").await;
    assert_ne!(refused.status, 303, "{}", refused.html);
    assert!(!console.has_cookie("tillsyn"));

    // The password alone is half of the way.
    let mut third = Browser::new(&app);
    let to = sign_in(&mut third, ELIN, OWN).await.expect(303);
    assert!(to.location().starts_with("/portal/sign-in/second"));
    third
        .get("/portal/sign-in/second")
        .await
        .expect(200)
        .says("Use a passkey");
    passkey.counter = 3;
    show(&mut third, &strange, "1", ALONE).await.expect(422);
    show(&mut third, &passkey, "1", ALONE).await.expect(303);
    third.get("/portal").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passkeys_are_removed_after_a_proof_and_the_last_one_leaves_the_password() {
    let app = named().await;
    let api = app.owner_api().await;
    let (_, mut browser) = elin(&app, &api).await;
    let (mut first, added) = add(&app, &mut browser, "Phone").await;
    added.expect(200);
    let (_, added) = add(&app, &mut browser, "Key").await;
    assert_eq!(added.expect(303).location(), "/portal/me?done=added");
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 2);

    // A session that was left open takes nothing away; showing the passkey proves it.
    app.clock.advance_ms(11 * 60_000);
    let remove = async |app: &TestApp, browser: &mut Browser, name: &str| {
        let found = "SELECT id FROM passkey WHERE name = $1";
        let row = app.db().query_optional(found, args![name]).await.unwrap();
        let id = row.unwrap().text(0).unwrap();
        post(browser, ME, &format!("{PASSKEYS}/{id}/remove"), &[]).await
    };
    let to = remove(&app, &mut browser, "Key").await.expect(303);
    assert!(to.location().starts_with("/portal/confirm?next="));
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 2);
    let confirm = "/portal/confirm/passkey";
    let csrf = token(&mut browser).await;
    let asked = question(&mut browser, confirm, &[("csrf", &csrf)]).await;
    first.counter = 1;
    let challenge = text(&asked, "/options/challenge").to_owned();
    let answer = first.answer_form(&challenge).unwrap();
    let fields = [
        ("csrf", csrf.as_str()),
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
        ("next", ME),
    ];
    let to = browser.send_form(confirm, &fields).await.expect(303);
    assert_eq!(to.location(), ME);
    let to = remove(&app, &mut browser, "Key").await.expect(303);
    assert_eq!(to.location(), "/portal/me?done=removed");
    browser.get(ME).await.expect(200).says_not("Key</b>");

    // Somebody else's passkey is not there for them.
    let foreign = "/portal/me/passkeys/0197c8a0-0000-7000-8000-00000000beef/remove";
    post(&mut browser, ME, foreign, &[]).await.expect(404);

    // The last one: its recovery codes go with it, and the password is enough again.
    let codes = "SELECT count(*) FROM recovery_code";
    assert_eq!(app.count(codes).await, 10);
    let to = remove(&app, &mut browser, "Phone").await.expect(303);
    assert_eq!(to.location(), "/portal/me?done=removed");
    assert_eq!(app.count(codes).await, 0);
    let mut other = Browser::new(&app);
    first.counter = 2;
    show(&mut other, &first, "", ALONE).await.expect(422);
    let to = sign_in(&mut other, ELIN, OWN).await.expect(303);
    assert_eq!(to.location(), "/portal");
    let removed = "SELECT count(*) FROM event WHERE action = 'second_factor.remove'";
    assert_eq!(app.count(removed).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_adds_a_passkey_for_somebody_else_or_twice() {
    let app = named().await;
    let api = app.owner_api().await;
    let (_, mut browser) = elin(&app, &api).await;
    let csrf = token(&mut browser).await;
    let asked = question(&mut browser, PASSKEYS, &[("csrf", &csrf)]).await;
    let challenge = text(&asked, "/options/challenge").to_owned();
    // For another site, as a page that imitates ours would get it.
    let mut elsewhere = Passkey::new("mdm.example.com", "https://mdm.example.com").unwrap();
    elsewhere.user = account(&app).await;
    let answer = elsewhere.register_form(&challenge);
    let fields = [
        ("csrf", csrf.as_str()),
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
    ];
    browser.send_form(PASSKEYS, &fields).await.expect(422);
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 0);
    // Without the token of the page, and without a session.
    let bare = [fields[1], fields[2]];
    assert_ne!(browser.send_form(PASSKEYS, &bare).await.status, 303);
    let stranger = Browser::new(&app).send_form(PASSKEYS, &fields).await;
    assert_ne!(stranger.status, 200, "{}", stranger.html);
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 0);
    // The same answer is good once.
    let asked = question(&mut browser, PASSKEYS, &[("csrf", &csrf)]).await;
    let mut own = Passkey::new("mdm.example.org", HOST).unwrap();
    own.user = account(&app).await;
    let answer = own.register_form(text(&asked, "/options/challenge"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("asked", text(&asked, "/asked")),
        ("answer", answer.as_str()),
    ];
    browser.send_form(PASSKEYS, &fields).await.expect(200);
    let csrf = token(&mut browser).await;
    let again = [("csrf", csrf.as_str()), fields[1], fields[2]];
    browser.send_form(PASSKEYS, &again).await.expect(422);
    assert_eq!(app.count("SELECT count(*) FROM passkey").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recovery_codes_and_the_last_app_go_as_passkeys_do() {
    let app = named().await;
    let api = app.owner_api().await;
    let (_, mut browser) = elin(&app, &api).await;
    let (_, added) = add(&app, &mut browser, "Phone").await;
    let list = added
        .expect(200)
        .between("<ol class=\"codes mono\">", "</ol>");
    let first = list.split("<li>").nth(1).unwrap();
    let code = first.split("</li>").next().unwrap().to_owned();
    // The phone is gone: a code of the list opens once.
    let open = async |browser: &mut Browser, code: &str| {
        sign_in(browser, ELIN, OWN).await.expect(303);
        browser
            .send_form("/portal/sign-in/second", &[("code", code)])
            .await
    };
    let mut other = Browser::new(&app);
    open(&mut other, &code).await.expect(303);
    open(&mut Browser::new(&app), &code).await.expect(422);
    // New ones end the old ones.
    let page = post(&mut browser, ME, "/portal/me/recovery-codes", &[]).await;
    let list = page
        .expect(200)
        .between("<ol class=\"codes mono\">", "</ol>");
    assert!(!list.contains(&code));
    assert_eq!(app.count("SELECT count(*) FROM recovery_code").await, 10);
}
