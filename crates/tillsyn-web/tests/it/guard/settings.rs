//! The guard's figures: tightened by one, loosened by two.

use serde_json::json;
use tillsyn_core::Permission;
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
