//! `Idempotency-Key`.

use serde_json::json;
use tillsyn_core::Clock;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

const KEY: &str = "idempotency-key";
const PATH: &str = "/api/v1/invitations";

both_engines!(
    the_same_request_again_gives_the_first_answer,
    |app| async move {
        let api = app.owner_api().await;
        let body = json!({"label": "Once"});
        let first = api.post_with(PATH, &body, KEY, "a1").await;
        assert!(!first.headers.contains_key("idempotency-replayed"));
        let first = first.expect(201);
        let again = api.post_with(PATH, &body, KEY, "a1").await;
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(again.headers["content-type"], "application/json");
        assert_eq!(again.expect(201), first);
        assert_eq!(app.count("SELECT count(*) FROM invitation").await, 1);
        // The answer has a link in it: it is kept sealed.
        let kept = app
            .text("SELECT response FROM idempotency_key")
            .await
            .unwrap();
        assert!(!kept.contains(first["url"].as_str().unwrap().rsplit('/').next().unwrap()));

        // Nor can a secret in the request be guessed from what is kept of it.
        let kept = app.text("SELECT body_hash FROM idempotency_key").await;
        let plain = tillsyn_pki::hash::sha256_hex(body.to_string().as_bytes());
        assert_eq!(kept.as_ref().map(String::len), Some(64));
        assert_ne!(kept, Some(plain));

        // Another body, another route: a mistake, said so.
        let other = api
            .post_with(PATH, &json!({"label": "Twice"}), KEY, "a1")
            .await;
        assert_eq!(
            (other.status, &other.body["code"]),
            (409, &json!("idempotency_mismatch"))
        );
        let other = api.post_with("/api/v1/commands", &body, KEY, "a1").await;
        assert_eq!(
            (other.status, &other.body["code"]),
            (409, &json!("idempotency_mismatch"))
        );
        // Another token has keys of its own.
        let colleague = app.owner_api().await;
        colleague
            .post_with(PATH, &body, KEY, "a1")
            .await
            .expect(201);
        assert_eq!(app.count("SELECT count(*) FROM invitation").await, 2);
    }
);

both_engines!(a_refusal_frees_the_key, |app| async move {
    let api = app.owner_api().await;
    api.post_with(PATH, &json!({"days": 0, "label": "x"}), KEY, "b1")
        .await
        .expect(422);
    api.post_with(PATH, &json!({"label": "x"}), KEY, "b1")
        .await
        .expect(201);
});

both_engines!(a_key_that_is_held_is_not_run_twice, |app| async move {
    let api = app.owner_api().await;
    let body = json!({"label": "Once"});
    api.post_with(PATH, &body, KEY, "c1").await.expect(201);
    // As if the first one still ran; then as if the server had stopped in the middle.
    let running = "UPDATE idempotency_key SET status = NULL, response = NULL";
    app.db().execute(running, Vec::new()).await.unwrap();
    let now = api.post_with(PATH, &body, KEY, "c1").await;
    assert_eq!(
        (now.status, &now.body["code"]),
        (409, &json!("idempotency_running"))
    );
    let old = "UPDATE idempotency_key SET created_at = created_at - 120000";
    app.db().execute(old, Vec::new()).await.unwrap();
    let later = api.post_with(PATH, &body, KEY, "c1").await;
    assert_eq!(
        (later.status, &later.body["code"]),
        (409, &json!("idempotency_unknown"))
    );
    assert_eq!(app.count("SELECT count(*) FROM invitation").await, 1);
});

both_engines!(many_at_once_have_one_effect, |app| async move {
    let api = app.owner_api().await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let api = api.clone();
        running.spawn(async move {
            api.post_with(PATH, &json!({"label": "Once"}), KEY, "d1")
                .await
                .status
        });
    }
    let statuses = running.join_all().await;
    assert!(
        statuses.iter().all(|status| [201, 409].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&201));
    assert_eq!(app.count("SELECT count(*) FROM invitation").await, 1);
});

both_engines!(
    odd_keys_are_refused_and_reading_needs_none,
    |app| async move {
        let api = app.owner_api().await;
        let long = "k".repeat(256);
        for key in ["", "two words", long.as_str()] {
            let answer = api.post_with(PATH, &json!({"label": "x"}), KEY, key).await;
            assert_eq!(
                (answer.status, &answer.body["field"]),
                (422, &json!("Idempotency-Key")),
                "{key}"
            );
        }
        assert_eq!(app.count("SELECT count(*) FROM idempotency_key").await, 0);
    }
);

async fn a_key_lives_a_day(engine: Engine) {
    let clock = Clock::fixed(Clock::system().now_ms());
    let app = TestApp::with(
        engine,
        AppOptions {
            clock: clock.clone(),
            jobs: false,
            ..AppOptions::default()
        },
    )
    .await;
    let api = app.owner_api().await;
    let body = json!({"label": "Daily"});
    api.post_with(PATH, &body, KEY, "e1").await.expect(201);
    clock.advance_ms(23 * 60 * 60 * 1_000);
    api.post_with(PATH, &body, KEY, "e1").await.expect(201);
    assert_eq!(app.count("SELECT count(*) FROM invitation").await, 1);
    clock.advance_ms(59 * 60 * 1_000 + 60_000);
    // The token lives a day as well: a new one of the same account has keys of its own.
    let kept = app.count("SELECT count(*) FROM idempotency_key").await;
    assert_eq!(kept, 1);
    app.db()
        .execute(
            "UPDATE api_token SET expires_at = expires_at + 86400000",
            Vec::new(),
        )
        .await
        .unwrap();
    api.post_with(PATH, &body, KEY, "e1").await.expect(201);
    assert_eq!(app.count("SELECT count(*) FROM invitation").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_lives_a_day_on_sqlite() {
    a_key_lives_a_day(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_lives_a_day_on_postgres() {
    a_key_lives_a_day(Engine::Postgres).await;
}
