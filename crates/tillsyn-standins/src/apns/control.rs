//! Plain HTTP on loopback, for simulated devices in another process.
//!
//! | Request | Body or query | Answer |
//! |---|---|---|
//! | `POST /control/listeners` | – | `{"listener": 1}` |
//! | `DELETE /control/listeners/1` | – | 204 |
//! | `POST /control/register` | `{"tokens": ["hex"], "listener": 1}`; listener may be absent | 204 |
//! | `GET /control/wait` | `listener=1&seconds=25&max=500` | `{"pushes": [{"token", "topic", "push_magic", "expiration_unix_s", "apns_id", "at_ms"}]}`, empty after `seconds` |
//! | `POST /control/script` | `{"token": "hex", "answer": {"kind": "refuse", "status": 410, "reason": "Unregistered", "timestamp_ms": 1}, "once": true}`; no answer = forget | 204 |
//! | `POST /control/push-certificate` | `{"topic": "com.apple.mgmt.External.…"}` | `{"certificate_pem", "private_key_pem"}` |
//! | `GET /control/root` | – | PEM of the stand-in's root |
//! | `GET /control/counts` | – | `{"connections_opened", "received", "refused", "tokens"}` |
//!
//! A listener that nobody waits on for two minutes is closed; its pushes are kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, Path, Query, Request, State as Extract};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::answer::Answer;
use super::identity::Identity;
use super::state::{Counts, ReceivedPush, State, Subscription};
use crate::hex;

pub(super) async fn serve(
    listener: TcpListener,
    state: Arc<State>,
    identity: Arc<Identity>,
    mut stopping: watch::Receiver<bool>,
) {
    let control = Arc::new(Control {
        state,
        identity,
        listeners: Mutex::default(),
        last_id: AtomicU64::new(0),
        stopping: stopping.clone(),
    });
    let router = Router::new()
        .route("/control/listeners", post(open_listener))
        .route("/control/listeners/{id}", delete(close_listener))
        .route("/control/register", post(register))
        .route("/control/wait", get(wait))
        .route("/control/script", post(script))
        .route("/control/push-certificate", post(push_certificate))
        .route("/control/root", get(root))
        .route("/control/counts", get(counts))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(no_browsers))
        .with_state(control);
    let stop = async move {
        // An error means that the stand-in was dropped.
        let _ = stopping.changed().await;
    };
    // Serving does not fail; a broken connection ends alone.
    let _ = axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await;
}

/// 20,000 tokens of 64 characters fit.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
const LISTENER_IDLE: Duration = Duration::from_mins(2);
const MAX_WAIT_S: u64 = 60;

struct Control {
    state: Arc<State>,
    identity: Arc<Identity>,
    listeners: Mutex<HashMap<u64, Listener>>,
    last_id: AtomicU64,
    stopping: watch::Receiver<bool>,
}

struct Listener {
    subscription: Arc<Subscription>,
    last_used: Instant,
}

impl Control {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Listener>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn listener(&self, id: u64) -> Result<Arc<Subscription>, Fault> {
        let mut listeners = self.lock();
        let listener = listeners
            .get_mut(&id)
            .ok_or(Fault(StatusCode::NOT_FOUND, "no such listener"))?;
        listener.last_used = Instant::now();
        Ok(Arc::clone(&listener.subscription))
    }

    /// A listener with a request in flight is in use, however long that takes.
    fn close_idle(&self) {
        self.lock().retain(|_, listener| {
            listener.last_used.elapsed() < LISTENER_IDLE
                || Arc::strong_count(&listener.subscription) > 1
        });
    }
}

struct Fault(StatusCode, &'static str);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

/// A page in a browser on the same machine must not reach this; browsers name their origin.
async fn no_browsers(request: Request, next: Next) -> Response {
    let headers = request.headers();
    if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

#[derive(Serialize)]
struct Opened {
    listener: u64,
}

async fn open_listener(Extract(control): Extract<Arc<Control>>) -> Json<Opened> {
    control.close_idle();
    let id = control.last_id.fetch_add(1, Ordering::Relaxed) + 1;
    let listener = Listener {
        subscription: Arc::new(Subscription::new(Arc::clone(&control.state))),
        last_used: Instant::now(),
    };
    control.lock().insert(id, listener);
    Json(Opened { listener: id })
}

async fn close_listener(
    Extract(control): Extract<Arc<Control>>,
    Path(id): Path<u64>,
) -> Result<StatusCode, Fault> {
    let removed = control.lock().remove(&id);
    match removed {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(Fault(StatusCode::NOT_FOUND, "no such listener")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    tokens: Vec<String>,
    listener: Option<u64>,
}

async fn register(
    Extract(control): Extract<Arc<Control>>,
    Json(body): Json<Register>,
) -> Result<StatusCode, Fault> {
    let tokens = body
        .tokens
        .iter()
        .map(|token| token_of(token))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(id) = body.listener {
        let subscription = control.listener(id)?;
        for token in &tokens {
            subscription.add(token);
        }
    } else {
        for token in &tokens {
            control.state.register(token);
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    listener: u64,
    #[serde(default = "default_wait_s")]
    seconds: u64,
    #[serde(default = "default_max")]
    max: usize,
}

fn default_wait_s() -> u64 {
    25
}

fn default_max() -> usize {
    500
}

#[derive(Serialize)]
struct Pushes {
    pushes: Vec<WirePush>,
}

#[derive(Serialize)]
struct WirePush {
    token: String,
    topic: String,
    push_magic: String,
    expiration_unix_s: i64,
    apns_id: String,
    at_ms: i64,
}

impl From<ReceivedPush> for WirePush {
    fn from(push: ReceivedPush) -> Self {
        Self {
            token: hex::encode(&push.token),
            topic: push.topic,
            push_magic: push.push_magic,
            expiration_unix_s: push.expiration_unix_s,
            apns_id: push.apns_id,
            at_ms: push.at_ms,
        }
    }
}

async fn wait(
    Extract(control): Extract<Arc<Control>>,
    Query(query): Query<Wait>,
) -> Result<Json<Pushes>, Fault> {
    control.close_idle();
    let subscription = control.listener(query.listener)?;
    let mut stopping = control.stopping.clone();
    let limit = Duration::from_secs(query.seconds.min(MAX_WAIT_S));
    let pushes = tokio::select! {
        pushes = subscription.wait(query.max.max(1)) => pushes,
        () = tokio::time::sleep(limit) => Vec::new(),
        _ = stopping.changed() => Vec::new(),
    };
    Ok(Json(Pushes {
        pushes: pushes.into_iter().map(Into::into).collect(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    token: String,
    answer: Option<Answer>,
    #[serde(default)]
    once: bool,
}

async fn script(
    Extract(control): Extract<Arc<Control>>,
    Json(body): Json<Script>,
) -> Result<StatusCode, Fault> {
    let token = token_of(&body.token)?;
    match body.answer {
        Some(answer) if body.once => control.state.script_once(&token, answer),
        answer => control.state.script(&token, answer),
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateRequest {
    topic: String,
}

#[derive(Serialize)]
struct CertificateAnswer {
    certificate_pem: String,
    private_key_pem: String,
}

async fn push_certificate(
    Extract(control): Extract<Arc<Control>>,
    Json(body): Json<CertificateRequest>,
) -> Result<Json<CertificateAnswer>, Fault> {
    let issued = control
        .identity
        .issue_push_certificate(
            &body.topic,
            control.state.now_ms(),
            super::identity::YEAR_DAYS,
        )
        .map_err(|_| Fault(StatusCode::BAD_REQUEST, "no certificate for this topic"))?;
    Ok(Json(CertificateAnswer {
        certificate_pem: issued.certificate_pem,
        private_key_pem: issued.private_key_pem.to_string(),
    }))
}

async fn root(Extract(control): Extract<Arc<Control>>) -> String {
    control.identity.root_pem()
}

async fn counts(Extract(control): Extract<Arc<Control>>) -> Json<Counts> {
    Json(control.state.counts())
}

fn token_of(text: &str) -> Result<Vec<u8>, Fault> {
    hex::decode(text)
        .filter(|token| (32..=100).contains(&token.len()))
        .ok_or(Fault(
            StatusCode::BAD_REQUEST,
            "token is not 64 to 200 lower-case hexadecimal characters",
        ))
}
