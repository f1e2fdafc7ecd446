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
