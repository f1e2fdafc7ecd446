//! `/scim/v2/{connector}` as identity providers meet it, on the wire.

mod entra;
mod okta;
mod rules;
mod steps;

use reqwest::Method;
use serde_json::{Value, json};
use tillsyn_core::directory::{NewSource, SourceKind, create_scim_token, create_source};
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::{Actor, Clock};
use tillsyn_testkit::{AppOptions, TestApp};

pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The test turns the clock and runs the jobs.
pub(crate) fn by_hand() -> AppOptions {
    AppOptions {
        clock: Clock::fixed(Clock::system().now_ms()),
        jobs: false,
        ..AppOptions::default()
    }
}

/// One connector and a client of it.
pub(crate) struct Client {
    pub(crate) source: DirectoryId,
    pub(crate) token: String,
    base: String,
    http: reqwest::Client,
}

/// What came back.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Said {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

pub(crate) async fn connector(app: &TestApp, name: &str) -> Client {
    let new = NewSource {
        kind: SourceKind::Scim,
        name: name.to_owned(),
        unit: None,
        priority: None,
    };
    let source = create_source(&app.core, &Actor::server(), new)
        .await
        .unwrap()
        .id;
    let token = token(app, &source).await;
    Client {
        base: format!("{}/scim/v2/{source}", app.url()),
        source,
        token,
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
    }
}

pub(crate) async fn token(app: &TestApp, source: &DirectoryId) -> String {
    let made = create_scim_token(&app.core, &Actor::server(), source, 365, None).await;
    made.unwrap().1.to_string()
}

impl Client {
    pub(crate) fn with(&self, token: &str) -> Self {
        Self {
            source: self.source.clone(),
            token: token.to_owned(),
            base: self.base.clone(),
            http: self.http.clone(),
        }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Said {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/scim+json; charset=utf-8")
                .body(body.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        Said {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        self.send(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Said {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Said {
        self.send(Method::PUT, path, Some(body), &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Said {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// A PATCH with these operations.
    pub(crate) async fn patch(&self, path: &str, operations: &Value) -> Said {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations,
        });
        self.send(Method::PATCH, path, Some(&body), &[]).await
    }

    /// A user whom the client makes; their id.
    pub(crate) async fn user(&self, name: &str) -> String {
        let made = self.post("/Users", &plain(name)).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
        let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": name, "members": members});
        let made = self.post("/Groups", &body).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }
}

/// A user as small as one can be.
pub(crate) fn plain(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": format!("{name}@example.org"),
        "externalId": format!("ext-{name}"), "active": true, "displayName": name,
        "emails": [{"primary": true, "type": "work", "value": format!("{name}@example.org")}],
    })
}

/// The person behind a user.
pub(crate) async fn person_of(app: &TestApp, user: &str) -> String {
    const FIND: &str = "SELECT person_id FROM directory_link WHERE id = $1";
    let row = app
        .db()
        .query_optional(FIND, vec![user.into()])
        .await
        .unwrap();
    row.unwrap().text(0).unwrap()
}

/// A field of a person.
pub(crate) async fn of_person(app: &TestApp, person: &str, sql: &'static str) -> Option<String> {
    let row = app
        .db()
        .query_optional(sql, vec![person.into()])
        .await
        .unwrap();
    row.and_then(|row| row.opt_text(0).unwrap())
}

pub(crate) const STATUS: &str = "SELECT status FROM person WHERE id = $1";
pub(crate) const EMAIL: &str = "SELECT email FROM person WHERE id = $1";
pub(crate) const STATE: &str = "SELECT state FROM person_life WHERE person_id = $1";
