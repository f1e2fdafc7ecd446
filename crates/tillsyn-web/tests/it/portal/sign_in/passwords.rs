//! Passwords: given for a while, chosen, changed, too old.

use serde_json::json;
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::{Browser, ELIN, OWN, elin, person, post, proof, sign_in, temporary};
use crate::mail::still;

const DAY_MS: i64 = 86_400_000;

both_engines!(
    a_temporary_password_is_changed_before_anything_else,
    |app| async move {
        let api = app.owner_api().await;
        let id = person(&api, "Elin Hedström", ELIN).await;
        let path = format!("/api/v1/people/{id}/sign-in");
        assert_eq!(api.get(&path).await.expect(200)["way"], "none");
        // A token alone gives nobody's password.
        api.post(&format!("{path}/password"), &json!({}))
            .await
            .expect(403);
        let given = temporary(&api, &id).await;
        assert_eq!(api.get(&path).await.expect(200)["way"], "temporary");
        let mut browser = Browser::new(&app);
        let to = browser.get("/portal").await.expect(303);
        assert_eq!(to.location(), "/portal/sign-in?next=%2Fportal");
        let to = sign_in(&mut browser, ELIN, &given).await.expect(303);
        assert_eq!(to.location(), "/portal");
        for page in ["/portal", "/portal/me"] {
            let to = browser.get(page).await.expect(303);
            assert!(to.location().starts_with("/portal/set-up?next="), "{page}");
        }
        let set = [("password", "short")];
        post(&mut browser, "/portal/set-up", "/portal/set-up", &set)
            .await
            .expect(422)
            .says("Use at least 12 characters");
        let set = [("password", OWN), ("next", "/portal/me")];
        let to = post(&mut browser, "/portal/set-up", "/portal/set-up", &set).await;
        assert_eq!(to.expect(303).location(), "/portal/me");
        browser.get("/portal").await.expect(200).says("My devices");
        let mut other = Browser::new(&app);
        sign_in(&mut other, ELIN, &given).await.expect(401);
        sign_in(&mut other, ELIN, OWN).await.expect(303);
        assert_eq!(api.get(&path).await.expect(200)["way"], "password");
    }
);

both_engines!(
    a_temporary_password_ends_after_a_week,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let id = person(&api, "Elin Hedström", ELIN).await;
        let given = temporary(&api, &id).await;
        app.clock.advance_ms(7 * DAY_MS + 1);
        sign_in(&mut Browser::new(&app), ELIN, &given)
            .await
            .expect(401);
    }
);

both_engines!(
    a_password_that_is_too_old_is_changed_at_sign_in,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (_, mut browser) = elin(&app, &api).await;
        let rules = json!({ "password_days": 90 });
        api.put("/api/v1/portal/sign-in", &rules).await.expect(200);
        let out = post(&mut browser, "/portal", "/portal/sign-out", &[]).await;
        assert_eq!(out.expect(303).location(), "/portal/sign-in?out=1");
        app.clock.advance_ms(89 * DAY_MS);
        sign_in(&mut browser, ELIN, OWN).await.expect(303);
        browser.get("/portal").await.expect(200);
        app.clock.advance_ms(2 * DAY_MS);
        let mut browser = Browser::new(&app);
        sign_in(&mut browser, ELIN, OWN).await.expect(303);
        let to = browser.get("/portal").await.expect(303);
        assert!(to.location().starts_with("/portal/set-up"));
        let same = [("password", OWN)];
        post(&mut browser, "/portal/set-up", "/portal/set-up", &same)
            .await
            .expect(422)
            .says("This is the password that you have");
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_and_unknown_addresses_are_answered_alike_and_guessing_slows_down() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    elin(&app, &api).await;
    person(&api, "Nobody yet", "new@norrvik.example").await;
    let mut answers = Vec::new();
    for email in [ELIN, "new@norrvik.example", "stranger@norrvik.example"] {
        let answer = sign_in(&mut Browser::new(&app), email, "not the password")
            .await
            .expect(401);
        answers.push(answer.html.replace(email, ""));
    }
    assert!(answers.iter().all(|html| *html == answers[0]));
    for _ in 0..6 {
        sign_in(&mut Browser::new(&app), ELIN, "not the password").await;
    }
    sign_in(&mut Browser::new(&app), ELIN, OWN)
        .await
        .expect(429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_end_when_the_person_is_suspended_and_ways_in_when_they_are_reset() {
    let app = TestApp::new(Engine::Sqlite).await;
    let api = app.owner_api().await;
    let (id, mut browser) = elin(&app, &api).await;
    let path = format!("/api/v1/people/{id}");
    let status = |status: &str| json!({ "status": status });
    api.patch(&path, &status("inactive")).await.expect(200);
    browser.get("/portal").await.expect(303);
    sign_in(&mut Browser::new(&app), ELIN, OWN)
        .await
        .expect(401);
    api.post(&format!("{path}/sign-in/password"), &proof())
        .await
        .expect(409);
    // They come back: with their password, and not with the session of before.
    api.patch(&path, &status("active")).await.expect(200);
    browser.get("/portal").await.expect(303);
    sign_in(&mut browser, ELIN, OWN).await.expect(303);
    browser.get("/portal").await.expect(200);
    api.post(&format!("{path}/sign-in/reset"), &proof())
        .await
        .expect(204);
    browser.get("/portal").await.expect(303);
    sign_in(&mut browser, ELIN, OWN).await.expect(401);
    let actions = app.actions().await;
    for action in ["person.password", "person.account_reset"] {
        assert!(actions.contains(&action.to_owned()), "{action}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn language_and_password_are_changed_on_the_own_profile() {
    let app = TestApp::new(Engine::Sqlite).await;
    let api = app.owner_api().await;
    let (id, mut browser) = elin(&app, &api).await;
    let mut other = Browser::new(&app);
    sign_in(&mut other, ELIN, OWN).await.expect(303);
    let swedish = [("language", "sv")];
    post(&mut browser, "/portal/me", "/portal/me/language", &swedish)
        .await
        .expect(303);
    browser
        .get("/portal/me")
        .await
        .expect(200)
        .says("Min profil");
    let stored = api.get(&format!("/api/v1/people/{id}")).await.expect(200);
    assert_eq!(stored["language"], "sv");
    let english = [("language", "en")];
    post(&mut browser, "/portal/me", "/portal/me/language", &english)
        .await
        .expect(303);
    let wrong = [
        ("old", "not the password"),
        ("password", "nine slow boats at sea"),
    ];
    post(&mut browser, "/portal/me", "/portal/me/password", &wrong)
        .await
        .expect(422)
        .says("The password is not right");
    let right = [("old", OWN), ("password", "nine slow boats at sea")];
    post(&mut browser, "/portal/me", "/portal/me/password", &right)
        .await
        .expect(303);
    browser.get("/portal/me").await.expect(200);
    other.get("/portal/me").await.expect(303);
    // A form without the token of the session is refused.
    browser
        .send_form(
            "/portal/me/language",
            &[("language", "ja"), ("csrf", "made-up")],
        )
        .await
        .expect(403);
}
