//! `/api/v1/people/move` and plans of it: people go, and their devices with them when that was asked for.

use serde_json::{Value, json};
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::plans::{apply, delivered, device_id, planned, published, still};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

async fn made(api: &Api, path: &str, body: Value) -> String {
    let made = api.post(path, &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// The unit of a device or person.
async fn lies_in(app: &TestApp, sql: &'static str, id: &str) -> String {
    let values = vec![id.to_owned().into()];
    let row = app.db().query_optional(sql, values).await.unwrap();
    row.unwrap().text(0).unwrap()
}

const PERSON: &str =
    "SELECT u.name FROM person p JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1";
const DEVICE: &str =
    "SELECT u.name FROM device d JOIN org_unit u ON u.id = d.org_unit_id WHERE d.id = $1";

both_engines!(
    people_move_and_their_devices_with_them_as_planned,
    still(),
    |app| async move {
        let api = app.owner_api().await;
        app.enrolled_iphone().await;
        app.enrolled_iphone().await;
        let (one, two) = (device_id(&app, 0).await, device_id(&app, 1).await);
        let law = made(&api, "/api/v1/units", json!({"name": "Law"})).await;
        let art = made(&api, "/api/v1/units", json!({"name": "Art"})).await;
        let elin = made(&api, "/api/v1/people", json!({"name": "Elin"})).await;
        let omar = made(&api, "/api/v1/people", json!({"name": "Omar"})).await;
        for device in [&one, &two] {
            let path = format!("/api/v1/devices/{device}/person");
            let given = api.put(&path, &json!({"person_id": elin})).await;
            assert_eq!(given.status, 204);
        }
        let profile = published(&app, "portal").await;
        let assign = json!({"change": {"kind": "assign", "profile_id": profile.as_str(),
            "include": [{"kind": "org_unit", "id": law}]}});
        apply(&api, &planned(&api, &assign).await, 200).await;

        // People alone change nothing on a device; what goes with them does, and the plan says so.
        let change = |devices: &[&String]| {
            json!({"change": {"kind": "move_people", "person_ids": [elin, omar],
                "device_ids": devices, "unit_id": law}})
        };
        let plan = planned(&api, &change(&[])).await;
        assert_eq!(plan["summary"]["devices"], 0);
        let plan = planned(&api, &change(&[&one, &two])).await;
        assert_eq!(plan["summary"]["effects"]["install"], 2, "{plan}");
        assert_eq!(lies_in(&app, PERSON, &elin).await, "Norrvik University");
        apply(&api, &plan, 200).await;
        for (sql, id) in [
            (PERSON, &elin),
            (PERSON, &omar),
            (DEVICE, &one),
            (DEVICE, &two),
        ] {
            assert_eq!(lies_in(&app, sql, id).await, "Law");
        }
        let event = "SELECT details FROM event WHERE action = 'person.move'";
        let event: Value = serde_json::from_str(&app.text(event).await.unwrap()).unwrap();
        assert_eq!(
            (&event["people"], &event["after"]["unit"]),
            (&json!(2), &json!(law))
        );

        // Taking a profile from two devices needs a look first; until then nobody has moved.
        delivered(&app, &profile, &[one.clone(), two.clone()]).await;
        let away = |with_devices: bool| json!({"person_ids": [elin], "unit_id": art, "with_devices": with_devices});
        let path = "/api/v1/people/move";
        let refused = api.post(path, &away(true)).await.expect(409);
        assert_eq!(refused["code"], "plan_required");
        assert_eq!(lies_in(&app, PERSON, &elin).await, "Law");
        assert_eq!(api.post(path, &away(false)).await.status, 204);
        assert_eq!(lies_in(&app, PERSON, &elin).await, "Art");
        assert_eq!(lies_in(&app, DEVICE, &one).await, "Law");

        for (body, status) in [
            (json!({"person_ids": [], "unit_id": law}), 422),
            (json!({"person_ids": [elin, NOBODY], "unit_id": law}), 404),
            (json!({"person_ids": [elin], "unit_id": NOBODY}), 404),
            (json!({"person_ids": ["x"], "unit_id": law}), 404),
        ] {
            assert_eq!(api.post(path, &body).await.status, status, "{body}");
        }
        assert_eq!(lies_in(&app, PERSON, &elin).await, "Art", "all or none");

        // What lies outside of somebody's reach is not counted for them either.
        let choir = json!({"name": "Choir", "unit_id": art});
        let choir = format!(
            "/api/v1/groups/{}",
            made(&api, "/api/v1/groups", choir).await
        );
        let members = format!("{choir}/members");
        let body = json!({"add": [elin]});
        api.post(&members, &body).await.expect(200);
        let person = format!("/api/v1/people/{elin}");
        let devices = async || {
            let list = api.get("/api/v1/people?search=elin").await.expect(200);
            let members = api.get(&members).await.expect(200);
            let found = api.get(&person).await.expect(200);
            [&found, &list["items"][0], &members["items"][0]].map(|of| of["devices"].as_i64())
        };
        assert_eq!(devices().await, [Some(2); 3]);

        // Whoever rules one unit takes nobody out of another, and no device from where it lies.
        let values = vec![art.clone().into()];
        let scope = "UPDATE account SET org_unit_id = $1";
        app.db().execute(scope, values).await.unwrap();
        assert_eq!(devices().await, [Some(0); 3]);
        let theirs = json!({"person_ids": [omar], "unit_id": art});
        assert_eq!(api.post(path, &theirs).await.status, 404);
        let out = json!({"person_ids": [elin], "unit_id": law});
        assert_eq!(api.post(path, &out).await.status, 404);
        let below = json!({"name": "Music", "parent_id": art});
        let below = made(&api, "/api/v1/units", below).await;
        let inside = json!({"person_ids": [elin], "unit_id": below, "with_devices": true});
        assert_eq!(api.post(path, &inside).await.status, 204);
        assert_eq!(lies_in(&app, PERSON, &elin).await, "Music");
        assert_eq!(lies_in(&app, DEVICE, &one).await, "Law");
        let named = json!({"change": {"kind": "move_people", "person_ids": [elin],
            "device_ids": [one], "unit_id": art}});
        api.post("/api/v1/plans", &named).await.expect(404);
    }
);
