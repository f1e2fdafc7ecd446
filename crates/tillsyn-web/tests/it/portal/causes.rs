//! Failures with cause and next step: recorded by something that happened, or told by the person.

use serde_json::json;
use tillsyn_core::{Clock, Permission};
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::browser::{Browser, IPHONE, MAC, PIXEL};
use super::steps::{attempt_id, begin};

/// A clock of its own and no jobs but those that the test runs.
async fn standing_still() -> (TestApp, Clock) {
    // Of today: the simulated devices look at their own clocks.
    let clock = Clock::fixed(Clock::system().now_ms());
    let options = AppOptions {
        clock: clock.clone(),
        jobs: false,
        ..AppOptions::default()
    };
    (TestApp::with(Engine::Sqlite, options).await, clock)
}

async fn profile_url(app: &TestApp, browser: &mut Browser, step: &str) -> String {
    let page = browser.get(step).await;
    format!("{}{}", app.url(), page.profile().unwrap())
}

both_engines!(
    what_the_device_says_is_recorded_with_its_remedy,
    |app| async move {
        let invitation = app.invite().await;
        let mut browser = Browser::new(&app, IPHONE, "en");
        let step = begin(&mut browser, &invitation, "iphone").await;
        let told = [
            ("too_late", "It took too long between the download"),
            (
                "another_mdm",
                "Remove that profile if you no longer need it",
            ),
            ("clock_wrong", "switch on Set Automatically"),
            ("unreachable", "wait two minutes"),
            ("no_safari", "open Safari on this device and paste it there"),
            ("profile_lapsed", "disappears from Settings after 8 minutes"),
        ];
        let api = app.api(&[Permission::InvitationsRead]).await;
        let path = format!("/api/v1/attempts/{}", attempt_id(&step));
        for (cause, text) in told {
            let body = format!("cause={cause}");
            let answer = browser.post(&format!("{step}/told"), &body).await;
            assert_eq!(answer.location, step, "{cause}");
            browser.get(&step).await.is(200, text);
            let seen = api.get(&path).await.expect(200);
            assert_eq!(seen["status"], "failed");
            assert_eq!(seen["cause"], json!(cause));
        }
        // Only what a person can know.
        for odd in ["device_of_another", "server", "nonsense", ""] {
            let body = format!("cause={odd}");
            let answer = browser.post(&format!("{step}/told"), &body).await;
            assert_eq!(answer.status, 400, "{odd}");
        }
        // Told wrongly: the device may come all the same.
        let again = browser.post(&format!("{step}/again"), "").await;
        let step = again.location;
        let url = profile_url(&app, &mut browser, &step).await;
        let mut iphone = app.device(DeviceConfig::iphone(app.next()));
        let profile = iphone.download_profile(&url).await.unwrap();
        browser
            .post(&format!("{step}/told"), "cause=too_late")
            .await;
        iphone.accept_profile(&profile).await.unwrap();
        iphone.authenticate().await.unwrap();
        iphone.token_update().await.unwrap();
        iphone.session().await.unwrap();
        browser.get(&step).await.is(200, "Your iPhone is ready");
        // And then nothing can be told against it.
        browser
            .post(&format!("{step}/told"), "cause=too_late")
            .await;
        browser.get(&step).await.is(200, "Your iPhone is ready");
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_lapses_says_so_by_itself() {
    let (app, clock) = standing_still().await;
    let invitation = app.invite().await;
    let mut browser = Browser::new(&app, MAC, "en");
    let step = begin(&mut browser, &invitation, "mac").await;
    let url = profile_url(&app, &mut browser, &step).await;
    let mut mac = app.device(DeviceConfig::mac(app.next()));
    let profile = mac.download_profile(&url).await.unwrap();
    app.run_job("minute").await;
    let waiting = "SELECT count(*) FROM attempt WHERE status = 'profile_fetched'";
    assert_eq!(app.count(waiting).await, 1);
    clock.advance_ms(61 * 60_000);
    app.run_job("minute").await;
    let lapsed = "SELECT count(*) FROM attempt WHERE cause = 'profile_lapsed'";
    assert_eq!(app.count(lapsed).await, 1);
    browser
        .get(&step)
        .await
        .is(200, "The profile was not installed in time.");
    // The late device is told apart from that: it asked, and was too late.
    assert!(mac.accept_profile(&profile).await.is_err());
    let late = "SELECT count(*) FROM attempt WHERE cause = 'too_late'";
    assert_eq!(app.count(late).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_answers_no_push_is_said_to_be_silent() {
    let (app, clock) = standing_still().await;
    let invitation = app.invite().await;
    let mut browser = Browser::new(&app, IPHONE, "en");
    let step = begin(&mut browser, &invitation, "iphone").await;
    let url = profile_url(&app, &mut browser, &step).await;
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    let profile = iphone.download_profile(&url).await.unwrap();
    iphone.accept_profile(&profile).await.unwrap();
    iphone.authenticate().await.unwrap();
    iphone.token_update().await.unwrap();
    clock.advance_ms(31 * 60_000);
    app.run_job("minute").await;
    app.run_job("minute").await;
    let noted = "SELECT count(*) FROM attempt_step WHERE cause = 'push_unanswered'";
    assert_eq!(app.count(noted).await, 1);
    let page = browser.get(&step).await;
    page.is(200, "Your iPhone is ready");
    page.says("Your device has not answered yet.");
    iphone.session().await.unwrap();
    let page = browser.get(&step).await;
    assert!(!page.html.contains("has not answered yet"));
}

both_engines!(
    a_device_that_cannot_be_managed_is_told_so_and_reported_once,
    |app| async move {
        let invitation = app.invite_with(|new| new.with_pin = true).await;
        let link = format!("/e/{}", invitation.code.as_str());
        let mut browser = Browser::new(&app, PIXEL, "en");
        let page = browser.get(&link).await;
        page.is(200, "Android cannot be managed here yet.");
        assert!(!page.html.contains("/begin\""), "{}", page.html);
        for _ in 0..3 {
            let answer = browser.post(&format!("{link}/elsewhere"), "").await;
            assert_eq!(answer.location, format!("{link}?reported=yes"));
        }
        browser
            .get(&format!("{link}?reported=yes"))
            .await
            .is(200, "That has been noted");
        let told = "SELECT count(*) FROM attempt WHERE cause = 'wrong_platform'";
        assert_eq!(app.count(told).await, 1);
        assert_eq!(app.count("SELECT count(*) FROM attempt").await, 1);
        // It is nobody's profile, and the right device is still welcome.
        let mut phone = Browser::new(&app, IPHONE, "en");
        begin(&mut phone, &invitation, "iphone").await;
    }
);
