//! What is sent, to whom, and again.

use serde_json::{Value as Json, json};
use tillsyn_db::args;
use tillsyn_standins::webhook::HookAnswer;
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{TestApp, both_engines};

use super::{deliveries, got, person, still, text, webhook};

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600 * SECOND_MS;

both_engines!(
    an_event_is_sent_once_signed_and_as_the_audit_api_shows_it,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        person(&api, "Before", None).await;
        let (id, key) = webhook(&app, &api, &["person.*", "guard.stop"]).await;
        let made = person(&api, "Ingrid Lund", None).await;
        app.invite().await;
        app.run_job("webhooks").await;
        let received = app.hooks.received();
        assert_eq!(
            received.len(),
            1,
            "neither what was before, nor what is not wanted"
        );
        let request = &received[0];
        assert!(request.is_signed_with(&key));
        assert!(!request.is_signed_with("another"));
        let body: Json = serde_json::from_slice(&request.body).unwrap();
        let event = &body["event"];
        assert_eq!(
            (&event["action"], &event["object_id"]),
            (&json!("person.create"), &json!(made))
        );
        assert_eq!(body["webhook_id"], json!(id));
        assert_eq!(request.header("tillsyn-event"), event["id"]);
        assert_eq!(request.header("tillsyn-delivery"), body["delivery_id"]);
        let path = format!("/api/v1/events?object_kind=person&object_id={made}");
        let audit = api.get(&path).await.expect(200);
        let shown = &audit["items"][0];
        for name in [
            "id",
            "at",
            "action",
            "actor_kind",
            "actor_id",
            "object_kind",
            "unit_id",
            "result",
            "details",
        ] {
            assert_eq!(event[name], shown[name], "{name}");
        }
        assert!(event.get("address").is_none(), "an address names a person");
        // Once: neither a second round nor one minutes later sends it again.
        app.run_job("webhooks").await;
        app.clock.advance_ms(300 * SECOND_MS);
        app.run_job("webhooks").await;
        assert_eq!(app.hooks.received().len(), 1);
        assert_eq!(app.hooks.faults(), [""; 0]);
        let sent = deliveries(&api, &id).await;
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0]["status"], "delivered");
        assert_eq!(
            (&sent[0]["tries"], &sent[0]["last_status"]),
            (&json!(1), &json!(200))
        );
        assert_eq!(sent[0]["action"], "person.create");
        // The key and the body are nowhere to be read.
        let shown = api.get(&format!("/api/v1/webhooks/{id}")).await.expect(200);
        assert_eq!(
            (&shown["failures"], &shown["waiting"]),
            (&json!(0), &json!(0))
        );
        let canaries = [
            Canary::new("webhook key", &key),
            Canary::new("webhook body", text(&body["delivery_id"]) + "\",\"event\""),
        ];
        assert!(found_in(&canaries, shown.to_string()).is_empty());
        for (table, column, value) in cells(&app.db()).await {
            assert_eq!(found_in(&canaries, value), [""; 0], "{table}.{column}");
        }
    }
);

both_engines!(
    only_events_of_the_subtree_are_sent,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let unit = |name: &'static str, parent: Option<String>| {
            let api = api.clone();
            async move {
                let body = json!({ "name": name, "parent_id": parent });
                text(&api.post("/api/v1/units", &body).await.expect(201)["id"])
            }
        };
        let medicine = unit("Medicine", None).await;
        let surgery = unit("Surgery", Some(medicine.clone())).await;
        let law = unit("Law", None).await;
        let body = json!({ "name": "Medicine's", "url": app.hooks.url(), "events": ["*"],
            "unit_id": medicine });
        api.post("/api/v1/webhooks", &body).await.expect(201);
        person(&api, "A", None).await;
        person(&api, "B", Some(&law)).await;
        let inside = person(&api, "C", Some(&medicine)).await;
        let below = person(&api, "D", Some(&surgery)).await;
        app.run_job("webhooks").await;
        let ids: Vec<String> = got(&app)
            .iter()
            .map(|event| text(&event["object_id"]))
            .collect();
        assert_eq!(ids.len(), 2);
        assert!(ids.contains(&inside) && ids.contains(&below));
    }
);

both_engines!(
    a_failed_try_comes_again_and_after_a_day_it_is_given_up,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (id, key) = webhook(&app, &api, &["person.create"]).await;
        let path = format!("/api/v1/webhooks/{id}");
        app.hooks.always(HookAnswer::Status(500));
        person(&api, "Ingrid Lund", None).await;
        app.run_job("webhooks").await;
        app.run_job("webhooks").await;
        let tried = &deliveries(&api, &id).await[0];
        assert_eq!(
            (&tried["status"], &tried["tries"]),
            (&json!("waiting"), &json!(1))
        );
        assert_eq!(tried["last_error"], "status_500");
        app.clock.advance_ms(13 * SECOND_MS);
        app.run_job("webhooks").await;
        assert_eq!(
            app.hooks.received().len(),
            2,
            "the second try is after ten seconds"
        );
        let shown = api.get(&path).await.expect(200);
        assert_eq!(
            (&shown["failures"], &shown["status"]),
            (&json!(2), &json!("active"))
        );
        for _ in 0..11 {
            app.clock.advance_ms(HOUR_MS * 5 / 2);
            app.run_job("webhooks").await;
        }
        // Tokens of the test last for a day.
        let api = app.owner_api().await;
        let given_up = &deliveries(&api, &id).await[0];
        assert_eq!(given_up["status"], "failed");
        assert!(given_up["tries"].as_i64().unwrap() < 12);
        let actions = app.actions().await;
        assert_eq!(actions.iter().filter(|a| *a == "webhook.failed").count(), 1);
        assert_eq!(actions.iter().filter(|a| *a == "webhook.pause").count(), 1);
        let shown = api.get(&path).await.expect(200);
        assert_eq!(shown["status"], "paused", "it took nothing for a day");
        // Paused: nothing is sent, and what happens now is not sent later.
        let tries = app.hooks.received().len();
        app.hooks.always(HookAnswer::Status(200));
        person(&api, "Meanwhile", None).await;
        app.run_job("webhooks").await;
        assert_eq!(app.hooks.received().len(), tries);
        let refused = api
            .post(&format!("{path}/test"), &json!({}))
            .await
            .expect(409);
        assert_eq!(refused["code"], "webhook_paused");
        api.patch(&path, &json!({ "paused": false }))
            .await
            .expect(200);
        let again = format!("{path}/deliveries/{}/retry", text(&given_up["id"]));
        api.post(&again, &json!({})).await.expect(204);
        app.run_job("webhooks").await;
        let received = app.hooks.received();
        assert_eq!(received.len(), tries + 1);
        assert!(received[tries].is_signed_with(&key));
        assert_eq!(deliveries(&api, &id).await[0]["status"], "delivered");
        let shown = api.get(&path).await.expect(200);
        assert_eq!(
            (&shown["failures"], &shown["last_error"]),
            (&json!(0), &Json::Null)
        );
        // A test is a delivery like any other, with the key of now.
        let renewed = api
            .post(&format!("{path}/key"), &json!({}))
            .await
            .expect(200);
        api.post(&format!("{path}/test"), &json!({}))
            .await
            .expect(202);
        app.run_job("webhooks").await;
        assert_eq!(got(&app).last().unwrap()["action"], "webhook.test");
        let last = app.hooks.received().pop().unwrap();
        assert!(last.is_signed_with(&text(&renewed["key"])) && !last.is_signed_with(&key));
        api.delete(&path).await.expect(204);
        assert_eq!(api.get(&path).await.status, 404);
    }
);

both_engines!(
    an_outage_shorter_than_a_day_pauses_nothing,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (id, _) = webhook(&app, &api, &["person.create"]).await;
        app.hooks.always(HookAnswer::Drop);
        for n in 0..30 {
            person(&api, &format!("Person {n}"), None).await;
        }
        let path = format!("/api/v1/webhooks/{id}");
        app.run_job("webhooks").await;
        assert_eq!(
            app.hooks.received().len(),
            8,
            "after these it is left alone"
        );
        let shown = api.get(&path).await.expect(200);
        assert_eq!(
            (&shown["failures"], &shown["waiting"]),
            (&json!(8), &json!(30))
        );
        assert_eq!(shown["status"], "active");
        // Asked again with one, ever later, but also after hours within a quarter of one.
        app.clock.advance_ms(13 * SECOND_MS);
        app.run_job("webhooks").await;
        assert_eq!(app.hooks.received().len(), 9);
        app.clock.advance_ms(13 * SECOND_MS);
        app.run_job("webhooks").await;
        assert_eq!(app.hooks.received().len(), 9, "four times as long");
        for probes in 10..16 {
            app.clock.advance_ms(19 * 60 * SECOND_MS);
            app.run_job("webhooks").await;
            assert_eq!(app.hooks.received().len(), probes);
        }
        app.hooks.always(HookAnswer::Status(204));
        app.clock.advance_ms(HOUR_MS);
        app.run_job("webhooks").await;
        assert_eq!(app.hooks.received().len(), 15 + 30);
        let shown = api.get(&path).await.expect(200);
        assert_eq!(
            (&shown["failures"], &shown["waiting"]),
            (&json!(0), &json!(0))
        );
    }
);

both_engines!(
    one_failed_try_after_a_long_pause_gives_nothing_up,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (id, _) = webhook(&app, &api, &["person.*"]).await;
        let path = format!("/api/v1/webhooks/{id}");
        app.hooks.script_once(HookAnswer::Status(503));
        person(&api, "Ingrid", None).await;
        app.run_job("webhooks").await;
        api.patch(&path, &json!({"paused": true})).await.expect(200);
        app.clock.advance_ms(30 * HOUR_MS);
        // The token has ended meanwhile.
        let api = app.owner_api().await;
        api.patch(&path, &json!({"paused": false}))
            .await
            .expect(200);
        app.hooks.script_once(HookAnswer::Status(503));
        app.run_job("webhooks").await;
        let hook = api.get(&path).await.expect(200);
        assert_eq!(
            (&hook["status"], &hook["waiting"]),
            (&json!("active"), &json!(1)),
            "{hook}"
        );
        app.clock.advance_ms(HOUR_MS);
        app.run_job("webhooks").await;
        assert_eq!(deliveries(&api, &id).await[0]["status"], "delivered");
    }
);

/// Puts deliveries that are due into the queue of a webhook.
async fn flood(app: &TestApp, id: &str, count: i64, size_bytes: i64) {
    const ROWS: &str = "INSERT INTO webhook_delivery (id, webhook_id, event_id, body_sealed, size_bytes, \
        status, due_at, created_at) SELECT 'd' || s.seq, $1, 'e' || s.seq, (SELECT key_sealed FROM webhook \
        WHERE id = $1), $2, 'waiting', 0, $3 FROM (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + \
        10000 * e.n AS seq FROM digit a, digit b, digit c, digit d, digit e) s WHERE s.seq < $4";
    let db = app.db();
    db.execute("CREATE TABLE digit (n BIGINT)", Vec::new())
        .await
        .unwrap();
    let digits = "INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)";
    db.execute(digits, Vec::new()).await.unwrap();
    let values = args![id, size_bytes, app.clock.now_ms(), count];
    db.execute(ROWS, values).await.unwrap();
}

both_engines!(
    what_cannot_be_opened_is_given_up_and_stops_nobody_else,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (ill, _) = webhook(&app, &api, &["guard.stop"]).await;
        webhook(&app, &api, &["person.create"]).await;
        // None of them can be opened, so each is given up without a try.
        flood(&app, &ill, 300, 1).await;
        person(&api, "Ingrid Lund", None).await;
        app.run_job("webhooks").await;
        assert_eq!(got(&app).len(), 1);
        let given_up = "SELECT count(*) FROM webhook_delivery WHERE status = 'failed' \
            AND last_error = 'unreadable'";
        assert_eq!(app.count(given_up).await, 300);
        let waiting = "SELECT count(*) FROM webhook_delivery WHERE status = 'waiting'";
        assert_eq!(app.count(waiting).await, 0);
        let shown = api
            .get(&format!("/api/v1/webhooks/{ill}"))
            .await
            .expect(200);
        assert_eq!(shown["status"], "active");
        // Nothing of it can be signed: told once, not for each.
        let spoil = "UPDATE webhook SET key_sealed = (SELECT body_sealed FROM webhook_delivery \
            WHERE webhook_id <> webhook.id LIMIT 1), name = 'Spoiled' WHERE id = $1";
        app.db().execute(spoil, args![ill.as_str()]).await.unwrap();
        let again =
            "UPDATE webhook_delivery SET status = 'waiting', lease_until = 0 WHERE webhook_id = $1";
        app.db().execute(again, args![ill.as_str()]).await.unwrap();
        person(&api, "Elin Berg", None).await;
        app.run_job("webhooks").await;
        assert_eq!(got(&app).len(), 2);
        let told = "SELECT count(*) FROM event WHERE action = 'webhook.pause' \
            AND details LIKE '%key_unreadable%'";
        assert_eq!(app.count(told).await, 1);
    }
);

both_engines!(
    more_than_there_is_room_for_pauses_the_webhook_and_what_was_sent_is_not_kept,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (id, _) = webhook(&app, &api, &["person.create"]).await;
        person(&api, "Ingrid Lund", None).await;
        app.run_job("webhooks").await;
        let kept = "SELECT count(*) FROM webhook_delivery WHERE length(body_sealed) > 0";
        assert_eq!(app.count(kept).await, 0);
        let sent = text(&deliveries(&api, &id).await[0]["id"]);
        let again = format!("/api/v1/webhooks/{id}/deliveries/{sent}/retry");
        let refused = api.post(&again, &json!({})).await.expect(409);
        assert_eq!(refused["code"], "delivery_not_kept");

        flood(&app, &id, 10_001, 1).await;
        app.run_job("webhooks").await;
        let shown = api.get(&format!("/api/v1/webhooks/{id}")).await.expect(200);
        assert_eq!(
            (&shown["status"], &shown["waiting"]),
            (&json!("paused"), &json!(0))
        );
        let told = "SELECT count(*) FROM event WHERE action = 'webhook.pause' \
            AND details LIKE '%flooded%' AND details LIKE '%10001%'";
        assert_eq!(app.count(told).await, 1);
        assert_eq!(app.hooks.received().len(), 1);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_beyond_the_room_wait_in_the_trail_and_are_not_lost() {
    let app = TestApp::with(tillsyn_testkit::Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let (id, _) = webhook(&app, &api, &["person.create"]).await;
    flood(&app, &id, 2_000, 1).await;
    let busy = "UPDATE webhook_delivery SET lease_until = $1";
    let later = args![app.clock.now_ms() + 60 * SECOND_MS];
    app.db().execute(busy, later).await.unwrap();
    person(&api, "Ingrid Lund", None).await;
    app.run_job("webhooks").await;
    assert_eq!(app.hooks.received().len(), 0);
    // However long it lasts.
    app.clock.advance_ms(HOUR_MS);
    app.run_job("webhooks").await;
    app.run_job("webhooks").await;
    assert_eq!(got(&app).len(), 1);
}
