//! `/api/v1/units`, `/api/v1/groups`, `/api/v1/people`, and where devices belong.
//!
//! Long because the three belong together: a move of one is told by the others.

use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::access::{NOBODY, other_unit};

/// A unit below `parent`, or below the organisation.
async fn unit(api: &Api, name: &str, parent: Option<&str>) -> String {
    let body = json!({"name": name, "parent_id": parent});
    id_of(&api.post("/api/v1/units", &body).await.expect(201))
}

async fn person(api: &Api, name: &str, email: &str, unit: Option<&str>) -> String {
    let body = json!({"name": name, "email": email, "unit_id": unit});
    id_of(&api.post("/api/v1/people", &body).await.expect(201))
}

async fn group(api: &Api, name: &str, unit: Option<&str>) -> String {
    let body = json!({"name": name, "unit_id": unit});
    id_of(&api.post("/api/v1/groups", &body).await.expect(201))
}

/// Takes members in and out; `status` is what must come of it.
async fn members(api: &Api, group: &str, add: &[&str], remove: &[&str], status: u16) -> Value {
    let path = format!("/api/v1/groups/{group}/members");
    let body = json!({"add": add, "remove": remove});
    api.post(&path, &body).await.expect(status)
}

fn id_of(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

/// Names of a list.
fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|i| i["name"].as_str().unwrap()).collect()
}

/// Gives the tokens of the test another unit to reach.
async fn scope_to(app: &TestApp, unit: &str) {
    let sql = "UPDATE account SET org_unit_id = $1";
    let values = vec![unit.to_owned().into()];
    app.db().execute(sql, values).await.unwrap();
}

async fn text(app: &TestApp, sql: &'static str, value: &str) -> Option<String> {
    let values = vec![value.to_owned().into()];
    let row = app.db().query_optional(sql, values).await.unwrap();
    row.and_then(|row| row.opt_text(0).unwrap())
}

async fn details(app: &TestApp, action: &str) -> Value {
    let sql = "SELECT details FROM event WHERE action = $1 ORDER BY seq DESC LIMIT 1";
    serde_json::from_str(&text(app, sql, action).await.unwrap()).unwrap()
}

async fn path_of(app: &TestApp, unit: &str) -> String {
    text(app, "SELECT path FROM org_unit WHERE id = $1", unit)
        .await
        .unwrap()
}

async fn revision(app: &TestApp) -> i64 {
    app.count("SELECT value FROM config_revision WHERE name = 'desired'")
        .await
}

both_engines!(a_unit_moves_with_its_whole_subtree, |app| async move {
    let api = app.owner_api().await;
    let root = app.text("SELECT id FROM org_unit").await.unwrap();
    let schools = unit(&api, "Schools", None).await;
    let north = unit(&api, "North", Some(&schools)).await;
    let class = unit(&api, "Class 3", Some(&north)).await;
    let care = unit(&api, "Care", None).await;
    person(&api, "Elin", "elin@example.org", Some(&class)).await;
    group(&api, "Loan", Some(&north)).await;

    let tree = api.get("/api/v1/units").await.expect(200);
    assert_eq!(
        names(&tree)[1..],
        ["Care", "Schools", "North", "Class 3"],
        "each unit is before those below it"
    );
    assert_eq!(tree["items"][3]["below"]["people"], 1);
    assert_eq!(tree["items"][3]["here"]["people"], 0);
    assert_eq!(tree["items"][0]["below"]["groups"], 1);

    let before = revision(&app).await;
    let path = format!("/api/v1/units/{north}/move");
    let moved = api
        .post(&path, &json!({"parent_id": care}))
        .await
        .expect(200);
    assert_eq!(moved["parent_id"], care);
    assert_eq!(moved["names"][1], "Care");
    assert_eq!(
        path_of(&app, &north).await,
        format!("{root}/{care}/{north}/")
    );
    assert_eq!(
        path_of(&app, &class).await,
        format!("{root}/{care}/{north}/{class}/")
    );
    assert_eq!(path_of(&app, &schools).await, format!("{root}/{schools}/"));
    let event = details(&app, "unit.move").await;
    assert_eq!(event["before"]["parent"], schools);
    assert_eq!(event["after"]["parent"], care);
    assert_eq!(revision(&app).await, before + 1);
    assert_eq!(
        app.text("SELECT subject_id FROM reconcile_sweep WHERE subject_kind = 'org_unit'")
            .await,
        Some(north.clone())
    );

    // There already: nothing happens, nothing is recorded.
    api.post(&path, &json!({"parent_id": care}))
        .await
        .expect(200);
    let moves = "SELECT count(*) FROM event WHERE action = 'unit.move'";
    assert_eq!(app.count(moves).await, 1);

    for (unit, parent, code) in [
        (&care, &class, "unit_below_itself"),
        (&care, &care, "unit_below_itself"),
        (&root, &care, "unit_is_root"),
    ] {
        let path = format!("/api/v1/units/{unit}/move");
        let answer = api.post(&path, &json!({"parent_id": parent})).await;
        assert_eq!((answer.status, &answer.body["code"]), (409, &json!(code)));
    }
    let answer = api.post(&path, &json!({"parent_id": NOBODY})).await;
    assert_eq!(answer.status, 404);
    assert_eq!(app.count(moves).await, 1);
});

both_engines!(two_moves_at_once_never_make_a_cycle, |app| async move {
    let api = app.owner_api().await;
    let (a, b) = (unit(&api, "A", None).await, unit(&api, "B", None).await);
    let root = app
        .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await
        .unwrap();
    for _ in 0..5 {
        let (path_a, path_b) = (
            format!("/api/v1/units/{a}/move"),
            format!("/api/v1/units/{b}/move"),
        );
        let (into_b, into_a) = (json!({"parent_id": b}), json!({"parent_id": a}));
        let (one, two) = tokio::join!(api.post(&path_a, &into_b), api.post(&path_b, &into_a));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", one.body, two.body);
        // Every path is the path of its parent, and the unit itself.
        let broken = "SELECT count(*) FROM org_unit u JOIN org_unit p ON p.id = u.parent_id \
            WHERE u.path <> p.path || u.id || '/'";
        assert_eq!(app.count(broken).await, 0);
        let back = json!({"parent_id": root});
        for path in [&path_a, &path_b] {
            api.post(path, &back).await.expect(200);
        }
    }
});

both_engines!(units_are_made_renamed_and_removed, |app| async move {
    let api = app.owner_api().await;
    let made = unit(&api, "  Schools ", None).await;
    let path = format!("/api/v1/units/{made}");
    assert_eq!(api.get(&path).await.expect(200)["name"], "Schools");
    let taken = api.post("/api/v1/units", &json!({"name": "Schools"})).await;
    assert_eq!(
        (taken.status, &taken.body["code"]),
        (409, &json!("unit_name_taken"))
    );
    for name in ["", "  ", "a\nb", &"x".repeat(101)] {
        let answer = api.post("/api/v1/units", &json!({"name": name})).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!("name"))
        );
        let answer = api.patch(&path, &json!({"name": name})).await;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!("name"))
        );
    }
    let renamed = api
        .patch(&path, &json!({"name": "School board"}))
        .await
        .expect(200);
    assert_eq!(renamed["name"], "School board");
    assert_eq!(
        details(&app, "unit.rename").await,
        json!({"before": {"name": "Schools"}, "after": {"name": "School board"}})
    );

    let below = unit(&api, "North", Some(&made)).await;
    let elin = person(&api, "Elin", "elin@example.org", Some(&made)).await;
    api.post(
        "/api/v1/invitations",
        &json!({"label": "Loan", "unit_id": made}),
    )
    .await
    .expect(201);
    let refused = api.delete(&path).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (409, &json!("unit_not_empty"))
    );
    let contents = &refused.body["data"]["contents"];
    assert_eq!(
        (
            &contents["units"],
            &contents["people"],
            &contents["invitations"],
            &contents["devices"]
        ),
        (&json!(1), &json!(1), &json!(1), &json!(0)),
        "{}",
        refused.body
    );
    assert_eq!(
        api.delete(&format!("/api/v1/units/{below}")).await.status,
        204
    );
    api.patch(
        &format!("/api/v1/people/{elin}"),
        &json!({"unit_id": below}),
    )
    .await
    .expect(404);
    let root = app
        .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
        .await
        .unwrap();
    api.patch(&format!("/api/v1/people/{elin}"), &json!({"unit_id": root}))
        .await
        .expect(200);
    let invitation = app.text("SELECT id FROM invitation").await.unwrap();
    assert_eq!(
        api.delete(&format!("/api/v1/invitations/{invitation}"))
            .await
            .status,
        204
    );
    assert_eq!(api.delete(&path).await.status, 204);
    assert_eq!(api.get(&path).await.status, 404);
    assert_eq!(api.delete(&path).await.status, 404);
    assert_eq!(names(&api.get("/api/v1/units").await.expect(200)).len(), 1);
    // Its name is free again; its events are still read.
    unit(&api, "School board", None).await;
    let events = api
        .get(&format!(
            "/api/v1/events?object_kind=org_unit&object_id={made}"
        ))
        .await
        .expect(200);
    let actions: Vec<&str> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["unit.remove", "unit.rename", "unit.create"]);
    let answer = api.delete(&format!("/api/v1/units/{root}")).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (409, &json!("unit_is_root"))
    );
});

both_engines!(the_tree_has_an_end, |app| async move {
    let api = app.owner_api().await;
    let mut deep = unit(&api, "Level 2", None).await;
    let second = deep.clone();
    for level in 3..=12 {
        deep = unit(&api, &format!("Level {level}"), Some(&deep)).await;
    }
    let body = json!({"name": "Level 13", "parent_id": deep});
    let answer = api.post("/api/v1/units", &body).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (409, &json!("unit_too_deep"))
    );
    let other = unit(&api, "Other", None).await;
    let answer = api
        .post(
            &format!("/api/v1/units/{second}/move"),
            &json!({"parent_id": other}),
        )
        .await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (409, &json!("unit_too_deep"))
    );
});

both_engines!(
    people_are_found_by_their_words_before_and_after_they_have_them,
    |app| async move {
        let api = app.owner_api().await;
        let elin = person(&api, "Elin Hedström", "elin.h@example.org", None).await;
        person(&api, "佐藤 美咲", "misaki@example.jp", None).await;
        let wordless = "SELECT count(*) FROM person WHERE words_at IS NULL AND status = 'active'";
        assert!(app.count(wordless).await > 1);
        let finds = async |query: &str| {
            let list = api.get(&format!("/api/v1/people?search={query}")).await;
            names(&list.expect(200))
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<String>>()
        };
        let both = [
            ("hed", vec!["Elin Hedström"]),
            ("HEDSTR%C3%96M", vec!["Elin Hedström"]),
            ("elin.h%40example.org", vec!["Elin Hedström"]),
            ("%E7%BE%8E", vec!["佐藤 美咲"]),
            ("nobody", vec![]),
            ("elin+nobody", vec![]),
        ];
        for (query, expected) in &both {
            assert_eq!(finds(query).await, *expected, "{query}, without words");
        }
        app.run_job("people_words").await;
        assert_eq!(app.count(wordless).await, 0);
        for (query, expected) in &both {
            assert_eq!(finds(query).await, *expected, "{query}, with words");
        }
        assert_eq!(finds("hed+elin").await, ["Elin Hedström"], "in any order");

        // A new name counts at once, the old one never again.
        let path = format!("/api/v1/people/{elin}");
        let change = json!({"name": "Elin Ekman", "email": "ekman@example.org"});
        api.patch(&path, &change).await.expect(200);
        for _ in 0..2 {
            assert_eq!(finds("ekman").await, ["Elin Ekman"]);
            app.run_job("people_words").await;
        }
        assert!(finds("hed").await.is_empty());
        let old = "SELECT count(*) FROM person_word WHERE word LIKE 'hed%'";
        assert_eq!(app.count(old).await, 0);
    }
);

both_engines!(people_are_added_found_and_changed, |app| async move {
    let api = app.owner_api().await;
    let schools = unit(&api, "Schools", None).await;
    let elin = person(&api, "Elin Berg", " Elin@Example.ORG ", Some(&schools)).await;
    person(&api, "Omar Dahl", "omar@example.org", None).await;
    api.post("/api/v1/people", &json!({"name": "Åsa"}))
        .await
        .expect(201);
    let path = format!("/api/v1/people/{elin}");
    let shown = api.get(&path).await.expect(200);
    assert_eq!(shown["email"], "elin@example.org");
    assert_eq!(
        (&shown["unit_name"], &shown["status"]),
        (&json!("Schools"), &json!("active"))
    );
    assert!(
        !details(&app, "person.create")
            .await
            .to_string()
            .contains("Elin"),
        "names of people stay out of the trail"
    );

    for (query, expected) in [
        ("", vec!["Elin Berg", "Omar Dahl", "Åsa"]),
        ("?search=OMAR", vec!["Omar Dahl"]),
        ("?search=elin%40", vec!["Elin Berg"]),
        ("?search=%25", vec![]),
        (&format!("?unit_id={schools}"), vec!["Elin Berg"]),
        ("?status=inactive", vec![]),
    ] {
        let list = api.get(&format!("/api/v1/people{query}")).await.expect(200);
        assert_eq!(names(&list), expected, "{query}");
    }
    let first = api.get("/api/v1/people?limit=2").await.expect(200);
    let next = first["next"].as_str().unwrap();
    let second = api
        .get(&format!("/api/v1/people?limit=2&after={next}"))
        .await
        .expect(200);
    assert_eq!(names(&second), ["Åsa"]);
    assert_eq!(second["next"], Value::Null);
    for query in ["?after=x", "?status=gone", "?limit=0", "?colour=red"] {
        assert_eq!(
            api.get(&format!("/api/v1/people{query}")).await.status,
            422,
            "{query}"
        );
    }

    // One mail address, one person.
    let body = json!({"name": "Elina", "email": "ELIN@example.org"});
    let taken = api.post("/api/v1/people", &body).await;
    assert_eq!(
        (taken.status, &taken.body["code"]),
        (409, &json!("email_taken"))
    );
    assert_eq!(taken.body["data"]["person_id"], elin);
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"email": "elin"}), "email"),
        (json!({"language": "de"}), "language"),
        (json!({"status": "gone"}), "status"),
    ] {
        let answer = api.patch(&path, &body).await;
        assert_eq!((answer.status, &answer.body["field"]), (422, &json!(field)));
    }
    let answer = api
        .patch(&path, &json!({"email": "omar@example.org"}))
        .await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (409, &json!("email_taken"))
    );
    let changed = api
        .patch(
            &path,
            &json!({"name": "Elin Ek", "email": "", "language": "sv"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["name"], &changed["email"], &changed["language"]),
        (&json!("Elin Ek"), &Value::Null, &json!("sv"))
    );
    assert_eq!(
        details(&app, "person.change").await,
        json!({"fields": ["name", "email"], "language": {"before": null, "after": "sv"}})
    );
});

both_engines!(who_left_keeps_no_open_invitation, |app| async move {
    let api = app.owner_api().await;
    let elin = person(&api, "Elin", "elin@example.org", None).await;
    let body = json!({"person_id": elin});
    let made = api.post("/api/v1/invitations", &body).await.expect(201);
    assert_eq!(made["label"], "Elin");
    let path = format!("/api/v1/people/{elin}");
    let listed = api.get(&format!("{path}/invitations")).await.expect(200);
    assert_eq!(listed["items"][0]["id"], made["id"]);
    api.patch(&path, &json!({"status": "inactive"}))
        .await
        .expect(200);
    assert_eq!(
        details(&app, "person.change").await["invitations_ended"],
        json!([made["id"]])
    );
    let invitation = format!("/api/v1/invitations/{}", made["id"].as_str().unwrap());
    assert_eq!(api.get(&invitation).await.expect(200)["status"], "revoked");
    for body in [
        json!({"person_id": elin}),
        json!({"person_name": "Elin", "person_email": "elin@example.org"}),
    ] {
        let answer = api.post("/api/v1/invitations", &body).await;
        assert_eq!(
            (answer.status, &answer.body["code"]),
            (409, &json!("person_inactive"))
        );
    }
    let body = json!({"person_id": elin, "person_name": "Elin"});
    assert_eq!(
        api.post("/api/v1/invitations", &body).await.expect(409)["code"],
        "person_inactive"
    );
    api.patch(&path, &json!({"status": "active"}))
        .await
        .expect(200);
    let twice = api.post("/api/v1/invitations", &body).await.expect(422);
    assert_eq!(twice["field"], "person_id");
    api.post("/api/v1/invitations", &json!({"person_id": elin}))
        .await
        .expect(201);
});

both_engines!(
    an_invitation_brings_its_device_to_its_unit,
    |app| async move {
        let api = app.owner_api().await;
        let schools = unit(&api, "Schools", None).await;
        let elin = person(&api, "Elin", "elin@example.org", None).await;
        let invitation = app
            .invite_with(|new| {
                new.unit = tillsyn_core::ids::OrgUnitId::parse(&schools);
                new.person_name = Some("Elin".to_owned());
                new.person_email = Some("elin@example.org".to_owned());
            })
            .await;
        let mut iphone = app.device(tillsyn_sim::DeviceConfig::iphone(app.next()));
        iphone.enroll(&app.by(&invitation)).await.unwrap();
        let list = api
            .get(&format!("/api/v1/devices?unit_id={schools}"))
            .await
            .expect(200);
        let device = id_of(&list["items"][0]);
        let shown = api
            .get(&format!("/api/v1/devices/{device}"))
            .await
            .expect(200);
        assert_eq!(
            (&shown["unit_name"], &shown["person_id"]),
            (&json!("Schools"), &json!(elin))
        );
        let theirs = api
            .get(&format!("/api/v1/people/{elin}/devices"))
            .await
            .expect(200);
        assert_eq!(theirs["items"][0]["id"], device);
        assert_eq!(
            app.count("SELECT count(*) FROM person").await,
            1,
            "the known person, not a second"
        );
    }
);

both_engines!(
    groups_take_members_all_or_none,
    crate::api::plans::still(),
    |app| async move {
        app.enrolled_iphone().await;
        app.enrolled_mac().await;
        let api = app.owner_api().await;
        let elin = person(&api, "Elin", "elin@example.org", None).await;
        let ids = ["ios", "macos"];
        let mut devices = Vec::new();
        for platform in ids {
            let sql = "SELECT id FROM device WHERE platform = $1";
            devices.push(text(&app, sql, platform).await.unwrap());
        }
        let serial = text(
            &app,
            "SELECT serial_number FROM device WHERE id = $1",
            &devices[0],
        )
        .await
        .unwrap();
        let loan = group(&api, "Loan", None).await;
        app.db()
            .execute("DELETE FROM reconcile_request", vec![])
            .await
            .unwrap();
        let before = revision(&app).await;

        let unknown = members(
            &api,
            &loan,
            &[&serial, "C02NOBODY", "who@example.org"],
            &[],
            422,
        )
        .await;
        assert_eq!(unknown["code"], "members_unknown");
        assert_eq!(
            unknown["data"]["unknown"],
            json!(["C02NOBODY", "who@example.org"])
        );
        assert_eq!(
            app.count("SELECT count(*) FROM group_member").await,
            0,
            "nothing half-done"
        );

        let spaced = format!(" {} ", serial.to_lowercase());
        let added = members(&api, &loan, &[&spaced, "ELIN@example.org"], &[], 200).await;
        assert_eq!(
            (&added["devices"], &added["people"], &added["reached"]),
            (&json!(1), &json!(1), &json!(1))
        );
        assert_eq!(
            details(&app, "group.members").await["added"],
            json!({"devices": [devices[0]], "people": [elin]})
        );
        assert_eq!(revision(&app).await, before + 1);
        assert_eq!(
            app.text("SELECT device_id FROM reconcile_request")
                .await
                .as_ref(),
            Some(&devices[0])
        );
        // Again: nothing changes, nothing is recorded.
        members(&api, &loan, &[&serial], &[], 200).await;
        assert_eq!(revision(&app).await, before + 1);

        // The Mac comes in by its person.
        let path = format!("/api/v1/devices/{}/person", devices[1]);
        assert_eq!(
            api.put(&path, &json!({"person_id": elin})).await.status,
            204
        );
        let shown = api.get(&format!("/api/v1/groups/{loan}")).await.expect(200);
        assert_eq!(shown["reached"], 2);
        let of = api
            .get(&format!("/api/v1/devices/{}/groups", devices[1]))
            .await
            .expect(200);
        assert_eq!(
            (&of["items"][0]["id"], &of["items"][0]["through"]),
            (&json!(loan), &json!("person"))
        );
        let list = api
            .get(&format!("/api/v1/devices?group_id={loan}"))
            .await
            .expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 2);

        let listed = api
            .get(&format!("/api/v1/groups/{loan}/members"))
            .await
            .expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        let people = api
            .get(&format!("/api/v1/groups/{loan}/members?kind=person"))
            .await
            .expect(200);
        assert_eq!(
            (names(&people), &people["items"][0]["devices"]),
            (vec!["Elin"], &json!(1))
        );
        let first = api
            .get(&format!("/api/v1/groups/{loan}/members?limit=1"))
            .await
            .expect(200);
        let next = first["next"].as_str().unwrap();
        let path = format!("/api/v1/groups/{loan}/members?limit=1&after={next}");
        let second = api.get(&path).await.expect(200);
        assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
        assert_eq!(second["next"], Value::Null);

        members(&api, &loan, &[], &["elin@example.org"], 200).await;
        let of = api
            .get(&format!("/api/v1/devices/{}/groups", devices[1]))
            .await
            .expect(200);
        assert_eq!(of["items"], json!([]));
        let requested = "SELECT count(*) FROM reconcile_request";
        assert_eq!(
            app.count(requested).await,
            2,
            "her Mac is looked at as well"
        );
    }
);

both_engines!(
    a_membership_counts_inside_the_groups_unit,
    |app| async move {
        app.enrolled_iphone().await;
        let api = app.owner_api().await;
        let (schools, care) = (
            unit(&api, "Schools", None).await,
            unit(&api, "Care", None).await,
        );
        let device = app.text("SELECT id FROM device").await.unwrap();
        let loan = group(&api, "Loan", Some(&schools)).await;
        let outside = members(&api, &loan, &[&device], &[], 422).await;
        assert_eq!(outside["code"], "members_outside");
        assert_eq!(outside["data"]["outside"], json!([device]));
        let go = async |unit: &str| {
            let body = json!({"device_ids": [device], "unit_id": unit});
            assert_eq!(api.post("/api/v1/devices/move", &body).await.status, 204);
        };
        go(&schools).await;
        members(&api, &loan, &[&device], &[], 200).await;
        let path = format!("/api/v1/groups/{loan}");
        assert_eq!(api.get(&path).await.expect(200)["reached"], 1);
        go(&care).await;
        assert_eq!(api.get(&path).await.expect(200)["reached"], 0);
        let of = api
            .get(&format!("/api/v1/devices/{device}/groups"))
            .await
            .expect(200);
        assert_eq!(of["items"][0]["counts"], false);
        let listed = api.get(&format!("{path}/members")).await.expect(200);
        assert_eq!(listed["items"][0]["outside"], true);
        let list = api
            .get(&format!("/api/v1/devices?group_id={loan}"))
            .await
            .expect(200);
        assert_eq!(list["items"], json!([]));
        members(&api, &loan, &[], &[&device], 200).await;
    }
);

both_engines!(groups_are_made_changed_and_removed, |app| async move {
    let api = app.owner_api().await;
    let made = group(&api, "Loan", None).await;
    let taken = api.post("/api/v1/groups", &json!({"name": "Loan"})).await;
    assert_eq!(
        (taken.status, &taken.body["code"]),
        (409, &json!("group_name_taken"))
    );
    let path = format!("/api/v1/groups/{made}");
    assert_eq!(
        api.post("/api/v1/groups", &json!({"name": " "}))
            .await
            .expect(422)["field"],
        "name"
    );
    assert_eq!(
        api.patch(&path, &json!({"name": ""})).await.expect(422)["field"],
        "name"
    );
    let changed = api
        .patch(
            &path,
            &json!({"name": "Loan iPads", "description": "Room 3"}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("Loan iPads"), &json!("Room 3"))
    );
    group(&api, "Class", None).await;
    let found = api.get("/api/v1/groups?search=room").await.expect(200);
    assert_eq!(names(&found), ["Loan iPads"]);

    // Removing is refused while something is assigned to it, and the refusal says what.
    let statements = [
        "INSERT INTO assignment (id, org_unit_id, kind, item_id, channel, created_by, created_at, \
         updated_at) SELECT 'a1', id, 'profile', 'Wi-Fi', 'device', 'x', 1, 1 FROM org_unit \
         WHERE parent_id IS NULL",
        "INSERT INTO assignment_target (assignment_id, mode, target_kind, target_id) \
         SELECT 'a1', 'include', 'group', id FROM device_group WHERE name = 'Loan iPads'",
    ];
    for statement in statements {
        app.db().execute(statement, vec![]).await.unwrap();
    }
    let refused = api.delete(&path).await;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (409, &json!("group_assigned"))
    );
    assert_eq!(
        refused.body["data"]["assignments"],
        json!([{"id": "a1", "name": "Wi-Fi"}])
    );
    for statement in ["DELETE FROM assignment_target", "DELETE FROM assignment"] {
        app.db().execute(statement, vec![]).await.unwrap();
    }
    assert_eq!(api.delete(&path).await.status, 204);
    assert_eq!(api.get(&path).await.status, 404);
    assert_eq!(
        details(&app, "group.remove").await["before"]["name"],
        "Loan iPads"
    );
});

both_engines!(a_device_moves_and_takes_its_own_along, |app| async move {
    let mut iphone = app.enrolled_iphone().await;
    iphone.session().await.unwrap();
    let api = app.owner_api().await;
    let care = unit(&api, "Care", None).await;
    let device = app.text("SELECT id FROM device").await.unwrap();
    let body = json!({"device_ids": [device], "unit_id": care});
    assert_eq!(api.post("/api/v1/devices/move", &body).await.status, 204);
    for sql in [
        "SELECT count(*) FROM device d JOIN org_unit u ON u.id = d.org_unit_id WHERE u.name <> 'Care'",
        "SELECT count(*) FROM device_summary d JOIN org_unit u ON u.id = d.org_unit_id WHERE u.name <> 'Care'",
        "SELECT count(*) FROM enrollment d JOIN org_unit u ON u.id = d.org_unit_id WHERE u.name <> 'Care'",
        "SELECT count(*) FROM command d JOIN org_unit u ON u.id = d.org_unit_id WHERE u.name <> 'Care'",
    ] {
        assert_eq!(app.count(sql).await, 0, "{sql}");
    }
    assert!(app.count("SELECT count(*) FROM command").await > 0);
    let event = details(&app, "device.move").await;
    assert_eq!(
        (&event["after"]["unit"], &event["devices"]),
        (&json!(care), &json!(1))
    );
    for (body, status) in [
        (json!({"device_ids": [], "unit_id": care}), 422),
        (
            json!({"device_ids": [device, NOBODY], "unit_id": care}),
            404,
        ),
        (json!({"device_ids": [device], "unit_id": NOBODY}), 404),
        (json!({"device_ids": ["x"], "unit_id": care}), 404),
    ] {
        let answer = api.post("/api/v1/devices/move", &body).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let moves = "SELECT count(*) FROM event WHERE action = 'device.move'";
    assert_eq!(app.count(moves).await, 1);
    // It still answers, and whoever is in its new unit sees all of it.
    scope_to(&app, &care).await;
    iphone.session().await.unwrap();
    let path = format!("/api/v1/devices/{device}/commands");
    assert!(
        !api.get(&path).await.expect(200)["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
});

both_engines!(a_device_is_given_and_taken, |app| async move {
    app.enrolled_iphone().await;
    let api = app.owner_api().await;
    let elin = person(&api, "Elin", "elin@example.org", None).await;
    let device = app.text("SELECT id FROM device").await.unwrap();
    let path = format!("/api/v1/devices/{device}/person");
    let to = |id: &str| json!({"person_id": id});
    assert_eq!(api.put(&path, &to(&elin)).await.status, 204);
    let rows = "SELECT s.person_name FROM device_summary s JOIN enrollment e \
        ON e.id = s.enrollment_id AND e.person_id = s.person_id";
    assert_eq!(app.text(rows).await.as_deref(), Some("Elin"));
    assert_eq!(
        details(&app, "device.person").await,
        json!({"before": {"person": null}, "after": {"person": elin}})
    );
    // A new name is the name on their devices.
    api.patch(
        &format!("/api/v1/people/{elin}"),
        &json!({"name": "Elin Ek"}),
    )
    .await
    .expect(200);
    assert_eq!(app.text(rows).await.as_deref(), Some("Elin Ek"));
    assert_eq!(api.put(&path, &to(NOBODY)).await.status, 404);
    let omar = person(&api, "Omar", "omar@example.org", None).await;
    api.patch(
        &format!("/api/v1/people/{omar}"),
        &json!({"status": "inactive"}),
    )
    .await
    .expect(200);
    assert_eq!(
        api.put(&path, &to(&omar)).await.expect(409)["code"],
        "person_inactive"
    );
    let none = json!({"person_id": null});
    assert_eq!(api.put(&path, &none).await.status, 204);
    let left = "SELECT count(*) FROM device_summary WHERE person_id IS NOT NULL";
    assert_eq!(app.count(left).await, 0);
    let left = "SELECT count(*) FROM enrollment WHERE person_id IS NOT NULL AND status = 'active'";
    assert_eq!(app.count(left).await, 0);
    assert_eq!(
        app.count("SELECT count(*) FROM event WHERE action = 'device.person'")
            .await,
        2
    );
});

both_engines!(
    units_groups_and_people_elsewhere_do_not_exist,
    |app| async move {
        app.enrolled_iphone().await;
        let api = app.owner_api().await;
        let schools = unit(&api, "Schools", None).await;
        let north = unit(&api, "North", Some(&schools)).await;
        let elin = person(&api, "Elin", "elin@example.org", Some(&schools)).await;
        let loan = group(&api, "Loan", Some(&schools)).await;
        let device = app.text("SELECT id FROM device").await.unwrap();
        let body = json!({"device_ids": [device], "unit_id": schools});
        assert_eq!(api.post("/api/v1/devices/move", &body).await.status, 204);
        let events = app.count("SELECT count(*) FROM event").await;

        let outside = other_unit(&app).await;
        scope_to(&app, &north).await;
        let tree = outside.get("/api/v1/units").await.expect(200);
        assert_eq!(names(&tree), ["North"]);
        assert_eq!(
            tree["items"][0]["parent_id"],
            Value::Null,
            "what lies above is not told"
        );
        for list in ["people", "groups"] {
            let page = outside.get(&format!("/api/v1/{list}")).await.expect(200);
            assert_eq!(page["items"], json!([]), "{list}");
        }
        for path in [
            format!("units/{schools}"),
            format!("groups/{loan}"),
            format!("groups/{loan}/members"),
            format!("people/{elin}"),
            format!("people/{elin}/devices"),
            format!("people/{elin}/groups"),
            format!("people/{elin}/invitations"),
            format!("devices/{device}/groups"),
            format!("people?unit_id={schools}"),
            format!("groups?unit_id={schools}"),
        ] {
            assert_eq!(
                outside.get(&format!("/api/v1/{path}")).await.status,
                404,
                "{path}"
            );
        }
        let change = json!({"name": "Mine"});
        for path in [
            format!("units/{schools}"),
            format!("groups/{loan}"),
            format!("people/{elin}"),
        ] {
            assert_eq!(
                outside
                    .patch(&format!("/api/v1/{path}"), &change)
                    .await
                    .status,
                404,
                "{path}"
            );
        }
        for path in [format!("units/{schools}"), format!("groups/{loan}")] {
            assert_eq!(
                outside.delete(&format!("/api/v1/{path}")).await.status,
                404,
                "{path}"
            );
        }
        for (path, body) in [
            (
                "units".to_owned(),
                json!({"name": "Mine", "parent_id": schools}),
            ),
            (format!("units/{north}/move"), json!({"parent_id": schools})),
            (format!("units/{schools}/move"), json!({"parent_id": north})),
            (
                "groups".to_owned(),
                json!({"name": "Mine", "unit_id": schools}),
            ),
            (
                "people".to_owned(),
                json!({"name": "Mine", "unit_id": schools}),
            ),
            (format!("groups/{loan}/members"), json!({"add": [device]})),
            (
                "devices/move".to_owned(),
                json!({"device_ids": [device], "unit_id": north}),
            ),
            (
                "invitations".to_owned(),
                json!({"label": "Mine", "unit_id": schools}),
            ),
            ("invitations".to_owned(), json!({"person_id": elin})),
        ] {
            let answer = outside.post(&format!("/api/v1/{path}"), &body).await;
            assert_eq!(answer.status, 404, "{path} {}", answer.body);
        }
        let path = format!("/api/v1/devices/{device}/person");
        assert_eq!(
            outside.put(&path, &json!({"person_id": null})).await.status,
            404
        );
        // A member out of reach is as unknown as one that is not there.
        let own = group(&outside, "Own", None).await;
        let answer = members(&outside, &own, &[&device, "elin@example.org"], &[], 422).await;
        assert_eq!(answer["code"], "members_unknown");
        // Whose mail address it is, is not told.
        let body = json!({"name": "Elin", "email": "elin@example.org"});
        let taken = outside.post("/api/v1/people", &body).await.expect(409);
        assert_eq!(
            (&taken["code"], &taken["person_id"]),
            (&json!("email_taken"), &Value::Null)
        );
        let created = app.count("SELECT count(*) FROM event").await - events;
        // Two tokens were made meanwhile, and one group.
        assert_eq!(created, 2, "no refusal changed anything");
    }
);

both_engines!(
    units_groups_and_people_need_their_permissions,
    |app| async move {
        let owner = app.owner_api().await;
        let schools = unit(&owner, "Schools", None).await;
        let loan = group(&owner, "Loan", None).await;
        let elin = person(&owner, "Elin", "elin@example.org", None).await;
        let before = app.count("SELECT count(*) FROM event").await;
        let reader = app
            .api(&[P::DevicesRead, P::GroupsRead, P::PeopleRead])
            .await;
        let reading = app.count("SELECT count(*) FROM event").await;
        assert_eq!(reading, before + 1);
        for (path, body) in [
            ("units".to_owned(), json!({"name": "x"})),
            (
                format!("units/{schools}/move"),
                json!({"parent_id": schools}),
            ),
            ("groups".to_owned(), json!({"name": "x"})),
            (
                format!("groups/{loan}/members"),
                json!({"add": ["elin@example.org"]}),
            ),
            ("people".to_owned(), json!({"name": "x"})),
            (
                "devices/move".to_owned(),
                json!({"device_ids": [NOBODY], "unit_id": schools}),
            ),
        ] {
            assert_eq!(
                reader.post(&format!("/api/v1/{path}"), &body).await.status,
                403,
                "{path}"
            );
            let status = reader
                .anonymous()
                .post(&format!("/api/v1/{path}"), &body)
                .await
                .status;
            assert_eq!(status, 401, "{path}");
        }
        for path in [
            format!("units/{schools}"),
            format!("groups/{loan}"),
            format!("people/{elin}"),
        ] {
            let path = format!("/api/v1/{path}");
            assert_eq!(
                reader.patch(&path, &json!({"name": "x"})).await.status,
                403,
                "{path}"
            );
            assert_eq!(reader.get(&path).await.status, 200, "{path}");
        }
        let refused = "SELECT count(*) FROM event WHERE result = 'refused'";
        assert_eq!(app.count(refused).await, 9, "of whoever is known");
        let all = app.count("SELECT count(*) FROM event").await;
        assert_eq!(all - 9, reading, "no refusal changed anything");
        let blind = app.api(&[P::AuditRead]).await;
        for list in ["units", "groups", "people"] {
            assert_eq!(
                blind.get(&format!("/api/v1/{list}")).await.status,
                403,
                "{list}"
            );
        }
    }
);
