//! Many small steps are one large one (security S55, and the row of more than five).

use serde_json::{Value as Json, json};
use tillsyn_core::Actor;
use tillsyn_core::commands::{self, Request};
use tillsyn_core::ids::DeviceId;
use tillsyn_testkit::{Engine, TestApp};

use super::{ERASE, ask, confirmed, fleet, still};

/// How the commands of one request begin: what holds them, or that nothing does.
async fn held(app: &TestApp, by: &Actor, ids: &[DeviceId], request: Request) -> &'static str {
    let made = ask(app, by, ids, request).await.commands;
    let reason = made[0].held_reason;
    assert!(made.iter().all(|one| one.held_reason == reason));
    reason.unwrap_or("at once")
}

fn read(command: Json) -> Request {
    Request::read(command).unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newcomers_act_on_one_device_however_they_divide_it() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let ids = fleet(&app, 4).await;
    let second = app.second_owner(1).await;
    let mut newcomer = app.owner.clone();
    newcomer.trusted_since = Some(app.core.now_ms() - 1_000);
    let one = |at: usize| &ids[at..=at];
    assert_eq!(held(&app, &newcomer, one(0), ERASE).await, "hold");
    assert_eq!(
        held(&app, &newcomer, one(0), ERASE).await,
        "hold",
        "the same device"
    );
    // What waits is seen before it is asked for.
    let seen = commands::preview(&app.core, &newcomer, one(1).to_vec(), ERASE).await;
    assert_eq!(seen.unwrap().waits_for, Some("new_account"));
    assert_eq!(held(&app, &newcomer, one(1), ERASE).await, "new_account");
    let other = json!({ "type": "RemoveProfile", "identifier": "org.example.other" });
    assert_eq!(
        held(&app, &newcomer, one(1), read(other)).await,
        "new_account"
    );
    let lock = || read(json!({ "type": "DeviceLock" }));
    assert_eq!(
        held(&app, &newcomer, one(2), lock()).await,
        "at once",
        "a single lock always"
    );
    // It counts as well; what a second person agreed to does not.
    assert_eq!(app.approve_all(&second).await, 2);
    assert_eq!(held(&app, &newcomer, one(0), ERASE).await, "new_account");
    let unlocked = "DELETE FROM guard_use WHERE act = 'lock'";
    app.db().execute(unlocked, Vec::new()).await.unwrap();
    assert_eq!(held(&app, &newcomer, one(0), ERASE).await, "hold");
    // Nor do they end devices by taking their certificates.
    let (certificate, name) = certificate(&app, &ids[3]).await;
    let revoked = tillsyn_core::certificates::revoke(
        &app.core,
        &newcomer,
        &certificate,
        tillsyn_core::certificates::Revocation {
            reason: Some("Lost".to_owned()),
            confirm: Some(name),
        },
    );
    assert_eq!(revoked.await.unwrap_err().code, "guard_budget");
    // The owner is none.
    assert_eq!(held(&app, &app.owner, one(3), ERASE).await, "hold");
}

async fn certificate(
    app: &TestApp,
    device: &DeviceId,
) -> (tillsyn_core::ids::CertificateId, String) {
    const FIND: &str = "SELECT c.id FROM certificate c JOIN enrollment e ON e.pin_sha256 = c.sha256 \
        WHERE e.device_id = $1";
    let values = tillsyn_db::args![device.as_str()];
    let row = app
        .db()
        .query_optional(FIND, values)
        .await
        .unwrap()
        .unwrap();
    let id = tillsyn_core::ids::CertificateId::parse(&row.text(0).unwrap()).unwrap();
    let seen = tillsyn_core::certificates::consequence(&app.core, &app.owner, &id);
    let name = seen.await.unwrap().1;
    (id, name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_draws_on_no_budget_is_counted_over_twenty_minutes() {
    for command in [
        json!({ "type": "RemoveProfile", "identifier": "org.example.other" }),
        json!({ "type": "ClearPasscode" }),
    ] {
        let app = TestApp::with(Engine::Sqlite, still()).await;
        let ids = fleet(&app, 6).await;
        let free = confirmed(&app, &ids[..1], read(command.clone())).await;
        let free = commands::enqueue(&app.core, &app.owner, free)
            .await
            .unwrap();
        let free = free.commands[0].held_reason.unwrap_or("at once");
        let by = &app.owner;
        let again = || read(command.clone());
        assert_eq!(held(&app, by, &ids[1..5], again()).await, free, "{command}");
        assert_eq!(
            held(&app, by, &ids[5..], again()).await,
            "second_person",
            "{command}"
        );
        assert_eq!(
            held(&app, by, &ids[..5], again()).await,
            free,
            "the same five"
        );
        let lock = read(json!({ "type": "DeviceLock" }));
        assert_eq!(
            held(&app, by, &ids[5..], lock).await,
            "at once",
            "{command}"
        );
        app.clock.advance_ms(21 * 60_000);
        let mut later = app.owner.clone();
        later.fresh_at = Some(app.core.now_ms());
        assert_eq!(
            held(&app, &later, &ids[5..], again()).await,
            free,
            "{command}"
        );
    }
}
