//! The live stream: says that something changed, resumes, and needs a session.

use std::time::Duration;

use tillsyn_testkit::{Engine, TestApp};

use super::Browser;
use crate::device::story::only_device;
use crate::walk::somebody;

async fn read_until(response: &mut reqwest::Response, wanted: &str) -> String {
    let mut text = String::new();
    let read = async {
        while !text.contains(wanted) {
            let chunk = response.chunk().await.unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(10), read).await;
    assert!(done.is_ok(), "no {wanted:?} within 10 s");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_told_when_its_device_moves_and_after_a_gap() {
    let app = TestApp::new(Engine::Sqlite).await;
    let mut iphone = app.enrolled_iphone().await;
    iphone.sessions().await.unwrap();
    let id = only_device(&app).await;
    let mut owner = Browser::owner(&app).await;
    // Somebody who rules another unit asks for everything, and is told of nothing here.
    let api = app.owner_api().await;
    let law = serde_json::json!({"name": "Law"});
    let law = api.post("/api/v1/units", &law).await;
    let law = law.expect(201)["id"].as_str().unwrap().to_owned();
    let far = somebody(&app, "far", "owner", &law).await;
    let path = format!("{}/console/events?topics=all,devices,commands", app.url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = http
        .get(path)
        .header("cookie", format!("tillsyn={}", far.session));
    let mut theirs = asked.send().await.unwrap();
    read_until(&mut theirs, "retry:").await;
    let path = format!("/console/events?topics=device:{id}");
    let mut stream = owner.request(&path).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers()["cache-control"], "no-store");
    read_until(&mut stream, "retry:").await;
    // The follower of the tables needs one round to know where they stand.
    tokio::time::sleep(Duration::from_secs(2)).await;
    owner
        .post(&format!("/console/devices/{id}/refresh"), &[])
        .await
        .expect(303);
    let text = read_until(&mut stream, "\n\n").await;
    assert!(text.contains("event: changed"), "{text}");
    assert!(text.contains("id: "), "{text}");

    let silence = tokio::time::timeout(Duration::from_millis(800), theirs.chunk()).await;
    assert!(silence.is_err(), "{silence:?}");

    let resumed = owner.request(&path).header("last-event-id", "7");
    let mut resumed = resumed.send().await.unwrap();
    let text = read_until(&mut resumed, "data: all").await;
    assert!(text.contains("event: changed"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_follows_what_its_parts_show() {
    let app = TestApp::new(Engine::Sqlite).await;
    app.enrolled_iphone().await.sessions().await.unwrap();
    let id = only_device(&app).await;
    let mut owner = Browser::owner(&app).await;
    let of_device = format!("/console/devices/{id}/certificates");
    let topic = format!("device:{id}");
    for (path, topic) in [
        ("/console/certificates", "devices"),
        ("/console/profiles", "devices"),
        (of_device.as_str(), topic.as_str()),
    ] {
        let page = owner.get(path).await.expect(200);
        page.says(&format!("data-live=\"/console/events?topics={topic}\""));
    }
    // A list with boxes to tick stays as it is.
    let list = owner.get("/console/devices").await.expect(200);
    list.says_not("data-live=");
}
