//! What is asked of devices by itself, and what becomes of the answers (core sheet §11).

use serde_json::json;
use tillsyn_core::actor::Permission as P;
use tillsyn_sim::{DeviceConfig, SessionEnd};
use tillsyn_testkit::both_engines;

use super::story::only_device;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const WAITING: &str = "SELECT count(*) FROM command WHERE finished = 0";

/// Works the queue off; a device comes again as long as it was given something.
async fn settle(device: &mut tillsyn_sim::Device) {
    while !device.session().await.unwrap().handled.is_empty() {}
}

both_engines!(
    a_device_is_asked_what_it_can_answer_and_no_more,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        let asked = |kind: &'static str| {
            let app = &app;
            async move {
                let sql = "SELECT request_type FROM command ORDER BY position, id";
                let rows = app.db().query_all(sql, vec![]).await.unwrap();
                rows.iter().any(|row| row.text(0).unwrap() == kind)
            }
        };
        for kind in [
            "DeviceInformation",
            "SecurityInfo",
            "ProfileList",
            "CertificateList",
            "InstalledApplicationList",
        ] {
            assert!(asked(kind).await, "{kind}");
        }
        // Accounts are a question for Macs and Shared iPads; updates for supervised phones.
        assert!(!asked("UserList").await);
        assert!(!asked("AvailableOSUpdates").await);
        settle(&mut iphone).await;
        assert_eq!(app.count(WAITING).await, 0);

        let id = only_device(&app).await;
        let api = app.api(&[P::DevicesRead]).await;
        let found = api
            .get(&format!("/api/v1/devices/{id}/inventory"))
            .await
            .expect(200);
        let questions = found["questions"].as_array().unwrap();
        assert_eq!(questions.len(), 8);
        for question in questions {
            let answered = !matches!(
                question["kind"].as_str(),
                Some("users" | "updates" | "activation_lock")
            );
            assert_eq!(question["answered_at"].is_string(), answered, "{question}");
        }
        // The device tells of its own identity certificate.
        let certificates = found["certificates"].as_array().unwrap();
        assert!(certificates.iter().any(|c| c["is_identity"] == true));
        assert!(
            certificates
                .iter()
                .all(|c| c["sha256"].as_str().unwrap().len() == 64)
        );
        assert!(!found["apps"].as_array().unwrap().is_empty());
        api.anonymous()
            .get(&format!("/api/v1/devices/{id}/inventory"))
            .await
            .expect(401);
        api.get("/api/v1/devices/01939f3c-0000-7000-8000-000000000000/inventory")
            .await
            .expect(404);
    }
);

both_engines!(
    a_day_later_a_device_is_asked_again_and_only_once,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        settle(&mut iphone).await;
        app.run_job("minute").await;
        assert_eq!(app.count(WAITING).await, 0, "nothing is due yet");
        app.db()
            .execute(
                "UPDATE inventory_item SET due_at = due_at - 90000000 WHERE kind <> 'updates'",
                vec![],
            )
            .await
            .unwrap();
        let (second, _, _stop) = app.second_node().await;
        let (first, other) = tokio::join!(
            tillsyn_core::jobs::run(&app.core, "minute"),
            tillsyn_core::jobs::run(&second, "minute")
        );
        first.unwrap();
        other.unwrap();
        // Apps are asked for once a week: four questions, each once, whoever asked.
        assert_eq!(app.count(WAITING).await, 4);
        assert_eq!(
        app.count("SELECT count(*) FROM command WHERE finished = 0 AND request_type = 'InstalledApplicationList'")
            .await,
        0
    );
        let now = app.core.now_ms();
        let next = app
            .count("SELECT min(due_at) FROM inventory_item WHERE kind = 'device'")
            .await;
        assert!((next - now - DAY_MS).abs() < 60_000);
    }
);

both_engines!(
    a_silent_device_is_not_asked_until_it_speaks,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        settle(&mut iphone).await;
        app.db()
            .execute("UPDATE inventory_item SET due_at = 0", vec![])
            .await
            .unwrap();
        app.db()
            .execute("UPDATE device_summary SET last_seen = 1", vec![])
            .await
            .unwrap();
        app.run_job("minute").await;
        assert_eq!(app.count(WAITING).await, 0);
        assert_eq!(
            app.count("SELECT count(*) FROM inventory_item WHERE due_at = 0")
                .await,
            0,
            "it is looked at again a day later, not every minute"
        );
    }
);

both_engines!(a_changed_fact_keeps_what_it_was, |app| async move {
    let mut iphone = app.enrolled_iphone().await;
    settle(&mut iphone).await;
    let id = only_device(&app).await;
    assert_eq!(app.count("SELECT count(*) FROM fact_change").await, 0);
    for (name, value) in [("os_version", "\"9.1\""), ("battery_level", "0.01")] {
        app.db()
            .execute(
                "UPDATE fact SET value = $2 WHERE name = $1",
                tillsyn_db::args![name, value],
            )
            .await
            .unwrap();
    }
    let api = app.owner_api().await;
    api.post(&format!("/api/v1/devices/{id}/refresh"), &json!({}))
        .await
        .expect(202);
    settle(&mut iphone).await;
    let page = api
        .get(&format!("/api/v1/devices/{id}/fact-changes?limit=1"))
        .await
        .expect(200);
    let changes = page["items"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0]["name"], "os_version");
    assert_eq!(changes[0]["old_value"], "9.1");
    assert_eq!(changes[0]["source"], "DeviceInformation");
    assert_eq!(page["next"], json!(null), "the battery is no history");
});

both_engines!(
    of_a_personal_device_only_what_is_managed_is_known,
    |app| async move {
        let invitation = app
            .invite_with(|new| "personal".clone_into(&mut new.ownership))
            .await;
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        phone.enroll(&app.by(&invitation)).await.unwrap();
        settle(&mut phone).await;
        assert_eq!(
            app.count("SELECT count(*) FROM device WHERE imei IS NOT NULL")
                .await,
            0
        );
        assert_eq!(
            app.count("SELECT count(*) FROM device_summary WHERE imei IS NOT NULL")
                .await,
            0
        );
        assert_eq!(
            app.count(
                "SELECT count(*) FROM fact WHERE name IN ('imei', 'imeis', 'phone_number', 'iccid')"
            )
            .await,
            0
        );
        // The simulated phone has apps of its person, too: only the managed ones are known.
        assert_eq!(app.count("SELECT count(*) FROM installed_app").await, 2);
        for sql in [
            "SELECT status FROM command WHERE request_type = 'InstalledApplicationList'",
            "SELECT status FROM command WHERE request_type = 'ProfileList'",
            "SELECT status FROM command WHERE request_type = 'CertificateList'",
        ] {
            assert_eq!(app.text(sql).await.as_deref(), Some("acknowledged"));
        }
        // Its own enrollment profile is listed only where everything is asked for.
        assert_eq!(app.count("SELECT count(*) FROM installed_profile").await, 0);

        let id = only_device(&app).await;
        let api = app.owner_api().await;
        let commands = format!("/api/v1/devices/{id}/commands");
        for kind in ["ProfileList", "CertificateList"] {
            let open = json!({ "command": { "type": kind } });
            let refused = api.post(&commands, &open).await;
            assert_eq!(refused.body["code"], "not_capable", "{kind}");
        }
        api.post(&format!("/api/v1/devices/{id}/refresh"), &json!({}))
            .await
            .expect(202);
    }
);

both_engines!(an_ended_enrollment_is_asked_nothing, |app| async move {
    let mut iphone = app.enrolled_iphone().await;
    settle(&mut iphone).await;
    assert_eq!(app.count("SELECT count(*) FROM inventory_item").await, 8);
    iphone.person_removes_profile().await.unwrap();
    assert_eq!(app.count("SELECT count(*) FROM inventory_item").await, 0);
});

both_engines!(
    an_enrollment_without_a_schedule_gets_one,
    |app| async move {
        let mut iphone = app.enrolled_iphone().await;
        settle(&mut iphone).await;
        app.db()
            .execute("DELETE FROM inventory_item", vec![])
            .await
            .unwrap();
        app.run_job("hour").await;
        assert_eq!(app.count("SELECT count(*) FROM inventory_item").await, 8);
        let now = app.core.now_ms();
        let last = app.count("SELECT max(due_at) FROM inventory_item").await;
        assert!(last > now && last <= now + DAY_MS);
    }
);

both_engines!(the_cadence_has_bounds_and_a_permission, |app| async move {
    let api = app.api(&[P::DevicesRead, P::SettingsWrite]).await;
    let path = "/api/v1/settings/inventory";
    let found = api.get(path).await.expect(200);
    assert_eq!(
        found,
        json!({"scheduled": true, "device_hours": 24, "apps_hours": 168})
    );
    let refused = api
        .put(
            path,
            &json!({"scheduled": true, "device_hours": 1, "apps_hours": 168}),
        )
        .await
        .expect(422);
    assert_eq!(refused["code"], "inventory_hours");
    let new = json!({"scheduled": false, "device_hours": 48, "apps_hours": 336});
    assert_eq!(api.put(path, &new).await.expect(200), new);
    assert!(app.actions().await.contains(&"settings.change".to_owned()));
    let reader = app.api(&[P::DevicesRead]).await;
    reader.put(path, &new).await.expect(403);

    // Off: nothing is asked by itself.
    let mut iphone = app.enrolled_iphone().await;
    settle(&mut iphone).await;
    app.db()
        .execute("UPDATE inventory_item SET due_at = 0", vec![])
        .await
        .unwrap();
    app.run_job("minute").await;
    assert_eq!(app.count(WAITING).await, 0);
    assert_eq!(iphone.session().await.unwrap().end, SessionEnd::Empty);
});
