//! People who sign in to pages of their own.

mod address;
mod factors;
mod first;
mod links;
mod own_passkeys;
mod passkeys;
mod passwords;
mod reach;
mod source;

use serde_json::{Value as Json, json};
use tillsyn_standins::smtp::SmtpStandin;
use tillsyn_testkit::{Api, OWNER_PASSWORD, TestApp};

pub(super) use crate::console::browser::{Answer, Browser};
use crate::mail::server;

/// What the tests' people choose.
const OWN: &str = "seven quiet herons over water";
const ELIN: &str = "elin@norrvik.example";

/// Somebody in the list of people; gives their id.
async fn person(api: &Api, name: &str, email: &str) -> String {
    let body = json!({ "name": name, "email": email });
    let made = api.post("/api/v1/people", &body).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

/// What whoever gives a password sends along with their token.
fn proof() -> Json {
    json!({ "password": OWNER_PASSWORD })
}

/// A temporary password, as an administrator gets it.
async fn temporary(api: &Api, id: &str) -> String {
    let path = format!("/api/v1/people/{id}/sign-in/password");
    let made = api.post(&path, &proof()).await.expect(200);
    made["password"].as_str().unwrap().to_owned()
}

async fn sign_in(browser: &mut Browser, email: &str, password: &str) -> Answer {
    let fields = [("login", email), ("password", password)];
    browser.send_form("/portal/sign-in", &fields).await
}

/// A form with the token of the page at `from`.
async fn post(browser: &mut Browser, from: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(from).await.expect(200);
    let token = page.between("name=\"csrf\" value=\"", "\"");
    let mut fields = fields.to_vec();
    fields.push(("csrf", &token));
    browser.send_form(to, &fields).await
}

/// A person with a password of their own, signed in; their id comes along.
async fn elin(app: &TestApp, api: &Api) -> (String, Browser) {
    let id = person(api, "Elin Hedström", ELIN).await;
    let given = temporary(api, &id).await;
    let mut browser = Browser::new(app);
    sign_in(&mut browser, ELIN, &given).await.expect(303);
    let to = post(
        &mut browser,
        "/portal/set-up",
        "/portal/set-up",
        &[("password", OWN)],
    );
    assert_eq!(to.await.expect(303).location(), "/portal");
    (id, browser)
}

/// The path of the newest link that was mailed, and who got it.
async fn mailed(app: &TestApp, server: &SmtpStandin) -> (String, String) {
    app.run_job("mail").await;
    let received = server.received();
    let mail = received.last().unwrap();
    let body = mail.body().replace("=\r\n", "");
    let (_, rest) = body.split_once("/portal/welcome/").unwrap();
    let code = rest.split_whitespace().next().unwrap();
    (format!("/portal/welcome/{code}"), mail.to[0].clone())
}

/// A mail server that takes everything.
async fn mail_server(app: &TestApp, api: &Api) -> SmtpStandin {
    server(app, api).await
}
