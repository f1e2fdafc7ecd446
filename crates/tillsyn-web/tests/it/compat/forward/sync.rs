//! What goes there and back when all is well.

use serde_json::{Value as Json, json};
use tillsyn_standins::declarative::DmRequest;
use tillsyn_testkit::canaries::{Canary, cells, found_in};
use tillsyn_testkit::{Engine, TestApp, both_engines};

use super::{KEY, TEST, asks, dm, setting, still, to};
use crate::compat::{Tool, of_type, plist, uuid};
use crate::wire::shapes::{check_in, declarative, device_ids, is_empty, json};

/// Method, endpoint, enrollment, type and parent of what came.
fn told(request: &DmRequest) -> [String; 5] {
    let header = |name: &str| request.header(name).to_owned();
    [
        request.method.to_string(),
        request.endpoint.clone(),
        header("x-enrollment-id"),
        header("x-enrollment-type"),
        header("x-enrollment-parentid"),
    ]
}

both_engines!(
    a_device_and_its_user_sync_through_the_other_server,
    still(),
    |app| async move {
        let dm = dm(&app).await;
        let mut mac = app.enrolled_mac().await;
        let mut other = app.enrolled_iphone().await;
        for device in [&mut mac, &mut other] {
            device.sessions().await.unwrap();
        }
        let udid = mac.udid().to_owned();
        let user = mac.channel_names()[1].strip_prefix("user:").unwrap();
        let user = format!("{udid}:{user}");
        dm.sign_with(KEY);
        dm.declare(&udid, TEST, "org.example.device", &json!({ "Echo": "d" }));
        dm.declare(&user, TEST, "org.example/user", &json!({ "Echo": "u" }));
        let api = app.owner_api().await;
        let path = setting(&app, &mac).await;
        let set = api.put(&path, &to(&dm, Some(KEY))).await.expect(200);
        assert_eq!(
            (&set["url"], &set["signed"]),
            (&json!(dm.url()), &json!(true))
        );
        assert_eq!(api.get(&path).await.expect(200), set);
        assert!(!set.to_string().contains(KEY));

        // The tool tells both channels to sync, in its own way.
        let tool = Tool::new(&app).await;
        for (number, id) in [(1, &udid), (2, &user)] {
            let sync = plist(&uuid(number), &of_type("DeclarativeManagement"));
            let queued = tool.put(&format!("/v1/enqueue/{id}?nopush=1"), sync).await;
            assert_eq!(queued.status, 200, "{}", queued.body);
        }
        mac.sessions().await.unwrap();
        assert_eq!(mac.violations(), []);
        assert_eq!(dm.faults(), [""; 0]);
        for (channel, identifier) in [(0, "org.example.device"), (1, "org.example/user")] {
            let held = mac.declarations(channel);
            assert_eq!(held.len(), 1, "{identifier}");
            assert_eq!(held[0].identifier, identifier);
        }
        let all: Vec<_> = dm.received().iter().map(told).collect();
        let of = |who: &str, kind: &str, parent: &str, endpoints: [(&str, String); 4]| {
            endpoints.map(|(method, endpoint)| {
                [method, &endpoint, who, kind, parent].map(ToOwned::to_owned)
            })
        };
        let steps = |declaration: &str| {
            [
                ("GET", "tokens".to_owned()),
                ("GET", "declaration-items".to_owned()),
                ("GET", format!("declaration/configuration/{declaration}")),
                ("PUT", "status".to_owned()),
            ]
        };
        let mut expected = of(&udid, "Device", "", steps("org.example.device")).to_vec();
        expected.extend(of(&user, "User", &udid, steps("org.example/user")));
        assert_eq!(all, expected);
        // What the device reported is the report as it came, and is kept here as well.
        let report: Json = serde_json::from_slice(&dm.received()[3].body).unwrap();
        assert!(report["StatusItems"]["device"].is_object());
        assert_eq!(app.count("SELECT count(*) FROM status_report").await, 2);

        // A declaration that is not there any more, and one that never was.
        assert_eq!(asks(&mut mac, "declaration/asset/none").await.status, 404);
        assert_eq!(dm.received().len(), 9);
        for (endpoint, status) in [("declaration/asset/..", 404), ("declaration/asset", 400)] {
            assert_eq!(asks(&mut mac, endpoint).await.status.as_u16(), status);
        }
        let malformed = declarative(device_ids(&mac), "status", Some("{"));
        assert_eq!(check_in(&mut mac, malformed).await.status, 400);
        // Nothing of these left the house, and nothing of a device that nobody chose it for.
        let own = json(&asks(&mut other, "tokens").await);
        assert!(!own.to_string().contains("dm-"));
        assert_eq!(dm.received().len(), 9);

        // It is no statement more, and the key is nowhere to be read.
        let before = app.db().stats().statements;
        asks(&mut other, "tokens").await;
        let without = app.db().stats().statements - before;
        let before = app.db().stats().statements;
        asks(&mut mac, "tokens").await;
        assert_eq!(app.db().stats().statements - before, without);
        let canaries = [Canary::new("key", KEY)];
        for (table, column, value) in cells(&app.db()).await {
            assert_eq!(found_in(&canaries, value), [""; 0], "{table}.{column}");
        }

        // Answered here again, there is nothing declared.
        api.delete(&path).await.expect(204);
        assert_eq!(api.get(&path).await.status, 404);
        assert_eq!(api.delete(&path).await.status, 404);
        mac.synchronise_declarations(0).await.unwrap();
        assert_eq!(mac.declarations(0), []);
        assert_eq!(mac.violations(), []);
        // The trail has the host, and not the whole address: a secret may be in it.
        let events = "SELECT count(*) FROM event WHERE action LIKE 'device.dm_forward_%' \
            AND actor_kind = 'token' AND object_kind = 'device' AND details LIKE '%127.0.0.1%' \
            AND details NOT LIKE '%/ddm/%'";
        assert_eq!(app.count(events).await, 2);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_report_of_a_personal_device_goes_without_what_we_do_not_keep() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let dm = dm(&app).await;
    let mut iphone = app.enrolled_iphone().await;
    let api = app.owner_api().await;
    let path = setting(&app, &iphone).await;
    api.put(&path, &to(&dm, None)).await.expect(200);
    let report =
        r#"{"StatusItems":{"device":{"model":"x"},"management":{"declarations":[]}},"Errors":[]}"#;
    let body = declarative(device_ids(&iphone), "status", Some(report));
    assert!(is_empty(&check_in(&mut iphone, body.clone()).await));
    assert_eq!(dm.received()[0].body, report.as_bytes());
    app.db()
        .execute("UPDATE enrollment SET ownership = 'personal'", Vec::new())
        .await
        .unwrap();
    assert!(is_empty(&check_in(&mut iphone, body).await));
    let sent: Json = serde_json::from_slice(&dm.received()[1].body).unwrap();
    let kept = json!({ "StatusItems": { "management": { "declarations": [] } }, "Errors": [] });
    assert_eq!(sent, kept);
    assert_eq!(dm.faults(), [""; 0]);
}
