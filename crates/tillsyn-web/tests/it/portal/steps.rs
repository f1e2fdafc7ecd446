//! `/e/{code}/steps/{attempt}`: followed to the end with a simulated device.

use tillsyn_core::Clock;
use tillsyn_core::invitations::CreatedInvitation;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::browser::{Browser, IPHONE, MAC, Seen};

/// Begins, agrees and follows to the install page; gives its path.
pub(super) async fn begin(
    browser: &mut Browser,
    invitation: &CreatedInvitation,
    platform: &str,
) -> String {
    let step = arrive(browser, invitation, platform).await;
    let page = browser.get(&step).await;
    let agreed = agree(browser, &step, &page).await;
    assert_eq!(agreed.location, step, "{}", agreed.html);
    step
}

/// The form of a page that asks to agree, sent as it stands there.
pub(super) async fn agree(browser: &mut Browser, step: &str, page: &Seen) -> Seen {
    let (terms, shown) = (page.hidden("terms"), page.hidden("shown"));
    let form = format!("terms={terms}&shown={shown}");
    browser.post(&format!("{step}/consent"), &form).await
}

/// Begins, and is then asked to agree.
pub(super) async fn arrive(
    browser: &mut Browser,
    invitation: &CreatedInvitation,
    platform: &str,
) -> String {
    let pin = invitation
        .pin
        .as_ref()
        .map_or(String::new(), |pin| format!("&pin={}", pin.as_str()));
    let path = format!("/e/{}/begin", invitation.code.as_str());
    let answer = browser
        .post(&path, &format!("platform={platform}{pin}"))
        .await;
    assert_eq!(answer.status, 303, "{}", answer.html);
    answer.location
}

pub(super) fn attempt_id(step: &str) -> &str {
    step.rsplit('/').next().unwrap()
}

async fn status(browser: &mut Browser, step: &str) -> String {
    // The script asks here; the answer is data, not a page.
    let path = step.replace("/steps/", "/attempts/");
    let seen = browser.get_data(&path).await;
    seen["status"].as_str().unwrap().to_owned()
}

both_engines!(an_attempt_is_followed_to_ready, |app| async move {
    let invitation = app.invite_with(|new| new.with_pin = true).await;
    let link = format!("/e/{}", invitation.code.as_str());
    let mut browser = Browser::new(&app, IPHONE, "en");
    let step = begin(&mut browser, &invitation, "iphone").await;
    let page = browser.get(&step).await;
    page.is(200, "Waiting for the download");
    page.says("<noscript><meta http-equiv=\"refresh\"");
    assert_eq!(status(&mut browser, &step).await, "signed_in");
    // The secret is in no address of a page, and the cookie goes to this link's pages only.
    let secret = page
        .profile()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    assert!(!step.contains(&secret));
    let cookie = browser
        .set_cookies
        .iter()
        .find(|line| line.contains(&secret))
        .unwrap();
    for part in ["HttpOnly", "SameSite=Lax", &format!("Path={link}")] {
        assert!(cookie.split("; ").any(|found| found == part), "{cookie}");
    }
    // The link leads back to the step; choosing the platform anew does not.
    assert_eq!(browser.get(&link).await.location, step);
    browser
        .get(&format!("{link}?platform=iphone"))
        .await
        .is(200, "You chose iPhone");

    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    let url = format!("{}{}", app.url(), page.profile().unwrap());
    let profile = iphone.download_profile(&url).await.unwrap();
    browser.get(&step).await.is(200, "Waiting for your iPhone");
    iphone.accept_profile(&profile).await.unwrap();
    let seen = browser.get(&step).await;
    seen.is(200, "Seen, setting up your iPhone");
    assert_eq!(seen.profile(), None, "nothing is left to download");
    iphone.authenticate().await.unwrap();
    iphone.token_update().await.unwrap();
    assert_eq!(status(&mut browser, &step).await, "enrolled");
    browser
        .get(&step)
        .await
        .is(200, "Seen, setting up your iPhone");
    iphone.session().await.unwrap();
    assert_eq!(status(&mut browser, &step).await, "ready");
    browser.get(&step).await.is(200, "Your iPhone is ready");
    assert_eq!(iphone.violations(), []);
    // The one who set it up is told so; everybody else that the link is used.
    assert_eq!(browser.get(&link).await.location, step);
    Browser::new(&app, IPHONE, "en")
        .get(&link)
        .await
        .is(410, "This link has been used");
});

both_engines!(
    only_the_browser_that_began_gets_the_profile,
    |app| async move {
        let invitation = app.invite().await;
        let mut browser = Browser::new(&app, MAC, "en");
        let step = begin(&mut browser, &invitation, "mac").await;
        assert!(browser.get(&step).await.profile().is_some());
        let mut other = Browser::new(&app, MAC, "en");
        let elsewhere = other.get(&step).await;
        assert_eq!(elsewhere.status, 303);
        assert_eq!(
            elsewhere.location,
            format!("/e/{}?platform=mac", invitation.code.as_str())
        );
        let again = other.post(&format!("{step}/again"), "").await;
        assert_eq!(again.location, format!("/e/{}", invitation.code.as_str()));
        assert_eq!(app.count("SELECT count(*) FROM attempt").await, 1);

        // An attempt of another invitation is not shown under this one.
        let second = app.invite().await;
        let foreign = format!("/e/{}/steps/{}", second.code.as_str(), attempt_id(&step));
        browser
            .get(&foreign)
            .await
            .is(404, "This link does not work");
        let nonsense = format!("/e/{}/steps/nonsense", second.code.as_str());
        browser
            .get(&nonsense)
            .await
            .is(404, "This link does not work");
    }
);

both_engines!(
    a_new_profile_needs_no_second_pin_and_ends_the_old_one,
    |app| async move {
        let invitation = app.invite_with(|new| new.with_pin = true).await;
        let mut browser = Browser::new(&app, IPHONE, "en");
        let first = begin(&mut browser, &invitation, "iphone").await;
        let old = browser.get(&first).await.profile().unwrap().to_owned();
        let mut iphone = app.device(DeviceConfig::iphone(app.next()));
        let old_profile = iphone
            .download_profile(&format!("{}{old}", app.url()))
            .await
            .unwrap();
        let foreign = browser
            .post_from(&format!("{first}/again"), "", "https://evil.example")
            .await;
        assert_eq!(foreign.status, 400);
        let answer = browser.post(&format!("{first}/again"), "").await;
        assert_eq!(answer.status, 303, "{}", answer.html);
        let second = answer.location;
        assert_ne!(first, second);
        let new = browser.get(&second).await.profile().unwrap().to_owned();
        assert_ne!(old, new);
        assert_eq!(browser.get(&first).await.status, 303);
        assert_eq!(
            app.text("SELECT status FROM attempt ORDER BY created_at, id LIMIT 1")
                .await
                .as_deref(),
            Some("superseded")
        );
        // What was downloaded before works no more; what is downloaded now does.
        let gone = browser.get(&old).await;
        gone.is(410, "This link has expired");
        assert!(iphone.accept_profile(&old_profile).await.is_err());
        let profile = iphone
            .download_profile(&format!("{}{new}", app.url()))
            .await
            .unwrap();
        iphone.accept_profile(&profile).await.unwrap();
        iphone.authenticate().await.unwrap();
        iphone.token_update().await.unwrap();
        iphone.session().await.unwrap();
        browser.get(&second).await.is(200, "Your iPhone is ready");
    }
);

both_engines!(a_failure_names_cause_and_remedy, |app| async move {
    let invitation = app.invite().await;
    let mut browser = Browser::new(&app, IPHONE, "en");
    let step = begin(&mut browser, &invitation, "iphone").await;
    let url = format!(
        "{}{}",
        app.url(),
        browser.get(&step).await.profile().unwrap()
    );
    let mut iphone = app.device(DeviceConfig::iphone(app.next()));
    let mut ipad = app.device(DeviceConfig::ipad(app.next()));
    let profile = iphone.download_profile(&url).await.unwrap();
    iphone.accept_profile(&profile).await.unwrap();
    // The same file on a second device.
    assert!(ipad.accept_profile(&profile).await.is_err());
    let page = browser.get(&step).await;
    page.is(200, "This profile has already been used by another device.");
    page.says("Get a new profile on this device.");
    page.says(attempt_id(&step));
    let mut swede = Browser::new(&app, IPHONE, "sv");
    swede.get(&step).await.is(200, "<html lang=\"sv\"");
    let again = browser.post(&format!("{step}/again"), "").await;
    assert!(again.location.contains("/steps/"), "{}", again.location);
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_whose_time_is_over_is_offered_anew() {
    let clock = Clock::fixed(1_800_000_000_000);
    let options = AppOptions {
        clock: clock.clone(),
        jobs: false,
        ..AppOptions::default()
    };
    let app = TestApp::with(Engine::Sqlite, options).await;
    let invitation = app.invite().await;
    let mut browser = Browser::new(&app, MAC, "en");
    let step = begin(&mut browser, &invitation, "mac").await;
    let page: Seen = browser.get(&step).await;
    page.is(200, "data-deadline=\"2027-01-15T09:00:00");
    page.says(">60:00</b>");
    clock.advance_ms(3_600_000);
    let late = browser.get(&step).await;
    late.is(200, "The profile was not installed in time.");
    assert_eq!(late.profile(), None);
    // The link begins anew, and so does the button.
    browser
        .get(&format!("/e/{}", invitation.code.as_str()))
        .await
        .is(200, "Continue with this Mac");
    let again = browser.post(&format!("{step}/again"), "").await;
    assert_eq!(again.status, 303);
    assert!(browser.get(&again.location).await.profile().is_some());
    // A day later the proof is too old.
    clock.advance_ms(25 * 3_600_000);
    let too_old = browser.post(&format!("{}/again", again.location), "").await;
    assert_eq!(too_old.location, format!("/e/{}", invitation.code.as_str()));
}
