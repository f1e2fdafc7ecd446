//! A server that does not do its duty: the device is told to come back, and nobody else has to wait.

use std::time::{Duration, Instant};

use tillsyn_standins::declarative::DmAnswer as A;
use tillsyn_testkit::{Engine, TestApp};

use super::{KEY, asks, dm, setting, still, to};
use crate::wire::shapes::{check_in, declarative, device_ids, is_empty};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_answer_is_503_and_what_is_missing_404() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let dm = dm(&app).await;
    let mut iphone = app.enrolled_iphone().await;
    let api = app.owner_api().await;
    let path = setting(&app, &iphone).await;
    dm.sign_with(KEY);
    api.put(&path, &to(&dm, Some(KEY))).await.expect(200);
    let wrong = [
        A::WrongSignature,
        A::NoSignature,
        A::Status(401),
        A::Status(403),
        A::Status(400),
        A::Status(500),
        A::Status(204),
        A::Redirect(dm.url() + "tokens"),
        A::Page,
        A::Huge(1024 * 1024 + 1),
    ];
    for (number, answer) in wrong.into_iter().enumerate() {
        dm.script_once(answer.clone());
        let told = asks(&mut iphone, "tokens").await;
        assert_eq!(told.status, 503, "{answer:?}");
        assert_eq!(told.retry_after, Some(Duration::from_mins(1)));
        assert!(told.body.is_empty());
        // No redirect was followed, nothing tried twice.
        assert_eq!(dm.received().len(), number + 1, "{answer:?}");
    }
    // Whoever answers, however wrongly, is there: the next question is asked.
    dm.script_once(A::Status(404));
    assert_eq!(asks(&mut iphone, "declaration/asset/a").await.status, 404);
    assert_eq!(asks(&mut iphone, "tokens").await.status, 200);
    // Signed by nobody, though a key is set, a 404 is no answer either.
    dm.script_once(A::NoSignature);
    assert_eq!(asks(&mut iphone, "declaration/asset/a").await.status, 503);
    // A report that the server did not take is kept here, and comes again.
    let report = r#"{"StatusItems":{"a":1}}"#;
    let body = declarative(device_ids(&iphone), "status", Some(report));
    dm.script_once(A::Status(500));
    assert_eq!(check_in(&mut iphone, body.clone()).await.status, 503);
    assert!(is_empty(&check_in(&mut iphone, body).await));
    assert_eq!(app.count("SELECT count(*) FROM status_report").await, 1);
    assert_eq!(dm.faults(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_is_left_alone_for_a_while() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let dm = dm(&app).await;
    let mut iphone = app.enrolled_iphone().await;
    let api = app.owner_api().await;
    let path = setting(&app, &iphone).await;
    api.put(&path, &to(&dm, None)).await.expect(200);
    dm.always(Some(A::Drop));
    for _ in 0..7 {
        let told = asks(&mut iphone, "tokens").await;
        assert_eq!(
            (told.status.as_u16(), told.retry_after.is_some()),
            (503, true)
        );
    }
    assert_eq!(dm.received().len(), 5, "the breaker is open");
    dm.always(None);
    app.clock.advance_ms(29_999);
    assert_eq!(asks(&mut iphone, "tokens").await.status, 503);
    assert_eq!(dm.received().len(), 5);
    app.clock.advance_ms(1);
    for _ in 0..2 {
        assert_eq!(asks(&mut iphone, "tokens").await.status, 200);
    }
    assert_eq!(dm.received().len(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_holds_up_nobody_else() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let dm = dm(&app).await;
    let (mut iphone, mut other) = (app.enrolled_iphone().await, app.enrolled_iphone().await);
    let api = app.owner_api().await;
    let path = setting(&app, &iphone).await;
    api.put(&path, &to(&dm, None)).await.expect(200);
    dm.script_once(A::Hang);
    let begun = Instant::now();
    let hanging = tokio::spawn(async move { asks(&mut iphone, "tokens").await.status });
    while dm.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The one writer of SQLite is free, and so is the device listener.
    other.renew_token().await.unwrap();
    assert_eq!(asks(&mut other, "tokens").await.status, 200);
    assert!(!hanging.is_finished(), "all this within the five seconds");
    assert_eq!(hanging.await.unwrap(), 503);
    assert!(
        begun.elapsed() < Duration::from_secs(9),
        "{:?}",
        begun.elapsed()
    );
}
