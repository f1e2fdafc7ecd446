//! Mail from end to end: settings over HTTP, the outbox, and what a strict mail server gets.

mod batches;
mod codes;
mod crowd;
mod delivery;
mod invitations;
mod notices;
mod pins;
mod rules;

pub(crate) use tillsyn_testkit::letters;

use serde_json::{Value as Json, json};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::tokens::{self, NewToken};
use tillsyn_core::{Clock, Permission};
use tillsyn_standins::smtp::{SmtpMode, SmtpStandin};
use tillsyn_testkit::{Api, AppOptions, TestApp};

pub(super) const PASSWORD: &str = "Kvarnvingar-i-motljus-77";

/// Nothing is sent but what the test sends, and time stands.
pub(super) fn still() -> AppOptions {
    AppOptions {
        jobs: false,
        clock: Clock::fixed(Clock::system().now_ms()),
        ..AppOptions::default()
    }
}

/// A mail server on this machine that asks for a login, and the settings that lead to it.
pub(super) async fn server(app: &TestApp, api: &Api) -> SmtpStandin {
    let login = Some(("tillsyn", PASSWORD));
    let now = app.clock.now_ms();
    let server = SmtpStandin::start(SmtpMode::Plain, login, now)
        .await
        .unwrap();
    api.put("/api/v1/mail", &settings(server.port(), Some(PASSWORD)))
        .await
        .expect(200);
    server
}

pub(super) fn settings(port: u16, password: Option<&str>) -> Json {
    json!({ "host": "127.0.0.1", "port": port, "tls": "none", "user": "tillsyn",
        "password": password, "from": "Tillsyn <mdm@example.org>" })
}

/// Asks for a test; returns the message's id.
pub(super) async fn test(api: &Api) -> String {
    let sent = api.post("/api/v1/mail/test", &json!({})).await.expect(202);
    sent["message_id"].as_str().unwrap().to_owned()
}

/// The messages, newest first.
pub(super) async fn messages(api: &Api) -> Vec<Json> {
    let page = api.get("/api/v1/mail/messages").await.expect(200);
    page["items"].as_array().cloned().unwrap_or_default()
}

/// A client of the API that reaches one unit.
pub(crate) async fn of_unit(app: &TestApp, unit: &str, permissions: &[Permission]) -> Api {
    let new = NewToken {
        name: "unit".to_owned(),
        permissions: permissions.to_vec(),
        days: 1,
        unit: OrgUnitId::parse(unit),
        ..NewToken::default()
    };
    let mut owner = app.owner.clone();
    owner.fresh_at = Some(app.core.now_ms());
    let (_, token) = tokens::create_token(&app.core, &owner, new).await.unwrap();
    Api::new(app.url(), Some(token.to_string()))
}
