//! `/api/v1/imports`: previews, what is made of them, and what is not.

use serde_json::{Value, json};
use tillsyn_core::actor::Permission as P;
use tillsyn_testkit::{Api, AppOptions, TestApp, both_engines};

/// The test itself is the worker.
fn by_hand() -> AppOptions {
    AppOptions {
        jobs: false,
        ..AppOptions::default()
    }
}

async fn upload(api: &Api, kind: &str, text: &str) -> Value {
    let path = format!("/api/v1/imports?kind={kind}");
    api.post_csv(&path, text.as_bytes().to_vec())
        .await
        .expect(201)
}

fn id_of(import: &Value) -> String {
    import["id"].as_str().unwrap().to_owned()
}

/// Applies an import and waits for its end.
async fn apply(app: &TestApp, api: &Api, id: &str, body: &Value) -> Value {
    let path = format!("/api/v1/imports/{id}/apply");
    api.post(&path, body).await.expect(202);
    ended(app, api, id).await
}

async fn ended(app: &TestApp, api: &Api, id: &str) -> Value {
    for _ in 0..600 {
        app.run_job("imports").await;
        let found = api.get(&format!("/api/v1/imports/{id}")).await.expect(200);
        if !matches!(found["status"].as_str(), Some("waiting" | "running")) {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import did not end");
}

async fn rows(api: &Api, id: &str) -> Vec<Value> {
    let path = format!("/api/v1/imports/{id}/rows?limit=1000");
    let page = api.get(&path).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn set(app: &TestApp, sql: &'static str, value: &str) {
    let values = vec![value.to_owned().into()];
    app.db().execute(sql, values).await.unwrap();
}

const PEOPLE: &str = "Namn;E-postadress;Enhet;Språk;Status\r\n\
    Elin Hedström;Elin@example.org;Science/Physics;svenska;aktiv\r\n\
    Omar Dahl;omar@example.org;;;\r\n\
    Ada;no address;Nowhere;;\r\n";

both_engines!(
    people_are_made_only_as_they_were_shown_and_only_without_errors,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let units = upload(&api, "units", "path\nScience/Physics\nLibrary\n").await;
        let made = apply(&app, &api, &id_of(&units), &json!({})).await;
        assert_eq!(made["status"], "done", "{made}");
        assert_eq!(app.count("SELECT count(*) FROM org_unit").await, 4);

        let preview = upload(&api, "people", PEOPLE).await;
        let id = id_of(&preview);
        assert_eq!(preview["status"], "open");
        let wanted = json!({"create": 2, "change": 0, "same": 0, "error": 1});
        assert_eq!(preview["rows"], wanted);
        let shown = rows(&api, &id).await;
        assert_eq!(shown[0]["line"], 4, "errors are first");
        assert_eq!(shown[0]["errors"][0]["field"], "email");
        assert_eq!(shown[0]["errors"][1]["allowed"], "Library, Science");
        assert_eq!(app.count("SELECT count(*) FROM person").await, 0);

        // With errors nothing is begun, unless they are left out.
        let path = format!("/api/v1/imports/{id}/apply");
        let refused = api.post(&path, &json!({})).await.expect(409);
        assert_eq!(refused["code"], "import_errors");
        let (status, errors) = api.get_text(&format!("/api/v1/imports/{id}/errors")).await;
        assert_eq!(status, 200);
        assert!(errors.contains("4,Ada,email,email,no address"), "{errors}");

        // Somebody adds one of them meanwhile: what was shown is not what would be done.
        let omar = json!({"name": "Omar Dahl", "email": "omar@example.org"});
        api.post("/api/v1/people", &omar).await.expect(201);
        let body = json!({"leave_out_errors": true});
        let overtaken = api.post(&path, &body).await.expect(409);
        assert_eq!(overtaken["code"], "import_overtaken");
        assert_eq!(app.count("SELECT count(*) FROM person").await, 1);

        let done = apply(&app, &api, &id, &body).await;
        assert_eq!(done["status"], "done", "{done}");
        assert_eq!(done["position"], 2, "without the row that has errors");
        assert_eq!(app.count("SELECT count(*) FROM person").await, 2);
        let elin = "SELECT p.language || ' ' || u.name FROM person p \
            JOIN org_unit u ON u.id = p.org_unit_id WHERE p.email = 'elin@example.org'";
        assert_eq!(app.text(elin).await.as_deref(), Some("sv Physics"));
        let actions = app.actions().await;
        for action in [
            "import.create",
            "import.apply",
            "import.rows",
            "import.done",
        ] {
            assert!(actions.contains(&action.to_owned()), "{action}");
        }
        let kept = "SELECT count(*) FROM import_file WHERE file_sealed IS NOT NULL";
        assert_eq!(app.count(kept).await, 0, "what was carried out is not kept");
        let names = "SELECT count(*) FROM event WHERE details LIKE '%elin@%' \
            OR details LIKE '%Hedstr%'";
        assert_eq!(app.count(names).await, 0, "people are ids in the trail");

        // Again: everything is so already, or changes.
        let text = "name,email,status\nElin Hedström,elin@example.org,\n\
            Omar D,omar@example.org,inactive\n";
        let again = upload(&api, "people", text).await;
        let wanted = json!({"create": 0, "change": 1, "same": 1, "error": 0});
        assert_eq!(again["rows"], wanted);
        let done = apply(&app, &api, &id_of(&again), &json!({})).await;
        assert_eq!(done["status"], "done", "{done}");
        let omar = "SELECT name || ' ' || status FROM person WHERE email = 'omar@example.org'";
        assert_eq!(app.text(omar).await.as_deref(), Some("Omar D inactive"));
    }
);

both_engines!(
    a_worker_that_died_leaves_the_rest_to_the_next,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let many: Vec<String> = (0..2_500)
            .map(|n| format!("Person {n},p{n}@example.org"))
            .collect();
        let many = many.join("\n");
        let preview = upload(&api, "people", &format!("name,email\n{many}")).await;
        let id = id_of(&preview);
        // The first thousand was made when the worker went away with its lease.
        let sql = "UPDATE import_file SET position = 1000, status = 'running' WHERE id = $1";
        let path = format!("/api/v1/imports/{id}/apply");
        api.post(&path, &json!({})).await.expect(202);
        set(&app, sql, &id).await;
        let done = ended(&app, &api, &id).await;
        assert_eq!(done["status"], "done", "{done}");
        let first = "SELECT count(*) FROM person WHERE email = 'p999@example.org'";
        let next = "SELECT count(*) FROM person WHERE email = 'p1000@example.org'";
        assert_eq!((app.count(first).await, app.count(next).await), (0, 1));
        assert_eq!(app.count("SELECT count(*) FROM person").await, 1_500);
        let steps = "SELECT count(*) FROM event WHERE action = 'import.rows'";
        assert_eq!(app.count(steps).await, 2);
    }
);

both_engines!(
    only_what_was_shown_is_done_however_long_the_file,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        // Two of one name, the second without an address: two people in the preview, a thousand rows apart.
        let mut lines = vec!["Anna Sund,anna@example.org,".to_owned()];
        lines.extend((0..1_000).map(|n| format!("Person {n},p{n}@example.org,")));
        lines.push("Anna Sund,,inactive".to_owned());
        lines.push("Berit Lund,berit@example.org,".to_owned());
        let preview = upload(
            &api,
            "people",
            &format!("name,email,status\n{}", lines.join("\n")),
        )
        .await;
        assert_eq!(preview["rows"]["create"], 1_003, "{preview}");
        let id = id_of(&preview);
        let path = format!("/api/v1/imports/{id}/apply");
        api.post(&path, &json!({})).await.expect(202);
        // Somebody else adds the last one meanwhile.
        let body = json!({"name": "Berit Berg", "email": "berit@example.org"});
        api.post("/api/v1/people", &body).await.expect(201);
        let done = ended(&app, &api, &id).await;
        assert_eq!(done["status"], "done", "{done}");
        let failed = json!([{"line": 1_004, "code": "overtaken"}]);
        assert_eq!(done["failures"], failed, "{done}");
        let kept =
            "SELECT count(*) FROM person WHERE email = 'anna@example.org' AND status = 'active'";
        assert_eq!(app.count(kept).await, 1);
        let second = "SELECT count(*) FROM person WHERE name = 'Anna Sund' AND status = 'inactive'";
        assert_eq!(app.count(second).await, 1);
        let berit = "SELECT count(*) FROM person WHERE name = 'Berit Berg'";
        assert_eq!(app.count(berit).await, 1);
    }
);

both_engines!(
    an_import_stops_when_whoever_began_it_may_no_more,
    by_hand(),
    |app| async move {
        let api = app.api(&[P::PeopleWrite, P::PeopleRead]).await;
        let preview = upload(&api, "people", "name\nElin\n").await;
        let id = id_of(&preview);
        let path = format!("/api/v1/imports/{id}/apply");
        api.post(&path, &json!({})).await.expect(202);
        set(
            &app,
            "UPDATE api_token SET revoked_at = 1 WHERE revoked_at IS NULL AND id <> $1",
            "",
        )
        .await;
        let owner = app.owner_api().await;
        let found = ended(&app, &owner, &id).await;
        assert_eq!(found["status"], "failed", "{found}");
        assert_eq!(found["error"], "actor_gone");
        assert_eq!(app.count("SELECT count(*) FROM person").await, 0);
    }
);

both_engines!(
    an_import_reaches_what_its_maker_reaches,
    by_hand(),
    |app| async move {
        let api = app.owner_api().await;
        let science = api.post("/api/v1/units", &json!({"name": "Science"})).await;
        let science = id_of(&science.expect(201));
        let outside = json!({"name": "Far", "email": "far@example.org"});
        api.post("/api/v1/people", &outside).await.expect(201);
        let above = upload(&api, "people", "name\nAbove\n").await;
        set(&app, "UPDATE account SET org_unit_id = $1", &science).await;
        let text = "name,email,unit\nFar,far@example.org,\nNew,new@example.org,Science\n\
            Odd,odd@example.org,Library\n";
        let preview = upload(&api, "people", text).await;
        let shown = rows(&api, &id_of(&preview)).await;
        assert_eq!(shown[0]["errors"][0]["code"], "taken");
        assert_eq!(shown[1]["errors"][0]["code"], "unit");
        assert_eq!(
            shown[2]["outcome"], "create",
            "the top's own name is no unit below"
        );
        let list = api.get("/api/v1/imports").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let path = format!("/api/v1/imports/{}", id_of(&above));
        api.get(&path).await.expect(404);
        api.get(&format!("{path}/rows")).await.expect(404);
        api.post(&format!("{path}/apply"), &json!({}))
            .await
            .expect(404);
        let path = format!("/api/v1/imports/{}/apply", id_of(&preview));
        let body = json!({"leave_out_errors": true});
        api.post(&path, &body).await.expect(202);
        // What was left out stays left out, also when its unit is there by then.
        let library = json!({"name": "Library", "parent_id": science});
        api.post("/api/v1/units", &library).await.expect(201);
        let done = ended(&app, &api, &id_of(&preview)).await;
        assert_eq!(done["status"], "done", "{done}");
        assert_eq!(app.count("SELECT count(*) FROM person").await, 2);
        let new = "SELECT org_unit_id FROM person WHERE email = 'new@example.org'";
        assert_eq!(app.text(new).await, Some(science));
        // A permission of another kind is none for this one.
        let groups = app.api(&[P::GroupsWrite]).await;
        let refused = groups.post_csv("/api/v1/imports?kind=people", b"name\nA\n".to_vec());
        refused.await.expect(403);
    }
);

both_engines!(
    groups_get_members_and_lose_them_only_with_a_plan,
    |app| async move {
        app.enrolled_iphone().await;
        let api = app.owner_api().await;
        let serial = app.text("SELECT serial_number FROM device").await.unwrap();
        for name in ["elin", "omar"] {
            let body = json!({"name": name, "email": format!("{name}@example.org")});
            api.post("/api/v1/people", &body).await.expect(201);
        }
        let text = format!(
            "group;serial number;email;description\n\
             Loan;{};;Room 3\nLoan;;elin@example.org;\nEmpty;;;\n",
            serial.to_lowercase()
        );
        let preview = upload(&api, "groups", &text).await;
        let wanted = json!({"create": 2, "change": 1, "same": 0, "error": 0});
        assert_eq!(preview["rows"], wanted);
        let done = apply(&app, &api, &id_of(&preview), &json!({})).await;
        assert_eq!(done["status"], "done", "{done}");
        assert_eq!((&done["position"], &done["steps"]), (&json!(2), &json!(2)));
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 2);
        assert_eq!(app.count("SELECT count(*) FROM device_group").await, 2);

        // A file without somebody takes nobody out, unless that was chosen; and then with a plan.
        let text = "group,email\nLoan,omar@example.org\n";
        let preview = upload(&api, "groups", text).await;
        apply(&app, &api, &id_of(&preview), &json!({})).await;
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 3);
        let preview = upload(&api, "groups", text).await;
        let body = json!({"replace_members": true});
        let done = apply(&app, &api, &id_of(&preview), &body).await;
        assert_eq!(done["status"], "done", "{done}");
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 3);
        let plan = done["plans"][0].as_str().unwrap();
        let path = format!("/api/v1/plans/{plan}/apply");
        api.post(&path, &json!({})).await.expect(200);
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 1);
    }
);
