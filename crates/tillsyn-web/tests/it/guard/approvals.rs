//! What waits for a second person: who may decide, what they see, what comes of it.

use serde_json::json;
use tillsyn_core::approvals::{self, ApprovalStatus, Moved};
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::{Actor, ActorKind, Kind, Permission};
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::{ERASE, ask, fleet, still, waiting};

const WAITING: &str = "SELECT count(*) FROM command WHERE status = 'held' AND held_until IS NULL";
const ON_HOLD: &str =
    "SELECT count(*) FROM command WHERE status = 'held' AND held_until IS NOT NULL";
const OVER: &str =
    "SELECT count(*) FROM command WHERE request_type = 'EraseDevice' AND finished = 1";

both_engines!(
    six_erases_go_when_somebody_else_agrees,
    still(),
    |app| async move {
        let ids = fleet(&app, 6).await;
        let second = app.second_owner(1).await;
        let made = ask(&app, &app.owner, &ids, ERASE).await;
        let one = &waiting(&app).await[0];
        assert_eq!((one.kind, one.targets), ("commands", 6));
        assert_eq!(one.change.subject(), made.batch_id.as_str());
        assert_eq!(one.asked_by_name, app.owner.name);
        assert_eq!(one.cannot_decide, Some("second_person_needed"));

        let (core, id) = (&app.core, &one.id);
        let own = approvals::approve(core, &app.owner, id, None).await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        let mut token = second.clone();
        token.kind = ActorKind::Token;
        let program = approvals::approve(core, &token, id, None).await;
        assert_eq!(program.unwrap_err().code, "person_needed");
        let mut newcomer = second.clone();
        newcomer.trusted_since = Some(core.now_ms() - DAY_MS / 2);
        let newcomer = approvals::approve(core, &newcomer, id, None).await;
        assert_eq!(newcomer.unwrap_err().code, "account_new");
        let mut stale = second.clone();
        stale.fresh_at = Some(core.now_ms() - 11 * 60_000);
        let stale = approvals::approve(core, &stale, id, None).await;
        assert_eq!(stale.unwrap_err().kind, Kind::FreshSignInNeeded);
        let mut elsewhere = second.clone();
        elsewhere.unit_path.push_str("elsewhere/");
        let foreign = approvals::approve(core, &elsewhere, id, None).await;
        assert_eq!(foreign.unwrap_err().kind, Kind::NotFound);
        for (platform, seen) in [("android", 0), ("apple", 6)] {
            let mut limited = second.clone();
            limited.platform = Some(platform.to_owned());
            let found = approvals::find(core, &limited, id).await.unwrap();
            assert_eq!(found.devices.len(), seen, "{platform}");
        }
        let server = approvals::approve(core, &Actor::server(), id, None).await;
        assert_eq!(server.unwrap_err().code, "second_person_there");
        assert_eq!(app.count(WAITING).await, 6);

        let done = approvals::approve(core, &second, id, Some("Term end")).await;
        let done = done.unwrap();
        assert_eq!(done.status, ApprovalStatus::Approved);
        assert_eq!(done.decided_by_name.as_deref(), Some("Second 1"));
        // Then the hold, in which anybody with the right may cancel.
        assert_eq!((app.count(WAITING).await, app.count(ON_HOLD).await), (0, 6));
        app.run_job("holds").await;
        assert_eq!(app.count(ON_HOLD).await, 6);
        app.clock.advance_ms(5 * 60_000);
        app.run_job("holds").await;
        let queued = "SELECT count(*) FROM command WHERE act = 'erase' AND status = 'queued'";
        assert_eq!(app.count(queued).await, 6);
        // It counts as the asker's.
        let used = "SELECT count(*) FROM guard_use WHERE act = 'erase' AND actor_id = \
            (SELECT asked_by FROM approval)";
        assert_eq!(app.count(used).await, 6);
        let twice = approvals::approve(core, &second, &done.id, None).await;
        assert_eq!(twice.unwrap_err().code, "approval_over");
        let actions = app.actions().await;
        for action in ["approval.ask", "approval.approve"] {
            let found = actions.iter().filter(|a| *a == action).count();
            assert_eq!(found, 1, "{action}");
        }
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_nobody_opened_is_nobody() {
    const UNOPENED: &str = "UPDATE account SET password_hash = '!' WHERE id = $1";
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let ids = fleet(&app, 6).await;
    let second = app.second_owner(1).await;
    ask(&app, &app.owner, &ids, ERASE).await;
    let id = waiting(&app).await[0].id.clone();
    let server = approvals::approve(&app.core, &Actor::server(), &id, None).await;
    assert_eq!(server.unwrap_err().code, "second_person_there");
    let values = tillsyn_db::args![second.id.as_str()];
    app.db().execute(UNOPENED, values).await.unwrap();
    let done = approvals::approve(&app.core, &Actor::server(), &id, None).await;
    assert_eq!(done.unwrap().status, ApprovalStatus::Approved);
}

both_engines!(
    the_server_stands_in_where_the_rights_of_all_others_are_new,
    still(),
    |app| async move {
        const CHANGED: &str = "UPDATE role SET changed_at = $1 WHERE id = 'owner'";
        let ids = fleet(&app, 6).await;
        let mut second = app.second_owner(1).await;
        let core = &app.core;
        ask(&app, &app.owner, &ids, ERASE).await;
        let id = waiting(&app).await[0].id.clone();
        let server = approvals::approve(core, &Actor::server(), &id, None).await;
        assert_eq!(server.unwrap_err().code, "second_person_there");
        // Whoever has the role is a newcomer for a day, and cannot decide.
        let changed = core.now_ms() - DAY_MS + 1;
        let values = tillsyn_db::args![changed];
        app.db().execute(CHANGED, values).await.unwrap();
        second.trusted_since = Some(changed);
        let newcomer = approvals::approve(core, &second, &id, None).await;
        assert_eq!(newcomer.unwrap_err().code, "account_new");
        let done = approvals::approve(core, &Actor::server(), &id, None).await;
        assert_eq!(done.unwrap().status, ApprovalStatus::Approved);
    }
);

both_engines!(
    what_is_declined_taken_back_or_unanswered_is_withdrawn,
    still(),
    |app| async move {
        let ids = fleet(&app, 6).await;
        let second = app.second_owner(1).await;
        let core = &app.core;
        ask(&app, &app.owner, &ids, ERASE).await;
        let id = waiting(&app).await[0].id.clone();
        let bare = approvals::decline(core, &second, &id, " ").await;
        assert_eq!(bare.unwrap_err().code, "reason_missing");
        let own = approvals::decline(core, &app.owner, &id, "no").await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        let declined = approvals::decline(core, &second, &id, "Wrong list")
            .await
            .unwrap();
        assert_eq!(declined.status, ApprovalStatus::Declined);
        assert_eq!(declined.decided_reason.as_deref(), Some("Wrong list"));
        assert_eq!((app.count(WAITING).await, app.count(OVER).await), (0, 6));

        ask(&app, &app.owner, &ids, ERASE).await;
        let id = waiting(&app).await[0].id.clone();
        let back = approvals::cancel(core, &app.owner, &id).await.unwrap();
        assert_eq!(back.status, ApprovalStatus::Cancelled);
        assert_eq!((app.count(WAITING).await, app.count(OVER).await), (0, 12));

        ask(&app, &app.owner, &ids, ERASE).await;
        let id = waiting(&app).await[0].id.clone();
        app.clock.advance_ms(DAY_MS - 1);
        app.run_job("minute").await;
        assert_eq!(app.count(WAITING).await, 6);
        app.clock.advance_ms(1);
        let mut late = second.clone();
        late.fresh_at = Some(core.now_ms());
        let late = approvals::approve(core, &late, &id, None).await;
        assert_eq!(
            late.unwrap_err().code,
            "approval_over",
            "lapsed before its job ran"
        );
        app.run_job("minute").await;
        let lapsed = approvals::find(core, &app.owner, &id).await.unwrap();
        assert_eq!(lapsed.status, ApprovalStatus::Expired);
        assert_eq!((app.count(WAITING).await, app.count(OVER).await), (0, 18));
        let expired = "SELECT count(*) FROM command WHERE status = 'expired' \
            AND status_reason = 'request_lapsed'";
        assert_eq!(app.count(expired).await, 6);
        let actions = app.actions().await;
        for action in ["approval.decline", "approval.cancel", "approval.lapse"] {
            assert!(actions.iter().any(|a| a == action), "{action}");
        }
    }
);

both_engines!(
    a_changed_target_set_must_be_asked_again,
    still(),
    |app| async move {
        const HANDED_ON: &str =
            "UPDATE device_summary SET person_id = 'somebody' WHERE device_id = $1";
        let ids = fleet(&app, 6).await;
        let second = app.second_owner(1).await;
        let core = &app.core;
        ask(&app, &app.owner, &ids, ERASE).await;
        let id = waiting(&app).await[0].id.clone();
        let seen = approvals::find(core, &second, &id).await.unwrap();
        assert_eq!(seen.devices.len(), 6);
        assert!(!seen.overtaken && seen.devices.iter().all(|line| line.moved.is_empty()));
        // That a device spoke since is shown and changes nothing.
        app.clock.advance_ms(120_000);
        let spoke = "UPDATE device_summary SET last_seen = $2 WHERE device_id = $1";
        let values = tillsyn_db::args![ids[1].as_str(), core.now_ms()];
        app.db().execute(spoke, values).await.unwrap();
        let seen = approvals::find(core, &second, &id).await.unwrap();
        let line = seen.devices.iter().find(|d| d.device_id == ids[1].as_str());
        assert_eq!(line.unwrap().moved, [Moved::Seen(core.now_ms())]);
        assert!(!seen.overtaken);
        // That somebody else has it by now changes what was asked for.
        let values = tillsyn_db::args![ids[0].as_str()];
        app.db().execute(HANDED_ON, values).await.unwrap();
        let seen = approvals::find(core, &second, &id).await.unwrap();
        let line = seen.devices.iter().find(|d| d.device_id == ids[0].as_str());
        assert_eq!(line.unwrap().moved, [Moved::Person]);
        assert!(seen.overtaken);
        let refused = approvals::approve(core, &second, &id, None)
            .await
            .unwrap_err();
        assert_eq!(refused.code, "approval_overtaken");
        assert_eq!((app.count(WAITING).await, app.count(OVER).await), (0, 6));
        let ended = approvals::find(core, &second, &id).await.unwrap();
        assert_eq!(ended.status, ApprovalStatus::Overtaken);
        assert!(
            app.actions()
                .await
                .contains(&"approval.overtaken".to_owned())
        );
    }
);

both_engines!(
    a_program_sees_and_takes_back_only_its_own,
    still(),
    |app| async move {
        let ids = fleet(&app, 6).await;
        let api = app
            .api(&[Permission::DevicesLock, Permission::TokensOwn])
            .await;
        let other = app.second_owner(1).await;
        ask(&app, &other, &ids, ERASE).await;
        let foreign = waiting(&app).await[0].id.clone();
        let list = api.get("/api/v1/approvals").await.expect(200);
        assert_eq!(list["items"], json!([]), "{list}");
        let path = format!("/api/v1/approvals/{foreign}");
        api.get(&path).await.expect(404);
        let taken = api.post(&format!("{path}/cancel"), &json!({})).await;
        taken.expect(404);
        let devices: Vec<&str> = ids
            .iter()
            .map(tillsyn_core::ids::DeviceId::as_str)
            .collect();
        let lock = json!({"devices": devices, "command": {"type": "DeviceLock"}});
        let made = api.post("/api/v1/commands", &lock).await.expect(202);
        assert_eq!(made["commands"][0]["held_reason"], "second_person");
        let list = api.get("/api/v1/approvals?waiting=true").await.expect(200);
        let own = &list["items"][0];
        assert_eq!(
            (&own["kind"], &own["act"]),
            (&json!("commands"), &json!("lock"))
        );
        assert_eq!(own["asked_kind"], "token");
        let path = format!("/api/v1/approvals/{}", own["id"].as_str().unwrap());
        let whole = api.get(&path).await.expect(200);
        assert_eq!(whole["devices"].as_array().unwrap().len(), 6);
        // The person behind the token cannot be the second one.
        let id = tillsyn_core::ids::ApprovalId::parse(own["id"].as_str().unwrap()).unwrap();
        let own = approvals::approve(&app.core, &app.owner, &id, None).await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        let back = api
            .post(&format!("{path}/cancel"), &json!({}))
            .await
            .expect(200);
        assert_eq!(back["status"], "cancelled");
    }
);
