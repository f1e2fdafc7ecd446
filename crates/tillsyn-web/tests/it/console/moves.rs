//! Several devices or people, ticked in their lists, moved to another unit.

use serde_json::json;
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::Browser;
use crate::api::plans::device_id;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ticked_devices_and_people_move_after_a_look() {
    let app = TestApp::new(Engine::Sqlite).await;
    app.enrolled_iphone().await;
    app.enrolled_iphone().await;
    let (one, two) = (device_id(&app, 0).await, device_id(&app, 1).await);
    let api = app.owner_api().await;
    let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
    let law = law.expect(201)["id"].as_str().unwrap().to_owned();
    let elin = api.post("/api/v1/people", &json!({"name": "Elin"})).await;
    let elin = elin.expect(201)["id"].as_str().unwrap().to_owned();
    let in_law = "SELECT count(*) FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE u.name = 'Law'";
    let mut owner = Browser::owner(&app).await;

    let list = owner.get("/console/devices").await.expect(200);
    list.says(&format!("name=\"device\" value=\"{one}\""));
    list.says("name=\"act\" value=\"move\"");
    let none = owner.get("/console/devices/move").await.expect(200);
    none.says("Nothing is chosen");
    let ticked = format!("/console/devices/move?device={one}&device={two}");
    let page = owner.get(&ticked).await.expect(200);
    page.says("Move 2 devices");
    let ids = format!("{one},{two}");
    let fields = [("ids", ids.as_str()), ("unit", law.as_str())];
    let plan = owner
        .post("/console/devices/move", &fields)
        .await
        .expect(303);
    let plan = plan.location().to_owned();
    let page = owner.get(&plan).await.expect(200);
    page.says("Move 2 devices to Law");
    assert_eq!(
        app.count(in_law).await,
        0,
        "nothing moves before it is applied"
    );
    owner.post(&format!("{plan}/apply"), &[]).await.expect(303);
    assert_eq!(app.count(in_law).await, 2);

    // People alone go at once; with their devices there is a plan to look at.
    let path = format!("/api/v1/devices/{one}/person");
    api.put(&path, &json!({"person_id": elin})).await;
    let list = owner.get("/console/people").await.expect(200);
    list.says(&format!("name=\"person\" value=\"{elin}\""));
    let root = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    let root = app.text(root).await.unwrap();
    let ticked = format!("/console/people/move?person={elin}");
    owner
        .get(&ticked)
        .await
        .expect(200)
        .says("name=\"with_devices\"");
    let to_law = [("ids", elin.as_str()), ("unit", law.as_str())];
    let done = owner
        .post("/console/people/move", &to_law)
        .await
        .expect(303);
    assert_eq!(done.location(), "/console/people");
    let with = [
        ("ids", elin.as_str()),
        ("unit", root.as_str()),
        ("with_devices", "1"),
    ];
    let plan = owner.post("/console/people/move", &with).await.expect(303);
    let plan = plan.location().to_owned();
    owner.get(&plan).await.expect(200).says("Move 1 person to");
    assert_eq!(app.count(in_law).await, 2);
    owner.post(&format!("{plan}/apply"), &[]).await.expect(303);
    assert_eq!(app.count(in_law).await, 1);
    let person = "SELECT CASE WHEN u.parent_id IS NULL THEN 1 ELSE 0 END FROM person p JOIN org_unit u ON u.id = p.org_unit_id";
    assert_eq!(app.count(person).await, 1);
}

both_engines!(a_move_of_many_names_some_and_counts_all, |app| async move {
    let mut owner = Browser::owner(&app).await;
    let devices = "INSERT INTO device (id, org_unit_id, platform, life_cycle, created_at, updated_at) \
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 203) \
            SELECT '01939f3c-5a10-7c3e-9d41-' || CAST(n.i + 100000000000 AS TEXT), u.id, 'ios', 'registered', 0, 0 \
            FROM n, org_unit u WHERE u.parent_id IS NULL";
    let summaries = "INSERT INTO device_summary (device_id, org_unit_id, platform, name, status, contact, \
            created_at, updated_at) SELECT id, org_unit_id, platform, id, 'registered', 'reachable', 0, 0 \
            FROM device";
    for sql in [devices, summaries] {
        app.db().execute(sql, Vec::new()).await.unwrap();
    }
    let selection = "/console/devices/selection";
    owner
        .post(selection, &[("act", "all"), ("query", "q=")])
        .await
        .expect(303);
    let move_to = [("act", "move")];
    let to = owner.post(selection, &move_to).await.expect(303);
    let page = owner.get(to.location()).await.expect(200);
    page.says("Move 203 devices");
    page.says("3 more are not shown");
    page.says("01939f3c-5a10-7c3e-9d41-100000000200</a>");
    page.says_not("01939f3c-5a10-7c3e-9d41-100000000201</a>");
    // Nobody can take one of them along whom they do not reach.
    let law = crate::console::lists::law_with_a_device(&app).await;
    let mut lawyer = crate::console::lists::signed_in(&app, "lawyer", "administrator", &law).await;
    let other = "/console/devices/move?device=01939f3c-5a10-7c3e-9d41-100000000007";
    lawyer.get(other).await.expect(404);
});
