//! From one device of a person to another.

use tillsyn_core::{Clock, invitations};
use tillsyn_testkit::canaries::cells;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::browser::{Browser, IPHONE, MAC, PIXEL};
use super::steps::arrive;

/// The code on the page: what stands after the address.
fn code(html: &str) -> String {
    let at = html.find("/go</code>").unwrap();
    let rest = &html[at + 10..];
    let from = rest.find("<code>").unwrap() + 6;
    rest[from..].split('<').next().unwrap().to_owned()
}

both_engines!(a_code_takes_the_proven_pin_along_once, |app| async move {
    let invitation = app.invite_with(|new| new.with_pin = true).await;
    let mut mac = Browser::new(&app, MAC, "en");
    let step = arrive(&mut mac, &invitation, "mac").await;
    let shown = mac.post(&format!("{step}/hand-over"), "").await;
    shown.is(200, "data-deadline=");
    let first = code(&shown.html);
    // A second code ends the first one.
    let shown = mac.post(&format!("{step}/hand-over"), "").await;
    let second = code(&shown.html);
    let mut phone = Browser::new(&app, IPHONE, "en");
    phone
        .get(&format!("/go/{second}"))
        .await
        .is(200, &format!("value=\"{second}\""));
    let used = phone.post("/go/code", &format!("code={first}")).await;
    used.is(422, "This code does not work.");
    let typed = second.to_lowercase().replace('-', "+");
    let taken = phone.post("/go/code", &format!("code={typed}")).await;
    assert_eq!(taken.status, 303, "{}", taken.html);
    let link = format!("/e/{}", invitation.code.as_str());
    assert!(taken.location.starts_with(&format!("{link}/steps/")));
    // No PIN, and the device of this browser.
    phone
        .get(&taken.location)
        .await
        .is(200, "I agree, set up this iPhone");
    let states = "SELECT count(*) FROM attempt WHERE status IN ('signed_in', 'superseded')";
    assert_eq!(app.count(states).await, 2);
    // Once: not for whoever looked over the shoulder.
    let mut third = Browser::new(&app, IPHONE, "en");
    let again = third.post("/go/code", &format!("code={second}")).await;
    again.is(422, "This code does not work.");
    assert_eq!(app.count("SELECT count(*) FROM hand_over").await, 0);
    // The computer is done with it.
    assert_eq!(mac.get(&step).await.location, link);
});

both_engines!(
    the_code_of_the_link_is_stored_nowhere_in_the_clear,
    |app| async move {
        let invitation = app.invite().await;
        let mut mac = Browser::new(&app, MAC, "en");
        let step = arrive(&mut mac, &invitation, "mac").await;
        let shown = mac.post(&format!("{step}/hand-over"), "").await;
        let code = code(&shown.html).replace('-', "");
        for (table, column, bytes) in cells(&app.db()).await {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(&code), "{table}.{column}");
            assert!(!text.contains(invitation.code.as_str()), "{table}.{column}");
        }
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_lives_for_ten_minutes_and_guessing_is_slowed() {
    let clock = Clock::fixed(1_800_000_000_000);
    let options = AppOptions {
        clock: clock.clone(),
        jobs: false,
        ..AppOptions::default()
    };
    let app = TestApp::with(Engine::Sqlite, options).await;
    let invitation = app.invite().await;
    let mut mac = Browser::new(&app, MAC, "en");
    let step = arrive(&mut mac, &invitation, "mac").await;
    let shown = mac.post(&format!("{step}/hand-over"), "").await;
    let late = code(&shown.html);
    clock.advance_ms(10 * 60_000);
    let mut phone = Browser::new(&app, IPHONE, "en");
    let answer = phone.post("/go/code", &format!("code={late}")).await;
    answer.is(422, "This code does not work.");
    app.run_job("minute").await;
    assert_eq!(app.count("SELECT count(*) FROM hand_over").await, 0);
    let mut slowed = false;
    for _ in 0..80 {
        let answer = phone.post("/go/code", "code=ABCDEFGH").await;
        slowed |= answer.status == 429;
    }
    assert!(slowed);
    // Even a right code waits then.
    let shown = mac.post(&format!("{step}/hand-over"), "").await;
    let fresh = code(&shown.html);
    let answer = phone.post("/go/code", &format!("code={fresh}")).await;
    answer.is(429, "Too many tries from here");
}

both_engines!(
    a_code_is_not_spent_on_a_device_that_cannot_be_managed,
    |app| async move {
        let invitation = app.invite().await;
        let mut mac = Browser::new(&app, MAC, "en");
        let step = arrive(&mut mac, &invitation, "mac").await;
        let shown = mac.post(&format!("{step}/hand-over"), "").await;
        let code = code(&shown.html);
        let mut pixel = Browser::new(&app, PIXEL, "en");
        let answer = pixel.post("/go/code", &format!("code={code}")).await;
        answer.is(422, "Android cannot be managed here yet.");
        assert_eq!(app.count("SELECT count(*) FROM hand_over").await, 1);
        invitations::revoke_invitation(&app.core, &app.owner, &invitation.id)
            .await
            .unwrap();
        let mut phone = Browser::new(&app, IPHONE, "en");
        let answer = phone.post("/go/code", &format!("code={code}")).await;
        answer.is(410, "This link has been withdrawn");
    }
);
