//! `/api/v1/plans`, applied: what takes profiles away asks for a plan, a reason and a number, or somebody else.

use serde_json::{Value, json};
use tillsyn_core::approvals;
use tillsyn_core::groups::{Member, MemberKind};
use tillsyn_core::ids::{ApprovalId, PlanId};
use tillsyn_core::plans::{self, Approval, Change};
use tillsyn_core::{Actor, Error, Kind};
use tillsyn_testkit::{Api, Engine, TestApp, both_engines};

use super::plans::{apply, assign, delivered, device_id, group_of, planned, published, still};
use crate::walk::somebody;

both_engines!(
    what_takes_profiles_from_many_needs_somebody_else,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut devices = Vec::new();
        for _ in 0..6 {
            app.enrolled_iphone().await;
        }
        for index in 0..6 {
            devices.push(device_id(&app, index).await);
        }
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices).await;
        let plan = planned(&api, &assign(&profile, &group)).await;
        apply(&api, &plan, 200).await;
        delivered(&app, &profile, &devices).await;

        // Of two devices: reason, fresh sign-in and the exact number; a program may only ask.
        let two: Vec<Value> = devices[..2]
            .iter()
            .map(|id| json!({"kind": "device", "id": id}))
            .collect();
        let change = json!({"change": {"kind": "group_members", "group_id": group, "remove": two}});
        let plan = planned(&api, &change).await;
        assert_eq!(plan["summary"]["removes_from"], 2);
        assert_eq!(plan["summary"]["effects"]["remove"], 2);
        let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
        let with = |reason: &str, confirm: &str| Approval {
            reason: Some(reason.to_owned()),
            confirm: Some(confirm.to_owned()),
        };
        let (core, owner) = (&app.core, &app.owner);
        let bare = plans::apply(core, owner, &id, Approval::default()).await;
        assert_eq!(bare.unwrap_err().code, "reason_missing");
        let wrong = plans::apply(core, owner, &id, with("moved", "3")).await;
        assert_eq!(wrong.unwrap_err().code, "confirmation");
        let mut stale = owner.clone();
        stale.fresh_at = None;
        let stale = plans::apply(core, &stale, &id, with("moved", "2")).await;
        assert_eq!(stale.unwrap_err().kind, Kind::FreshSignInNeeded);
        let done = plans::apply(core, owner, &id, with("moved", "2"))
            .await
            .unwrap();
        assert_eq!(done.reason.as_deref(), Some("moved"));
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 4);

        // Of more than five: waits for somebody else. The other two are still on their devices.
        for device in &devices[..2] {
            let member = json!({"add": [device]});
            let path = format!("/api/v1/groups/{group}/members");
            api.post(&path, &member).await.expect(200);
        }
        let change = json!({"change": {"kind": "archive_profile", "profile_id": profile.as_str()}});
        let plan = planned(&api, &change).await;
        assert_eq!(plan["summary"]["removes_from"], 6);
        let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
        let asked = plans::apply(core, owner, &id, with("old", "6"))
            .await
            .unwrap();
        assert_eq!(asked.status.as_str(), "waiting");
        let own = plans::apply(core, owner, &id, with("old", "6")).await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        let path = format!("/api/v1/plans/{id}/apply");
        let token = api.post(&path, &json!({"reason": "old"})).await;
        assert_eq!(
            (token.status, &token.body["code"]),
            (403, &json!("person_needed"))
        );
        assert_eq!(
            app.count("SELECT count(*) FROM profile WHERE status = 'archived'")
                .await,
            0
        );
        // Nor somebody who looks after another platform, whichever way they go.
        let mut limited = other_person(owner);
        limited.platform = Some("android".to_owned());
        let refused = plans::apply(core, &limited, &id, Approval::default()).await;
        assert_eq!(refused.unwrap_err().code, "platform_scope");
        let refused = plans::cancel(core, &limited, &id).await;
        assert_eq!(refused.unwrap_err().code, "platform_scope");
        let request = app
            .text("SELECT id FROM approval WHERE kind = 'plan'")
            .await;
        let request = ApprovalId::parse(&request.unwrap()).unwrap();
        let refused = approvals::approve(core, &limited, &request, None).await;
        assert_eq!(refused.unwrap_err().code, "platform_scope");
        let refused = approvals::decline(core, &limited, &request, "No").await;
        assert_eq!(refused.unwrap_err().code, "platform_scope");
        let done = plans::apply(core, &other_person(owner), &id, Approval::default())
            .await
            .unwrap();
        assert_eq!(done.status.as_str(), "applied");
        assert_eq!(
            app.count("SELECT count(*) FROM profile WHERE status = 'archived'")
                .await,
            1
        );
    }
);

/// A second administrator, freshly signed in.
fn other_person(owner: &Actor) -> Actor {
    let mut other = owner.clone();
    "0197c8a0-0000-7000-8000-000000000001".clone_into(&mut other.id);
    other.account_id = tillsyn_core::ids::AccountId::parse(&other.id);
    other
}

both_engines!(
    a_direct_change_needs_a_plan_when_it_takes_from_two,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        for _ in 0..2 {
            app.enrolled_iphone().await;
        }
        let devices = [device_id(&app, 0).await, device_id(&app, 1).await];
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices).await;
        let plan = planned(&api, &assign(&profile, &group)).await;
        let made = apply(&api, &plan, 200).await;
        // Never delivered: what was to come does not come, which takes nothing from anybody.
        let unassign = Change::Unassign {
            assignment_id: made["result"]["assignment_id"].as_str().unwrap().to_owned(),
        };
        let plan = plans::plan(&app.core, &app.owner, unassign.clone())
            .await
            .unwrap();
        assert_eq!(
            (plan.summary.effects.withdraw, plan.summary.effects.remove),
            (2, 0)
        );
        delivered(&app, &profile, &devices).await;
        let refused = plans::change_directly(&app.core, &app.owner, unassign).await;
        let refused: Error = refused.unwrap_err();
        assert_eq!(refused.code, "plan_required");
        assert!(refused.data.unwrap()["plan_id"].is_string());
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);
    }
);

/// The plan that a direct verb asks somebody to look at.
async fn required(api: &Api, path: &str, body: &Value) -> String {
    let refused = api.post(path, body).await.expect(409);
    assert_eq!(refused["code"], "plan_required");
    refused["data"]["plan_id"].as_str().unwrap().to_owned()
}

both_engines!(
    no_direct_verb_takes_profiles_from_two_devices,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        for _ in 0..2 {
            app.enrolled_iphone().await;
        }
        let devices = [device_id(&app, 0).await, device_id(&app, 1).await];
        let made = async |name: &str| {
            let unit = api.post("/api/v1/units", &json!({"name": name})).await;
            unit.expect(201)["id"].as_str().unwrap().to_owned()
        };
        let (law, care) = (made("Law").await, made("Care").await);
        let below = api
            .post(
                "/api/v1/units",
                &json!({"name": "Library", "parent_id": law}),
            )
            .await
            .expect(201)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let to = |unit: &str| json!({"device_ids": devices, "unit_id": unit});
        let moved = api.post("/api/v1/devices/move", &to(&below)).await;
        assert_eq!(moved.status, 204);
        let profile = published(&app, "portal").await;
        let change = json!({"change": {"kind": "assign", "profile_id": profile.as_str(),
            "include": [{"kind": "org_unit", "id": law}]}});
        apply(&api, &planned(&api, &change).await, 200).await;
        let mail = published(&app, "mail").await;
        let group = group_of(&api, "Loan", &devices).await;
        apply(&api, &planned(&api, &assign(&mail, &group)).await, 200).await;
        delivered(&app, &profile, &devices).await;
        delivered(&app, &mail, &devices).await;

        // Out of the unit, the unit out of the one above it, out of the group.
        required(&api, "/api/v1/devices/move", &to(&care)).await;
        let path = format!("/api/v1/units/{below}/move");
        required(&api, &path, &json!({"parent_id": care})).await;
        let path = format!("/api/v1/groups/{group}/members");
        let plan = required(&api, &path, &json!({"remove": devices})).await;
        let place = "SELECT count(*) FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
            WHERE u.name = 'Library'";
        assert_eq!(app.count(place).await, 2, "nothing is done");
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 2);
        let events = "SELECT count(*) FROM event WHERE action IN ('device.move', 'unit.move')";
        assert_eq!(app.count(events).await, 1, "the first move only");

        // A person with two devices leaves a group.
        let elin = json!({"name": "Elin", "email": "elin@example.org"});
        let elin = api.post("/api/v1/people", &elin).await.expect(201)["id"].clone();
        for device in &devices {
            let path = format!("/api/v1/devices/{device}/person");
            let given = api.put(&path, &json!({"person_id": elin})).await;
            assert_eq!(given.status, 204);
        }
        let in_too = api.post(&path, &json!({"add": [elin]})).await;
        in_too.expect(200);
        // In it by themselves as well: nothing is taken, so the verb does it.
        api.post(&path, &json!({"remove": devices}))
            .await
            .expect(200);
        required(&api, &path, &json!({"remove": [elin]})).await;

        // The first plan names an effect that is no longer so.
        let stale = PlanId::parse(&plan).unwrap();
        let approval = Approval {
            reason: Some("moved".to_owned()),
            confirm: Some("2".to_owned()),
        };
        let late = plans::apply(&app.core, &app.owner, &stale, approval).await;
        assert_eq!(late.unwrap_err().code, "plan_overtaken");
    }
);

both_engines!(
    many_small_steps_need_somebody_else,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        for _ in 0..7 {
            app.enrolled_iphone().await;
        }
        let mut devices = Vec::new();
        for index in 0..7 {
            devices.push(device_id(&app, index).await);
        }
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices).await;
        apply(&api, &planned(&api, &assign(&profile, &group)).await, 200).await;
        delivered(&app, &profile, &devices).await;
        let path = format!("/api/v1/groups/{group}/members");
        let out = async |device: &str| api.post(&path, &json!({"remove": [device]})).await;

        // A program takes from one device; of the next it may only ask.
        out(&devices[0]).await.expect(200);
        let plan = required(&api, &path, &json!({"remove": [devices[1]]})).await;
        let asks = format!("/api/v1/plans/{plan}/apply");
        let body = json!({"reason": "moved", "confirm": "1"});
        let asked = api.post(&asks, &body).await.expect(200);
        assert_eq!(asked["status"], "waiting");

        // So may a newcomer; the person behind both confirms up to five in sum.
        let (core, owner) = (&app.core, &app.owner);
        let leave = async |actor: &Actor, device: &String| {
            let gone = Change::GroupMembers {
                group_id: group.clone(),
                add: Vec::new(),
                remove: vec![Member {
                    kind: MemberKind::Device,
                    id: device.clone(),
                }],
            };
            let Err(refused) = plans::change_directly(core, actor, gone).await else {
                return "at once".to_owned();
            };
            assert_eq!(refused.code, "plan_required");
            let data = refused.data.unwrap();
            let id = PlanId::parse(data["plan_id"].as_str().unwrap()).unwrap();
            let approval = Approval {
                reason: Some("moved".to_owned()),
                confirm: Some("1".to_owned()),
            };
            let plan = plans::apply(core, actor, &id, approval).await.unwrap();
            plan.status.as_str().to_owned()
        };
        let mut newcomer = owner.clone();
        newcomer.trusted_since = Some(core.now_ms());
        assert_eq!(leave(&newcomer, &devices[1]).await, "waiting");
        for device in &devices[1..5] {
            assert_eq!(leave(owner, device).await, "applied");
        }
        let sum = "SELECT CAST(SUM(removes_from) AS BIGINT) FROM plan WHERE status = 'applied'";
        assert_eq!(app.count(sum).await, 5);
        let plan = required(&api, &path, &json!({"remove": [devices[5]]})).await;
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 2);

        // The plan of one device needs the second person by the same sum.
        let id = PlanId::parse(&plan).unwrap();
        let approval = Approval {
            reason: Some("moved".to_owned()),
            confirm: Some("1".to_owned()),
        };
        let asked = plans::apply(core, owner, &id, approval).await.unwrap();
        assert_eq!(asked.status.as_str(), "waiting");
        let done = plans::apply(core, &other_person(owner), &id, Approval::default())
            .await
            .unwrap();
        assert_eq!(done.status.as_str(), "applied");
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 1);
        // What takes nothing from anybody stays free, and after a while the count begins anew; a
        // newcomer's lasts a day.
        api.post(&path, &json!({"add": [devices[0]]}))
            .await
            .expect(200);
        required(&api, &path, &json!({"remove": [devices[6]]})).await;
        let later = "UPDATE plan SET applied_at = applied_at - 1260000";
        app.db().execute(later, Vec::new()).await.unwrap();
        assert_eq!(leave(&newcomer, &devices[6]).await, "waiting");
        out(&devices[6]).await.expect(200);
    }
);

both_engines!(
    whoever_made_a_plan_may_confirm_what_another_asked_for,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut devices = Vec::new();
        for index in 0..6 {
            app.enrolled_iphone().await;
            devices.push(device_id(&app, index).await);
        }
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices).await;
        apply(&api, &planned(&api, &assign(&profile, &group)).await, 200).await;
        delivered(&app, &profile, &devices).await;
        let change = json!({"change": {"kind": "archive_profile", "profile_id": profile.as_str()}});
        let plan = planned(&api, &change).await;
        let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
        let (core, owner, other) = (&app.core, &app.owner, other_person(&app.owner));
        let why = |length| Approval {
            reason: Some("x".repeat(length)),
            confirm: None,
        };
        let long = plans::apply(core, &other, &id, why(501)).await;
        assert_eq!(long.unwrap_err().code, "text_length");
        let waiting = || plans::waiting_plans(core, owner);
        assert!(
            waiting().await.unwrap().is_empty(),
            "an open one waits for nobody"
        );
        let asked = plans::apply(core, &other, &id, why(500)).await.unwrap();
        assert_eq!(waiting().await.unwrap()[0].id, id);
        assert_eq!(asked.status.as_str(), "waiting");
        let again = plans::apply(core, &other, &id, why(1)).await;
        assert_eq!(again.unwrap_err().code, "second_person_needed");
        let done = plans::apply(core, owner, &id, Approval::default()).await;
        assert_eq!(done.unwrap().status.as_str(), "applied");
    }
);

const SOMEBODY_ELSE: &str = "INSERT INTO account (id, org_unit_id, email, name, password_hash, role, \
    status, created_at, role_changed_at, password_changed_at) SELECT 'b', id, 'b@example.org', 'B', \
    'x', 'administrator', 'active', 1, 1, 1 FROM org_unit";

both_engines!(
    the_server_stands_in_where_there_is_nobody_else,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut devices = Vec::new();
        for _ in 0..6 {
            app.enrolled_iphone().await;
        }
        for index in 0..6 {
            devices.push(device_id(&app, index).await);
        }
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices).await;
        let plan = planned(&api, &assign(&profile, &group)).await;
        apply(&api, &plan, 200).await;
        delivered(&app, &profile, &devices).await;
        let change = json!({"change": {"kind": "archive_profile", "profile_id": profile.as_str()}});
        let plan = planned(&api, &change).await;
        let path = format!("/api/v1/plans/{}/apply", plan["id"].as_str().unwrap());
        let asked = api.post(&path, &json!({"reason": "old"})).await.expect(200);
        assert_eq!(asked["status"], "waiting");
        let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
        let server = Actor::server();
        let release = || plans::apply(&app.core, &server, &id, Approval::default());
        app.db().execute(SOMEBODY_ELSE, Vec::new()).await.unwrap();
        assert_eq!(release().await.unwrap_err().code, "second_person_there");
        // A newcomer cannot confirm, so nobody is there.
        let newcomer = "UPDATE account SET role_changed_at = 9000000000000 WHERE id = 'b'";
        app.db().execute(newcomer, Vec::new()).await.unwrap();
        assert_eq!(release().await.unwrap().status.as_str(), "applied");
    }
);

both_engines!(
    an_overtaken_plan_is_asked_for_again_by_a_person,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let mut devices = Vec::new();
        for _ in 0..7 {
            app.enrolled_iphone().await;
        }
        for index in 0..7 {
            devices.push(device_id(&app, index).await);
        }
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices[..6]).await;
        let plan = planned(&api, &assign(&profile, &group)).await;
        apply(&api, &plan, 200).await;
        delivered(&app, &profile, &devices[..6]).await;
        let change = json!({"change": {"kind": "archive_profile", "profile_id": profile.as_str()}});
        let id = |plan: &Value| PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
        let plan = id(&planned(&api, &change).await);
        let (core, owner, other) = (&app.core, &app.owner, other_person(&app.owner));
        let why = || Approval {
            reason: Some("old".to_owned()),
            confirm: None,
        };
        let asked = plans::apply(core, owner, &plan, why()).await.unwrap();
        assert_eq!(asked.status.as_str(), "waiting");
        // One more device gets it, and then somebody looks at what waits.
        let members = format!("/api/v1/groups/{group}/members");
        api.post(&members, &json!({"add": [devices[6]]}))
            .await
            .expect(200);
        let overtaken = plans::apply(core, &other, &plan, Approval::default()).await;
        let overtaken: Error = overtaken.unwrap_err();
        assert_eq!(overtaken.code, "plan_overtaken");
        let new = id(&json!({"id": overtaken.data.unwrap()["plan_id"]}));
        // Nobody asked for this effect yet: whoever looked at it asks, and is not the one who agrees.
        let open = plans::find(core, &other, &new).await.unwrap();
        assert_eq!((open.status.as_str(), open.asked_by), ("open", None));
        assert_eq!(open.created_by, other.id);
        let waits = "SELECT count(*) FROM approval WHERE status = 'waiting'";
        assert_eq!(app.count(waits).await, 0);
        let asked = plans::apply(core, &other, &new, why()).await.unwrap();
        assert_eq!(asked.status.as_str(), "waiting");
        let own = plans::apply(core, &other, &new, Approval::default()).await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        // The server does not stand in for somebody who is there.
        app.db().execute(SOMEBODY_ELSE, Vec::new()).await.unwrap();
        let server = plans::apply(core, &Actor::server(), &new, Approval::default()).await;
        assert_eq!(server.unwrap_err().code, "second_person_there");
        let done = plans::apply(core, owner, &new, Approval::default()).await;
        assert_eq!(done.unwrap().status.as_str(), "applied");
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_for_a_service_does_not_agree_to_its_plans() {
    const SERVICE: &str =
        "UPDATE account SET kind = 'service', owner_id = $2, email = $1 WHERE id = $1";
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let (core, owner) = (&app.core, &app.owner);
    let root = app
        .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await;
    let service = somebody(&app, "export", "owner", &root.unwrap()).await;
    let values = tillsyn_db::args![service.id.as_str(), owner.id.as_str()];
    app.db().execute(SERVICE, values).await.unwrap();
    let api = Api::new(app.url(), Some(service.token));
    let mut devices = Vec::new();
    for index in 0..6 {
        app.enrolled_iphone().await;
        devices.push(device_id(&app, index).await);
    }
    let profile = published(&app, "portal").await;
    let group = group_of(&api, "Loan", &devices).await;
    apply(&api, &planned(&api, &assign(&profile, &group)).await, 200).await;
    delivered(&app, &profile, &devices).await;
    let change = json!({"change": {"kind": "archive_profile", "profile_id": profile.as_str()}});
    let plan = planned(&api, &change).await;
    let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
    let path = format!("/api/v1/plans/{id}/apply");
    let asked = api.post(&path, &json!({"reason": "old"})).await.expect(200);
    assert_eq!(asked["status"], "waiting");
    let own = plans::apply(core, owner, &id, Approval::default()).await;
    assert_eq!(own.unwrap_err().code, "second_person_needed");
    // Nor are they the other person whom the server waits for.
    let request = app
        .text("SELECT id FROM approval WHERE status = 'waiting'")
        .await;
    let request = tillsyn_core::ids::ApprovalId::parse(&request.unwrap()).unwrap();
    let own = tillsyn_core::approvals::approve(core, owner, &request, None).await;
    assert_eq!(own.unwrap_err().code, "second_person_needed");
    let done = tillsyn_core::approvals::approve(core, &Actor::server(), &request, None).await;
    assert_eq!(done.unwrap().status.as_str(), "approved");
    assert_eq!(
        app.count("SELECT count(*) FROM plan WHERE status = 'applied' AND removes_from = 6")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_takes_nothing_from_devices_that_are_frozen() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let api = app.owner_api().await;
    let mut devices = Vec::new();
    for index in 0..2 {
        app.enrolled_iphone().await;
        devices.push(device_id(&app, index).await);
    }
    let law = api
        .post("/api/v1/units", &json!({"name": "Law"}))
        .await
        .expect(201);
    let law = law["id"].as_str().unwrap();
    let to = json!({"device_ids": devices[..1], "unit_id": law});
    api.post("/api/v1/devices/move", &to).await.expect(204);
    let profile = published(&app, "portal").await;
    let group = group_of(&api, "Loan", &devices).await;
    apply(&api, &planned(&api, &assign(&profile, &group)).await, 200).await;
    delivered(&app, &profile, &devices).await;
    let mut dean = app.second_owner(1).await;
    dean.unit_path = format!("{}{law}/", app.owner.unit_path);
    tillsyn_core::guard::stop(&app.core, &dean, None)
        .await
        .unwrap();
    let path = format!("/api/v1/groups/{group}/members");
    let out = async |device: &str| api.post(&path, &json!({"remove": [device]})).await;
    assert_eq!(out(&devices[0]).await.expect(409)["code"], "frozen");
    let two: Vec<Value> = devices
        .iter()
        .map(|id| json!({"kind": "device", "id": id}))
        .collect();
    let change = json!({"change": {"kind": "group_members", "group_id": group, "remove": two}});
    let plan = planned(&api, &change).await;
    let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
    let approval = Approval {
        reason: Some("old".to_owned()),
        confirm: Some("2".to_owned()),
    };
    let refused = plans::apply(&app.core, &app.owner, &id, approval).await;
    assert_eq!(refused.unwrap_err().code, "frozen");
    assert_eq!(app.count("SELECT count(*) FROM group_member").await, 2);
    out(&devices[1]).await.expect(200);
}
