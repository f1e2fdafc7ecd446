//! A server that breaks its promises: between the real one and everybody else, it answers for what was never kept,
//! swallows what it offered, sends what was held or withdrawn, and does things twice. It shows that the checks see it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use tillsyn_db::{Db, args};
use tokio::net::TcpListener;

use super::Chance;

const MAX_BODY: usize = 40 << 20;
/// Lies in a hundred occasions.
const OFTEN: u64 = 12;

/// What was broken, so that a test knows that there was an occasion for each.
#[derive(Default)]
pub(super) struct Lies {
    held: Vec<String>,
    withdrawn: Vec<String>,
    swallowed: BTreeSet<String>,
}

struct Shared {
    upstream: String,
    client: reqwest::Client,
    lies: Mutex<Lies>,
    chance: Mutex<Chance>,
}

/// Starts on a port of its own; ends with the runtime.
pub(super) async fn start(listener: TcpListener, upstream: String, seed: u64) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let shared = Arc::new(Shared {
        upstream,
        client,
        lies: Mutex::default(),
        chance: Mutex::new(Chance(seed ^ 0x11A2)),
    });
    let router = Router::new().fallback(pass).with_state(shared);
    let _ = axum::serve(listener, router).await;
}

struct Asked {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let asked = Asked {
        method: parts.method,
        path: path.to_owned(),
        headers: parts.headers,
        body,
    };
    match shared.answer(&asked).await {
        Some(answer) => {
            let mut response = Response::new(Body::from(answer.body));
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            response
        }
        None => StatusCode::BAD_GATEWAY.into_response(),
    }
}

impl Shared {
    async fn answer(&self, asked: &Asked) -> Option<Answer> {
        if asked.method == Method::POST && asked.path.ends_with("/commands") {
            return self.enqueue(asked).await;
        }
        if asked.method == Method::PUT {
            return self.device(asked).await;
        }
        let answer = self.forward(asked).await?;
        let id = asked.path.strip_prefix("/api/v1/commands/");
        if let Some(id) = id
            && asked.method == Method::DELETE
            && answer.status.is_success()
        {
            self.lies(|lies| lies.withdrawn.push(id.to_owned()));
        }
        Some(answer)
    }

    async fn enqueue(&self, asked: &Asked) -> Option<Answer> {
        if self.lie() {
            let (batch, command, device) = (self.id(), self.id(), self.id());
            let body = json!({ "batch_id": batch, "commands": [{
                "id": command, "device_id": device, "status": "queued", "merged": false,
            }] });
            return Some(Answer::new(
                StatusCode::ACCEPTED,
                "application/json",
                body.to_string(),
            ));
        }
        let answer = self.forward(asked).await?;
        if self.lie() {
            // The same request under another name is another command.
            let mut again = asked.headers.clone();
            again.insert("idempotency-key", HeaderValue::from_str(&self.id()).ok()?);
            let again = Asked {
                method: asked.method.clone(),
                path: asked.path.clone(),
                headers: again,
                body: asked.body.clone(),
            };
            self.forward(&again).await;
        }
        let body: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        for command in body["commands"].as_array().into_iter().flatten() {
            let Some(id) = command["id"].as_str() else {
                continue;
            };
            if command["status"] == "held" && command["held_until"].is_null() {
                self.lies(|lies| lies.held.push(id.to_owned()));
            }
        }
        Some(answer)
    }

    async fn device(&self, asked: &Asked) -> Option<Answer> {
        let text = String::from_utf8_lossy(&asked.body);
        let status = string_of(&text, "Status");
        if status == Some("Acknowledged") && self.lie() {
            return Some(Answer::new(
                StatusCode::OK,
                "application/xml",
                String::new(),
            ));
        }
        let answer = self.forward(asked).await?;
        if status.is_none() || answer.status != StatusCode::OK {
            return Some(answer);
        }
        let offered = String::from_utf8_lossy(&answer.body).into_owned();
        let nothing = Answer::new(StatusCode::OK, "application/xml", String::new());
        if let Some(uuid) = string_of(&offered, "CommandUUID") {
            let lie = self.lie();
            let gone = self.lies(|lies| {
                let known = lies.swallowed.contains(uuid);
                if lie {
                    lies.swallowed.insert(uuid.to_owned());
                }
                known || lie
            });
            return Some(if gone { nothing } else { answer });
        }
        let forbidden = self.lies(|lies| lies.held.pop().or_else(|| lies.withdrawn.pop()));
        Some(match forbidden {
            Some(id) => Answer::new(StatusCode::OK, "application/xml", command(&id)),
            None => answer,
        })
    }

    async fn forward(&self, asked: &Asked) -> Option<Answer> {
        let mut headers = asked.headers.clone();
        for hop in [
            header::HOST,
            header::CONNECTION,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
        ] {
            headers.remove(hop);
        }
        let url = format!("{}{}", self.upstream, asked.path);
        let request = self.client.request(asked.method.clone(), url);
        let request = request.headers(headers).body(asked.body.clone());
        let response = request.send().await.ok()?;
        let (status, mut headers) = (response.status(), response.headers().clone());
        headers.remove(header::CONNECTION);
        headers.remove(header::TRANSFER_ENCODING);
        headers.remove(header::CONTENT_LENGTH);
        Some(Answer {
            status,
            headers,
            body: response.bytes().await.ok()?,
        })
    }

    fn lies<T>(&self, read: impl FnOnce(&mut Lies) -> T) -> T {
        read(&mut self.lies.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn lie(&self) -> bool {
        self.below(100) < OFTEN
    }

    fn below(&self, limit: u64) -> u64 {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        chance.below(limit)
    }

    /// An id that nobody gave.
    fn id(&self) -> String {
        let digits = self.below(1 << 48);
        format!("0197ffff-ffff-7fff-8fff-{digits:012x}")
    }
}

impl Answer {
    fn new(status: StatusCode, kind: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Self {
            status,
            headers,
            body: body.into(),
        }
    }
}

/// Takes one act out of the trail.
pub(super) async fn forget_an_event(db: &Db) {
    const FORGET: &str = "DELETE FROM event WHERE seq = (SELECT MAX(e.seq) FROM event e \
        WHERE e.action = 'command.enqueue' AND e.actor_kind <> 'system')";
    db.execute(FORGET, args![]).await.unwrap();
}

/// The text behind a key of a plist in XML.
fn string_of<'a>(plist: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = plist.split_once(&format!("<key>{key}</key>"))?;
    let rest = rest.trim_start().strip_prefix("<string>")?;
    rest.split_once("</string>").map(|(text, _)| text)
}

fn command(id: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CommandUUID</key><string>{id}</string>
<key>Command</key><dict><key>RequestType</key><string>SecurityInfo</string></dict></dict></plist>"#
    )
}
