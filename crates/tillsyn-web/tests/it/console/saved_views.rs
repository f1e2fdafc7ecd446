//! Saved views, what is chosen across pages, and the way from one device of a list to the next.

use serde_json::json;
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::Browser;
use super::lists::{fleet, law_with_a_device, signed_in};
use crate::api::plans::device_id;

const SAVED: &str = "SELECT id FROM saved_view";

/// Saves a view; answers where it leads.
async fn saved(browser: &mut Browser, name: &str, audience: &str, query: &str) -> String {
    let fields = [("name", name), ("audience", audience), ("query", query)];
    let to = browser
        .post("/console/devices/views", &fields)
        .await
        .expect(303);
    to.location().to_owned()
}

both_engines!(
    a_view_is_saved_shown_changed_begun_with_and_removed,
    |app| async move {
        let mut owner = fleet(&app).await;
        let query = "platform=macos&sort=-last_seen&cols=name,status&after=x&colour=red";
        let to = saved(&mut owner, "Macs", "me", query).await;
        assert!(
            to.starts_with(
                "/console/devices?platform=macos&sort=-last_seen&cols=name,status&view="
            ),
            "{to}"
        );
        let page = owner.get(&to).await.expect(200);
        page.says("aria-current=\"page\">Macs");
        page.says("1 of 1");
        page.says_not("Keep the changes");
        let id = app.text(SAVED).await.unwrap();
        let at = format!("/console/devices/views/{id}");

        // Another order: the view stays what it is until that is kept.
        let other = to.replace("-last_seen", "name");
        let page = owner.get(&other).await.expect(200);
        page.says("Keep the changes");
        let fields = [("act", "query"), ("query", "platform=macos&sort=name")];
        let kept = owner.post(&at, &fields).await.expect(303);
        assert!(kept.location().contains("sort=name"));

        owner.post(&at, &[("act", "begin")]).await.expect(303);
        let begins = owner.get("/console/devices").await.expect(303);
        assert_eq!(begins.location(), kept.location());
        owner
            .get("/console/devices?view=all")
            .await
            .expect(200)
            .says("2 of 2");
        let fields = [("act", "change"), ("name", " "), ("audience", "me")];
        owner.post(&at, &fields).await.expect(422);
        let fields = [("act", "change"), ("name", "All Macs"), ("audience", "me")];
        owner.post(&at, &fields).await.expect(303);
        owner
            .get("/console/devices/views")
            .await
            .expect(200)
            .says("All Macs");
        owner.post(&at, &[("act", "remove")]).await.expect(303);
        owner
            .get("/console/devices")
            .await
            .expect(200)
            .says("2 of 2");
        let odd = owner.get(&to).await.expect(200);
        odd.says(&format!("ignored: view={id}"));
        assert_eq!(
            app.count("SELECT count(*) FROM event WHERE action LIKE 'view.%'")
                .await,
            4
        );
    }
);

both_engines!(
    a_view_is_seen_at_its_unit_and_below_and_removed_by_nobody_else,
    |app| async move {
        let mut owner = fleet(&app).await;
        let law = law_with_a_device(&app).await;
        let root = app
            .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
            .await
            .unwrap();
        let mut below = signed_in(&app, "below", "read_only", &law).await;
        let mut lawyer = signed_in(&app, "lawyer", "read_only", &law).await;
        let mut above = signed_in(&app, "above", "read_only", &root).await;
        saved(&mut owner, "For everybody", "team", "platform=ios").await;
        saved(&mut owner, "For myself", "me", "platform=ios").await;
        saved(&mut lawyer, "For lawyers", "team", "status=active").await;

        let page = below.get("/console/devices").await.expect(200);
        page.says("For everybody");
        page.says("For lawyers");
        page.says_not("For myself");
        let page = above.get("/console/devices").await.expect(200);
        page.says("For everybody");
        page.says_not("For lawyers");

        // What they would be refused, they are not offered.
        let mut clerk = signed_in(&app, "clerk", "owner", &law).await;
        let page = clerk.get("/console/devices/views").await.expect(200);
        page.says("For everybody");
        let offered = page.html.matches("name=\"act\" value=\"remove\"").count();
        assert_eq!(offered, 1, "{}", page.html);

        let find = async |name: &'static str| app.text(name).await.unwrap();
        let everybody = find("SELECT id FROM saved_view WHERE name = 'For everybody'").await;
        let mine = find("SELECT id FROM saved_view WHERE name = 'For myself'").await;
        let lawyers = find("SELECT id FROM saved_view WHERE name = 'For lawyers'").await;
        let at = |id: &str| format!("/console/devices/views/{id}");
        let remove = [("act", "remove")];
        let change = [("act", "change"), ("name", "Mine now"), ("audience", "me")];
        // What they see is not theirs; what they do not see does not exist.
        below.post(&at(&everybody), &remove).await.expect(403);
        below.post(&at(&everybody), &change).await.expect(403);
        below.post(&at(&mine), &remove).await.expect(404);
        below
            .post(&at(&mine), &[("act", "begin")])
            .await
            .expect(404);
        above.post(&at(&lawyers), &change).await.expect(403);
        above.post(&at(&lawyers), &remove).await.expect(403);
        // Whoever looks after the settings of a unit clears up what was shared in it, and changes nothing.
        owner.post(&at(&lawyers), &change).await.expect(403);
        owner.post(&at(&lawyers), &remove).await.expect(303);
        assert_eq!(app.count("SELECT count(*) FROM saved_view").await, 2);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_are_kept_by_the_api_with_the_same_rules() {
    let app = TestApp::new(Engine::Sqlite).await;
    let api = app.owner_api().await;
    let body = json!({"name": "Phones", "query": "platform=ios&cols=name,person"});
    let made = api.post("/api/v1/views", &body).await.expect(201);
    assert_eq!(made["audience"], "me");
    let at = format!("/api/v1/views/{}", made["id"].as_str().unwrap());
    let changed = api
        .patch(&at, &json!({"audience": "team"}))
        .await
        .expect(200);
    assert_eq!(changed["name"], "Phones");
    let list = api.get("/api/v1/views").await.expect(200);
    assert_eq!(list["items"][0]["audience"], "team");
    for odd in [
        json!({"name": "", "query": ""}),
        json!({"name": "x", "query": "q=a b"}),
        json!({"name": "x", "query": "", "audience": "all"}),
    ] {
        api.post("/api/v1/views", &odd).await.expect(422);
    }
    api.delete(&at).await.expect(204);
    api.delete(&at).await.expect(404);
}

both_engines!(
    devices_are_chosen_across_pages_and_acted_on_after_a_preview,
    |app| async move {
        let mut owner = fleet(&app).await;
        let (one, two) = (device_id(&app, 0).await, device_id(&app, 1).await);
        let at = "/console/devices/selection";
        let press = |act: &'static str, ticked: &[String]| {
            let mut fields = vec![
                ("act".to_owned(), act.to_owned()),
                (
                    "next".to_owned(),
                    "/console/devices?platform=ios".to_owned(),
                ),
            ];
            fields.extend([&one, &two].map(|id| ("shown".to_owned(), id.clone())));
            fields.extend(ticked.iter().map(|id| ("device".to_owned(), id.clone())));
            fields
        };
        let send = async |owner: &mut Browser, fields: Vec<(String, String)>| {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            owner.post(at, &fields).await
        };
        // Nothing is ticked: nothing is acted on.
        let to = send(&mut owner, press("erase", &[])).await.expect(303);
        assert_eq!(to.location(), "/console/devices?platform=ios");
        owner
            .get(to.location())
            .await
            .expect(200)
            .says("Nothing is chosen");

        send(&mut owner, press("keep", std::slice::from_ref(&one)))
            .await
            .expect(303);
        // Where the other list is, it is still chosen.
        let page = owner
            .get("/console/devices?platform=macos")
            .await
            .expect(200);
        page.says("1 device chosen");
        let page = owner.get("/console/devices").await.expect(200);
        page.says(&format!("value=\"{one}\" form=\"many\" data-pick checked"));

        let personal = "UPDATE device_summary SET ownership = 'personal' WHERE device_id = $1";
        let enrollment = "UPDATE enrollment SET ownership = 'personal' WHERE device_id = $1";
        for sql in [personal, enrollment] {
            app.db()
                .execute(sql, vec![one.as_str().into()])
                .await
                .unwrap();
        }
        let all = [
            ("act", "all"),
            ("query", "q="),
            ("next", "/console/devices"),
        ];
        owner.post(at, &all).await.expect(303);
        let page = owner.get("/console/devices").await.expect(200);
        page.says("2 devices chosen");
        page.says("1 personal");
        page.says("1 of 2 cannot be erased");

        let to = send(&mut owner, press("erase", &[one.clone(), two.clone()]))
            .await
            .expect(303);
        let path = to.location().to_owned();
        assert!(path.starts_with("/console/devices/many?act=erase&selection="));
        let page = owner.get(&path).await.expect(200);
        page.says("Erase 2 devices");
        page.says("Leave these out");
        let cannot = page.between("name=\"shown\" value=\"", "\"");
        let out = [
            ("act", "erase"),
            ("shown", cannot.as_str()),
            ("next", "/console/devices"),
        ];
        let to = owner.post(at, &out).await.expect(303);
        owner
            .get(to.location())
            .await
            .expect(200)
            .says_not("Leave these out");

        // Asking is harmless and goes to those who can answer.
        let to = send(&mut owner, press("ask", &[one.clone(), two.clone()]))
            .await
            .expect(303);
        owner
            .get(to.location())
            .await
            .expect(200)
            .says("They are asked to tell their state");
        let to = send(&mut owner, press("move", &[one.clone(), two.clone()]))
            .await
            .expect(303);
        let page = owner.get(to.location()).await.expect(200);
        page.says("Move 2 devices");
        owner.post(at, &[("act", "none")]).await.expect(303);
        owner
            .get("/console/devices")
            .await
            .expect(200)
            .says_not("devices chosen");
        assert_eq!(app.count("SELECT count(*) FROM selection").await, 0);
    }
);

both_engines!(
    a_selection_is_its_sessions_and_ends_at_the_units_edge,
    |app| async move {
        let mut owner = fleet(&app).await;
        let law = law_with_a_device(&app).await;
        let (inside, outside) = (device_id(&app, 0).await, device_id(&app, 1).await);
        let at = "/console/devices/selection";
        let both = format!("{inside},{outside}");
        let fields = [
            ("act", "keep"),
            ("shown", both.as_str()),
            ("device", both.as_str()),
        ];
        owner.post(at, &fields).await.expect(303);
        let id = app.text("SELECT id FROM selection").await.unwrap();

        let mut lawyer = signed_in(&app, "lawyer", "administrator", &law).await;
        let many = format!("/console/devices/many?act=erase&selection={id}");
        lawyer.get(&many).await.expect(404);
        let moving = format!("/console/devices/move?selection={id}");
        lawyer.get(&moving).await.expect(404);
        lawyer.post(at, &fields).await.expect(404);
        lawyer
            .get("/console/devices")
            .await
            .expect(200)
            .says_not("1 device chosen");
        let all = [
            ("act", "all"),
            ("query", "sort=name"),
            ("next", "/console/devices"),
        ];
        lawyer.post(at, &all).await.expect(303);
        let page = lawyer.get("/console/devices").await.expect(200);
        page.says("1 device chosen");
        // What leaves the unit leaves the selection.
        let api = app.owner_api().await;
        let root = app
            .text("SELECT id FROM org_unit WHERE parent_id IS NULL")
            .await
            .unwrap();
        let body = json!({"device_ids": [inside], "unit_id": root});
        api.post("/api/v1/devices/move", &body).await.expect(204);
        lawyer
            .get("/console/devices")
            .await
            .expect(200)
            .says_not("1 device chosen");
        // Hours later it is over.
        let sql = "UPDATE selection SET expires_at = 1";
        app.db().execute(sql, Vec::new()).await.unwrap();
        owner
            .get("/console/devices")
            .await
            .expect(200)
            .says_not("1 device chosen");
        owner.get(&many).await.expect(404);
    }
);

both_engines!(
    a_selection_holds_no_more_than_a_command_takes,
    |app| async move {
        let mut owner = fleet(&app).await;
        let devices = "INSERT INTO device (id, org_unit_id, platform, life_cycle, created_at, updated_at) \
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001) \
            SELECT 'many-' || CAST(n.i AS TEXT), u.id, 'ios', 'registered', 0, 0 FROM n, org_unit u \
            WHERE u.parent_id IS NULL";
        let summaries = "INSERT INTO device_summary (device_id, org_unit_id, platform, name, status, contact, \
            created_at, updated_at) SELECT id, org_unit_id, platform, id, 'registered', 'reachable', 0, 0 \
            FROM device WHERE id LIKE 'many-%'";
        for sql in [devices, summaries] {
            app.db().execute(sql, Vec::new()).await.unwrap();
        }
        let page = owner.get("/console/devices").await.expect(200);
        page.says("1,000 at most");
        page.says_not("value=\"all\"");
        // A page that is older than the last of them is told, and nothing is chosen.
        let all = [
            ("act", "all"),
            ("query", "q="),
            ("next", "/console/devices"),
        ];
        let to = owner
            .post("/console/devices/selection", &all)
            .await
            .expect(303);
        owner
            .get(to.location())
            .await
            .expect(200)
            .says("A selection holds at most 1,000 devices");
        assert_eq!(app.count("SELECT count(*) FROM selection_device").await, 0);
    }
);

both_engines!(
    a_device_leads_to_the_one_before_and_behind_it_in_the_list,
    |app| async move {
        let mut owner = fleet(&app).await;
        app.enrolled_iphone().await.sessions().await.unwrap();
        for (at, name) in [(0, "Adam"), (1, "Berta"), (2, "Caesar")] {
            let sql = "UPDATE device_summary SET name = $1 WHERE device_id = $2";
            let id = device_id(&app, at).await;
            let values = vec![name.into(), id.as_str().into()];
            app.db().execute(sql, values).await.unwrap();
        }
        let (adam, berta, caesar) = (
            device_id(&app, 0).await,
            device_id(&app, 1).await,
            device_id(&app, 2).await,
        );
        let list = owner.get("/console/devices").await.expect(200);
        list.says(&format!("/console/devices/{berta}?from=sort%3Dname"));
        let page = owner
            .get(&format!("/console/devices/{berta}?from=sort%3Dname"))
            .await
            .expect(200);
        let link = |rel: &str, id: &str| {
            format!("rel=\"{rel}\" href=\"/console/devices/{id}?from=sort%3Dname\"")
        };
        page.says(&link("prev", &adam));
        page.says(&link("next", &caesar));
        page.says(&format!("/console/devices/{berta}/facts?from=sort%3Dname"));
        // The other way round, and only what the filter leaves.
        let phones = "from=platform%3Dios%26sort%3D-name";
        let page = owner
            .get(&format!("/console/devices/{caesar}?{phones}"))
            .await
            .expect(200);
        page.says(&format!(
            "rel=\"next\" href=\"/console/devices/{adam}?{phones}\""
        ));
        page.says_not("rel=\"prev\"");
        let alone = owner
            .get(&format!("/console/devices/{berta}"))
            .await
            .expect(200);
        alone.says_not("rel=\"next\"");
        // A list of another unit says nothing of what the reader does not reach.
        let law = law_with_a_device(&app).await;
        let mut reader = signed_in(&app, "law", "read_only", &law).await;
        reader
            .get(&format!("/console/devices/{adam}?from=sort%3Dname"))
            .await
            .expect(200)
            .says_not("rel=\"next\"");
    }
);
