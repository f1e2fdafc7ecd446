//! Authenticator apps and recovery codes, and roles that ask for a second factor.

use tillsyn_testkit::{Engine, OWNER_EMAIL, OWNER_PASSWORD, TestApp, both_engines};

use super::{
    App, Browser, codes, first_step, from_base32, second_step, set_up_app, stretch_delays,
};

both_engines!(
    an_app_and_its_recovery_codes_are_the_second_step,
    |app| async move {
        let mut browser = Browser::owner(&app).await;
        let before = browser.cookie("tillsyn");
        let (device, kept) = set_up_app(&app, &mut browser).await;
        assert_eq!(kept.len(), 10);
        assert_ne!(
            browser.cookie("tillsyn"),
            before,
            "a new token with a new right"
        );
        browser.get("/console/account").await.expect(200);
        let sealed = "SELECT count(*) FROM account_totp WHERE confirmed_at IS NOT NULL";
        assert_eq!(app.count(sealed).await, 1);

        let mut other = Browser::new(&app);
        first_step(&mut other).await;
        let page = other.get("/console/sign-in/second").await.expect(200);
        page.says("Code from your app");
        other.get("/console").await.expect(303);
        // The code that confirmed the app counts no second time, nor does one from another time.
        let step = app.count("SELECT last_step FROM account_totp").await;
        let used = tillsyn_pki::totp::code(&device.0, step);
        second_step(&mut other, &used).await.expect(422);
        second_step(&mut other, &device.code(&app, 5))
            .await
            .expect(422);
        let right = device.code(&app, 1);
        second_step(&mut other, &right).await.expect(303);
        other.get("/console").await.expect(200);
        let with = "SELECT count(*) FROM session WHERE second_factor = 1 AND method = 'password'";
        assert_eq!(app.count(with).await, 2);

        // A recovery code works once, in any writing.
        let mut third = Browser::new(&app);
        first_step(&mut third).await;
        second_step(&mut third, &kept[3].to_lowercase())
            .await
            .expect(303);
        third.get("/console").await.expect(200);
        let mut fourth = Browser::new(&app);
        first_step(&mut fourth).await;
        second_step(&mut fourth, &kept[3]).await.expect(422);
        // Nine are left; ten new ones end them.
        third
            .get("/console/account")
            .await
            .expect(200)
            .says("9 codes are left");
        let again = third
            .post("/console/account/recovery-codes", &[])
            .await
            .expect(200);
        assert_eq!(codes(&again).len(), 10);
        second_step(&mut fourth, &kept[4]).await.expect(422);
        for action in [
            "second_factor.add",
            "recovery_code.use",
            "recovery_code.create",
        ] {
            assert!(app.actions().await.contains(&action.to_owned()), "{action}");
        }
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_guessed_no_more_often_than_passwords() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut browser = Browser::owner(&app).await;
    let (device, _) = set_up_app(&app, &mut browser).await;
    let mut other = Browser::new(&app);
    first_step(&mut other).await;
    for _ in 0..5 {
        second_step(&mut other, "123456").await.expect(422);
    }
    stretch_delays(&app).await;
    let right = device.code(&app, 1);
    second_step(&mut other, &right).await.expect(429);
    // Another step of the same account does not begin anew.
    let mut third = Browser::new(&app);
    first_step(&mut third).await;
    second_step(&mut third, &right).await.expect(429);
    // The owner's own browser has its own count.
    browser.post("/console/sign-out", &[]).await.expect(303);
    first_step(&mut browser).await;
    second_step(&mut browser, &right).await.expect(303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_asks_for_a_second_factor_leads_to_one_before_anything_else() {
    let app = TestApp::new(Engine::Sqlite).await;
    let token = app.api(&[tillsyn_core::Permission::DevicesRead]).await;
    let ask = "UPDATE role SET second_factor = 1 WHERE id = 'owner'";
    app.db().execute(ask, Vec::new()).await.unwrap();
    let mut browser = Browser::new(&app);
    browser
        .sign_in(OWNER_EMAIL, OWNER_PASSWORD)
        .await
        .expect(303);
    for path in [
        "/console",
        "/console/devices",
        "/console/account",
        "/console/settings/tokens",
    ] {
        let to = browser.get(path).await.expect(303);
        assert!(to.location().starts_with("/console/set-up?next="), "{path}");
    }
    let page = browser.get("/console/set-up").await.expect(200);
    page.says("Add a second factor");
    let csrf = page.between("name=\"csrf\" value=\"", "\"");
    for path in ["/console/settings/tokens", "/console/account/password"] {
        let fields = [
            ("csrf", csrf.as_str()),
            ("name", "x"),
            ("permission", "devices.read"),
        ];
        let to = browser.send_form(path, &fields).await.expect(303);
        assert!(to.location().starts_with("/console/set-up?next="), "{path}");
    }
    // Its programs go on.
    token.get("/api/v1/devices").await.expect(200);
    // An app, set up from there, opens the rest.
    browser
        .send_form("/console/account/app/begin", &[("csrf", &csrf)])
        .await
        .expect(303);
    let page = browser.get("/console/account/app").await.expect(200);
    let device = App(from_base32(&page.between("data-copy=\"", "\"")));
    let code = device.code(&app, 0);
    let fields = [("csrf", csrf.as_str()), ("code", code.as_str())];
    let shown = browser
        .send_form("/console/account/app", &fields)
        .await
        .expect(200);
    assert_eq!(codes(&shown).len(), 10);
    browser.get("/console/devices").await.expect(200);
    // It stays as long as the role asks.
    let kept = browser
        .post("/console/account/app/remove", &[])
        .await
        .expect(409);
    kept.says("Your role asks for a second factor");
    assert_eq!(app.count("SELECT count(*) FROM account_totp").await, 1);
}
