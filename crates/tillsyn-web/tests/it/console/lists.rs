//! Lists of devices as people use them: columns, filters with counts, files.

use serde_json::json;
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::Browser;
use crate::api::plans::device_id;
use crate::walk::somebody;

/// An iPhone and a Mac, and a browser of their owner.
pub(super) async fn fleet(app: &TestApp) -> Browser {
    app.enrolled_iphone().await.sessions().await.unwrap();
    app.enrolled_mac().await.sessions().await.unwrap();
    Browser::owner(app).await
}

/// A browser of somebody of this role whose unit this is.
pub(super) async fn signed_in(app: &TestApp, name: &str, role: &str, unit: &str) -> Browser {
    let made = somebody(app, name, role, unit).await;
    let mut browser = Browser::new(app);
    browser.plant("tillsyn", &made.session);
    browser
}

/// A unit below the top with the first device in it.
pub(super) async fn law_with_a_device(app: &TestApp) -> String {
    let api = app.owner_api().await;
    let law = api.post("/api/v1/units", &json!({"name": "Law"})).await;
    let law = law.expect(201)["id"].as_str().unwrap().to_owned();
    let body = json!({"device_ids": [device_id(app, 0).await], "unit_id": law});
    api.post("/api/v1/devices/move", &body).await.expect(204);
    law
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_and_their_order_come_from_the_address() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = fleet(&app).await;
    let usual = owner.get("/console/devices").await.expect(200);
    usual.says("data-label=\"Enrollment\"");
    usual.says_not("data-label=\"Model\"");
    let asked = "/console/devices?cols=serial,unit,size,model&platform=macos";
    let page = owner.get(asked).await.expect(200);
    page.says("ignored: cols=size");
    let place = |text: &str| page.html.find(text).unwrap();
    let (serial, unit) = (
        place("data-label=\"Serial number\""),
        place("data-label=\"Org unit\""),
    );
    assert!(serial < unit && unit < place("data-label=\"Model\""));
    page.says_not("data-label=\"Status\"");
    // One step earlier, with everything else as it is.
    page.says("cols=name,unit,serial,model");
    page.says("name=\"platform\" value=\"macos\"");
    page.says("aria-sort=\"ascending\"");
    owner
        .get("/console/devices?cols=name")
        .await
        .expect(200)
        .says_not("data-label=");
}

both_engines!(
    filters_say_how_many_devices_have_each_value,
    |app| async move {
        let mut owner = fleet(&app).await;
        let sql =
            "UPDATE device_summary SET model_name = 'Mac mini (M4, 2024)' WHERE platform = 'macos'";
        app.db().execute(sql, Vec::new()).await.unwrap();
        let menu = owner
            .get("/console/devices/filters?platform=macos&sort=-last_seen")
            .await
            .expect(200);
        let line = |name: &str, value: &str| {
            let (_, rest) = menu
                .html
                .split_once(&format!("name=\"{name}\" value=\"{value}\""))
                .unwrap_or_else(|| panic!("no {name} {value} in {}", menu.html));
            rest.split_once("</label>").unwrap().0.to_owned()
        };
        // The others of the same filter can be added; those of other filters are narrowed by it.
        assert!(line("platform", "ios").contains(">1</span>"));
        assert!(line("platform", "macos").contains("checked"));
        assert!(line("status", "active").contains(">1</span>"));
        assert!(line("model", "Mac mini (M4%2C 2024)").contains(">1</span>"));
        menu.says("name=\"sort\" value=\"-last_seen\"");
        // A name with a comma is one value.
        let mac = owner
            .get("/console/devices?model=Mac+mini+%28M4%252C+2024%29")
            .await
            .expect(200);
        mac.says("1 of 1");
        mac.says("<b>Mac mini (M4, 2024)</b>");
        let old = owner
            .get("/console/devices?seen=over_30d")
            .await
            .expect(200);
        old.says("not for more than 30 days");
        old.says("Nothing matches");
        owner
            .get("/console/devices?seen=7d&os=99.9")
            .await
            .expect(200)
            .says("Without OS: 99.9");
        let odd = owner.get("/console/devices?seen=ever").await.expect(200);
        odd.says("ignored: seen=ever");
        odd.says("2 of 2");
    }
);

both_engines!(
    a_file_holds_this_filter_these_columns_and_no_formula,
    |app| async move {
        let mut owner = fleet(&app).await;
        for sql in [
            "UPDATE device_summary SET name = '=cmd|calc' WHERE platform = 'macos'",
            "UPDATE device_summary SET name = 'Phone', ownership = 'personal' WHERE platform = 'ios'",
        ] {
            app.db().execute(sql, Vec::new()).await.unwrap();
        }
        let phone = app
            .text("SELECT serial_number FROM device_summary WHERE platform = 'ios'")
            .await
            .unwrap();
        let path = "/console/devices/export?cols=serial,status&sort=name";
        let file = owner.get(path).await.expect(200);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        let text = file.html.strip_prefix('\u{feff}').unwrap_or(&file.html);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert_eq!(lines[0], "Device,Serial number,Status");
        let formula = lines.iter().any(|line| line.starts_with("'=cmd|calc,"));
        assert!(formula, "{text}");
        assert!(!text.contains(&phone), "not told by a personal device");
        let said = owner
            .get("/console/devices/export?platform=macos&comment=1")
            .await
            .expect(200);
        said.says("# /console/devices?platform=macos");
        said.says_not("iPhone");
        assert_eq!(
            app.count("SELECT count(*) FROM event WHERE action = 'list.export'")
                .await,
            2
        );
    }
);

both_engines!(
    a_file_says_no_more_of_contact_than_the_list,
    |app| async move {
        let mut owner = fleet(&app).await;
        let sql = "UPDATE device_summary SET status = 'retired', enrollment_status = 'retired' \
            WHERE platform = 'ios'";
        app.db().execute(sql, Vec::new()).await.unwrap();
        let path = "/console/devices/export?cols=status,contact&sort=name";
        let file = owner.get(path).await.expect(200);
        assert_eq!(file.html.matches(",Reachable").count(), 1, "{}", file.html);
        assert_eq!(file.html.matches(",Retired,\n").count(), 1, "{}", file.html);
    }
);

both_engines!(
    a_list_its_counts_and_its_file_end_at_the_readers_unit,
    |app| async move {
        fleet(&app).await;
        let law = law_with_a_device(&app).await;
        let mut reader = signed_in(&app, "law", "read_only", &law).await;
        let page = reader.get("/console/devices").await.expect(200);
        page.says("1 of 1");
        page.says_not("data-pick");
        let menu = reader.get("/console/devices/filters").await.expect(200);
        menu.says_not("value=\"macos\"");
        let file = reader.get("/console/devices/export").await.expect(200);
        assert_eq!(file.html.lines().count(), 2, "{}", file.html);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_as_low_as_a_person_wants_them() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut owner = fleet(&app).await;
    owner
        .get("/console/devices")
        .await
        .expect(200)
        .says_not("data-density");
    let fields = [("density", "compact"), ("next", "/console/devices?q=x")];
    let to = owner
        .post("/console/devices/look", &fields)
        .await
        .expect(303);
    assert_eq!(to.location(), "/console/devices?q=x");
    owner
        .get("/console/devices")
        .await
        .expect(200)
        .says("data-density=\"compact\"");
}
