//! PINs: renewed, handed over, and mistyped by some of many.

use serde_json::json;
use tillsyn_core::Permission;
use tillsyn_core::accounts::Caller;
use tillsyn_core::invitations;
use tillsyn_sim::{Device, DeviceConfig, EnrollBy};
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{TestApp, both_engines};

use super::invitations::{HOUR_MS, POLICY, by, letters, person, send};
use super::{server, still};

async fn mistype(app: &TestApp, phone: &mut Device, code: &str) {
    let (url, wrong) = (app.url(), Some("WRONGPIN"));
    phone.take_invitation(&url, code, wrong).await.unwrap_err();
}

both_engines!(
    pins_of_a_batch_that_are_handed_over_are_told_once,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        api.put(POLICY, &json!({ "pin": "shown" }))
            .await
            .expect(200);
        let csv =
            "name,email\nAnn Lee,ann@example.org\nBo Ek,bo@example.org\nCy Day,cy@example.org\n";
        let batch = api
            .post("/api/v1/invitation-batches", &json!({ "csv": csv }))
            .await
            .expect(201);
        let at = format!(
            "/api/v1/invitation-batches/{}",
            batch["id"].as_str().unwrap()
        );
        let none = api.post(&format!("{at}/pins"), &json!({})).await;
        assert_eq!(none.expect(409)["code"], "no_pins");
        let digest = json!({ "digest": batch["digest"] });
        api.post(&format!("{at}/begin"), &digest).await.expect(202);
        app.run_job("invitations").await;
        let mails = letters(&app, &server).await;
        // A colleague made one anew meanwhile: the one of the batch no longer works, and is not told.
        let bo = "SELECT i.id FROM invitation i JOIN person p ON p.id = i.person_id \
            WHERE p.email = 'bo@example.org'";
        let bo = app.text(bo).await.unwrap();
        app.clock.advance_ms(1_000);
        let path = format!("/api/v1/invitations/{bo}/renew-pin");
        api.post(&path, &json!({})).await.expect(200);
        // Whoever only reads, or reaches another unit, gets none.
        let reader = app.api(&[Permission::InvitationsRead]).await;
        let told = format!("{at}/pins");
        assert_eq!(reader.post(&told, &json!({})).await.status, 403);
        let unit = json!({ "name": "Library" });
        let unit = api.post("/api/v1/units", &unit).await.expect(201);
        let rights = [Permission::InvitationsRead, Permission::InvitationsWrite];
        let other = crate::mail::of_unit(&app, unit["id"].as_str().unwrap(), &rights).await;
        assert_eq!(other.post(&told, &json!({})).await.status, 404);
        let key = ("idempotency-key", "6f1c6f0e-once");
        let taken = api.post_with(&told, &json!({}), key.0, key.1).await;
        assert_eq!(taken.headers["cache-control"], "no-store");
        let taken = taken.expect(200);
        let items = taken["items"].as_array().unwrap();
        let to: Vec<&str> = items
            .iter()
            .map(|one| one["email"].as_str().unwrap())
            .collect();
        assert_eq!(to, ["ann@example.org", "cy@example.org"]);
        let mut canaries = Vec::new();
        for (item, email) in items.iter().zip(["ann@example.org", "cy@example.org"]) {
            let pin = item["pin"].as_str().unwrap().to_owned();
            let mail = mails.iter().find(|mail| mail.to == email).unwrap();
            assert!(!mail.plain.contains(&pin));
            let by = EnrollBy::Invitation {
                server: app.url(),
                code: mail.code(),
                pin: Some(pin.clone()),
            };
            let mut phone = app.device(DeviceConfig::iphone(app.next()));
            phone.enroll(&by).await.unwrap();
            canaries.push(Canary::new("PIN", pin));
        }
        for (table, column, value) in cells(&app.db()).await {
            assert_eq!(found_in(&canaries, value), [""; 0], "{table}.{column}");
        }
        let again = api.post(&told, &json!({})).await;
        assert_eq!(again.expect(409)["code"], "no_pins");
        let left = "SELECT count(*) FROM invitation_batch_item WHERE pin_sealed IS NOT NULL";
        assert_eq!(app.count(left).await, 0);
        assert!(
            app.actions()
                .await
                .contains(&"invitation_batch.pins".to_owned())
        );
    }
);

both_engines!(
    pins_that_nobody_took_are_deleted_when_they_lapse,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let _server = server(&app, &api).await;
        api.put(POLICY, &json!({ "pin": "shown" }))
            .await
            .expect(200);
        let csv = json!({ "csv": "name,email\nAnn Lee,ann@example.org\n" });
        let batch = api
            .post("/api/v1/invitation-batches", &csv)
            .await
            .expect(201);
        let id = batch["id"].as_str().unwrap();
        let digest = json!({ "digest": batch["digest"] });
        api.post(&format!("/api/v1/invitation-batches/{id}/begin"), &digest)
            .await
            .expect(202);
        app.run_job("invitations").await;
        let kept = "SELECT count(*) FROM invitation_batch_item WHERE pin_sealed IS NOT NULL";
        assert_eq!(app.count(kept).await, 1);
        app.clock.advance_ms(25 * HOUR_MS);
        app.run_job("minute").await;
        assert_eq!(app.count(kept).await, 0);
    }
);

both_engines!(
    the_mistakes_of_some_keep_nobody_else_of_a_school_out,
    still(),
    |app| async move {
        // All from one address, as behind a school's router: thirteen people mistype until they are locked.
        for _ in 0..13 {
            let invitation = app.invite_with(|new| new.with_pin = true).await;
            let mut phone = app.device(DeviceConfig::iphone(app.next()));
            for _ in 0..5 {
                mistype(&app, &mut phone, &invitation.code).await;
            }
        }
        let invitation = app.invite_with(|new| new.with_pin = true).await;
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        phone.enroll(&app.by(&invitation)).await.unwrap();
        // Whoever mistypes there now waits, and is not locked by it.
        let slow = app.invite_with(|new| new.with_pin = true).await;
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        mistype(&app, &mut phone, &slow.code).await;
        phone.enroll(&app.by(&slow)).await.unwrap_err();
        app.clock.advance_ms(11 * 60_000);
        let mut config = DeviceConfig::iphone(app.next());
        config.behaviours.clock_skew_ms = 11 * 60_000;
        let mut phone = app.device(config);
        phone.enroll(&app.by(&slow)).await.unwrap();
    }
);

both_engines!(
    a_pin_that_works_is_taken_from_nobody,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        api.put(POLICY, &json!({ "pin": "mail" })).await.expect(200);
        send(
            &api,
            &person(&api, "Ann Lee", "ann@example.org", "en").await,
        )
        .await;
        let first = letters(&app, &server).await.remove(0);
        app.clock.advance_ms(10 * 60_000);
        // Somebody who saw the link asks for a new PIN; the page asks for the one that was sent.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let ask = async || {
            let asked = http
                .post(format!("{}/e/{}/pin", app.url(), first.code()))
                .header("origin", app.url())
                .header("content-type", "application/x-www-form-urlencoded")
                .body("")
                .send()
                .await
                .unwrap();
            (
                asked.status().as_u16(),
                asked.headers().get("location").cloned(),
            )
        };
        let (status, location) = ask().await;
        let page = format!("/e/{}", first.code());
        assert_eq!(
            (status, location.unwrap().to_str().unwrap()),
            (303, page.as_str())
        );
        assert_eq!(letters(&app, &server).await.len(), 1);
        let mut config = DeviceConfig::iphone(app.next());
        config.behaviours.clock_skew_ms = 10 * 60_000;
        let mut phone = app.device(config.clone());
        for _ in 0..5 {
            mistype(&app, &mut phone, &first.code()).await;
        }
        // Its tries are spent: now there is a new one.
        assert_eq!(ask().await.0, 403);
        let second = letters(&app, &server).await.pop().unwrap();
        assert_ne!(second.pin(), first.pin());
        phone.enroll(&by(&app, &second)).await.unwrap();
    }
);

both_engines!(
    a_person_has_a_new_pin_sent_to_themselves_and_not_too_often,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        let server = server(&app, &api).await;
        api.put(POLICY, &json!({ "pin": "mail" })).await.expect(200);
        send(
            &api,
            &person(&api, "Ann Lee", "ann@example.org", "en").await,
        )
        .await;
        let first = letters(&app, &server).await.remove(0);
        let (code, caller) = (first.code(), Caller::default());
        let soon = invitations::send_new_pin(&app.core, &code, &caller)
            .await
            .unwrap_err();
        assert_eq!(soon.code, "pin_just_sent");
        app.clock.advance_ms(25 * HOUR_MS);
        let mut phone = app.device(DeviceConfig::iphone(app.next()));
        phone.enroll(&by(&app, &first)).await.unwrap_err();
        invitations::send_new_pin(&app.core, &code, &caller)
            .await
            .unwrap();
        let second = letters(&app, &server).await.pop().unwrap();
        assert_eq!(
            (second.code(), second.subject.ends_with("Your new PIN")),
            (code, true)
        );
        let mut config = DeviceConfig::iphone(app.next());
        config.behaviours.clock_skew_ms = 25 * HOUR_MS;
        let mut phone = app.device(config);
        phone.enroll(&by(&app, &second)).await.unwrap();
        // Where the administrator hands it over, nobody has it mailed.
        let shown = app.invite_with(|new| new.with_pin = true).await;
        let refused = invitations::send_new_pin(&app.core, &shown.code, &caller).await;
        assert_eq!(refused.unwrap_err().code, "pin_not_by_mail");
    }
);
