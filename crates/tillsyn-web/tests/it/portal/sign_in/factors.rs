//! The authenticator app of a person, and the proof that it is still them.

use tillsyn_pki::totp;
use tillsyn_testkit::{Engine, TestApp};

use super::{Browser, ELIN, OWN, elin, post, sign_in};
use crate::mail::still;

fn from_base32(text: &str) -> Vec<u8> {
    let (mut bits, mut held, mut bytes) = (0_u64, 0, Vec::new());
    for letter in text.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authenticator_app_is_the_second_step_of_the_portal() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let (_, mut browser) = elin(&app, &api).await;
    let to = post(&mut browser, "/portal/me", "/portal/me/app/begin", &[]).await;
    assert_eq!(to.expect(303).location(), "/portal/me/app");
    let page = browser.get("/portal/me/app").await.expect(200);
    let secret = from_base32(&page.between("data-copy=\"", "\""));
    let code = |steps: i64| totp::code(&secret, totp::step_at(app.clock.now_ms()) + steps);
    let first = code(0);
    post(
        &mut browser,
        "/portal/me/app",
        "/portal/me/app",
        &[("code", &first)],
    )
    .await
    .expect(200)
    .says("recovery codes");
    browser.get("/portal/me").await.expect(200);
    // The password alone opens nothing any more.
    let mut other = Browser::new(&app);
    let to = sign_in(&mut other, ELIN, OWN).await.expect(303);
    assert_eq!(to.location(), "/portal/sign-in/second?next=%2Fportal");
    assert!(!other.has_cookie("tillsyn-portal"));
    other.get("/portal").await.expect(303);
    // Nor at the other door.
    other
        .send_form("/console/sign-in/second", &[("code", &code(1))])
        .await;
    assert!(!other.has_cookie("tillsyn"));
    other
        .send_form("/portal/sign-in/second", &[("code", "000000")])
        .await
        .expect(422);
    other
        .send_form("/portal/sign-in/second", &[("code", &code(1))])
        .await
        .expect(303);
    other.get("/portal").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lets_somebody_in_is_changed_only_by_who_just_proved_themselves() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let (_, mut browser) = elin(&app, &api).await;
    app.clock.advance_ms(11 * 60_000);
    let to = post(&mut browser, "/portal/me", "/portal/me/app/begin", &[])
        .await
        .expect(303);
    assert!(
        to.location().starts_with("/portal/confirm?next="),
        "{}",
        to.location()
    );
    post(
        &mut browser,
        "/portal/confirm",
        "/portal/confirm",
        &[("password", "not the password")],
    )
    .await
    .expect(422);
    let right = [("password", OWN), ("next", "/portal/me")];
    let to = post(&mut browser, "/portal/confirm", "/portal/confirm", &right).await;
    assert_eq!(to.expect(303).location(), "/portal/me");
    let to = post(&mut browser, "/portal/me", "/portal/me/app/begin", &[]).await;
    assert_eq!(to.expect(303).location(), "/portal/me/app");
    // Redirects stay on this server, and on these pages.
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/console",
        "/portal/../console",
    ] {
        let fields = [("password", OWN), ("next", next)];
        let to = post(&mut browser, "/portal/confirm", "/portal/confirm", &fields).await;
        assert_eq!(to.expect(303).location(), "/portal", "{next}");
    }
}
