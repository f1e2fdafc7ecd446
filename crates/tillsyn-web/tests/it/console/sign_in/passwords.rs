//! New passwords, and what guessing them costs.

use tillsyn_core::Clock;
use tillsyn_testkit::{AppOptions, Engine, OWNER_EMAIL, OWNER_PASSWORD, TestApp, both_engines};

use super::{Browser, stretch_delays};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_is_checked_and_ends_the_other_sessions() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    let mut other = Browser::owner(&app).await;
    other.get("/console").await.expect(200);
    let path = "/console/account/password";
    for (old, new, says) in [
        (
            "not the password",
            "another four words",
            "The password is not right",
        ),
        (OWNER_PASSWORD, "short", "Use at least 12 characters"),
        (
            OWNER_PASSWORD,
            "password1234",
            "on the lists that attackers try first",
        ),
        (
            OWNER_PASSWORD,
            "qwertyuiop12",
            "on the lists that attackers try first",
        ),
        (
            OWNER_PASSWORD,
            "maja@example.org",
            "on the lists that attackers try first",
        ),
        (
            OWNER_PASSWORD,
            "MajaBergqvist1",
            "on the lists that attackers try first",
        ),
        (
            OWNER_PASSWORD,
            "Norrvik University",
            "on the lists that attackers try first",
        ),
        (
            OWNER_PASSWORD,
            OWNER_PASSWORD,
            "This is the password that you have",
        ),
    ] {
        let answer = browser.post(path, &[("old", old), ("password", new)]).await;
        answer.expect(422).says(says);
    }
    let before = browser.cookie("tillsyn");
    let fields = [("old", OWNER_PASSWORD), ("password", "another four words")];
    browser.post(path, &fields).await.expect(303);
    assert_ne!(browser.cookie("tillsyn"), before);
    browser.get("/console/account").await.expect(200);
    other.get("/console").await.expect(303);
    assert!(app.actions().await.contains(&"account.password".to_owned()));
    Browser::new(&app)
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(401);
    Browser::new(&app)
        .sign_in(OWNER_EMAIL, "another four words")
        .await
        .expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_somebody_else_set_is_changed_at_first_use() {
    let app = TestApp::new(Engine::Sqlite).await;
    let set = "UPDATE account SET must_change_password = 1";
    app.db().execute(set, Vec::new()).await.unwrap();
    let mut browser = Browser::new(&app);
    browser
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(303);
    let to = browser.get("/console/devices").await.expect(303);
    assert_eq!(to.location(), "/console/set-up?next=%2Fconsole%2Fdevices");
    let page = browser.get(to.location()).await.expect(200);
    let csrf = page.between("name=\"csrf\" value=\"", "\"");
    let set = |password: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("password", password.to_owned()),
            ("next", "/console/devices".to_owned()),
        ]
    };
    // Nothing else comes first, not even a second factor.
    let fields = [("csrf", csrf.as_str())];
    let to = browser
        .send_form("/console/account/app/begin", &fields)
        .await
        .expect(303);
    assert!(to.location().starts_with("/console/set-up"));
    let same = set(OWNER_PASSWORD);
    let same = same.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser
        .send_form("/console/set-up", &same)
        .await
        .expect(422)
        .says("This is the password that you have");
    let new = set("another four words");
    let new = new.each_ref().map(|(name, value)| (*name, value.as_str()));
    let to = browser.send_form("/console/set-up", &new).await.expect(303);
    assert_eq!(to.location(), "/console/devices");
    browser.get("/console/devices").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_fails_for_an_account_does_not_keep_its_owner_out() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = Browser::owner(&app).await;
    owner.post("/console/sign-out", &[]).await.expect(303);
    assert!(owner.has_cookie("tillsyn-known"));
    let mut attacker = Browser::new(&app);
    for _ in 0..6 {
        attacker.sign_in(OWNER_EMAIL, "not the password").await;
    }
    stretch_delays(&app).await;
    attacker
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(429);
    owner.sign_in(OWNER_EMAIL, OWNER_PASSWORD).await.expect(303);
    // A right sign-in of the owner does not open the door for the others again.
    attacker
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(429);
    // What the browser is known by counts for its own account alone, and only if we gave it.
    attacker.plant("tillsyn-known", "made-up-by-somebody");
    attacker
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(429);
    // A known browser is slowed down by its own failures.
    owner.post("/console/sign-out", &[]).await.expect(303);
    for _ in 0..5 {
        owner
            .sign_in(OWNER_EMAIL, "not the password")
            .await
            .expect(401);
    }
    stretch_delays(&app).await;
    owner.sign_in(OWNER_EMAIL, OWNER_PASSWORD).await.expect(429);
}

both_engines!(
    many_guesses_at_once_are_no_more_than_one_after_the_other,
    // The first delays are seconds; a slow machine must not outlive them.
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    },
    |app| async move {
        let tries = (0..12).map(|_| {
            let mut browser = Browser::new(&app);
            async move {
                browser
                    .sign_in(OWNER_EMAIL, "not the password")
                    .await
                    .status
            }
        });
        let told = futures_util::future::join_all(tries).await;
        let looked_at = told.iter().filter(|status| **status == 401).count();
        assert!(looked_at <= 5, "{told:?}");
        assert!(
            told.iter().all(|status| [401, 429, 503].contains(status)),
            "{told:?}"
        );
    }
);
