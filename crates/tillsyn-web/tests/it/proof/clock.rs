//! What expired stays expired when the server's clock goes back, also over a restart (S86).

use std::sync::Arc;

use tillsyn_core::clock::{DAY_MS, HOUR_MS, Hands, MINUTE_MS, accept};
use tillsyn_core::keys::KeyStore;
use tillsyn_core::{Actor, Clock, Core, CoreConfig};
use tillsyn_pki::seal::KeyRing;
use tillsyn_testkit::{AppOptions, TestApp, both_engines};

use crate::console::browser::Browser;

fn by_hands() -> AppOptions {
    AppOptions {
        clock: Clock::by_hands(&Hands::new(Clock::system().now_ms())),
        jobs: false,
        ..AppOptions::default()
    }
}

fn hands(app: &TestApp) -> &Arc<Hands> {
    app.clock.hands().unwrap()
}

async fn runs_for(app: &TestApp, ms: i64) {
    hands(app).pass_ms(ms);
    app.run_job("minute").await;
}

/// A server on the same database that starts with its machine's clock at `wall_ms`.
async fn started_at(app: &TestApp, wall_ms: i64) -> Core {
    let keys = KeyStore::new(KeyRing::from_text(app.master_key()).unwrap());
    let clock = Clock::by_hands(&Hands::new(wall_ms));
    Core::open(app.db(), clock, CoreConfig::default(), keys)
        .await
        .unwrap()
}

both_engines!(what_expired_stays_so, by_hands(), |app| async move {
    let began = app.core.now_ms();
    let token = app.owner_api().await;
    let mut session = Browser::owner(&app).await;
    token.get("/api/v1/devices").await.expect(200);
    assert_eq!(session.get("/console/devices").await.status, 200);

    runs_for(&app, 50 * HOUR_MS).await;
    token.get("/api/v1/devices").await.expect(401);
    assert_ne!(session.get("/console/devices").await.status, 200);

    hands(&app).step_ms(-50 * HOUR_MS);
    token.get("/api/v1/devices").await.expect(401);
    assert_ne!(session.get("/console/devices").await.status, 200);

    runs_for(&app, MINUTE_MS).await;
    let told = app.core.now_ms();
    assert!(told > began + 50 * HOUR_MS);
    let again = started_at(&app, began).await;
    assert!(again.now_ms() >= told, "a restart went back");
    assert!(again.clock().behind_ms() > 49 * HOUR_MS);
});

both_engines!(a_wrong_future_is_left_again, by_hands(), |app| async move {
    runs_for(&app, MINUTE_MS).await;
    let began = app.core.now_ms();
    let token = app.owner_api().await;
    hands(&app).step_ms(400 * DAY_MS);
    token.get("/api/v1/devices").await.expect(401);
    runs_for(&app, MINUTE_MS).await;
    assert_eq!(started_at(&app, began).await.now_ms(), began);
    hands(&app).step_ms(-400 * DAY_MS);
    token.get("/api/v1/devices").await.expect(200);
});

both_engines!(
    what_began_in_a_wrong_future_ends_with_it,
    by_hands(),
    |app| async move {
        const OLD: &str = "SELECT count(*) FROM event";
        runs_for(&app, MINUTE_MS).await;
        let events = app.count(OLD).await;
        hands(&app).step_ms(4_000 * DAY_MS);
        let mut session = Browser::owner(&app).await;
        assert_eq!(session.get("/console/devices").await.status, 200);
        let during = app.count(OLD).await;
        assert!(during > events);
        app.run_job("hour").await;
        assert_eq!(app.count(OLD).await, during, "deleted for their age");
        hands(&app).step_ms(-4_000 * DAY_MS);
        assert_ne!(session.get("/console/devices").await.status, 200);
        assert_eq!(
            Browser::owner(&app)
                .await
                .get("/console/devices")
                .await
                .status,
            200
        );
    }
);

both_engines!(
    a_person_ends_a_future_that_lasted,
    by_hands(),
    |app| async move {
        let began = app.core.now_ms();
        runs_for(&app, MINUTE_MS).await;
        hands(&app).step_ms(400 * DAY_MS);
        runs_for(&app, MINUTE_MS).await;
        runs_for(&app, HOUR_MS).await;
        let again = started_at(&app, began).await;
        assert!(again.now_ms() > began + 399 * DAY_MS);

        let back = accept(&again, &Actor::server()).await.unwrap();
        assert!(back > 399 * DAY_MS, "{back}");
        // Whoever was not stopped is not listened to.
        runs_for(&app, MINUTE_MS).await;
        assert_eq!(started_at(&app, began).await.now_ms(), began);
        let told = "SELECT count(*) FROM event WHERE action = 'clock.accept'";
        assert_eq!(app.count(told).await, 1);
        let right = started_at(&app, began).await;
        assert_eq!(accept(&right, &Actor::server()).await.unwrap(), 0);
    }
);
