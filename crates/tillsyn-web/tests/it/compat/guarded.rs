//! The guard in front of what these tools send.

use serde_json::json;
use tillsyn_core::Clock;
use tillsyn_testkit::{AppOptions, Engine, TestApp, both_engines};

use super::{Tool, of_type, plist, uuid};

const HELD: &str = "SELECT count(*) FROM command WHERE status = 'held' AND held_until IS NULL";
const ON_HOLD: &str =
    "SELECT count(*) FROM command WHERE status = 'held' AND held_until IS NOT NULL";

fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

async fn udids(app: &TestApp, count: usize) -> Vec<String> {
    let mut udids = Vec::new();
    for _ in 0..count {
        udids.push(app.enrolled_iphone().await.udid().to_owned());
    }
    udids
}

both_engines!(
    an_erase_sent_raw_waits_as_everybodys_does,
    still(),
    |app| async move {
        let udids = udids(&app, 3).await;
        let tool = Tool::new(&app).await;
        let one = format!("/v1/enqueue/{}", udids[0]);
        // One takes the hold: it goes by itself, and anybody may stop it until then.
        let held = tool
            .put(&one, plist(&uuid(1), &of_type("EraseDevice")))
            .await;
        assert_eq!(held.status, 200, "{}", held.body);
        let entry = &held.body["status"][&udids[0]];
        assert_eq!(entry["held"], true);
        assert!(entry["held_until"].is_string() && entry.get("approval_id").is_none());
        assert!(entry.get("command_error").is_none());
        assert_eq!((app.count(ON_HOLD).await, app.count(HELD).await), (1, 0));

        // Nobody typed how many there are: two wait for a person.
        let two = format!("/v1/enqueue/{},{}", udids[1], udids[2]);
        let held = tool
            .put(&two, plist(&uuid(2), &of_type("EraseDevice")))
            .await;
        assert_eq!(held.status, 200, "{}", held.body);
        let approval = held.body["status"][&udids[1]]["approval_id"].clone();
        assert!(approval.is_string());
        assert_eq!(held.body["status"][&udids[2]]["approval_id"], approval);
        assert_eq!((app.count(ON_HOLD).await, app.count(HELD).await), (1, 2));
        let asked = "SELECT count(*) FROM approval WHERE status = 'waiting' \
            AND asked_kind = 'token' AND targets = 2";
        assert_eq!(app.count(asked).await, 1);
        let second = app.second_owner(1).await;
        assert_eq!(app.approve_all(&second).await, 1);
        assert_eq!((app.count(ON_HOLD).await, app.count(HELD).await), (3, 0));

        // A type that nobody knows may be anything.
        let odd = tool
            .put(&one, plist(&uuid(3), &of_type("EraseEverything")))
            .await;
        assert_eq!(odd.body["status"][&udids[0]]["held"], true, "{}", odd.body);
        // Removing the profile that manages is a retire.
        let own = app
            .text("SELECT profile_identifier FROM enrollment LIMIT 1")
            .await
            .unwrap();
        let removal = format!(
            "{}<key>Identifier</key><string>{own}</string>",
            of_type("RemoveProfile")
        );
        let retire = tool.put(&one, plist(&uuid(4), &removal)).await;
        assert_eq!(
            retire.body["status"][&udids[0]]["held"], true,
            "{}",
            retire.body
        );
        let acts = "SELECT count(*) FROM command WHERE act = 'retire' AND status = 'held'";
        assert_eq!(app.count(acts).await, 1);
        // Never shown here, so nothing says that anybody saw one.
        let seen = "SELECT count(*) FROM event WHERE action = 'secret.reveal'";
        assert_eq!(app.count(seen).await, 0);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_locks_in_one_request_are_one_request() {
    let app = TestApp::with(Engine::Sqlite, still()).await;
    let udids = udids(&app, 6).await;
    let tool = Tool::new(&app).await;
    let five = format!("/v1/enqueue/{}?nopush=1", udids[..5].join(","));
    let at_once = tool
        .put(&five, plist(&uuid(1), &of_type("DeviceLock")))
        .await;
    assert_eq!((at_once.status, app.count(HELD).await), (200, 0));
    let six = format!("/v1/enqueue/{}", udids.join(","));
    let held = tool
        .put(&six, plist(&uuid(2), &of_type("DeviceLock")))
        .await;
    assert_eq!((held.status, app.count(HELD).await), (200, 6));
    assert!(
        udids
            .iter()
            .all(|id| held.body["status"][id]["held"] == json!(true))
    );

    // After a panic stop nothing destructive begins, and the rest goes on.
    app.owner_api()
        .await
        .post("/api/v1/guard/stop", &json!({"reason": "Test"}))
        .await;
    let stopped = tool
        .put(&five, plist(&uuid(3), &of_type("DeviceLock")))
        .await;
    assert_eq!(stopped.status, 500);
    let why = stopped.body["status"][&udids[0]]["command_error"]
        .as_str()
        .unwrap();
    assert!(why.starts_with("frozen"), "{why}");
    let query = tool
        .put(&five, plist(&uuid(4), &of_type("SecurityInfo")))
        .await;
    assert_eq!(query.status, 200);
}
