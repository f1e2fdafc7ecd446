//! People who bring a device in without an invitation.

use serde_json::json;
use tillsyn_core::ids::PersonId;
use tillsyn_core::onboarding::invite_oneself;
use tillsyn_core::people::{self, NewPerson};
use tillsyn_core::{Actor, Permission};
use tillsyn_sim::{DeviceConfig, EnrollBy};
use tillsyn_testkit::{TestApp, both_engines};

use super::browser::{Browser, IPHONE};

async fn person(app: &TestApp) -> PersonId {
    let new = NewPerson {
        unit: None,
        name: "Elin Hedström".to_owned(),
        email: Some("elin@norrvik.example".to_owned()),
        language: None,
    };
    people::create_person(&app.core, &app.owner, new)
        .await
        .unwrap()
        .id
}

async fn allow(app: &TestApp, ownership: &str, limit: i64) {
    let api = app.api(&[Permission::SettingsWrite]).await;
    let body = json!({"ownership": ownership, "limit": limit});
    api.put("/api/v1/settings/own-devices", &body)
        .await
        .expect(200);
}

both_engines!(
    own_devices_are_off_until_somebody_allows_them,
    |app| async move {
        let elin = person(&app).await;
        let actor = Actor::person("x", None);
        let refused = invite_oneself(&app.core, &actor, &elin).await;
        assert_eq!(refused.err().unwrap().code, "own_devices_off");
        let mut browser = Browser::new(&app, IPHONE, "en");
        browser
            .get("/go")
            .await
            .is(200, "Devices are taken in by invitation only.");
        let api = app.api(&[Permission::DevicesRead]).await;
        let seen = api.get("/api/v1/settings/own-devices").await.expect(200);
        assert_eq!(seen, json!({"ownership": "off", "limit": 5}));
        let body = json!({"ownership": "personal", "limit": 2});
        let answer = api.put("/api/v1/settings/own-devices", &body).await;
        assert_eq!(answer.status, 403);
        allow(&app, "personal", 2).await;
        browser.get("/go").await.is(200, "/portal/sign-in?next=/go");
        let api = app.api(&[Permission::SettingsWrite]).await;
        for odd in [
            json!({"ownership": "theirs", "limit": 2}),
            json!({"ownership": "personal", "limit": 0}),
            json!({"ownership": "personal", "limit": 51}),
        ] {
            let answer = api.put("/api/v1/settings/own-devices", &odd).await;
            assert_eq!(answer.status, 422, "{odd}");
        }
        // Nobody begins without a session.
        let answer = browser.post("/go/begin", "csrf=x").await;
        assert!(
            answer.location.starts_with("/portal/sign-in") || answer.status == 401,
            "{} {}",
            answer.status,
            answer.location
        );
        assert_eq!(app.count("SELECT count(*) FROM invitation").await, 0);
    }
);

both_engines!(
    a_person_brings_in_as_many_devices_as_they_may,
    |app| async move {
        allow(&app, "personal", 1).await;
        let elin = person(&app).await;
        let actor = Actor::person("x", None);
        let first = invite_oneself(&app.core, &actor, &elin).await.unwrap();
        // A second link ends the first one, and is for one device.
        let second = invite_oneself(&app.core, &actor, &elin).await.unwrap();
        let mut browser = Browser::new(&app, IPHONE, "en");
        browser
            .get(&format!("/e/{}", first.code.as_str()))
            .await
            .is(410, "This link has been withdrawn");
        let page = browser.get(&format!("/e/{}", second.code.as_str())).await;
        page.is(200, "It is yours: we see less and cannot erase it");
        let number = app.next();
        let mut one = app.device(DeviceConfig::iphone(number));
        let mut other = app.device(DeviceConfig::iphone(app.next()));
        let by = |code: &str| EnrollBy::Invitation {
            server: app.url(),
            code: code.to_owned(),
            pin: None,
        };
        one.enroll(&by(&second.code)).await.unwrap();
        let owned = "SELECT count(*) FROM enrollment WHERE status = 'active' \
            AND ownership = 'personal' AND person_id IS NOT NULL";
        assert_eq!(app.count(owned).await, 1);
        let refused = invite_oneself(&app.core, &actor, &elin).await;
        assert_eq!(refused.err().unwrap().code, "device_limit");

        // Begun while there was room, and come when there is none.
        allow(&app, "personal", 2).await;
        let third = invite_oneself(&app.core, &actor, &elin).await.unwrap();
        allow(&app, "personal", 1).await;
        assert!(other.enroll(&by(&third.code)).await.is_err());
        assert_eq!(app.count(owned).await, 1);
        let cause = "SELECT count(*) FROM attempt WHERE cause = 'limit_reached'";
        assert_eq!(app.count(cause).await, 1);
        // The same device again is no other one.
        allow(&app, "personal", 2).await;
        let fourth = invite_oneself(&app.core, &actor, &elin).await.unwrap();
        allow(&app, "personal", 1).await;
        let mut reset = app.device(DeviceConfig::iphone(number));
        reset.enroll(&by(&fourth.code)).await.unwrap();
        assert_eq!(app.count(owned).await, 1);
    }
);
