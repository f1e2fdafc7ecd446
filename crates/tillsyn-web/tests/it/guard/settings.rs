//! The guard's figures: tightened by one, loosened by two.

use serde_json::json;
use tillsyn_core::approvals::{self, Asked, Outcome};
use tillsyn_core::ids::{ApprovalId, OrgUnitId};
use tillsyn_core::settings::UnitGuard;
use tillsyn_core::{Kind, Permission, commands, guard};
use tillsyn_db::args;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::both_engines;

use super::{ERASE, ask, fleet, still, waiting};

both_engines!(
    figures_are_tightened_alone_and_loosened_by_two,
    still(),
    |app| async move {
        let ids = fleet(&app, 1).await;
        let second = app.second_owner(1).await;
        let api = app
            .api(&[Permission::SettingsWrite, Permission::DevicesRead])
            .await;
        let path = "/api/v1/guard";
        let tight = json!({ "hold_minutes": 10, "second_person_from": 1 });
        let done = api.patch(path, &tight).await.expect(200);
        assert_eq!(done["status"], "done");
        let made = ask(&app, &app.owner, &ids, ERASE).await;
        assert_eq!(
            made.commands[0].held_reason,
            Some("second_person"),
            "the organisation wants two for every erase"
        );
        let beyond = api.patch(path, &json!({ "second_person_from": 7 })).await;
        assert_eq!(beyond.expect(422)["code"], "guard_figure");
        let loose = json!({ "hold_minutes": 0, "reason": "Too slow" });
        let asked = api.patch(path, &loose).await.expect(200);
        assert_eq!(asked["status"], "waiting");
        let state = api.get(path).await.expect(200);
        assert_eq!(state["settings"]["hold_minutes"], 10, "not yet");
        assert_eq!(app.approve_all(&second).await, 2);
        let state = api.get(path).await.expect(200);
        assert_eq!(state["settings"]["hold_minutes"], 0);
        assert_eq!(state["settings"]["second_person_from"], 1);
        let actions = app.actions().await;
        assert_eq!(actions.iter().filter(|a| *a == "guard.change").count(), 2);
        // What it would replace changed meanwhile: asked again.
        let looser = json!({ "short_limit": 20, "reason": "Term end" });
        api.patch(path, &looser).await.expect(200);
        api.patch(path, &json!({ "hold_minutes": 9 }))
            .await
            .expect(200);
        let id = waiting(&app).await[0].id.clone();
        let over = tillsyn_core::approvals::approve(&app.core, &second, &id, None).await;
        assert_eq!(over.unwrap_err().code, "approval_overtaken");
    }
);

const HOLDS: &str = "SELECT DISTINCT CAST((held_until - created_at) / 60000 AS BIGINT) \
    FROM command WHERE device_id = $1 AND act = 'erase'";

both_engines!(
    a_unit_is_stricter_than_the_organisation_and_never_looser,
    still(),
    |app| async move {
        const MOVE: &str = "UPDATE device_summary SET org_unit_id = $2 WHERE device_id = $1";
        let ids = fleet(&app, 2).await;
        let owner = app.owner_api().await;
        let unit = async |name: &str, parent: Option<&str>| {
            let new = json!({ "name": name, "parent_id": parent });
            let made = owner.post("/api/v1/units", &new).await.expect(201);
            made["id"].as_str().unwrap().to_owned()
        };
        let school = unit("School", None).await;
        let library = unit("Library", Some(&school)).await;
        let other = unit("Office", None).await;
        let values = tillsyn_db::args![ids[0].as_str(), library.as_str()];
        app.db().execute(MOVE, values).await.unwrap();

        // Whoever looks after the unit alone sets it there, and nowhere else.
        let second = app.second_owner(1).await;
        let mut head = app.second_owner(2).await;
        head.unit_path = format!("{}{school}/", app.owner.unit_path);
        let strict = UnitGuard {
            hold_minutes: Some(10),
            second_person_from: Some(1),
        };
        let submit = async |unit: &str, figures: UnitGuard, reason: Option<&str>| {
            let id = OrgUnitId::parse(unit).unwrap();
            let asked = Asked {
                reason: reason.map(str::to_owned),
                confirm: None,
            };
            guard::submit_unit(&app.core, &head, &id, figures, asked).await
        };
        let foreign = submit(&other, strict, None).await.unwrap_err();
        assert_eq!(foreign.kind, Kind::NotFound);
        let done = submit(&school, strict, None).await.unwrap();
        assert_eq!(done, Outcome::Done);
        let state = owner.get("/api/v1/guard").await.expect(200);
        let line = json!({"unit_id": school, "unit": "School", "hold_minutes": 10, "second_person_from": 1});
        assert_eq!(state["units"], json!([line]));

        // It holds below the unit, for a set that reaches into it, and not beside it.
        let held = async |devices: &[_]| {
            let made = ask(&app, &app.owner, devices, ERASE).await;
            made.commands[0].held_reason
        };
        assert_eq!(held(&ids[1..]).await, Some("hold"));
        assert_eq!(held(&ids[..1]).await, Some("second_person"));
        assert_eq!(held(&ids).await, Some("second_person"));
        assert_eq!(app.approve_all(&second).await, 2);
        for (device, minutes) in [(&ids[0], vec![10]), (&ids[1], vec![5, 10])] {
            let values = tillsyn_db::args![device.as_str()];
            let rows = app.db().query_all(HOLDS, values).await.unwrap();
            let mut found: Vec<i64> = rows.iter().map(|row| row.i64(0).unwrap()).collect();
            found.sort_unstable();
            assert_eq!(found, minutes);
        }

        // Looser again takes two, by whatever door.
        let bare = submit(&school, UnitGuard::default(), None).await;
        assert_eq!(bare.unwrap_err().code, "reason_missing");
        let path = format!("/api/v1/guard/units/{school}");
        let loose = json!({ "hold_minutes": 10, "reason": "Summer" });
        let asked = owner.put(&path, &loose).await.expect(200);
        assert_eq!(asked["status"], "waiting");
        assert_eq!(held(&ids[..1]).await, Some("second_person"), "not yet");
        let id = ApprovalId::parse(asked["approval_id"].as_str().unwrap()).unwrap();
        approvals::approve(&app.core, &second, &id, None)
            .await
            .unwrap();
        assert_eq!(held(&ids[..1]).await, Some("hold"));
    }
);

both_engines!(
    what_leaves_a_stricter_unit_keeps_its_figures_for_a_day,
    still(),
    |app| async move {
        let ids = fleet(&app, 3).await;
        let api = app.owner_api().await;
        let made = async |name: &str, parent: Option<&str>| {
            let body = json!({ "name": name, "parent_id": parent });
            let unit = api.post("/api/v1/units", &body).await.expect(201);
            unit["id"].as_str().unwrap().to_owned()
        };
        let (law, care) = (made("Law", None).await, made("Care", None).await);
        let library = made("Library", Some(&law)).await;
        let place = async |device: &str, unit: &str| {
            let body = json!({ "device_ids": [device], "unit_id": unit });
            api.post("/api/v1/devices/move", &body).await.expect(204);
        };
        place(ids[0].as_str(), &law).await;
        place(ids[1].as_str(), &library).await;
        let strict = json!({ "second_person_from": 1, "hold_minutes": 10 });
        let guard = format!("/api/v1/guard/units/{law}");
        api.put(&guard, &strict).await.expect(200);
        // The device by itself and back and forth, the other one with its unit.
        for unit in [&care, &library, &care] {
            place(ids[0].as_str(), unit).await;
        }
        let under = json!({ "parent_id": care });
        let moved = format!("/api/v1/units/{library}/move");
        assert!(api.post(&moved, &under).await.status < 300);
        place(ids[2].as_str(), &care).await;
        let held = async |device: usize| {
            let one = &ids[device..=device];
            let seen = commands::preview(&app.core, &app.owner, one.to_vec(), ERASE).await;
            let mut owner = app.owner.clone();
            owner.fresh_at = Some(app.core.now_ms());
            let made = ask(&app, &owner, one, ERASE).await;
            let reason = made.commands[0].held_reason.unwrap();
            let waits = reason == "second_person";
            assert_eq!(seen.unwrap().waits_for, waits.then_some(reason));
            reason
        };
        assert_eq!(held(0).await, "second_person");
        assert_eq!(held(1).await, "second_person");
        assert_eq!(held(2).await, "hold", "it was never there");
        // Whoever agrees does not shorten the hold either.
        app.approve_all(&app.second_owner(1).await).await;
        let rows = app.db().query_all(HOLDS, args![ids[0].as_str()]).await;
        assert_eq!(rows.unwrap()[0].i64(0).unwrap(), 10);
        app.clock.advance_ms(86_400_000);
        assert_eq!(held(0).await, "hold");
        assert_eq!(held(1).await, "hold");
    }
);

both_engines!(
    enrolling_anew_elsewhere_keeps_them_as_well,
    still(),
    |app| async move {
        let config = DeviceConfig::iphone(app.next());
        app.enrolled(config.clone()).await;
        let api = app.owner_api().await;
        let unit = async |name: &str| {
            let made = api
                .post("/api/v1/units", &json!({ "name": name }))
                .await
                .expect(201);
            made["id"].as_str().unwrap().to_owned()
        };
        let (law, care) = (unit("Law").await, unit("Care").await);
        let device = app.text("SELECT id FROM device").await.unwrap();
        let body = json!({ "device_ids": [device], "unit_id": law });
        api.post("/api/v1/devices/move", &body).await.expect(204);
        let strict = json!({ "second_person_from": 1 });
        let guard = format!("/api/v1/guard/units/{law}");
        api.put(&guard, &strict).await.expect(200);
        let invitation = app
            .invite_with(|new| {
                new.may_replace = true;
                new.unit = OrgUnitId::parse(&care);
            })
            .await;
        app.device(config)
            .enroll(&app.by(&invitation))
            .await
            .unwrap();
        let place = app.text("SELECT org_unit_id FROM device").await;
        assert_eq!(place, Some(care));
        let left = app.text("SELECT org_unit_id FROM guard_left").await;
        assert_eq!(left, Some(law));
    }
);
