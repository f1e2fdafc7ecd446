//! Rules of ours that no client may get around.

use reqwest::Method;
use serde_json::json;
use tillsyn_core::clock::{DAY_MS, MINUTE_MS};
use tillsyn_testkit::both_engines;

use super::entra::filtered;
use super::{EMAIL, STATE, STATUS, by_hand, connector, of_person, person_of, plain, token};

both_engines!(
    a_token_opens_one_connector_and_two_may_be_valid,
    by_hand(),
    |app| async move {
        let (a, b) = (connector(&app, "A").await, connector(&app, "B").await);
        let user = a.user("ada").await;
        let foreign = b.with(&a.token);
        for path in ["/Users", "/Groups", "/ServiceProviderConfig", "/nothing"] {
            let refused = foreign.get(path).await;
            assert!(refused.headers.contains_key("www-authenticate"));
            let refused = refused.expect(401);
            assert_eq!(refused["status"], "401", "a text");
        }
        // B sees nothing of A, not even by its id.
        assert_eq!(b.get(&format!("/Users/{user}")).await.status, 404);
        assert_eq!(b.get("/Users").await.expect(200)["totalResults"], 0);
        assert_eq!(a.get("/nothing").await.expect(404)["status"], "404");
        b.user("ada").await;
        assert_eq!(
            app.count("SELECT count(*) FROM person").await,
            2,
            "same address, two people"
        );
        assert_eq!(
            app.count("SELECT count(*) FROM person WHERE email IS NOT NULL")
                .await,
            1
        );

        // Rotation: both work, a third is not made, and the first ends alone.
        let second = a.with(&token(&app, &a.source).await);
        second.get("/Users").await.expect(200);
        a.get("/Users").await.expect(200);
        let server = tillsyn_core::Actor::server();
        let third =
            tillsyn_core::directory::create_scim_token(&app.core, &server, &a.source, 10, None);
        assert_eq!(third.await.unwrap_err().code, "directory_tokens");
        app.clock.advance_ms(366 * DAY_MS);
        assert_eq!(second.get("/Users").await.status, 401, "it ended");
        // Neither value is anywhere.
        let kept = "SELECT count(*) FROM directory_token WHERE token_hash LIKE 'tillsyn%'";
        assert_eq!(app.count(kept).await, 0);
    }
);

both_engines!(
    a_patch_with_one_bad_operation_changes_nothing,
    by_hand(),
    |app| async move {
        let at = connector(&app, "A").await;
        let id = at.user("ada").await;
        let path = format!("/Users/{id}");
        let before = at.get(&path).await.expect(200);
        for (bad, kind) in [
            (
                json!({"op": "replace", "path": "active", "value": "perhaps"}),
                "invalidValue",
            ),
            (
                json!({"op": "replace", "path": "id", "value": "x"}),
                "mutability",
            ),
            (
                json!({"op": "add", "path": "emails[type ne", "value": "x"}),
                "invalidPath",
            ),
            (json!({"op": "remove"}), "noTarget"),
            (
                json!({"op": "frob", "path": "title", "value": "x"}),
                "invalidSyntax",
            ),
            (
                json!({"op": "replace", "path": "userName", "value": ""}),
                "invalidValue",
            ),
        ] {
            let good = json!({"op": "replace", "path": "displayName", "value": "Changed"});
            let off = json!({"op": "replace", "path": "active", "value": false});
            let refused = at.patch(&path, &json!([good, off, bad])).await.expect(400);
            assert_eq!(refused["scimType"], kind, "{bad}");
        }
        assert_eq!(at.get(&path).await.expect(200), before);
        // Roles are nothing that a connector gives.
        let roles = json!([{"op": "add", "path": "roles", "value": [{"value": "owner"}]}]);
        at.patch(&path, &roles).await.expect(200);
        assert_eq!(app.count("SELECT count(*) FROM account").await, 1);
    }
);

both_engines!(filters_pages_and_versions, by_hand(), |app| async move {
    let at = connector(&app, "A").await;
    for number in 0..7 {
        at.user(&format!("user{number}")).await;
        app.clock.advance_ms(1);
    }
    let bad = at
        .get(&filtered("/Users", "userName like \"a\""))
        .await
        .expect(400);
    assert_eq!(bad["scimType"], "invalidFilter");
    let page = at.get("/Users?startIndex=1&count=3").await.expect(200);
    assert_eq!(page["itemsPerPage"], 3);
    assert_eq!(page["totalResults"], 7);
    // Somebody new comes while the pages are read: nobody is left out or told twice.
    at.user("late").await;
    let mut seen: Vec<String> = Vec::new();
    for start in [1, 4, 7, 10] {
        let page = at
            .get(&format!("/Users?startIndex={start}&count=3"))
            .await
            .expect(200);
        let names = page["Resources"].as_array().unwrap().iter();
        seen.extend(names.map(|user| user["displayName"].as_str().unwrap().to_owned()));
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((once.len(), seen.len()), (8, 8));
    assert_eq!(seen[0], "user0");
    let none = at.get("/Users?startIndex=0&count=0").await.expect(200);
    assert_eq!(
        (&none["totalResults"], &none["startIndex"]),
        (&json!(8), &json!(1))
    );

    let found = at
        .get(&filtered("/Users", "displayName sw \"USER\""))
        .await
        .expect(200);
    assert_eq!(found["totalResults"], 7);
    let id = found["Resources"][0]["id"].as_str().unwrap();
    let path = format!("/Users/{id}");
    let slim = at
        .get(&format!("{path}?attributes=userName"))
        .await
        .expect(200);
    assert!(slim.get("displayName").is_none());
    assert!(slim.get("id").is_some() && slim.get("schemas").is_some());
    let shown = at.get(&path).await;
    let tag = shown.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(shown.body["meta"]["version"], tag.as_str());
    let same = at
        .send(Method::GET, &path, None, &[("if-none-match", &tag)])
        .await;
    assert_eq!(same.status, 304);
    let put = plain("user0");
    let stale = at
        .send(Method::PUT, &path, Some(&put), &[("if-match", "W/\"99\"")])
        .await;
    assert_eq!(stale.status, 412);
    let mut renamed = plain("user0");
    renamed["displayName"] = json!("Somebody");
    let fresh = at
        .send(Method::PUT, &path, Some(&renamed), &[("if-match", &tag)])
        .await;
    assert_eq!(fresh.status, 200);

    let html = at
        .send(
            Method::POST,
            "/Users",
            None,
            &[("content-type", "text/html")],
        )
        .await;
    assert_eq!(html.status, 415);
    let config = at.get("/ServiceProviderConfig").await.expect(200);
    assert_eq!(config["bulk"]["supported"], false);
    assert_eq!(
        at.get("/ResourceTypes").await.expect(200)["totalResults"],
        2
    );
    let schema = "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User";
    assert_eq!(at.get(schema).await.expect(200)["name"], "User");
});

both_engines!(
    many_who_are_put_out_at_once_lose_sign_in_and_their_devices_wait,
    by_hand(),
    |app| async move {
        let at = connector(&app, "A").await;
        let mut users = Vec::new();
        for number in 0..8 {
            users.push(at.user(&format!("user{number}")).await);
        }
        let off = json!([{"op": "replace", "path": "active", "value": false}]);
        for user in users.iter().take(5) {
            at.patch(&format!("/Users/{user}"), &off).await.expect(200);
        }
        let held = "SELECT count(*) FROM directory_run WHERE status = 'held'";
        assert_eq!(app.count(held).await, 0, "five are few");
        at.patch(&format!("/Users/{}", users[5]), &off)
            .await
            .expect(200);
        assert_eq!(app.count(held).await, 1);
        let out = "SELECT count(*) FROM person WHERE status = 'inactive'";
        assert_eq!(app.count(out).await, 6, "they are out all the same");
        let wait = "SELECT count(*) FROM person_life WHERE held_run_id IS NOT NULL";
        assert_eq!(app.count(wait).await, 6);
        let told = "SELECT count(*) FROM event WHERE action = 'directory.held'";
        assert_eq!(app.count(told).await, 1);
        // Long after, nothing has happened to anybody.
        app.clock.advance_ms(60 * DAY_MS);
        app.run_job("minute").await;
        assert_eq!(app.count(wait).await, 6);
        let gone = "SELECT count(*) FROM person_life WHERE state = 'deleted'";
        assert_eq!(app.count(gone).await, 0);
    }
);

both_engines!(
    a_device_never_follows_a_name_or_an_address,
    by_hand(),
    |app| async move {
        let at = connector(&app, "A").await;
        let id = at.user("elin").await;
        let person = person_of(&app, &id).await;
        let _device = app.enrolled_iphone().await;
        let give = "UPDATE device_summary SET person_id = $1";
        app.db()
            .execute(give, vec![person.as_str().into()])
            .await
            .unwrap();

        // Another name, login and address: the same person.
        let rename = json!([
            {"op": "Replace", "path": "userName", "value": "elin.dahl@example.org"},
            {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "elin.dahl@example.org"},
            {"op": "Replace", "path": "displayName", "value": "Elin Dahl"},
        ]);
        at.patch(&format!("/Users/{id}"), &rename).await.expect(200);
        assert_eq!(app.count("SELECT count(*) FROM person").await, 1);
        assert_eq!(
            of_person(&app, &person, EMAIL).await.unwrap(),
            "elin.dahl@example.org"
        );
        let alias = "SELECT email FROM person_alias WHERE person_id = $1";
        assert_eq!(
            of_person(&app, &person, alias).await.unwrap(),
            "elin@example.org"
        );

        // She leaves, and somebody else gets her address: somebody new, without her device.
        assert_eq!(at.delete(&format!("/Users/{id}")).await.status, 204);
        let mut other = plain("elin.dahl");
        other["externalId"] = json!("somebody else");
        let other = at.post("/Users", &other).await.expect(201);
        let other = person_of(&app, other["id"].as_str().unwrap()).await;
        assert_ne!(other, person);
        assert_eq!(
            of_person(&app, &other, EMAIL).await.unwrap(),
            "elin.dahl@example.org"
        );
        assert_eq!(of_person(&app, &person, EMAIL).await, None);
        let whose = "SELECT person_id FROM device_summary WHERE person_id = $1";
        assert_eq!(of_person(&app, &person, whose).await.unwrap(), person);
    }
);

both_engines!(
    whoever_returns_in_time_is_the_same_person,
    by_hand(),
    |app| async move {
        let at = connector(&app, "A").await;
        let (ada, omar) = (at.user("ada").await, at.user("omar").await);
        let (ada_person, omar_person) = (person_of(&app, &ada).await, person_of(&app, &omar).await);
        for id in [&ada, &omar] {
            assert_eq!(at.delete(&format!("/Users/{id}")).await.status, 204);
        }
        assert_eq!(
            of_person(&app, &ada_person, STATE).await.unwrap(),
            "leaving"
        );
        app.clock.advance_ms(29 * DAY_MS);
        app.run_job("minute").await;
        let back = at.post("/Users", &plain("ada")).await.expect(201);
        assert_eq!(
            person_of(&app, back["id"].as_str().unwrap()).await,
            ada_person
        );
        assert_eq!(of_person(&app, &ada_person, STATE).await.unwrap(), "active");
        assert_eq!(
            of_person(&app, &ada_person, STATUS).await.unwrap(),
            "active"
        );
        app.clock.advance_ms(DAY_MS + MINUTE_MS);
        app.run_job("minute").await;
        assert_eq!(
            of_person(&app, &omar_person, STATE).await.unwrap(),
            "deleted"
        );
        let back = at.post("/Users", &plain("omar")).await.expect(201);
        assert_ne!(
            person_of(&app, back["id"].as_str().unwrap()).await,
            omar_person
        );
    }
);
