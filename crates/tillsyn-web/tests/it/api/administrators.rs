//! Accounts: asked for by one, agreed to by another, opened by a third; and how fast they end.

use futures_util::future::join_all;
use serde_json::json;
use tillsyn_core::accounts::{self, AccountEdit, NewAccount};
use tillsyn_core::approvals;
use tillsyn_core::ids::{AccountId, ApprovalId, OrgUnitId};
use tillsyn_core::tokens::{NewToken, actor_for_token, create_token};
use tillsyn_core::{Actor, Permission as P};
use tillsyn_db::args;
use tillsyn_testkit::{Api, Engine, TestApp, both_engines};
use zeroize::Zeroizing;

use crate::walk::{Somebody, somebody};

pub(super) async fn root(app: &TestApp) -> String {
    let root = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    app.text(root).await.unwrap()
}

pub(super) async fn second_owner(app: &TestApp) -> Somebody {
    somebody(app, "second", "owner", &root(app).await).await
}

pub(super) fn person(name: &str, role: &str) -> NewAccount {
    NewAccount {
        service: false,
        name: name.to_owned(),
        email: Some(format!("{name}@example.org")),
        role: role.to_owned(),
        unit: None,
        platform: None,
        language: None,
    }
}

pub(super) async fn agree(app: &TestApp, other: &Somebody, waits: Option<ApprovalId>) {
    let waits = waits.unwrap();
    let actor = other.actor(app).await;
    approvals::approve(&app.core, &actor, &waits, None)
        .await
        .unwrap();
}

async fn unit(app: &TestApp) -> OrgUnitId {
    const UNIT: &str = "INSERT INTO org_unit (id, parent_id, name, path, created_at) \
        SELECT $1, id, 'Physics', path || $1 || '/', created_at FROM org_unit WHERE parent_id IS NULL";
    let id = OrgUnitId::new(app.core.now_ms());
    app.db().execute(UNIT, args![id.clone()]).await.unwrap();
    id
}

both_engines!(
    an_account_is_agreed_to_by_a_second_person_and_opened_by_its_own,
    |app| async move {
        let api = app.owner_api().await;
        let other = second_owner(&app).await;
        let body = json!({"name": "Per", "email": "Per@Example.org", "role_id": "administrator"});
        let silent = api.post("/api/v1/accounts", &body).await;
        assert_eq!(
            (silent.status, &silent.body["field"]),
            (422, &json!("reason"))
        );
        let mut body = body;
        body["reason"] = json!("New colleague");
        let asked = api.post("/api/v1/accounts", &body).await.expect(202);
        assert_eq!(asked["status"], "waiting");
        let id = asked["account_id"].as_str().unwrap();
        assert_eq!(api.get(&format!("/api/v1/accounts/{id}")).await.status, 404);
        let waits = ApprovalId::parse(asked["approval_id"].as_str().unwrap()).unwrap();
        // The person behind the token is the asker.
        let own = approvals::approve(&app.core, &app.owner, &waits, None).await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        agree(&app, &other, Some(waits)).await;
        let made = api.get(&format!("/api/v1/accounts/{id}")).await.expect(200);
        assert_eq!(made["email"], "per@example.org");
        assert_eq!(made["role_id"], "administrator");
        assert_eq!(made["unopened"], true);
        let actions = app.actions().await;
        for action in ["approval.ask", "approval.approve", "account.create"] {
            assert!(actions.contains(&action.to_owned()), "{action}");
        }
        let trail = "SELECT count(*) FROM event WHERE details LIKE '%per@example.org%'";
        assert_eq!(app.count(trail).await, 0, "people are ids in the trail");

        let account = AccountId::parse(id).unwrap();
        let link = async |by: &Actor| accounts::new_welcome(&app.core, by, &account).await;
        // With a link a stolen token would become a person.
        let program = app.token([P::AccountsWrite].into_iter()).await;
        let program = actor_for_token(&app.core, &program, None).await.unwrap();
        assert_eq!(link(&program).await.unwrap_err().code, "person_needed");
        let (earlier, _) = link(&Actor::server()).await.unwrap();
        let (opens, _) = link(&app.owner).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let open = async |secret: &str, password: &str| {
            let form = format!("password={}", password.replace(' ', "+"));
            let request = client
                .post(format!("{}/console/welcome/{secret}", app.url()))
                .header("origin", app.url())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form);
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!(open(&earlier, "four words of my own").await, 404);
        assert_eq!(open(&opens, "short").await, 422);
        assert_eq!(open(&opens, "four words of my own").await, 200);
        assert_eq!(open(&opens, "four words of another").await, 404, "once");
        let made = api.get(&format!("/api/v1/accounts/{id}")).await.expect(200);
        assert_eq!(made["unopened"], false);
        assert_eq!(link(&app.owner).await.unwrap_err().code, "account_opened");
        assert!(app.actions().await.contains(&"account.open".to_owned()));
    }
);

both_engines!(a_disabled_account_stops_at_once, |app| async move {
    let root = root(&app).await;
    let other = second_owner(&app).await;
    let thief = somebody(&app, "thief", "administrator", &root).await;
    let api = Api::new(app.url(), Some(thief.token.clone()));
    api.get("/api/v1/devices").await.expect(200);
    assert!(
        accounts::resume(&app.core, &thief.session, None)
            .await
            .unwrap()
            .is_some()
    );
    let id = AccountId::parse(&thief.id).unwrap();
    let owner = app.owner_api().await;
    let path = format!("/api/v1/accounts/{id}/disable");
    let done = owner
        .post(&path, &json!({"reason": "stolen laptop"}))
        .await
        .expect(200);
    assert_eq!(
        done["status"], "done",
        "nobody else is needed to stop somebody"
    );
    assert_eq!(api.get("/api/v1/devices").await.status, 401);
    assert!(
        accounts::resume(&app.core, &thief.session, None)
            .await
            .unwrap()
            .is_none()
    );
    // What the thief made does not come back with the account.
    let waits = accounts::enable_account(&app.core, &app.owner, &id, Some("back"))
        .await
        .unwrap();
    agree(&app, &other, waits).await;
    assert_eq!(api.get("/api/v1/devices").await.status, 401);
    let since = "SELECT count(*) FROM account WHERE status = 'active' AND role_changed_at > 0 \
        AND email = 'thief@example.org'";
    assert_eq!(app.count(since).await, 1, "a newcomer again");
});

both_engines!(
    the_last_owner_stays_when_two_leave_at_once,
    |app| async move {
        for round in 0..3 {
            let mut leaving = vec![app.owner.account_id.clone().unwrap()];
            let second = somebody(&app, &format!("owner{round}"), "owner", &root(&app).await).await;
            leaving.push(AccountId::parse(&second.id).unwrap());
            let opened = "UPDATE account SET password_hash = 'x' WHERE password_hash = '!'";
            app.db().execute(opened, Vec::new()).await.unwrap();
            let tasks = leaving.clone().into_iter().map(|id| {
                let core = app.core.clone();
                tokio::spawn(async move {
                    accounts::disable_account(&core, &Actor::server(), &id, None).await
                })
            });
            let outcomes = join_all(tasks).await;
            let refused: Vec<_> = outcomes
                .into_iter()
                .filter_map(|outcome| outcome.unwrap().err())
                .collect();
            assert_eq!(refused.len(), 1);
            assert_eq!(refused[0].code, "last_owner");
            let owners = "SELECT count(*) FROM account WHERE status = 'active' AND role = 'owner'";
            assert_eq!(app.count(owners).await, 1);
            for back in ["UPDATE account SET status = 'active'"] {
                app.db().execute(back, Vec::new()).await.unwrap();
            }
            let gone =
                "UPDATE account SET status = 'disabled' WHERE email LIKE 'owner_@example.org'";
            app.db().execute(gone, Vec::new()).await.unwrap();
        }
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_owner_keeps_role_and_unit() {
    let app = TestApp::new(Engine::Sqlite).await;
    let below = unit(&app).await;
    let owner = app.owner.account_id.clone().unwrap();
    // One who never came in is no owner that could do anything.
    somebody(&app, "unopened", "owner", &root(&app).await).await;
    let reset = accounts::reset_account(&app.core, &Actor::server(), &owner, None).await;
    assert_eq!(reset.unwrap_err().code, "last_owner");
    for edit in [
        AccountEdit {
            role: Some("administrator".to_owned()),
            ..AccountEdit::default()
        },
        AccountEdit {
            unit: Some(below),
            ..AccountEdit::default()
        },
        AccountEdit {
            platform: Some("apple".to_owned()),
            ..AccountEdit::default()
        },
    ] {
        let refused =
            accounts::change_account(&app.core, &Actor::server(), &owner, edit, None).await;
        assert_eq!(refused.unwrap_err().code, "last_owner");
    }
    let kept = "SELECT role FROM account WHERE password_hash <> '!'";
    assert_eq!(app.text(kept).await.as_deref(), Some("owner"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_can_destroy_is_reset_by_two_people() {
    const TOKENS: &str =
        "SELECT count(*) FROM api_token WHERE account_id = $1 AND revoked_at IS NULL";
    let app = TestApp::new(Engine::Sqlite).await;
    let (core, root) = (&app.core, root(&app).await);
    let role = "INSERT INTO role (id, org_unit_id, name, permissions, changed_at, created_at) \
        VALUES ('technician', $1, 'Technician', '[\"devices.read\",\"devices.erase\"]', 0, 0)";
    app.db().execute(role, args![root.as_str()]).await.unwrap();
    let program = app.token(P::ALL.iter().map(|(p, _)| *p)).await;
    let program = actor_for_token(core, &program, None).await.unwrap();
    for (role, alone) in [
        ("technician", false),
        ("help_desk", false),
        ("read_only", true),
    ] {
        let who = somebody(&app, role, role, &root).await;
        let id = AccountId::parse(&who.id).unwrap();
        let waits = accounts::reset_account(core, &program, &id, Some("lost"))
            .await
            .unwrap();
        let waits = waits.unwrap();
        approvals::cancel(core, &app.owner, &waits).await.unwrap();
        let waits = accounts::reset_account(core, &app.owner, &id, Some("lost"))
            .await
            .unwrap();
        assert_eq!(waits.is_none(), alone, "{role}");
        let left = app.db().query_optional(TOKENS, args![id]).await.unwrap();
        assert_eq!(left.unwrap().i64(0).unwrap(), i64::from(!alone), "{role}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gives_what_they_do_not_hold_nor_beyond_their_unit() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (core, root) = (&app.core, root(&app).await);
    let below = unit(&app).await;
    let role = "INSERT INTO role (id, org_unit_id, name, permissions, changed_at, created_at) \
        VALUES ('desk', $1, 'Desk', '[\"accounts.read\",\"accounts.write\",\"devices.read\"]', 0, 0)";
    app.db().execute(role, args![root.as_str()]).await.unwrap();
    let desk = somebody(&app, "desk", "desk", below.as_str()).await;
    let boss = somebody(&app, "boss", "owner", below.as_str()).await;
    let peer = somebody(&app, "peer", "desk", below.as_str()).await;
    let actor = desk.actor(&app).await;
    let asked = |new: NewAccount| accounts::create_account(core, &actor, new, Some("why"));
    let refused = asked(person("a", "owner")).await.unwrap_err();
    assert_eq!(refused.code, "permission_not_held");
    let above = NewAccount {
        unit: OrgUnitId::parse(&root),
        ..person("a", "desk")
    };
    assert_eq!(asked(above).await.unwrap_err().code, "not_found");
    let unknown = asked(person("a", "no-such-role")).await.unwrap_err();
    assert_eq!(unknown.code, "role_unknown");
    assert!(asked(person("a", "desk")).await.unwrap().1.is_some());
    let id = |who: &Somebody| AccountId::parse(&who.id).unwrap();
    // Not even to stop somebody who may more.
    let refused = accounts::disable_account(core, &actor, &id(&boss), None).await;
    assert_eq!(refused.unwrap_err().code, "permission_not_held");
    let owner = app.owner.account_id.clone().unwrap();
    let outside = accounts::disable_account(core, &actor, &owner, None);
    assert_eq!(outside.await.unwrap_err().code, "not_found");
    assert_eq!(
        accounts::disable_account(core, &actor, &id(&peer), None)
            .await
            .unwrap(),
        None
    );
    // Limited to a platform, nobody reaches beyond it.
    let limited = "UPDATE account SET platform = 'apple' WHERE email = 'desk@example.org'";
    app.db().execute(limited, Vec::new()).await.unwrap();
    let actor = desk.actor(&app).await;
    let refused = accounts::create_account(core, &actor, person("b", "desk"), Some("why")).await;
    assert_eq!(refused.unwrap_err().code, "platform_beyond");
    let same = NewAccount {
        platform: Some("apple".to_owned()),
        ..person("b", "desk")
    };
    let made = accounts::create_account(core, &actor, same, Some("why")).await;
    assert!(made.unwrap().1.is_some());
}

both_engines!(
    a_service_has_tokens_of_its_own_and_no_sign_in,
    |app| async move {
        let core = &app.core;
        let other = second_owner(&app).await;
        let below = unit(&app).await;
        let service = NewAccount {
            service: true,
            email: None,
            ..person("Export", "read_only")
        };
        let made =
            accounts::create_account(core, &app.owner, service, Some("nightly export")).await;
        let (id, waits) = made.unwrap();
        agree(&app, &other, waits).await;
        let token = |permissions: &[P], days: i64, unit: Option<OrgUnitId>| NewToken {
            name: "nightly".to_owned(),
            permissions: permissions.to_vec(),
            days,
            unit,
            account: Some(id.clone()),
        };
        let beyond = create_token(core, &app.owner, token(&[P::DevicesErase], 1, None)).await;
        assert_eq!(beyond.unwrap_err().code, "permission_not_held");
        let long = create_token(core, &app.owner, token(&[P::DevicesRead], 401, None)).await;
        assert_eq!(long.unwrap_err().code, "token_days");
        let narrow = token(&[P::DevicesRead], 400, Some(below.clone()));
        let (view, value) = create_token(core, &app.owner, narrow).await.unwrap();
        assert_eq!(view.unit_id, Some(below));
        let api = Api::new(app.url(), Some(value.to_string()));
        let iphone = app.enrolled_iphone().await;
        drop(iphone);
        let devices = api.get("/api/v1/devices").await.expect(200);
        assert_eq!(devices["items"], json!([]), "the device is above its unit");
        assert_eq!(
            api.get("/api/v1/people").await.status,
            403,
            "not in its scope"
        );
        // Whoever answers for accounts sees it among all, and ends it.
        let owner = app.owner_api().await;
        let all = owner.get("/api/v1/tokens?all=true").await.expect(200);
        let found = all["items"].as_array().unwrap().iter();
        let found: Vec<_> = found
            .filter(|one| one["account_kind"] == "service")
            .collect();
        assert_eq!(found.len(), 1);
        assert!(found[0]["last_used_at"].is_string());
        let path = format!("/api/v1/tokens/{}", view.id);
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(api.get("/api/v1/devices").await.status, 401);
        // No password is right for it.
        let email = format!("service:{id}");
        let refused = accounts::sign_in(
            core,
            &email,
            Zeroizing::new("!".to_owned()),
            accounts::Caller::default(),
        )
        .await;
        assert!(refused.is_err());
    }
);

both_engines!(
    an_account_of_one_platform_reaches_no_device_of_another,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        iphone.session().await.unwrap();
        let device = app.text("SELECT id FROM device").await.unwrap();
        let command = app.text("SELECT id FROM command").await.unwrap();
        let who = somebody(&app, "limited", "administrator", &root(&app).await).await;
        let api = Api::new(app.url(), Some(who.token.clone()));
        let limit = async |platform: &str| {
            const LIMIT: &str =
                "UPDATE account SET platform = $1 WHERE email = 'limited@example.org'";
            app.db().execute(LIMIT, args![platform]).await.unwrap();
        };
        let seen = async || {
            let devices = api.get("/api/v1/devices").await.expect(200);
            let commands = api.get("/api/v1/commands").await.expect(200);
            let count = |page: &serde_json::Value| page["items"].as_array().unwrap().len();
            (count(&devices), count(&commands) > 0)
        };
        limit("apple").await;
        assert_eq!(seen().await, (1, true));
        api.get(&format!("/api/v1/devices/{device}"))
            .await
            .expect(200);
        limit("android").await;
        assert_eq!(seen().await, (0, false));
        for path in [
            format!("/api/v1/devices/{device}"),
            format!("/api/v1/commands/{command}"),
        ] {
            assert_eq!(api.get(&path).await.status, 404, "{path}");
        }
        let before = app.count("SELECT count(*) FROM command").await;
        let lock = format!("/api/v1/devices/{device}/lock");
        assert_eq!(api.post(&lock, &json!({})).await.status, 404);
        let many = json!({"devices": [device], "command": {"type": "DeviceLock"}});
        assert_eq!(api.post("/api/v1/commands", &many).await.status, 404);
        assert_eq!(
            api.post("/api/v1/commands/preview", &many).await.status,
            404
        );
        assert_eq!(app.count("SELECT count(*) FROM command").await, before);
    }
);
