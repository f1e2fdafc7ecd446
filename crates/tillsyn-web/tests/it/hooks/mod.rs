//! Webhooks from end to end: an act over HTTP, the store, and what a receiver gets over TLS.

pub(crate) mod crash;
mod delivery;
mod rules;

use serde_json::{Value as Json, json};
use tillsyn_core::Clock;
use tillsyn_testkit::{Api, AppOptions, TestApp};

/// Nothing is sent but what the test sends, and time stands.
pub(super) fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

/// A webhook to the receiver of this test: its id and key.
pub(super) async fn webhook(app: &TestApp, api: &Api, events: &[&str]) -> (String, String) {
    let body = json!({ "name": "Tickets", "url": app.hooks.url(), "events": events });
    let made = api.post("/api/v1/webhooks", &body).await.expect(201);
    (text(&made["webhook"]["id"]), text(&made["key"]))
}

pub(super) fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Something that is recorded as `person.create`; returns the person's id.
pub(super) async fn person(api: &Api, name: &str, unit: Option<&str>) -> String {
    let body = json!({ "name": name, "unit_id": unit });
    let made = api.post("/api/v1/people", &body).await.expect(201);
    text(&made["id"])
}

/// The webhook's deliveries, newest first.
pub(super) async fn deliveries(api: &Api, id: &str) -> Vec<Json> {
    let path = format!("/api/v1/webhooks/{id}/deliveries");
    let page = api.get(&path).await.expect(200);
    page["items"].as_array().cloned().unwrap_or_default()
}

/// What the receiver got so far: the events, oldest first.
pub(super) fn got(app: &TestApp) -> Vec<Json> {
    let received = app.hooks.received();
    let events = received.iter().map(|request| {
        let body: Json = serde_json::from_slice(&request.body).unwrap();
        body["event"].clone()
    });
    events.collect()
}
