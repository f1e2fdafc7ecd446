//! `/e/{code}` in each state of the link, and the PIN.

use tillsyn_core::{Clock, invitations};
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::browser::{Browser, IPHONE, MAC};

both_engines!(
    a_link_that_is_over_says_why_and_hands_out_nothing,
    |app| async move {
        let mut browser = Browser::new(&app, IPHONE, "en");
        let unknown = browser.get("/e/AAAAAAAAAAAAAAAAAAAAAA").await;
        unknown.is(404, "This link does not work");

        let revoked = app.invite().await;
        let path = format!("/e/{}", revoked.code.as_str());
        browser
            .get(&path)
            .await
            .is(200, "Continue with this iPhone");
        invitations::revoke_invitation(&app.core, &app.owner, &revoked.id)
            .await
            .unwrap();
        let page = browser.get(&path).await;
        page.is(410, "This link has been withdrawn");
        assert_eq!(page.profile(), None);
        let begin = browser
            .post(&format!("{path}/begin"), "platform=iphone")
            .await;
        begin.is(410, "This link has been withdrawn");
        assert_eq!(app.count("SELECT count(*) FROM attempt").await, 0);

        let used = app.invite().await;
        let mut iphone = app.device(tillsyn_sim::DeviceConfig::iphone(app.next()));
        iphone.enroll(&app.by(&used)).await.unwrap();
        let page = browser.get(&format!("/e/{}", used.code.as_str())).await;
        page.is(410, "This link has been used");

        let old = app.invite().await;
        app.db()
            .execute("UPDATE invitation SET expires_at = 1", Vec::new())
            .await
            .unwrap();
        let page = browser.get(&format!("/e/{}", old.code.as_str())).await;
        page.is(410, "This link has expired");
    }
);

both_engines!(looking_changes_nothing, |app| async move {
    let invitation = app.invite().await;
    let before = app.actions().await.len();
    let mut browser = Browser::new(&app, MAC, "en");
    for _ in 0..3 {
        browser
            .get(&format!("/e/{}", invitation.code.as_str()))
            .await
            .is(
                200,
                "You are invited by Maja Bergqvist at Norrvik University.",
            );
    }
    assert_eq!(app.actions().await.len(), before);
    assert_eq!(app.count("SELECT count(*) FROM attempt").await, 0);
});

both_engines!(a_pin_is_asked_for_counted_and_locked, |app| async move {
    let invitation = app.invite_with(|new| new.with_pin = true).await;
    let path = format!("/e/{}", invitation.code.as_str());
    let begin = format!("{path}/begin");
    let mut browser = Browser::new(&app, IPHONE, "en");
    browser
        .get(&path)
        .await
        .is(200, "autocomplete=\"one-time-code\"");
    browser
        .post(&begin, "platform=iphone&pin=")
        .await
        .is(422, "Type the PIN you were given.");
    browser
        .post(&begin, "platform=iphone&pin=WRONGPIN")
        .await
        .is(422, "4 tries are left.");
    browser
        .post(&begin, "platform=iphone&pin=WRONGPIN")
        .await
        .is(422, "3 tries are left.");
    browser
        .post(&begin, "platform=iphone&pin=WRONGPIN")
        .await
        .is(422, "2 tries are left.");
    let last = browser.post(&begin, "platform=iphone&pin=WRONGPIN").await;
    last.is(422, "1 try is left.");
    assert!(last.html.contains("aria-invalid=\"true\""));
    let locked = browser.post(&begin, "platform=iphone&pin=WRONGPIN").await;
    locked.is(403, "The PIN was wrong too often");
    assert_eq!(locked.profile(), None);
    let right = format!(
        "platform=iphone&pin={}",
        invitation.pin.as_ref().unwrap().as_str()
    );
    browser
        .post(&begin, &right)
        .await
        .is(403, "The PIN was wrong too often");
    browser
        .get(&path)
        .await
        .is(403, "The PIN was wrong too often");
    assert_eq!(app.count("SELECT count(*) FROM attempt").await, 0);

    let (pin, _) = invitations::renew_pin(&app.core, &app.owner, &invitation.id)
        .await
        .unwrap();
    // As people type it: lower case, in two groups.
    let typed = pin.to_lowercase();
    let body = format!("platform=iphone&pin={}+{}", &typed[..4], &typed[4..]);
    let answer = browser.post(&begin, &body).await;
    assert_eq!(answer.status, 303);
    assert!(
        answer.location.starts_with(&format!("{path}/steps/")),
        "{}",
        answer.location
    );
});

both_engines!(a_form_from_elsewhere_begins_nothing, |app| async move {
    let invitation = app.invite().await;
    let path = format!("/e/{}/begin", invitation.code.as_str());
    let mut browser = Browser::new(&app, IPHONE, "en");
    let foreign = browser
        .post_from(&path, "platform=iphone", "https://evil.example")
        .await;
    foreign.is(400, "That step did not arrive as it should");
    browser
        .post(&path, "platform=toaster")
        .await
        .is(400, "That step did not arrive as it should");
    browser
        .post(&path, "")
        .await
        .is(400, "That step did not arrive as it should");
    assert_eq!(app.count("SELECT count(*) FROM attempt").await, 0);
    let reloaded = browser.get(&path).await;
    assert_eq!(
        reloaded.location,
        format!("/e/{}", invitation.code.as_str())
    );
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_speaks_the_persons_language_and_remembers_a_choice() {
    let app = TestApp::new(Engine::Sqlite).await;
    let invitation = app
        .invite_with(|new| new.language = Some("ja".to_owned()))
        .await;
    let path = format!("/e/{}", invitation.code.as_str());
    let en = Browser::new(&app, MAC, "en-GB,en;q=0.8").get(&path).await;
    en.is(200, "Continue with this Mac");
    let sv = Browser::new(&app, MAC, "sv-SE").get(&path).await;
    sv.is(200, "<html lang=\"sv\"");
    // Asked for none of ours: the invitation's own.
    let mut browser = Browser::new(&app, MAC, "fi");
    browser.get(&path).await.is(200, "<html lang=\"ja\"");
    browser
        .get(&format!("{path}?lang=sv"))
        .await
        .is(200, "<html lang=\"sv\"");
    browser.get(&path).await.is(200, "<html lang=\"sv\"");
    let closed = browser.get("/e/nothing").await;
    closed.is(404, "<html lang=\"sv\"");
    let odd = browser.get(&format!("{path}?lang=xx")).await;
    odd.is(200, "<html lang=\"sv\"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_platform_is_guessed_and_can_be_chosen() {
    let app = TestApp::new(Engine::Sqlite).await;
    let invitation = app
        .invite_with(|new| new.ownership = "personal".to_owned())
        .await;
    let path = format!("/e/{}", invitation.code.as_str());
    let mut mac = Browser::new(&app, MAC, "en");
    mac.get(&path).await.is(200, "This looks like your Mac");
    let ipad = mac.get(&format!("{path}?platform=ipad")).await;
    ipad.is(200, "You chose iPad");
    ipad.says("?platform=ipad&#38;lang=sv");
    ipad.says("It is yours: we see less and cannot erase it");
    let android = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/137.0 Mobile";
    let other = Browser::new(&app, android, "en").get(&path).await;
    other.is(200, "Not with this device");
    assert!(!other.html.contains("/begin\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_pin_says_so_while_the_link_lives_on() {
    let clock = Clock::fixed(1_800_000_000_000);
    let options = AppOptions {
        clock: clock.clone(),
        jobs: false,
        ..AppOptions::default()
    };
    let app = TestApp::with(Engine::Sqlite, options).await;
    let invitation = app.invite_with(|new| new.with_pin = true).await;
    clock.advance_ms(25 * 3_600_000);
    let mut browser = Browser::new(&app, IPHONE, "en");
    let page = browser
        .get(&format!("/e/{}", invitation.code.as_str()))
        .await;
    page.is(403, "The PIN for this link has expired");
}
