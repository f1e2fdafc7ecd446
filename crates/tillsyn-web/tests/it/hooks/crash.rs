//! At least once: nodes that die, two that work side by side, and events that appear late.

use std::collections::BTreeSet;

use tillsyn_core::jobs;
use tillsyn_standins::webhook::HookAnswer;
use tillsyn_testkit::{Engine, both_engines};

use super::{deliveries, got, person, still, webhook};

pub(crate) const GAP: &str =
    "UPDATE event SET seq = seq + 1000 WHERE seq = (SELECT MAX(seq) FROM event)";
/// The newest event once more, as one that got its number before and is committed now.
pub(crate) const LATE: &str = "INSERT INTO event (seq, id, at, actor_kind, actor_id, action, object_kind, \
    object_id, org_unit_id, result, details) SELECT seq - 500, 'late', at, actor_kind, actor_id, \
    action, object_kind, object_id, org_unit_id, result, details FROM event \
    WHERE seq = (SELECT MAX(seq) FROM event)";

both_engines!(
    a_kill_between_claim_and_answer_loses_nothing,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let (id, _) = webhook(&app, &api, &["person.create"]).await;
        person(&api, "Ingrid Lund", None).await;
        app.hooks.script_once(HookAnswer::Hang);
        let core = app.core.clone();
        let job = tokio::spawn(async move { jobs::run(&core, "webhooks").await });
        app.hooks.wait_for(1).await;
        job.abort();
        assert!(job.await.unwrap_err().is_cancelled());
        app.run_job("webhooks").await;
        assert_eq!(
            app.hooks.received().len(),
            1,
            "another node waits for the lease to end"
        );
        app.clock.advance_ms(31_000);
        app.run_job("webhooks").await;
        let received = app.hooks.received();
        assert_eq!(received.len(), 2);
        let delivery = |n: usize| received[n].header("tillsyn-delivery").to_owned();
        assert_eq!(delivery(0), delivery(1), "the receiver knows it by its id");
        assert_eq!(deliveries(&api, &id).await[0]["status"], "delivered");
    }
);

// Numbers are given before the commit: an event may appear behind others with higher numbers. Nothing else
// happened for so long that only numbers, not times, could mislead.
both_engines!(
    an_event_that_is_committed_late_is_not_missed,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        webhook(&app, &api, &["person.create"]).await;
        app.clock.advance_ms(3 * 60_000);
        person(&api, "Ingrid Lund", None).await;
        assert_eq!(app.db().execute(GAP, Vec::new()).await.unwrap(), 1);
        app.run_job("webhooks").await;
        assert_eq!(got(&app).len(), 1);
        // The one that appears late began four minutes before the other ended.
        app.clock.advance_ms(4 * 60_000);
        app.run_job("webhooks").await;
        assert_eq!(app.db().execute(LATE, Vec::new()).await.unwrap(), 1);
        app.run_job("webhooks").await;
        assert_eq!(got(&app).len(), 2);
        assert_eq!(got(&app)[1]["id"], "late");
        // What is old enough is not read again.
        app.clock.advance_ms(11 * 60_000);
        app.run_job("webhooks").await;
        let read = "SELECT count(*) FROM webhook WHERE cursor = (SELECT MAX(seq) FROM event)";
        assert_eq!(app.count(read).await, 1);
        assert_eq!(got(&app).len(), 2);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_send_each_event_once() {
    let app = tillsyn_testkit::TestApp::with(Engine::Postgres, still()).await;
    let api = app.owner_api().await;
    webhook(&app, &api, &["person.create"]).await;
    let (other, _, _stop) = app.second_node().await;
    for n in 0..20 {
        person(&api, &format!("Person {n}"), None).await;
    }
    let (first, second) = tokio::join!(
        jobs::run(&app.core, "webhooks"),
        jobs::run(&other, "webhooks")
    );
    first.unwrap();
    second.unwrap();
    app.run_job("webhooks").await;
    let received = app.hooks.received();
    let ids: BTreeSet<&str> = received.iter().map(|r| r.header("tillsyn-event")).collect();
    assert_eq!((received.len(), ids.len()), (20, 20));
}
