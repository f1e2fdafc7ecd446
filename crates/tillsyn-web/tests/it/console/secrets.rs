//! Kept secrets: the list, the reveal, what must not stand on a page.

use serde_json::json;
use tillsyn_testkit::{OWNER_PASSWORD, both_engines};

use super::Browser;

both_engines!(
    a_pin_is_shown_on_one_answer_after_reason_name_and_password,
    |app| async move {
        let mut owner = Browser::owner(&app).await;
        app.enrolled_mac().await.session().await.unwrap();
        let api = app.owner_api().await;
        let device = &api.get("/api/v1/devices").await.expect(200)["items"][0];
        let (id, name) = (
            device["id"].as_str().unwrap(),
            device["name"].as_str().unwrap(),
        );
        let lock = api
            .post(&format!("/api/v1/devices/{id}/lock"), &json!({}))
            .await
            .expect(202);
        let pin = lock["commands"][0]["unlock_pin"].as_str().unwrap();

        let page = owner
            .get(&format!("/console/devices/{id}/secrets"))
            .await
            .expect(200);
        page.says("PIN of a locked Mac");
        page.says_not(pin);
        let kept = app
            .text("SELECT id FROM escrow WHERE kind = 'lock_pin'")
            .await
            .unwrap();
        let dialog = format!("/console/devices/{id}/secrets/{kept}");
        owner.get(&dialog).await.expect(200).says_not(pin);
        let wrong = [
            ("reason", ""),
            ("typed", name),
            ("password", OWNER_PASSWORD),
        ];
        owner.post(&dialog, &wrong).await.expect(422).says_not(pin);
        let right = [
            ("reason", "The user is at the desk"),
            ("typed", name),
            ("password", OWNER_PASSWORD),
        ];
        let shown = owner.post(&dialog, &right).await.expect(200);
        assert_eq!(shown.headers["cache-control"], "no-store");
        shown.says(pin);
        // Only that answer has it: not the dialog, not the list, not the history.
        owner.get(&dialog).await.expect(200).says_not(pin);
        let history = owner
            .get(&format!("/console/devices/{id}/history"))
            .await
            .expect(200);
        history.says("saw a secret of");
        history.says_not(pin);
    }
);

both_engines!(
    a_seen_secret_is_replaced_from_the_page_that_showed_it,
    |app| async move {
        const PASSWORDS: &str = "SELECT count(*) FROM escrow \
            WHERE kind = 'recovery_lock_password' AND state = 'kept'";
        let mut owner = Browser::owner(&app).await;
        let api = app.owner_api().await;
        let mut mac = app.enrolled_mac().await;
        mac.session().await.unwrap();
        let device = &api.get("/api/v1/devices").await.expect(200)["items"][0];
        let (id, name) = (
            device["id"].as_str().unwrap(),
            device["name"].as_str().unwrap(),
        );
        let set = json!({"type": "SetRecoveryLock", "new_password": "canary-of-recovery"});
        api.post(
            &format!("/api/v1/devices/{id}/commands"),
            &json!({ "command": set }),
        )
        .await
        .expect(202);
        mac.session().await.unwrap();
        let kept = app
            .text("SELECT id FROM escrow WHERE kind = 'recovery_lock_password'")
            .await
            .unwrap();
        let dialog = format!("/console/devices/{id}/secrets/{kept}");
        let right = [
            ("reason", "The user is at the desk"),
            ("typed", name),
            ("password", OWNER_PASSWORD),
        ];
        let shown = owner.post(&dialog, &right).await.expect(200);
        shown.says("canary-of-recovery");
        shown.says("Replace it");
        let rotate = format!("{dialog}/rotate");
        shown.says(&rotate);
        let no_token = [("reason", "r")];
        assert_eq!(owner.send_form(&rotate, &no_token).await.status, 403);
        owner.post(&rotate, &no_token).await.expect(303);
        mac.session().await.unwrap();
        assert_eq!(app.count(PASSWORDS).await, 2);

        let policy = json!({"filevault": false, "rotate_after_reveal": true,
            "tell_after_location": true});
        api.put("/api/v1/escrow/policy", &policy).await.expect(200);
        let newest = app
            .text(
                "SELECT id FROM escrow WHERE kind = 'recovery_lock_password' \
                 ORDER BY updated_at DESC LIMIT 1",
            )
            .await
            .unwrap();
        let dialog = format!("/console/devices/{id}/secrets/{newest}");
        let shown = owner.post(&dialog, &right).await.expect(200);
        shown.says("has been asked for already");
        shown.says_not("Replace it");
    }
);
