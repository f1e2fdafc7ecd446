//! Sign-in, its limits, the session's cookie, the first administrator, the password once more.

use tillsyn_testkit::{Engine, OWNER_EMAIL, OWNER_PASSWORD, TestApp, both_engines};

use super::Browser;
use super::sign_in::stretch_delays;

both_engines!(a_session_begins_and_ends, |app| async move {
    let mut browser = Browser::new(&app);
    let form = browser.get("/console/sign-in").await.expect(200);
    form.says("Sign in to Tillsyn");
    let fields = [
        ("login", OWNER_EMAIL),
        ("password", OWNER_PASSWORD),
        ("next", "/console/devices?sort=-last_seen"),
    ];
    let answer = browser
        .send_form("/console/sign-in", &fields)
        .await
        .expect(303);
    assert_eq!(answer.location(), "/console/devices?sort=-last_seen");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for attribute in [
        "tillsyn=",
        "Path=/",
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=43200",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let page = browser.get("/console").await.expect(200);
    page.says("Maja Bergqvist");
    page.says("Owner");
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'self'")
    );

    let out = browser.post("/console/sign-out", &[]).await.expect(303);
    assert_eq!(out.location(), "/console/sign-in?out=1");
    assert!(!browser.has_cookie("tillsyn"));
    assert_eq!(
        app.count("SELECT count(*) FROM session WHERE token_hash <> ''")
            .await,
        1
    );
    let back = browser.get("/console/devices?q=x").await.expect(303);
    assert_eq!(
        back.location(),
        "/console/sign-in?next=%2Fconsole%2Fdevices%3Fq%3Dx"
    );
    assert!(app.actions().await.contains(&"session.end".to_owned()));
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_and_unknown_accounts_are_refused_alike_and_slowed_down() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::new(&app);
    let wrong = browser
        .sign_in(OWNER_EMAIL, "not the password")
        .await
        .expect(401);
    let unknown = browser
        .sign_in("nobody@example.org", "not the password")
        .await
        .expect(401);
    wrong.says("Mail address or password is not right.");
    assert_eq!(
        wrong.html.replace(OWNER_EMAIL, ""),
        unknown.html.replace("nobody@example.org", "")
    );
    assert!(!browser.has_cookie("tillsyn"));
    for _ in 0..5 {
        browser.sign_in(OWNER_EMAIL, "not the password").await;
    }
    stretch_delays(&app).await;
    let slow = browser
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(429);
    slow.says("Too many tries");
    assert!(slow.headers.contains_key("retry-after"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_from_elsewhere_is_refused_and_leads_nowhere_else() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::new(&app);
    let fields = [
        ("login", OWNER_EMAIL),
        ("password", OWNER_PASSWORD),
        ("next", "https://elsewhere.example/console"),
    ];
    let answer = browser
        .send_form("/console/sign-in", &fields)
        .await
        .expect(303);
    assert_eq!(answer.location(), "/console");
    let foreign = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!("{}/console/sign-in", app.url()))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("login=a&password=b")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_without_the_sessions_token_change_nothing() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    let forms = [
        "/console/sign-out",
        "/console/preferences",
        "/console/confirm",
        "/console/enrollment/new",
        "/console/settings/tokens",
    ];
    for path in forms {
        let fields = [("name", "x"), ("password", OWNER_PASSWORD), ("next", "")];
        browser
            .send_form(path, &fields)
            .await
            .expect(403)
            .says("Your session is over");
        let wrong = [("name", "x"), ("password", ""), ("csrf", "wrong")];
        browser.send_form(path, &wrong).await.expect(403);
    }
    assert_eq!(app.count("SELECT count(*) FROM api_token").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM invitation").await, 0);
    browser.get("/console").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_administrators_page_ends_with_the_first_administrator() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::new(&app);
    browser
        .get("/console/first-administrator")
        .await
        .expect(404)
        .says("There is nothing here");
    let gone = "UPDATE account SET status = 'disabled'";
    app.db().execute(gone, Vec::new()).await.unwrap();
    let code = tillsyn_core::accounts::new_bootstrap_code(&app.core)
        .await
        .unwrap()
        .unwrap();
    let to = browser.get("/console/sign-in").await.expect(303);
    assert_eq!(to.location(), "/console/first-administrator");
    browser
        .get("/console/first-administrator")
        .await
        .expect(200)
        .says("One-time code");
    let form = |code: &str, login: &str, password: &str| {
        [
            ("code", code.to_owned()),
            ("name", "Per Sandström".to_owned()),
            ("login", login.to_owned()),
            ("password", password.to_owned()),
        ]
    };
    for (fields, status, says) in [
        (
            form("WRONG", "per@example.org", "four words make two"),
            403,
            "This code is not right",
        ),
        (
            form(&code, "per", "four words make two"),
            422,
            "This is not a mail address",
        ),
        (
            form(&code, "per@example.org", "short"),
            422,
            "Use at least 12 characters",
        ),
    ] {
        let fields = fields
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let answer = browser
            .send_form("/console/first-administrator", &fields)
            .await;
        answer.expect(status).says(says);
    }
    let fields = form(&code, "per@example.org", "four words make two");
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let made = browser
        .send_form("/console/first-administrator", &fields)
        .await
        .expect(303);
    assert_eq!(made.location(), "/console");
    browser
        .get("/console")
        .await
        .expect(200)
        .says("Per Sandström");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn language_and_theme_are_kept_for_the_person_and_the_browser() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    let fields = [("lang", "sv"), ("next", "/console/devices")];
    let to = browser
        .post("/console/preferences", &fields)
        .await
        .expect(303);
    assert_eq!(to.location(), "/console/devices");
    let fields = [("theme", "dark"), ("next", "/console")];
    browser
        .post("/console/preferences", &fields)
        .await
        .expect(303);
    let page = browser.get("/console/devices").await.expect(200);
    page.says("<html lang=\"sv\" data-theme=\"dark\"");
    page.says("Enheter");
    browser.post("/console/sign-out", &[]).await.expect(303);
    let page = browser.get("/console/sign-in?out=1").await.expect(200);
    page.says("<html lang=\"sv\" data-theme=\"dark\"");
    let page = browser.get("/console/sign-in?lang=ja").await.expect(200);
    page.says("<html lang=\"ja\"");
    browser
        .get("/console/sign-in")
        .await
        .expect(200)
        .says("<html lang=\"ja\"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_once_more_makes_the_session_fresh() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    let stale = "UPDATE session SET fresh_at = fresh_at - 3600000";
    app.db().execute(stale, Vec::new()).await.unwrap();
    let next = ("next", "/console/settings/tokens");
    let wrong = browser
        .post(
            "/console/confirm",
            &[("password", "wrong wrong wrong"), next],
        )
        .await;
    wrong.expect(422).says("The password is not right");
    let right = browser
        .post("/console/confirm", &[("password", OWNER_PASSWORD), next])
        .await;
    assert_eq!(right.expect(303).location(), "/console/settings/tokens");
    let page = browser.get("/console/settings/tokens").await.expect(200);
    page.says_not("id=\"password\"");
}
