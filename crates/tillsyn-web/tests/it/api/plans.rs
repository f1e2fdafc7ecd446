//! `/api/v1/plans` and `/api/v1/assignments`: what a change does is said before, and done only as said.

use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_core::ids::{PlanId, ProfileId};
use tillsyn_core::plans::{self, Approval, Change};
use tillsyn_core::profiles::{self, NewProfile, Origin};
use tillsyn_core::{Actor, Error, Kind};
use tillsyn_testkit::{Api, TestApp, both_engines};

/// Restrictions: a payload that iPhones and Macs take for the whole device.
fn upload(name: &str, address: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.{name}</string>
<key>PayloadUUID</key><string>6f1a4a62-7a55-4c0a-9a43-0f2a6f6c1a01</string>
<key>PayloadDisplayName</key><string>{name}</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.applicationaccess</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.{name}.clip</string>
<key>PayloadUUID</key><string>6f1a4a62-7a55-4c0a-9a43-0f2a6f6c1a02</string>
<key>PayloadDescription</key><string>{name} of {address}</string><key>allowCamera</key><false/>
</dict></array></dict></plist>"#
    )
    .into_bytes()
}

/// A profile with a draft that can be published.
async fn drafted(app: &TestApp, name: &str) -> ProfileId {
    let new = NewProfile {
        name: Some(name.to_owned()),
        description: None,
        unit: None,
        origin: Origin::Upload(upload(name, "https://example.org/")),
    };
    let made = profiles::create_profile(&app.core, &app.owner, new).await;
    made.unwrap()
}

async fn draft_revision(app: &TestApp, profile: &ProfileId) -> i64 {
    let sql = "SELECT revision FROM profile_draft WHERE profile_id = $1";
    let row = app.db().query_optional(sql, vec![profile.into()]).await;
    row.unwrap().unwrap().i64(0).unwrap()
}

async fn publish(app: &TestApp, profile: &ProfileId) {
    let change = Change::PublishVersion {
        profile_id: profile.to_string(),
        draft_revision: draft_revision(app, profile).await,
        comment: None,
        version_id: None,
    };
    plans::change_directly(&app.core, &app.owner, change)
        .await
        .unwrap();
}

pub(crate) async fn published(app: &TestApp, name: &str) -> ProfileId {
    let profile = drafted(app, name).await;
    publish(app, &profile).await;
    profile
}

pub(crate) async fn device_id(app: &TestApp, index: i64) -> String {
    let sql = "SELECT id FROM device ORDER BY id LIMIT 1 OFFSET $1";
    let row = app.db().query_optional(sql, vec![index.into()]).await;
    row.unwrap().unwrap().text(0).unwrap()
}

async fn group_of(api: &Api, name: &str, devices: &[String]) -> String {
    let made = api.post("/api/v1/groups", &json!({"name": name})).await;
    let id = made.expect(201)["id"].as_str().unwrap().to_owned();
    let body = json!({"add": devices});
    api.post(&format!("/api/v1/groups/{id}/members"), &body)
        .await
        .expect(200);
    id
}

pub(crate) fn assign(profile: &ProfileId, group: &str) -> Value {
    json!({"change": {"kind": "assign", "profile_id": profile.as_str(),
        "include": [{"kind": "group", "id": group}]}})
}

pub(crate) async fn planned(api: &Api, change: &Value) -> Value {
    api.post("/api/v1/plans", change).await.expect(201)
}

pub(crate) async fn apply(api: &Api, plan: &Value, status: u16) -> Value {
    let path = format!("/api/v1/plans/{}/apply", plan["id"].as_str().unwrap());
    api.post(&path, &json!({})).await.expect(status)
}

/// As if these devices had got everything they are to have.
pub(crate) async fn delivered(app: &TestApp, profile: &ProfileId, devices: &[String]) {
    for device in devices {
        let sql = "INSERT INTO item_state (channel_id, kind, item, device_id, enrollment_id, item_id, \
            desired_version, desired_hash, delivered_version, delivered_hash, delivered_at, state, \
            updated_at) SELECT ch.id, 'profile', p.identifier, ch.device_id, ch.enrollment_id, p.id, 1, \
            'h', 1, 'h', 1, 'as_desired', 1 FROM channel ch, profile p WHERE ch.device_id = $1 \
            AND ch.name = 'device' AND p.id = $2 ON CONFLICT (channel_id, kind, item) DO UPDATE SET \
            delivered_version = 1, delivered_hash = 'h', state = 'as_desired'";
        let values = vec![device.as_str().into(), profile.into()];
        app.db().execute(sql, values).await.unwrap();
    }
}

/// No workers: what is asked of the reconciler stays to be looked at.
pub(crate) fn still() -> tillsyn_testkit::AppOptions {
    tillsyn_testkit::AppOptions {
        jobs: false,
        ..Default::default()
    }
}

both_engines!(
    a_plan_says_what_applying_it_does,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        app.enrolled_mac().await;
        app.enrolled_iphone().await;
        let (first, second) = (device_id(&app, 0).await, device_id(&app, 1).await);
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &[first.clone(), second.clone()]).await;
        let before = app
            .count("SELECT value FROM config_revision WHERE name = 'desired'")
            .await;

        let plan = planned(&api, &assign(&profile, &group)).await;
        assert_eq!(plan["status"], "open");
        let summary = &plan["summary"];
        assert_eq!(
            (summary["devices"].as_i64(), summary["looked_at"].as_i64()),
            (Some(2), Some(2))
        );
        assert_eq!(summary["effects"]["install"], 2);
        assert_eq!(summary["platforms"].as_object().unwrap().len(), 2);
        let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
        let effects = api
            .get(&format!("{path}/effects?limit=1"))
            .await
            .expect(200);
        assert_eq!(effects["items"][0]["device_id"], first.as_str());
        assert_eq!(effects["items"][0]["new_version"], 1);
        let next = effects["next"].as_str().unwrap();
        let rest = api
            .get(&format!("{path}/effects?after={next}"))
            .await
            .expect(200);
        assert_eq!(rest["items"][0]["device_id"], second.as_str());
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        let none = api
            .get(&format!("{path}/effects?effect=remove"))
            .await
            .expect(200);
        assert_eq!(none["items"], json!([]));
        // Nothing has happened so far.
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 0);
        assert_eq!(
            app.count("SELECT value FROM config_revision WHERE name = 'desired'")
                .await,
            before
        );

        app.db()
            .execute("DELETE FROM reconcile_request", Vec::new())
            .await
            .unwrap();
        let applied = apply(&api, &plan, 200).await;
        assert_eq!(applied["status"], "applied");
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);
        assert_eq!(app.count("SELECT count(*) FROM reconcile_request").await, 2);
        let after = app
            .count("SELECT value FROM config_revision WHERE name = 'desired'")
            .await;
        assert_eq!(after, before + 1);
        let again = apply(&api, &plan, 200).await;
        assert_eq!(
            again["result"], applied["result"],
            "applying again makes nothing twice"
        );
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);
        let listed = api
            .get(&format!("/api/v1/profiles/{profile}/assignments"))
            .await
            .expect(200);
        let include = &listed["items"][0]["include"][0];
        assert_eq!(
            (&include["name"], &include["devices"]),
            (&json!("Loan"), &json!(2))
        );
        let actions = app.actions().await;
        for action in ["plan.create", "plan.apply", "assignment.create"] {
            assert!(actions.iter().any(|met| met == action), "{action}");
        }
    }
);

both_engines!(
    apply_refuses_when_the_world_moved,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        for _ in 0..3 {
            app.enrolled_iphone().await;
        }
        let devices = [device_id(&app, 0).await, device_id(&app, 1).await];
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices[..1]).await;

        // A member was added.
        let plan = planned(&api, &assign(&profile, &group)).await;
        let members = format!("/api/v1/groups/{group}/members");
        api.post(&members, &json!({"add": [devices[1]]}))
            .await
            .expect(200);
        let refused = apply(&api, &plan, 409).await;
        assert_eq!(refused["code"], "plan_overtaken");
        let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
        assert_eq!(api.get(&path).await.expect(200)["status"], "overtaken");
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 0);
        let offered = json!({"id": refused["data"]["plan_id"]});

        // Another plan was applied.
        let other = planned(&api, &assign(&profile, &group)).await;
        apply(&api, &other, 200).await;
        assert_eq!(apply(&api, &offered, 409).await["code"], "plan_overtaken");
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);

        // A device was enrolled into the set.
        let mail = published(&app, "mail").await;
        let root = app.text("SELECT id FROM org_unit").await.unwrap();
        let whole = json!({"change": {"kind": "assign", "profile_id": mail.as_str(),
        "include": [{"kind": "org_unit", "id": root}]}});
        let plan = planned(&api, &whole).await;
        assert_eq!(plan["summary"]["effects"]["install"], 3);
        app.enrolled_iphone().await;
        let refused = apply(&api, &plan, 409).await;
        assert_eq!(refused["code"], "plan_overtaken");
        let new = json!({"id": refused["data"]["plan_id"]});
        assert_eq!(
            apply(&api, &new, 200).await["summary"]["effects"]["install"],
            4
        );

        // A plan lapses, and one that was taken back stays so.
        let late = planned(
            &api,
            &json!({"change": {"kind": "archive_profile",
        "profile_id": mail.as_str()}}),
        )
        .await;
        let path = format!("/api/v1/plans/{}/cancel", late["id"].as_str().unwrap());
        assert_eq!(
            api.post(&path, &json!({})).await.expect(200)["status"],
            "cancelled"
        );
        assert_eq!(apply(&api, &late, 409).await["code"], "plan_over");
    }
);

both_engines!(
    concurrent_applies_of_one_plan_make_one_change,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &[device_id(&app, 0).await]).await;
        let plan = planned(&api, &assign(&profile, &group)).await;
        let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
        let one = || plans::apply(&app.core, &app.owner, &id, Approval::default());
        let (a, b, c) = tokio::join!(one(), one(), one());
        let all = [a, b, c];
        assert!(all.iter().any(Result::is_ok));
        // Whoever came too late hears of it, or of what was made; never of a second change.
        for error in all.iter().filter_map(|done| done.as_ref().err()) {
            assert!(
                ["plan_overtaken", "plan_over"].contains(&error.code),
                "{error}"
            );
        }
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);
        assert_eq!(
            app.count("SELECT count(*) FROM event WHERE action = 'plan.apply'")
                .await,
            2,
            "one for the version, one for the assignment"
        );
    }
);

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

both_engines!(
    assignments_stay_within_scope_and_permission,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        let device = device_id(&app, 0).await;
        let profile = published(&app, "portal").await;
        let to_device = json!({"change": {"kind": "assign", "profile_id": profile.as_str(),
        "include": [{"kind": "device", "id": device}]}});
        let anonymous = api.anonymous().post("/api/v1/plans", &to_device).await;
        assert_eq!(anonymous.status, 401);
        let reader = app.api(&[P::ProfilesRead, P::DevicesRead]).await;
        assert_eq!(reader.post("/api/v1/plans", &to_device).await.status, 403);
        let grouper = app.api(&[P::GroupsWrite]).await;
        assert_eq!(grouper.post("/api/v1/plans", &to_device).await.status, 403);
        let bad = |include: Value, exclude: Value| {
            json!({"change": {"kind": "assign",
        "profile_id": profile.as_str(), "include": include, "exclude": exclude}})
        };
        let nobody = json!([{"kind": "device", "id": "0197c8a0-0000-7000-8000-000000000009"}]);
        let here = json!([{"kind": "device", "id": device}]);
        for (include, exclude, code) in [
            (json!([]), json!([]), "targets_missing"),
            (nobody, json!([]), "target_unknown"),
            (here.clone(), here, "target_twice"),
        ] {
            let refused = api.post("/api/v1/plans", &bad(include, exclude)).await;
            assert_eq!((refused.status, &refused.body["code"]), (422, &json!(code)));
        }
        // A profile of a unit goes to nobody outside it.
        let unit = api
            .post("/api/v1/units", &json!({"name": "Law"}))
            .await
            .expect(201);
        let new = NewProfile {
            name: None,
            description: None,
            unit: tillsyn_core::ids::OrgUnitId::parse(unit["id"].as_str().unwrap()),
            origin: Origin::Upload(upload("law", "https://example.org/law")),
        };
        let law = profiles::create_profile(&app.core, &app.owner, new)
            .await
            .unwrap();
        let outside = json!({"change": {"kind": "assign", "profile_id": law.as_str(),
        "include": [{"kind": "device", "id": device}]}});
        let refused = api.post("/api/v1/plans", &outside).await;
        assert_eq!(refused.body["code"], "target_outside");
        assert_eq!(
            app.count("SELECT count(*) FROM plan WHERE status = 'open'")
                .await,
            0
        );
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

        for device in &devices[..5] {
            out(device).await.expect(200);
        }
        let sum = "SELECT CAST(SUM(removes_from) AS BIGINT) FROM plan WHERE status = 'applied'";
        assert_eq!(app.count(sum).await, 5);
        let plan = required(&api, &path, &json!({"remove": [devices[5]]})).await;
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 2);

        // The plan of one device needs the second person by the same sum.
        let id = PlanId::parse(&plan).unwrap();
        let (core, owner) = (&app.core, &app.owner);
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
        // What takes nothing from anybody stays free, and after a while the count begins anew.
        api.post(&path, &json!({"add": [devices[0]]}))
            .await
            .expect(200);
        required(&api, &path, &json!({"remove": [devices[6]]})).await;
        let later = "UPDATE plan SET applied_at = applied_at - 1260000";
        app.db().execute(later, Vec::new()).await.unwrap();
        out(&devices[6]).await.expect(200);
    }
);

both_engines!(
    people_of_a_group_bring_only_what_counts_for_their_devices,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        let device = device_id(&app, 0).await;
        let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
        let law = law.expect(201)["id"].clone();
        let elin = json!({"name": "Elin", "email": "elin@example.org", "unit_id": law});
        let elin = api.post("/api/v1/people", &elin).await.expect(201)["id"].clone();
        let given = json!({"person_id": elin});
        let path = format!("/api/v1/devices/{device}/person");
        assert_eq!(api.put(&path, &given).await.status, 204);
        let group = api
            .post("/api/v1/groups", &json!({"name": "Loan", "unit_id": law}))
            .await
            .expect(201)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let profile = published(&app, "portal").await;
        apply(&api, &planned(&api, &assign(&profile, &group)).await, 200).await;
        // Her device lies outside the group's unit: it gets nothing, and the plan says so.
        let member = json!([{"kind": "person", "id": elin}]);
        let change = json!({"change": {"kind": "group_members", "group_id": group, "add": member}});
        let plan = planned(&api, &change).await;
        assert_eq!(plan["summary"]["devices"], 0);
        apply(&api, &plan, 200).await;
        let inside = json!({"change": {"kind": "move_device", "device_ids": [device],
            "unit_id": law}});
        assert_eq!(planned(&api, &inside).await["summary"]["devices"], 1);
    }
);

both_engines!(
    names_that_profiles_may_carry_are_looked_at_again,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        let device = device_id(&app, 0).await;
        let elin = json!({"name": "Elin", "email": "elin@example.org"});
        let elin = api.post("/api/v1/people", &elin).await.expect(201)["id"].clone();
        let path = format!("/api/v1/devices/{device}/person");
        api.put(&path, &json!({"person_id": elin})).await;
        let root = app.text("SELECT id FROM org_unit").await.unwrap();
        let revision = "SELECT value FROM config_revision WHERE name = 'desired'";
        let sweeps = "SELECT count(*) FROM reconcile_sweep";
        let asked = "SELECT count(*) FROM reconcile_request WHERE version > 0";
        let person = format!("/api/v1/people/{}", elin.as_str().unwrap());

        let before = app.count(revision).await;
        for change in [
            json!({"name": "Elin Berg"}),
            json!({"email": "berg@example.org"}),
        ] {
            app.db()
                .execute("DELETE FROM reconcile_request", Vec::new())
                .await
                .unwrap();
            api.patch(&person, &change).await.expect(200);
            assert_eq!(app.count(asked).await, 1, "{change}");
        }
        assert_eq!(app.count(revision).await, before + 2);
        let unit = format!("/api/v1/units/{root}");
        api.patch(&unit, &json!({"name": "Main office"}))
            .await
            .expect(200);
        assert_eq!(
            (app.count(revision).await, app.count(sweeps).await),
            (before + 3, 1)
        );
        let mut organisation = tillsyn_core::settings::organisation(&app.core)
            .await
            .unwrap();
        organisation.support = Some("help@example.org".to_owned());
        let set = tillsyn_core::settings::set_organisation;
        set(&app.core, &app.owner, organisation.clone())
            .await
            .unwrap();
        assert_eq!(app.count(sweeps).await, 1, "the same name");
        "Norrby".clone_into(&mut organisation.name);
        set(&app.core, &app.owner, organisation).await.unwrap();
        assert_eq!(
            (app.count(revision).await, app.count(sweeps).await),
            (before + 4, 2)
        );
    }
);

both_engines!(
    a_plan_outlives_changes_and_deliveries_that_are_not_its_own,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        app.enrolled_iphone().await;
        let devices = [device_id(&app, 0).await, device_id(&app, 1).await];
        let profile = published(&app, "portal").await;
        let group = group_of(&api, "Loan", &devices[..1]).await;
        let plan = planned(&api, &assign(&profile, &group)).await;
        // Another group is made and filled, another profile published, and something arrives.
        group_of(&api, "Other", &devices).await;
        published(&app, "mail").await;
        delivered(&app, &profile, &devices[..1]).await;
        let revision = "SELECT value FROM config_revision WHERE name = 'desired'";
        assert!(app.count(revision).await > 0);
        assert_eq!(apply(&api, &plan, 200).await["status"], "applied");
        assert_eq!(app.count("SELECT count(*) FROM assignment").await, 1);
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
    an_overtaken_plan_waits_on_in_the_name_of_who_asked,
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
        let why = Approval {
            reason: Some("old".to_owned()),
            confirm: None,
        };
        let asked = plans::apply(core, owner, &plan, why).await.unwrap();
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
        let waits = plans::find(core, &other, &new).await.unwrap();
        assert_eq!(waits.status.as_str(), "waiting");
        assert_eq!(
            (waits.created_by, waits.asked_by, waits.reason),
            (asked.created_by, asked.asked_by, asked.reason)
        );
        let own = plans::apply(core, owner, &new, Approval::default()).await;
        assert_eq!(own.unwrap_err().code, "second_person_needed");
        // The server does not stand in for somebody who is there.
        app.db().execute(SOMEBODY_ELSE, Vec::new()).await.unwrap();
        let server = plans::apply(core, &Actor::server(), &new, Approval::default()).await;
        assert_eq!(server.unwrap_err().code, "second_person_there");
        let done = plans::apply(core, &other, &new, Approval::default()).await;
        assert_eq!(done.unwrap().status.as_str(), "applied");
    }
);
