//! What Entra ID sends, row by row.

use serde_json::json;
use tillsyn_testkit::both_engines;

use super::{EMAIL, ENTERPRISE, STATUS, by_hand, connector, of_person, person_of};

both_engines!(
    entra_tests_finds_creates_and_updates_a_user,
    by_hand(),
    |app| async move {
        let entra = connector(&app, "Entra").await;
        // The connection test: nobody, and 200. Flags that administrators append are nothing to us.
        let test = "/Users?aadOptscim062020&filter=userName%20eq%20%22b7c1%22";
        let none = entra.get(test).await;
        assert_eq!(none.headers["content-type"], "application/scim+json");
        let none = none.expect(200);
        assert_eq!(none["totalResults"], 0);
        assert_eq!(none["Resources"], json!([]));

        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
            "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": "Elin@Example.org",
            "active": true, "displayName": "Elin Hedström", "roles": [],
            "emails": [{"primary": true, "type": "work", "value": "Elin@Example.org"}],
            "meta": {"resourceType": "User"},
            "name": {"formatted": "Elin Hedström", "familyName": "Hedström", "givenName": "Elin"},
            (ENTERPRISE): {"department": "Physics", "employeeNumber": "701984"},
        });
        let made = entra.post("/Users", &user).await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(
            made["userName"], "Elin@Example.org",
            "exactly as it was sent"
        );
        assert_eq!(made["meta"]["resourceType"], "User");
        assert_eq!(made[ENTERPRISE]["department"], "Physics");
        let person = person_of(&app, &id).await;
        assert_eq!(
            of_person(&app, &person, EMAIL).await.unwrap(),
            "elin@example.org"
        );

        for filter in [
            "userName eq \"elin@example.org\"",
            "externalId eq 0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
            "emails[type eq \"work\"].value eq \"elin@example.org\"",
            &format!("id eq \"{id}\" and active eq true"),
        ] {
            let found = entra.get(&filtered("/Users", filter)).await.expect(200);
            assert_eq!(found["totalResults"], 1, "{filter}");
            assert_eq!(found["Resources"][0]["id"], id.as_str());
        }
        let reference = format!("id eq \"{id}\" and manager eq \"other\"");
        let found = entra.get(&filtered("/Users", &reference)).await.expect(200);
        assert_eq!(found["totalResults"], 0);

        // Capital operations, booleans as texts, a path with a URN, an element that is not there.
        let path = format!("/Users/{id}");
        let changed = entra
            .patch(
                &path,
                &json!([
                    {"op": "Replace", "path": "displayName", "value": "Elin Dahl"},
                    {"op": "Add", "path": "emails[type eq \"other\"].value", "value": "e@example.org"},
                    {"op": "Replace", "path": format!("{ENTERPRISE}:manager"), "value": "m-1"},
                    {"op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "08-1"},
                    {"op": "Replace", "path": "active", "value": "False"},
                ]),
            )
            .await
            .expect(200);
        assert_eq!(changed["active"], false);
        assert_eq!(changed[ENTERPRISE]["manager"]["value"], "m-1");
        assert_eq!(changed["emails"][1]["type"], "other");
        assert!(changed.get("phoneNumbers").is_none());
        assert_eq!(of_person(&app, &person, STATUS).await.unwrap(), "inactive");
        let ignored = "SELECT diagnostics FROM directory_source WHERE id = $1";
        let ignored = of_person(&app, entra.source.as_str(), ignored)
            .await
            .unwrap();
        assert!(
            ignored.contains("phoneNumbers") && !ignored.contains("08-1"),
            "{ignored}"
        );
        // Both states are told.
        let found = entra
            .get(&filtered("/Users", "active eq false"))
            .await
            .expect(200);
        assert_eq!(found["totalResults"], 1);

        let back = json!([{"op": "Replace", "path": "active", "value": "True"}]);
        entra.patch(&path, &back).await.expect(200);
        assert_eq!(of_person(&app, &person, STATUS).await.unwrap(), "active");

        // Deleted for good: gone, gone again, and the name is free.
        assert_eq!(entra.delete(&path).await.status, 204);
        let gone = entra.delete(&path).await.expect(404);
        assert_eq!(gone["status"], "404");
        assert_eq!(entra.get(&path).await.status, 404);
        let again =
            json!({"userName": "elin@example.org", "externalId": "another", "active": true});
        let again = entra.post("/Users", &again).await.expect(201);
        assert_ne!(again["id"], id.as_str());
        assert_ne!(person_of(&app, again["id"].as_str().unwrap()).await, person);
    }
);

both_engines!(
    entra_keeps_groups_and_their_members,
    by_hand(),
    |app| async move {
        let entra = connector(&app, "Entra").await;
        let (ada, omar) = (entra.user("ada").await, entra.user("omar").await);
        let group = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group",
                "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
            "externalId": "8aa1a0c0", "displayName": "Staff", "members": [],
            "meta": {"resourceType": "Group"},
        });
        let made = entra.post("/Groups", &group).await.expect(201);
        let path = format!("/Groups/{}", made["id"].as_str().unwrap());
        let find = format!(
            "{}&excludedAttributes=members",
            filtered("/Groups", "displayName eq \"Staff\"")
        );
        let found = entra.get(&find).await.expect(200);
        assert_eq!(found["totalResults"], 1);
        assert!(found["Resources"][0].get("members").is_none());
        assert_eq!(found["Resources"][0]["externalId"], "8aa1a0c0");

        let add = json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": ada},
            {"$ref": null, "value": omar}]}]);
        assert_eq!(entra.patch(&path, &add).await.status, 204);
        assert_eq!(
            entra.patch(&path, &add).await.status,
            204,
            "who is in it already is no fault"
        );
        let shown = entra.get(&path).await.expect(200);
        assert_eq!(shown["members"].as_array().unwrap().len(), 2);
        let members = "SELECT count(*) FROM group_member WHERE member_kind = 'person'";
        assert_eq!(app.count(members).await, 2, "the group of ours follows");
        let user = entra.get(&format!("/Users/{ada}")).await.expect(200);
        assert_eq!(user["groups"][0]["display"], "Staff");

        // Removed with a list of values, and as the flag has it.
        let remove =
            json!([{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": ada}]}]);
        assert_eq!(entra.patch(&path, &remove).await.status, 204);
        assert_eq!(entra.patch(&path, &remove).await.status, 204);
        let remove = json!([{"op": "Remove", "path": format!("members[value eq \"{omar}\"]")}]);
        assert_eq!(entra.patch(&path, &remove).await.status, 204);
        assert_eq!(app.count(members).await, 0);

        // One member that nobody is: nothing of the whole request is done.
        let bad = json!([
            {"op": "Replace", "path": "displayName", "value": "Other"},
            {"op": "Add", "path": "members", "value": [{"value": ada}]},
            {"op": "Add", "path": "members", "value": [{"value": "nobody"}]},
        ]);
        let refused = entra.patch(&path, &bad).await.expect(400);
        assert_eq!(refused["scimType"], "invalidValue");
        let shown = entra.get(&path).await.expect(200);
        assert_eq!(shown["displayName"], "Staff");
        assert_eq!(shown["members"], json!([]));

        let rename = json!([{"op": "Replace", "value": {"displayName": "Employees"}}]);
        assert_eq!(entra.patch(&path, &rename).await.status, 204);
        let names = "SELECT count(*) FROM device_group WHERE name = 'Employees'";
        assert_eq!(app.count(names).await, 1);
        assert_eq!(
            entra
                .post("/Groups", &json!({"displayName": "employees"}))
                .await
                .status,
            409
        );
        assert_eq!(entra.delete(&path).await.status, 204);
        assert_eq!(entra.get(&path).await.status, 404);
    }
);

/// The address with a filter, escaped as clients do.
pub(super) fn filtered(path: &str, filter: &str) -> String {
    let escaped: String = filter
        .chars()
        .map(|c| match c {
            ' ' => "%20".to_owned(),
            '"' => "%22".to_owned(),
            '[' => "%5B".to_owned(),
            ']' => "%5D".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("{path}?filter={escaped}")
}
