use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use plist::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Fault;
use super::authority::Authority;
use super::exchange::{Answer, Received};
use super::mutate::mutate;
use crate::SimError;

const MAX_BODY: usize = 40 << 20;

/// Where the server is.
#[derive(Debug, Clone)]
pub struct ProxyConfig {
    /// Where to connect to, without a slash at the end.
    pub upstream: String,
    /// The base of the addresses in the server's profiles, if it is another one.
    pub public_base: Option<String>,
    /// PEM of the roots that vouch for the upstream.
    pub roots_pem: Option<String>,
}

/// A proxy on a port of this machine. It ends when dropped.
pub struct FaultProxy {
    base: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    upstream: Mutex<String>,
    client: reqwest::Client,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) fault: Option<Fault>,
    pub(super) base: String,
    pub(super) public_base: String,
    pub(super) authority: Authority,
    /// The last profile that went through, before any fault.
    pub(super) profile: Option<Value>,
    pub(super) first_challenge: Option<String>,
    pub(super) last_command: Option<Answer>,
    pub(super) results: Vec<String>,
    pub(super) token_updated: bool,
    /// User channels are announced for the enrollment before the fault, too.
    pub(super) announce_users: bool,
}

impl FaultProxy {
    /// Starts without a fault: then everything passes, with the proxy's addresses in it.
    pub async fn start(config: ProxyConfig) -> Result<Self, SimError> {
        let failed = |text: String| SimError::Transport {
            step: "fault proxy",
            text,
        };
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30));
        if let Some(pem) = &config.roots_pem {
            let roots = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
                .map_err(|e| failed(e.to_string()))?;
            client = client.tls_certs_only(roots);
        }
        let client = client.build().map_err(|e| failed(e.to_string()))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|e| failed(e.to_string()))?;
        let address = listener.local_addr().map_err(|e| failed(e.to_string()))?;
        let base = format!("http://{address}");
        let upstream = config.upstream.trim_end_matches('/').to_owned();
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                fault: None,
                base: base.clone(),
                public_base: config.public_base.unwrap_or_else(|| upstream.clone()),
                authority: Authority::new()?,
                profile: None,
                first_challenge: None,
                last_command: None,
                results: Vec::new(),
                token_updated: false,
                announce_users: false,
            }),
            upstream: Mutex::new(upstream),
            client,
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            // Serving does not fail; a broken connection ends alone.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { base, shared, task })
    }

    /// What the devices take for the server.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Where to connect to, when the server began after the proxy: then the server can publish the
    /// proxy's address as its own.
    pub fn lead_to(&self, upstream: &str) {
        let mut own = self
            .shared
            .upstream
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        upstream.trim_end_matches('/').clone_into(&mut own);
        let state = self.shared.state.lock();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.public_base.clone_from(&self.base);
    }

    pub(super) fn announce_users(&self, on: bool) {
        let state = self.shared.state.lock();
        state.unwrap_or_else(PoisonError::into_inner).announce_users = on;
    }

    /// Switches a fault on, or all off. What was remembered of an earlier one is forgotten.
    pub fn switch(&self, fault: Option<Fault>) {
        let mut state = self
            .shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.fault = fault;
        state.first_challenge = None;
        state.last_command = None;
        state.results.clear();
        state.token_updated = false;
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    /// The addresses in a JSON answer.
    pub(super) fn redirect_json(&self, mut answer: Answer) -> Answer {
        if self.public_base == self.base || self.public_base.is_empty() {
            return answer;
        }
        if let Ok(text) = std::str::from_utf8(&answer.body) {
            answer.body = text.replace(&self.public_base, &self.base).into();
            answer.headers.remove(header::CONTENT_LENGTH);
        }
        answer
    }
}

async fn pass(Extract(shared): Extract<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let received = Received {
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        body,
    };
    let changed = match ask(&shared, &received).await {
        Ok(answer) => {
            let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            mutate(&mut state, &received, answer).map_err(|e| e.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    match changed {
        Ok(answer) => {
            let mut response = Response::new(Body::from(answer.body));
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            response
        }
        Err(text) => (StatusCode::BAD_GATEWAY, text).into_response(),
    }
}

async fn ask(shared: &Shared, received: &Received) -> Result<Answer, reqwest::Error> {
    let path = received
        .uri
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let mut headers = received.headers.clone();
    for hop in [
        header::HOST,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
    ] {
        headers.remove(hop);
    }
    let upstream = {
        let upstream = shared.upstream.lock();
        upstream.unwrap_or_else(PoisonError::into_inner).clone()
    };
    let response = shared
        .client
        .request(received.method.clone(), format!("{upstream}{path}"))
        .headers(headers)
        .body(received.body.clone())
        .send()
        .await?;
    let status = response.status();
    let mut headers = response.headers().clone();
    headers.remove(header::CONNECTION);
    headers.remove(header::TRANSFER_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    let body: Bytes = response.bytes().await?;
    Ok(Answer {
        status,
        headers,
        body,
    })
}
