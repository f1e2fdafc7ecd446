//! What Okta sends, row by row.

use serde_json::json;
use tillsyn_testkit::both_engines;
use tillsyn_testkit::canaries::{Canary, cells, found_in};

use super::entra::filtered;
use super::{STATUS, by_hand, connector, of_person, person_of};

both_engines!(okta_keeps_a_user_by_put, by_hand(), |app| async move {
    let okta = connector(&app, "Okta").await;
    let test = okta.get("/Users?startIndex=1&count=2").await.expect(200);
    assert_eq!(test["startIndex"], 1, "numbers are numbers");
    assert_eq!(test["totalResults"], 0);
    okta.get("/Groups?startIndex=1&count=100").await.expect(200);
    let find = format!(
        "{}&startIndex=1&count=100",
        filtered("/Users", "userName eq \"test.user@okta.local\"")
    );
    assert_eq!(okta.get(&find).await.expect(200)["totalResults"], 0);

    let secret = Canary::new("password", "1mz050nq-canary");
    let mut user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "test.user@okta.local", "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User", "locale": "sv-SE", "externalId": "00ujl29u0le5T6Aj10h7",
        "title": "Physicist", "groups": [], "password": "1mz050nq-canary", "active": true,
    });
    let made = okta.post("/Users", &user).await.expect(201);
    assert!(made.get("password").is_none());
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/Users/{id}");
    assert_eq!(
        okta.post("/Users", &user).await.expect(409)["scimType"],
        "uniqueness"
    );
    let person = person_of(&app, &id).await;
    let language = "SELECT language FROM person WHERE id = $1";
    assert_eq!(of_person(&app, &person, language).await.unwrap(), "sv");

    // A whole PUT, without the title: it is empty now. What only we write stays.
    user.as_object_mut().unwrap().remove("title");
    user["displayName"] = json!("Tess User");
    user["id"] = json!(id);
    let put = okta.put(&path, &user).await.expect(200);
    assert_eq!(put["displayName"], "Tess User");
    assert!(put.get("title").is_none());
    let fields = "SELECT fields FROM directory_link WHERE id = $1";
    let fields = of_person(&app, &id, fields).await.unwrap();
    assert!(fields.contains("\"title\":null"), "{fields}");

    // Disabled without a path, with a password beside it, and by PUT; never deleted.
    let off = json!([{"op": "replace", "value": {"active": false, "password": "1mz050nq-canary"}}]);
    assert_eq!(okta.patch(&path, &off).await.expect(200)["active"], false);
    assert_eq!(of_person(&app, &person, STATUS).await.unwrap(), "inactive");
    okta.put(&path, &user).await.expect(200);
    assert_eq!(of_person(&app, &person, STATUS).await.unwrap(), "active");
    user["active"] = json!(false);
    okta.put(&path, &user).await.expect(200);
    assert_eq!(of_person(&app, &person, STATUS).await.unwrap(), "inactive");
    assert_eq!(
        okta.get(&path).await.expect(200)["active"],
        false,
        "still told"
    );

    for (table, column, text) in cells(&app.db()).await {
        let found = found_in(std::slice::from_ref(&secret), &text);
        assert!(found.is_empty(), "{table}.{column}");
    }
});

both_engines!(okta_pushes_groups, by_hand(), |app| async move {
    let okta = connector(&app, "Okta").await;
    let (ada, omar) = (okta.user("ada").await, okta.user("omar").await);
    let id = okta.group("Test SCIMv2", &[]).await;
    let path = format!("/Groups/{id}");
    // Its name comes with every change; out and in are in one request.
    let change = json!([
        {"op": "replace", "value": {"id": id, "displayName": "Test SCIMv2"}},
        {"op": "add", "path": "members", "value": [{"value": ada, "display": "ada@example.org"}]},
    ]);
    assert_eq!(okta.patch(&path, &change).await.status, 204);
    let change = json!([
        {"op": "remove", "path": format!("members[value eq \"{ada}\"]")},
        {"op": "add", "path": "members", "value": [{"value": omar, "display": "omar@example.org"}]},
    ]);
    assert_eq!(okta.patch(&path, &change).await.status, 204);
    let shown = okta.get(&path).await.expect(200);
    assert_eq!(shown["members"][0]["value"], omar.as_str());
    assert_eq!(shown["members"].as_array().unwrap().len(), 1);
    let full =
        json!([{"op": "replace", "path": "members", "value": [{"value": ada}, {"value": omar}]}]);
    assert_eq!(okta.patch(&path, &full).await.status, 204);
    let listed = okta.get("/Groups?startIndex=1&count=100").await.expect(200);
    assert_eq!(
        listed["Resources"][0]["members"].as_array().unwrap().len(),
        2
    );
    let body = json!({"displayName": "Test SCIMv2", "members": []});
    okta.put(&path, &body).await.expect(200);
    let members = "SELECT count(*) FROM group_member WHERE member_kind = 'person'";
    assert_eq!(app.count(members).await, 0);
});
