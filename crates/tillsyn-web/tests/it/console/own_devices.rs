//! Devices that people bring in by themselves, unit by unit: the section of the page, the API, and who may then.

use serde_json::json;
use tillsyn_core::ids::{OrgUnitId, PersonId};
use tillsyn_core::onboarding::invite_oneself;
use tillsyn_core::people::{self, NewPerson};
use tillsyn_core::{Actor, Permission};
use tillsyn_testkit::{TestApp, both_engines};

use super::Browser;

async fn person(app: &TestApp, name: &str, unit: &str) -> PersonId {
    let new = NewPerson {
        unit: OrgUnitId::parse(unit),
        name: name.to_owned(),
        email: Some(format!("{name}@norrvik.example")),
        language: None,
    };
    let made = people::create_person(&app.core, &app.owner, new).await;
    made.unwrap().id
}

both_engines!(
    each_unit_says_who_brings_devices_in_and_the_nearest_counts,
    |app| async move {
        let api = app.owner_api().await;
        let unit = async |name: &str, parent: Option<&str>| {
            let body = json!({ "name": name, "parent_id": parent });
            let made = api.post("/api/v1/units", &body).await.expect(201);
            made["id"].as_str().unwrap().to_owned()
        };
        let faculty = unit("Faculty", None).await;
        let physics = unit("Physics", Some(&faculty)).await;
        let other = unit("Law", None).await;
        let mut owner = Browser::owner(&app).await;
        let at = "/console/settings/self-service";
        let post = format!("{at}/own-devices");
        let page = owner.get(&format!("{at}?unit={faculty}")).await.expect(200);
        page.says("Devices without an invitation");
        for limit in ["0", "51", "many"] {
            let wrong = [
                ("unit", faculty.as_str()),
                ("ownership", "personal"),
                ("limit", limit),
            ];
            let again = owner.post(&post, &wrong).await.expect(422);
            again.says("A person may have 1 to 50 devices");
        }
        let right = [
            ("unit", faculty.as_str()),
            ("ownership", "personal"),
            ("limit", "1"),
        ];
        let to = owner.post(&post, &right).await.expect(303);
        assert_eq!(to.location(), format!("{at}?unit={faculty}"));
        owner
            .get(to.location())
            .await
            .expect(200)
            .says("Everybody, devices of their own, 1 device each at most");
        let shown = api
            .get(&format!("/api/v1/units/{physics}/own-devices"))
            .await
            .expect(200);
        assert_eq!(
            (&shown["own"], &shown["effective"]),
            (
                &json!(null),
                &json!({ "ownership": "personal", "limit": 1 })
            )
        );

        // People of the faculty may, and nobody else.
        let actor = Actor::person("x", None);
        let bo = person(&app, "bo", &physics).await;
        let cy = person(&app, "cy", &other).await;
        invite_oneself(&app.core, &actor, &bo).await.unwrap();
        let refused = invite_oneself(&app.core, &actor, &cy).await;
        assert_eq!(refused.err().unwrap().code, "own_devices_off");
        let own = json!({ "ownership": "off", "limit": 3 });
        let path = format!("/api/v1/units/{physics}/own-devices");
        api.put(&path, &own).await.expect(200);
        let refused = invite_oneself(&app.core, &actor, &bo).await;
        assert_eq!(refused.err().unwrap().code, "own_devices_off");
        let cleared = api.delete(&path).await.expect(200);
        assert_eq!(cleared["own"], json!(null));
        invite_oneself(&app.core, &actor, &bo).await.unwrap();

        // Whoever rules one unit changes no other, and not the organisation.
        let rights = [Permission::SettingsWrite, Permission::DevicesRead];
        let law = crate::mail::of_unit(&app, &other, &rights).await;
        assert_eq!(law.put(&path, &own).await.status, 404);
        assert_eq!(law.get(&path).await.status, 404);
        assert_eq!(law.delete(&path).await.status, 404);
        let all = law.put("/api/v1/settings/own-devices", &own).await;
        assert!(matches!(all.status, 403 | 404), "{}", all.status);
        let own_path = format!("/api/v1/units/{other}/own-devices");
        law.put(&own_path, &own).await.expect(200);
        let org = api.get("/api/v1/settings/own-devices").await.expect(200);
        assert_eq!(org, json!({ "ownership": "off", "limit": 5 }));
    }
);
