//! People, groups and org units: their pages and forms.

use serde_json::json;
use tillsyn_testkit::{Api, TestApp, both_engines};

use super::Browser;
use crate::api::plans;
use crate::device::story::only_device;

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

async fn made(api: &Api, path: &str, body: serde_json::Value) -> String {
    let made = api.post(path, &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn set(app: &TestApp, sql: &'static str) {
    app.db().execute(sql, Vec::new()).await.unwrap();
}

both_engines!(people_are_added_changed_and_left, |app| async move {
    app.enrolled_iphone().await;
    let device = only_device(&app).await;
    let mut owner = Browser::owner(&app).await;
    owner.get("/console/people").await.expect(200);
    let elin = [("name", "Elin Berg"), ("email", "elin@example.org")];
    let at = owner.post("/console/people", &elin).await.expect(303);
    let at = at.location().to_owned();
    let page = owner.get(&at).await.expect(200);
    page.says("Elin Berg");
    page.says("elin@example.org");
    owner
        .get("/console/people?q=elin")
        .await
        .expect(200)
        .says("Elin Berg");

    // Bad input: the form keeps what was typed, and nothing is made.
    let twice = [("name", "Other"), ("email", "ELIN@example.org")];
    let taken = owner.post("/console/people", &twice).await.expect(409);
    taken.says("Another person has this mail address");
    taken.says("value=\"Other\"");
    let odd = [("name", "Other"), ("email", "nowhere")];
    owner.post("/console/people", &odd).await.expect(422);
    assert_eq!(app.count("SELECT count(*) FROM person").await, 1);

    let serial = app.text("SELECT serial_number FROM device").await.unwrap();
    let give = format!("{at}/devices");
    owner
        .post(&give, &[("serial", "NOBODYS")])
        .await
        .expect(422)
        .says("NOBODYS");
    owner.post(&give, &[("serial", &serial)]).await.expect(303);
    owner
        .get(&at)
        .await
        .expect(200)
        .says(&format!("/console/devices/{device}"));
    assert!(app.actions().await.contains(&"device.person".to_owned()));
    let status = format!("{at}/status");
    owner
        .post(&status, &[("status", "inactive")])
        .await
        .expect(303);
    assert_eq!(
        app.text("SELECT status FROM person").await.as_deref(),
        Some("inactive")
    );
    owner
        .get(&format!("/console/people/{NOBODY}"))
        .await
        .expect(404);
});

both_engines!(
    a_device_is_given_by_the_exact_address_among_many_alike,
    |app| async move {
        app.enrolled_iphone().await;
        let device = only_device(&app).await;
        let mut owner = Browser::owner(&app).await;
        let api = app.owner_api().await;
        for index in 0..60 {
            let alike = format!("a{index:02}elin@example.org");
            let body = json!({"name": format!("Aa {index:02}"), "email": alike});
            made(&api, "/api/v1/people", body).await;
        }
        let body = json!({"name": "Elin Berg", "email": "elin@example.org"});
        let elin = made(&api, "/api/v1/people", body).await;
        let at = format!("/console/devices/{device}/person");
        let typed = [("email", " Elin@example.org ")];
        owner.post(&at, &typed).await.expect(303);
        let page = owner.get(&format!("/console/devices/{device}")).await;
        page.says(&format!("/console/people/{elin}"));
        let part = [("email", "lin@example.org")];
        owner.post(&at, &part).await.expect(422);
    }
);

both_engines!(groups_take_pasted_lists, |app| async move {
    app.enrolled_iphone().await;
    let mut owner = Browser::owner(&app).await;
    let at = owner
        .post("/console/groups", &[("name", "Loan iPads")])
        .await
        .expect(303);
    let at = at.location().to_owned();
    let serial = app.text("SELECT serial_number FROM device").await.unwrap();
    let members = format!("{at}/members");
    let odd = format!("{serial}\nC02NOBODY");
    let unknown = owner.post(&members, &[("add", &odd)]).await.expect(422);
    unknown.says("These were not found. Nothing was changed.");
    unknown.says("C02NOBODY");
    assert_eq!(app.count("SELECT count(*) FROM group_member").await, 0);
    owner.post(&members, &[("add", &serial)]).await.expect(303);
    owner.get(&at).await.expect(200).says(&serial);
    owner
        .post("/console/groups", &[("name", "Loan iPads")])
        .await
        .expect(409)
        .says("Another group of this unit has this name.");
    // The list of a group's devices says whose it is.
    let id = at.rsplit('/').next().unwrap();
    let list = format!("/console/devices?group={id}");
    let page = owner.get(&list).await.expect(200);
    page.says("Loan iPads");
    page.says(&serial);
    page.says_not("ignored");
    let page = owner.get("/console/devices?group=loan").await.expect(200);
    page.says("ignored: group=loan");
    let unit = app.text("SELECT id FROM org_unit").await.unwrap();
    let list = format!("/console/devices?unit={unit}");
    owner.get(&list).await.expect(200).says_not("ignored");
    // The overview links to what happened.
    let overview = owner.get("/console").await.expect(200);
    overview.says(&format!("href=\"{at}\""));
    owner.post(&format!("{at}/remove"), &[]).await.expect(303);
    owner.get(&at).await.expect(404);
});

both_engines!(units_are_moved_and_kept_in_order, |app| async move {
    let mut owner = Browser::owner(&app).await;
    let api = app.owner_api().await;
    let schools = made(&api, "/api/v1/units", json!({"name": "Schools"})).await;
    let north = json!({"name": "North", "parent_id": schools});
    let north = made(&api, "/api/v1/units", north).await;
    let path = "/console/settings/units";
    let page = owner.get(path).await.expect(200);
    page.says("Schools");
    page.says("North");
    let fields = [("name", "Care"), ("unit", "")];
    owner.post(path, &fields).await.expect(303);
    let at = |unit: &str, act: &str| format!("{path}/{unit}/{act}");
    owner
        .post(&at(&schools, "move"), &[("unit", &north)])
        .await
        .expect(409)
        .says("A unit cannot lie below itself.");
    owner
        .post(&at(&schools, "remove"), &[])
        .await
        .expect(409)
        .says("Something lies in this unit still");
    let care = app
        .text("SELECT id FROM org_unit WHERE name = 'Care'")
        .await;
    owner
        .post(&at(&north, "move"), &[("unit", &care.unwrap())])
        .await
        .expect(303);
    owner.post(&at(&schools, "remove"), &[]).await.expect(303);
    owner
        .post(&at(NOBODY, "rename"), &[("name", "X")])
        .await
        .expect(404);
    let actions = app.actions().await;
    for action in ["unit.create", "unit.move", "unit.remove"] {
        assert!(actions.iter().any(|met| met == action), "{action}");
    }
});

both_engines!(
    roles_and_scopes_hold_for_organisation_pages,
    |app| async move {
        app.enrolled_iphone().await;
        let api = app.owner_api().await;
        let schools = made(&api, "/api/v1/units", json!({"name": "Schools"})).await;
        let person = made(&api, "/api/v1/people", json!({"name": "Elin"})).await;
        let group = made(&api, "/api/v1/groups", json!({"name": "Loan"})).await;
        set(&app, "UPDATE account SET role = 'read_only'").await;
        let mut reader = Browser::owner(&app).await;
        let at = [
            format!("/console/people/{person}"),
            format!("/console/groups/{group}"),
        ];
        for path in &at {
            let page = reader.get(path).await.expect(200);
            page.says_not(&format!("action=\"{path}\""));
        }
        let acts = [
            (at[0].clone(), ("name", "X")),
            (format!("{}/members", at[1]), ("add", "X")),
            (format!("{}/remove", at[1]), ("name", "")),
            ("/console/people".to_owned(), ("name", "X")),
            ("/console/groups".to_owned(), ("name", "X")),
            ("/console/settings/units".to_owned(), ("name", "X")),
            (
                format!("/console/settings/units/{schools}/rename"),
                ("name", "X"),
            ),
        ];
        for (path, field) in &acts {
            let refused = reader.post(path, &[*field]).await;
            assert_eq!(refused.status, 403, "{path}");
        }
        // What lies outside the scope does not exist.
        set(
            &app,
            "UPDATE account SET role = 'owner', org_unit_id = \
        (SELECT id FROM org_unit WHERE name = 'Schools')",
        )
        .await;
        for path in &at {
            reader.get(path).await.expect(404);
        }
        for (path, field) in acts
            .iter()
            .filter(|(path, _)| at.iter().any(|at| path.starts_with(at)))
        {
            let refused = reader.post(path, &[*field]).await;
            assert_eq!(refused.status, 404, "{path}");
        }
        assert_eq!(
            app.count("SELECT count(*) FROM person WHERE name = 'Elin'")
                .await,
            1
        );
        assert_eq!(app.count("SELECT count(*) FROM device_group").await, 1);
    }
);

both_engines!(
    a_refused_direct_change_links_to_its_plan,
    crate::api::plans::still(),
    |app| async move {
        for _ in 0..2 {
            app.enrolled_iphone().await;
        }
        let api = app.owner_api().await;
        let group = made(&api, "/api/v1/groups", json!({"name": "Loan"})).await;
        let elin = json!({"name": "Elin", "email": "elin@example.org"});
        let elin = made(&api, "/api/v1/people", elin).await;
        let devices = [
            plans::device_id(&app, 0).await,
            plans::device_id(&app, 1).await,
        ];
        for device in &devices {
            let path = format!("/api/v1/devices/{device}/person");
            api.put(&path, &json!({"person_id": elin})).await;
        }
        let members = format!("/api/v1/groups/{group}/members");
        api.post(&members, &json!({"add": ["elin@example.org"]}))
            .await
            .expect(200);
        // A profile of the group that both devices hold.
        let profile = plans::published(&app, "portal").await;
        let plan = plans::planned(&api, &plans::assign(&profile, &group)).await;
        plans::apply(&api, &plan, 200).await;
        plans::delivered(&app, &profile, &devices).await;
        let mut owner = Browser::owner(&app).await;
        let path = format!("/console/groups/{group}/members");
        let refused = owner.post(&path, &[("remove", &elin)]).await.expect(409);
        let plan = app.text("SELECT id FROM plan WHERE status = 'open'").await;
        refused.says(&format!("/console/plans/{}", plan.unwrap()));
        refused.says("Look at the plan");
        assert_eq!(app.count("SELECT count(*) FROM group_member").await, 1);
    }
);
