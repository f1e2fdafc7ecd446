//! Results that are too large or too deep to decode must not come back for ever (security S21, S22).

use tillsyn_core::Clock;
use tillsyn_db::args;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::shapes::check_in;

const KEPT: &str = "SELECT unreadable FROM command_result WHERE command_id = $1 AND body IS NULL";

/// A result in the order that devices write: the keys that matter may be behind a long list.
fn result(udid: &str, uuid: &str, filler: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>CommandUUID</key>\
         <string>{uuid}</string><key>QueryResponses</key>{filler}<key>Status</key>\
         <string>Acknowledged</string><key>UDID</key><string>{udid}</string></dict></plist>"
    )
    .into_bytes()
}

both_engines!(
    an_oversize_or_undecodable_result_is_kept_as_unreadable,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        let udid = iphone.udid().to_owned();
        let deep = format!("{}{}", "<array>".repeat(100), "</array>".repeat(100));
        let large = format!("<string>{}</string>", "x".repeat(33 * 1024 * 1024));
        for (filler, why) in [(deep, "too_large"), (large, "too_large")] {
            let offer = iphone.idle().await.unwrap().unwrap();
            let body = result(&udid, &offer.uuid, &filler);
            let answer = iphone.put_raw(false, body.clone()).await.unwrap();
            assert_eq!(answer.status, 200);
            let kept = app
                .db()
                .query_optional(KEPT, args![offer.uuid.as_str()])
                .await
                .unwrap();
            assert_eq!(kept.unwrap().text(0).unwrap(), why);
            // The same again: 200, no second row.
            assert_eq!(iphone.put_raw(false, body).await.unwrap().status, 200);
        }
        assert_eq!(
            app.count(
                "SELECT count(*) FROM command WHERE unreadable = 1 AND status = 'acknowledged'"
            )
            .await,
            2
        );
    }
);

both_engines!(
    an_oversize_result_of_an_unproven_sender_is_not_believed,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        let offer = iphone.idle().await.unwrap().unwrap();
        let body = result(
            iphone.udid(),
            &offer.uuid,
            &format!("<string>{}</string>", "x".repeat(33 * 1024 * 1024)),
        );
        // The signature is over other bytes.
        let answer = iphone.put_tampered(body).await.unwrap();
        assert_eq!(answer.status, 403);
        assert_eq!(
            app.count("SELECT count(*) FROM command WHERE finished = 1")
                .await,
            0
        );
    }
);

both_engines!(a_check_in_has_its_own_limit, |app| async move {
    let mut iphone = app.enrolled_iphone().await;
    let body = vec![b'x'; 1024 * 1024 + 1];
    assert_eq!(check_in(&mut iphone, body).await.status, 413);
});

#[tokio::test]
async fn nothing_is_taken_in_for_a_certificate_whose_time_is_over() {
    let clock = Clock::fixed(Clock::system().now_ms());
    let options = AppOptions {
        clock: clock.clone(),
        jobs: false,
        ..AppOptions::default()
    };
    let app = TestApp::with(Engine::Sqlite, options).await;
    let mut iphone = app.enrolled_iphone().await;
    let body = vec![b'x'; 1024 * 1024 + 1];
    assert_eq!(check_in(&mut iphone, body.clone()).await.status, 413);
    clock.advance_ms(20 * 365 * 24 * 60 * 60 * 1_000);
    assert_eq!(check_in(&mut iphone, body).await.status, 403);
}
