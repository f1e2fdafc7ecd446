//! `/api/v1/plans` and `/api/v1/assignments`: what a change does is said before, and done only as said.

use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_core::ids::{PlanId, ProfileId};
use tillsyn_core::plans::{self, Approval, Change};
use tillsyn_core::profiles::{self, NewProfile, Origin};

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

pub(crate) async fn group_of(api: &Api, name: &str, devices: &[String]) -> String {
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
