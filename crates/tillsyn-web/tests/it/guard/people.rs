//! Whose wish something is: nobody is two people, whatever tokens and services they have.

use serde_json::json;
use tillsyn_core::accounts::{self, NewAccount};
use tillsyn_core::approvals::{self, ApprovalStatus, Asked, Change, Outcome};
use tillsyn_core::ids::{AccountId, ApprovalId};
use tillsyn_core::settings::GuardSettings;
use tillsyn_core::tokens::{NewToken, actor_for_token, create_token};
use tillsyn_core::{Actor, Permission, commands};
use tillsyn_db::args;
use tillsyn_testkit::{Api, Engine, TestApp, both_engines};
use zeroize::Zeroizing;

use super::{ERASE, ask, confirmed, fleet, still, waiting};
use crate::walk::{Somebody, somebody};

/// A service with every right, that this account answers for.
async fn service(app: &TestApp, owner: &str) -> Somebody {
    const SERVICE: &str =
        "UPDATE account SET kind = 'service', owner_id = $2, email = $1 WHERE id = $1";
    let root = app
        .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await;
    let made = somebody(app, "export", "owner", &root.unwrap()).await;
    let values = args![made.id.as_str(), owner];
    app.db().execute(SERVICE, values).await.unwrap();
    made
}

/// A token of the service, made by somebody.
async fn token(app: &TestApp, by: &Actor, service: &Somebody) -> String {
    let new = NewToken {
        name: "nightly".to_owned(),
        permissions: by.rights().iter().collect(),
        days: 400,
        unit: None,
        account: AccountId::parse(&service.id),
    };
    let (_, value) = create_token(&app.core, by, new).await.unwrap();
    value.to_string()
}

async fn refused(app: &TestApp, by: &Actor, id: &ApprovalId) -> &'static str {
    let refused = approvals::approve(&app.core, by, id, None).await;
    refused.unwrap_err().code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_the_maker_of_a_token_nor_the_owner_of_its_service_confirms() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let (core, ids) = (&app.core, fleet(&app, 6).await);
    let (thief, owner) = (&app.owner, app.second_owner(1).await);
    let service = service(&app, &owner.id).await;
    let value = token(&app, thief, &service).await;
    let program = actor_for_token(core, &value, None).await.unwrap();
    let said = || Asked {
        reason: Some("why".to_owned()),
        confirm: None,
    };
    let (account, _) = {
        let new = NewAccount {
            service: false,
            name: "Per".to_owned(),
            email: Some("per@example.org".to_owned()),
            role: "owner".to_owned(),
            unit: None,
            platform: None,
            language: None,
        };
        accounts::create_account(core, &program, new, Some("why"))
            .await
            .unwrap()
    };
    let looser = Change::Guard {
        settings: GuardSettings {
            day_floor: 1_000,
            ..GuardSettings::default()
        },
    };
    let figures = approvals::submit(core, &program, looser, said())
        .await
        .unwrap();
    let Outcome::Waiting(figures) = figures else {
        panic!("looser figures wait");
    };
    let new = confirmed(&app, &ids, ERASE).await;
    let sent = commands::enqueue(core, &program, new).await.unwrap();
    assert!(
        sent.commands
            .iter()
            .all(|c| c.held_reason == Some("second_person"))
    );
    let asked = waiting(&app).await;
    assert_eq!(asked.len(), 3);
    for one in &asked {
        assert_eq!(one.asked_by, service.id);
        assert_eq!(
            one.cannot_decide,
            Some("second_person_needed"),
            "{}",
            one.kind
        );
        for by in [thief, &owner] {
            assert_eq!(
                refused(&app, by, &one.id).await,
                "second_person_needed",
                "{}",
                one.kind
            );
            let declined = approvals::decline(core, by, &one.id, "no").await;
            assert_eq!(declined.unwrap_err().code, "second_person_needed");
        }
    }
    // Both are behind it, so there is nobody else: the server stands in. A third one is somebody else.
    let released = approvals::approve(core, &Actor::server(), &figures, None).await;
    assert_eq!(released.unwrap().status, ApprovalStatus::Approved);
    let third = app.second_owner(2).await;
    let rest = waiting(&app).await;
    assert_eq!(
        refused(&app, &Actor::server(), &rest[0].id).await,
        "second_person_there"
    );
    for one in rest {
        approvals::approve(core, &third, &one.id, None)
            .await
            .unwrap();
    }
    // A service answers for nobody: what it makes answers to its own person.
    let made =
        "SELECT count(*) FROM account WHERE id = $1 AND owner_id IS NULL AND kind = 'person'";
    let row = app.db().query_optional(made, args![account]).await.unwrap();
    assert_eq!(row.unwrap().i64(0).unwrap(), 1);
    let new = NewAccount {
        service: true,
        name: "Second".to_owned(),
        email: None,
        role: "owner".to_owned(),
        unit: None,
        platform: None,
        language: None,
    };
    let (_, waits) = accounts::create_account(core, &program, new, Some("why"))
        .await
        .unwrap();
    approvals::approve(core, &third, &waits.unwrap(), None)
        .await
        .unwrap();
    let answers = app
        .text("SELECT owner_id FROM account WHERE name = 'Second'")
        .await;
    assert_eq!(answers.as_deref(), Some(owner.id.as_str()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_takes_back_only_what_it_could_have_asked_for() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let ids = fleet(&app, 6).await;
    ask(&app, &app.owner, &ids, ERASE).await;
    let id = waiting(&app).await[0].id.clone();
    let path = format!("/api/v1/approvals/{id}/cancel");
    let reader = app.api(&[Permission::DevicesRead]).await;
    let kept = reader.post(&path, &json!({})).await.expect(403);
    assert_eq!(kept["code"], "person_needed");
    let eraser = app
        .api(&[Permission::DevicesRead, Permission::DevicesErase])
        .await;
    eraser.post(&path, &json!({})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_ended_account_began_does_not_go_on() {
    const OPEN: &str = "SELECT count(*) FROM command WHERE act IS NOT NULL AND finished = 0";
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let (core, ids) = (&app.core, fleet(&app, 6).await);
    let thief = app.second_owner(1).await;
    let service = service(&app, app.owner.id.as_str()).await;
    let made = token(&app, &thief, &service).await;
    let of_service = Api::new(app.url(), Some(made));
    let of_owner = Api::new(app.url(), Some(token(&app, &app.owner, &service).await));
    ask(&app, &app.owner, &ids[..1], ERASE).await;
    ask(&app, &thief, &ids[1..2], ERASE).await;
    ask(&app, &thief, &ids, ERASE).await;
    assert_eq!(app.count(OPEN).await, 8);
    let id = AccountId::parse(&thief.id).unwrap();
    accounts::disable_account(core, &app.owner, &id, Some("stolen"))
        .await
        .unwrap();
    assert_eq!(
        app.count(OPEN).await,
        1,
        "what somebody else asked for goes on"
    );
    assert!(waiting(&app).await.is_empty());
    app.clock.advance_ms(6 * 60_000);
    app.run_job("holds").await;
    let queued = "SELECT count(*) FROM command WHERE act = 'erase' AND status = 'queued'";
    assert_eq!(app.count(queued).await, 1);
    of_service.get("/api/v1/devices").await.expect(401);
    of_owner.get("/api/v1/devices").await.expect(200);
    let told = "SELECT details FROM event WHERE action = 'account.disable'";
    let told: serde_json::Value = serde_json::from_str(&app.text(told).await.unwrap()).unwrap();
    assert_eq!(
        (
            &told["tokens_revoked"],
            &told["requests_withdrawn"],
            &told["commands_withdrawn"]
        ),
        (&json!(1), &json!(1), &json!(1)),
        "{told}"
    );
    // No token is made of a service that has ended, to come alive with it.
    let id = AccountId::parse(&service.id).unwrap();
    accounts::disable_account(core, &app.owner, &id, None)
        .await
        .unwrap();
    let mut owner = app.owner.clone();
    owner.fresh_at = Some(core.now_ms());
    let new = NewToken {
        name: "later".to_owned(),
        permissions: vec![Permission::DevicesRead],
        days: 1,
        unit: None,
        account: Some(id),
    };
    let ended = create_token(core, &owner, new).await;
    assert_eq!(ended.unwrap_err().code, "account_ended");
}

both_engines!(
    whoever_made_the_link_that_opened_an_account_is_no_second_person,
    still(),
    |app| async move {
        const DAY_MS: i64 = 86_400_000;
        let core = &app.core;
        let third = app.second_owner(1).await;
        let per = NewAccount {
            service: false,
            name: "Per".to_owned(),
            email: Some("per@example.org".to_owned()),
            role: "owner".to_owned(),
            unit: None,
            platform: None,
            language: None,
        };
        let made = accounts::create_account(core, &app.owner, per, Some("New colleague")).await;
        let (id, waits) = made.unwrap();
        approvals::approve(core, &third, &waits.unwrap(), None)
            .await
            .unwrap();
        // The one whose link opened it counts, not those who made others before.
        accounts::new_welcome(core, &third, &id).await.unwrap();
        // By a service of hers it is hers.
        let owner = app.owner.account_id.clone().unwrap();
        let export = service(&app, owner.as_str()).await;
        let mut robot = app.owner.clone();
        robot.account_id = AccountId::parse(&export.id);
        let (link, _) = accounts::new_welcome(core, &robot, &id).await.unwrap();
        let password = || Zeroizing::new("four words of my own".to_owned());
        accounts::take_welcome(core, &link, password(), None)
            .await
            .unwrap();
        app.clock.advance_ms(DAY_MS + 60_000);
        let fresh = |actor: &Actor| {
            let mut fresh = actor.clone();
            fresh.fresh_at = Some(core.now_ms());
            fresh
        };
        let per = async || {
            let begun = accounts::sign_in(core, "per@example.org", password(), None).await;
            let session = begun.unwrap().session().unwrap();
            let found = accounts::resume(core, &session.token, None).await.unwrap();
            found.unwrap().actor
        };
        let ask = async |by: &Actor, day_floor: i64| {
            let looser = Change::Guard {
                settings: GuardSettings {
                    day_floor,
                    ..GuardSettings::default()
                },
            };
            let said = Asked {
                reason: Some("why".to_owned()),
                confirm: None,
            };
            match approvals::submit(core, by, looser, said).await.unwrap() {
                Outcome::Waiting(id) => id,
                Outcome::Done => panic!("looser figures wait"),
            }
        };
        // Whichever of the two asks, the other may be the same hand.
        let (maja, anna) = (fresh(&app.owner), fresh(&third));
        for (asks, decides) in [(&maja, &per().await), (&per().await, &maja)] {
            let id = ask(asks, 1_000).await;
            assert_eq!(refused(&app, decides, &id).await, "one_hand");
            let seen = approvals::find(core, decides, &id).await.unwrap();
            assert_eq!(seen.cannot_decide, Some("one_hand"));
            let seen = approvals::find(core, &anna, &id).await.unwrap();
            assert_eq!(seen.cannot_decide, None);
            approvals::cancel(core, asks, &id).await.unwrap();
        }
        let id = ask(&per().await, 1_000).await;
        approvals::approve(core, &anna, &id, None).await.unwrap();
        // With nobody else there the server stands in.
        let id = ask(&maja, 2_000).await;
        assert_eq!(
            refused(&app, &Actor::server(), &id).await,
            "second_person_there"
        );
        let gone = "UPDATE account SET status = 'disabled' WHERE email = 'second-1@example.org'";
        app.db().execute(gone, Vec::new()).await.unwrap();
        let done = approvals::approve(core, &Actor::server(), &id, None).await;
        assert_eq!(done.unwrap().status, ApprovalStatus::Approved);
        // A week after the link they are two.
        app.clock.advance_ms(6 * DAY_MS);
        let id = ask(&fresh(&app.owner), 3_000).await;
        assert_eq!(
            refused(&app, &Actor::server(), &id).await,
            "second_person_there"
        );
        let done = approvals::approve(core, &per().await, &id, None).await;
        assert_eq!(done.unwrap().status, ApprovalStatus::Approved);
    }
);
