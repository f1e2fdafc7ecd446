//! The panic stop: nothing undelivered is sent, nothing new begins, two people end it.

use serde_json::json;
use tillsyn_core::approvals::{self, Asked, Change};
use tillsyn_core::commands::{self, Request};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::tokens::{NewToken, create_token};
use tillsyn_core::{Error, Permission, guard, jobs};
use tillsyn_testkit::{Api, Engine, OWNER_PASSWORD, TestApp, both_engines};

use super::{ERASE, ask, confirmed, fleet, still, waiting};

const LOCK: Request = Request::DeviceLock {
    message: None,
    phone_number: None,
};
const OPEN: &str = "SELECT count(*) FROM command WHERE act IS NOT NULL AND finished = 0";

both_engines!(
    a_stop_withdraws_cancels_and_freezes_until_two_agree,
    still(),
    |app| async move {
        let ids = fleet(&app, 6).await;
        let second = app.second_owner(1).await;
        let core = &app.core;
        ask(&app, &app.owner, &ids[..1], ERASE).await;
        ask(&app, &app.owner, &ids[1..2], LOCK).await;
        ask(&app, &app.owner, &ids, ERASE).await;
        assert_eq!(app.count(OPEN).await, 8);
        let harmless = Request::SecurityInfo {};
        ask(&app, &app.owner, &ids[..1], harmless.clone()).await;

        let reader = app.api(&[Permission::DevicesRead]).await;
        reader
            .post("/api/v1/guard/stop", &json!({}))
            .await
            .expect(403);
        // Whoever may only lock may stop it all.
        let api = app
            .api(&[Permission::DevicesLock, Permission::DevicesRead])
            .await;
        let body = json!({ "reason": "That was not me" });
        let done = api.post("/api/v1/guard/stop", &body).await.expect(200);
        assert_eq!(done, json!({"commands": 8, "approvals": 1, "campaigns": 0}));
        assert_eq!(app.count(OPEN).await, 0);
        let stopped = "SELECT count(*) FROM command WHERE status = 'cancelled' \
            AND status_reason = 'stopped' AND secret_sealed IS NULL";
        assert_eq!(app.count(stopped).await, 8);
        let asked =
            "SELECT count(*) FROM command WHERE request_type = 'SecurityInfo' AND finished = 0";
        assert!(app.count(asked).await >= 1, "only what destroys is stopped");

        let refused = |error: Error| {
            assert_eq!(error.code, "frozen");
            let data = error.data.unwrap();
            assert_eq!(data["frozen_by"], app.owner.name.as_str());
            assert_eq!(data["reason"], "That was not me");
            assert!(data["frozen_at"].as_i64().is_some());
        };
        for request in [ERASE, LOCK] {
            let new = confirmed(&app, &ids[..1], request).await;
            refused(commands::enqueue(core, &app.owner, new).await.unwrap_err());
        }
        let again = confirmed(&app, &ids[..1], harmless).await;
        commands::enqueue(core, &app.owner, again).await.unwrap();
        let state = api.get("/api/v1/guard").await.expect(200);
        let freeze = state["freezes"][0]["id"].as_str().unwrap().to_owned();

        // It takes two to end it, and a reason.
        let path = format!("/api/v1/guard/freezes/{freeze}/end");
        let unfreeze = json!({ "reason": "Found" });
        api.post(&path, &unfreeze).await.expect(403);
        let change = || Change::Unfreeze {
            freeze_id: freeze.clone(),
        };
        let bare = approvals::submit(core, &app.owner, change(), Asked::default()).await;
        assert_eq!(bare.unwrap_err().code, "reason_missing");
        let said = Asked {
            reason: Some("Found and locked out".to_owned()),
            confirm: None,
        };
        approvals::submit(core, &app.owner, change(), said.clone())
            .await
            .unwrap();
        let twice = approvals::submit(core, &second, change(), said).await;
        assert_eq!(twice.unwrap_err().code, "approval_waiting");
        let id = waiting(&app).await[0].id.clone();
        let own = approvals::approve(core, &app.owner, &id, None).await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        let new = confirmed(&app, &ids[..1], LOCK).await;
        refused(commands::enqueue(core, &app.owner, new).await.unwrap_err());
        approvals::approve(core, &second, &id, None).await.unwrap();
        ask(&app, &app.owner, &ids[..1], LOCK).await;
        let actions = app.actions().await;
        for action in ["guard.stop", "guard.withdraw", "guard.unfreeze"] {
            assert!(actions.iter().any(|a| a == action), "{action}");
        }
    }
);

both_engines!(
    a_scoped_stop_freezes_its_own_subtree_only,
    still(),
    |app| async move {
        const MOVE: &str = "UPDATE device_summary SET org_unit_id = $2 WHERE device_id = $1";
        let ids = fleet(&app, 2).await;
        let api = app.owner_api().await;
        let unit = json!({ "name": "Library", "parent_id": null });
        let unit = api.post("/api/v1/units", &unit).await.expect(201);
        let unit = unit["id"].as_str().unwrap();
        let values = tillsyn_db::args![ids[0].as_str(), unit];
        app.db().execute(MOVE, values).await.unwrap();
        let mut librarian = app.second_owner(1).await;
        librarian.unit_path = format!("{}{unit}/", app.owner.unit_path);
        ask(&app, &app.owner, &ids[..1], ERASE).await;
        ask(&app, &app.owner, &ids[1..], ERASE).await;
        let done = guard::stop(&app.core, &librarian, None).await.unwrap();
        assert_eq!(done.commands, 1);
        assert_eq!(app.count(OPEN).await, 1, "the other unit's goes on");
        let new = confirmed(&app, &ids[..1], LOCK).await;
        let refused = commands::enqueue(&app.core, &app.owner, new).await;
        assert_eq!(refused.unwrap_err().code, "frozen", "whoever asks");
        ask(&app, &app.owner, &ids[1..], LOCK).await;
    }
);

const BACK: &str = "UPDATE command SET status = 'queued', finished = 0, held_until = NULL \
    WHERE act = 'erase'";

both_engines!(
    a_refused_erase_is_not_offered_again_after_a_stop,
    still(),
    |app| async move {
        let mut phone = app.enrolled_iphone().await;
        phone.session().await.unwrap();
        let id = crate::device::story::only_device(&app).await;
        ask(&app, &app.owner, &[id], ERASE).await;
        // The node that stops dies before it has withdrawn anything.
        guard::stop(&app.core, &app.owner, None).await.unwrap();
        app.db().execute(BACK, Vec::new()).await.unwrap();
        assert_eq!(phone.session().await.unwrap().handled.len(), 0);
        assert_eq!(
            app.story("EraseDevice").await,
            ["held", "cancelled", "cancelled"]
        );
        app.db().execute(BACK, Vec::new()).await.unwrap();
        jobs::run(&app.core, "minute").await.unwrap();
        assert_eq!(app.count(OPEN).await, 0);
    }
);

both_engines!(
    devices_that_ask_during_a_stop_get_nothing_after_it,
    still(),
    |app| async move {
        let mut phones = Vec::new();
        for _ in 0..5 {
            let mut phone = app.enrolled_iphone().await;
            phone.session().await.unwrap();
            phones.push(phone);
        }
        let sort = (tillsyn_core::devices::DeviceSort::Serial, false);
        let filter = tillsyn_core::devices::DeviceFilter::default();
        let page =
            tillsyn_core::devices::list_devices(&app.core, &app.owner, &filter, sort, None, None);
        let rows = page.await.unwrap().items;
        let ids: Vec<_> = rows.into_iter().map(|row| row.id).collect();
        for id in &ids {
            ask(&app, &app.owner, std::slice::from_ref(id), ERASE).await;
        }
        app.clock.advance_ms(6 * 60_000);
        app.run_job("holds").await;
        let queued = "SELECT count(*) FROM command WHERE act = 'erase' AND status = 'queued'";
        assert_eq!(app.count(queued).await, 5);
        let (core, owner) = (app.core.clone(), app.owner.clone());
        let stopping = tokio::spawn(async move { guard::stop(&core, &owner, None).await.unwrap() });
        let asking: Vec<_> = phones
            .into_iter()
            .map(|mut phone| {
                tokio::spawn(async move {
                    let ended = phone.session().await.unwrap().end;
                    (phone, ended)
                })
            })
            .collect();
        let done = stopping.await.unwrap();
        let mut erased = 0;
        for task in asking {
            let (mut phone, ended) = task.await.unwrap();
            if ended == tillsyn_sim::SessionEnd::Erased {
                erased += 1;
            } else {
                // Whatever it did not get before the stop it never gets.
                assert_eq!(phone.session().await.unwrap().handled.len(), 0);
            }
        }
        let withdrawn = "SELECT count(*) FROM command WHERE act = 'erase' AND status = 'cancelled'";
        assert_eq!(app.count(withdrawn).await + erased, 5, "{done:?}");
        assert_eq!(app.count(OPEN).await, 0);
        // Nothing left the server after the stop was answered.
        let late = "SELECT count(*) FROM command_transition t JOIN event e \
            ON e.action = 'guard.withdraw' WHERE t.status = 'sent' AND t.at > e.at";
        assert_eq!(app.count(late).await, 0);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_moved_out_of_what_is_frozen() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let ids = fleet(&app, 2).await;
    let api = app.owner_api().await;
    let made = async |name: &str, parent: Option<&str>| {
        let body = json!({ "name": name, "parent_id": parent });
        let unit = api.post("/api/v1/units", &body).await.expect(201);
        unit["id"].as_str().unwrap().to_owned()
    };
    let (law, care) = (made("Law", None).await, made("Care", None).await);
    let library = made("Library", Some(&law)).await;
    let place = async |unit: &str| {
        let body = json!({ "device_ids": [ids[0].as_str()], "unit_id": unit });
        api.post("/api/v1/devices/move", &body).await
    };
    let under = async |unit: &str, parent: &str| {
        let path = format!("/api/v1/units/{unit}/move");
        api.post(&path, &json!({ "parent_id": parent })).await
    };
    place(&law).await.expect(204);
    let mut dean = app.second_owner(1).await;
    dean.unit_path = format!("{}{law}/", app.owner.unit_path);
    guard::stop(&app.core, &dean, None).await.unwrap();
    assert_eq!(place(&care).await.expect(409)["code"], "frozen");
    assert_eq!(under(&library, &care).await.expect(409)["code"], "frozen");
    // Within it, and with it, everything moves.
    place(&library).await.expect(204);
    assert!(under(&law, &care).await.status < 300);
    let new = confirmed(&app, &ids[..1], LOCK).await;
    let refused = commands::enqueue(&app.core, &app.owner, new).await;
    assert_eq!(refused.unwrap_err().code, "frozen");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freeze_above_ones_scope_is_known_but_not_whose_it_is() {
    const BELOW: &str = "UPDATE account SET org_unit_id = $1 WHERE email = 'second-1@example.org'";
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let ids = fleet(&app, 1).await;
    let api = app.owner_api().await;
    let unit = json!({ "name": "Library", "parent_id": null });
    let unit = api.post("/api/v1/units", &unit).await.expect(201);
    let unit = unit["id"].as_str().unwrap();
    let place = json!({ "device_ids": [ids[0].as_str()], "unit_id": unit });
    api.post("/api/v1/devices/move", &place).await.expect(204);
    app.second_owner(1).await;
    app.db()
        .execute(BELOW, tillsyn_db::args![unit])
        .await
        .unwrap();
    let new = NewToken {
        name: "library".to_owned(),
        permissions: vec![Permission::DevicesRead, Permission::DevicesLock],
        days: 1,
        unit: OrgUnitId::parse(unit),
        ..NewToken::default()
    };
    let (_, token) = create_token(&app.core, &app.owner, new).await.unwrap();
    let below = Api::new(app.url(), Some(token.to_string()));
    let stop = json!({ "reason": "The chancellor's laptop" });
    api.post("/api/v1/guard/stop", &stop).await.expect(200);

    let whole = api.get("/api/v1/guard").await.expect(200);
    let whole = &whole["freezes"][0];
    assert_eq!(whole["reason"], "The chancellor's laptop");
    assert_eq!(whole["frozen_by"], app.owner.name.as_str());
    let seen = below.get("/api/v1/guard").await.expect(200);
    let expected = json!({
        "id": whole["id"], "frozen_at": whole["frozen_at"],
        "unit_id": null, "unit": null, "reason": null, "frozen_by": null,
    });
    assert_eq!(seen["freezes"], json!([expected]));
    let lock = format!("/api/v1/devices/{}/lock", ids[0]);
    let refused = below.post(&lock, &json!({})).await.expect(409);
    assert_eq!(refused["code"], "frozen");
    assert_eq!(refused["data"]["freeze_id"], whole["id"]);
    let said = refused.to_string();
    for hidden in [
        app.owner.name.as_str(),
        "chancellor",
        "frozen_by",
        "reason\"",
    ] {
        assert!(!said.contains(hidden), "{hidden} in {said}");
    }

    let mut browser = crate::console::browser::Browser::new(&app);
    let email = "second-1@example.org";
    browser.sign_in(email, OWNER_PASSWORD).await.expect(303);
    let page = browser.get("/console/settings/guard").await.expect(200);
    page.says("Everything destructive is frozen in your part of the organisation");
    page.says("Frozen from above");
    page.says_not("chancellor");
    page.says_not(&app.owner.name);
    page.says_not("Ask to end the freeze");
}
