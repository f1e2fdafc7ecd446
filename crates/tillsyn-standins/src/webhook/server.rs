//! Start, script, what came.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use tillsyn_pki::hash;
use tokio::sync::watch;

use crate::apns::StandinError;
use crate::loopback::{Listening, Port, locked};
use crate::tls::own_tls;

/// What the receiver does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookAnswer {
    Status(u16),
    /// Sends the caller elsewhere.
    Redirect(String),
    /// Takes the request and never answers.
    Hang,
    /// 200 with so many bytes.
    Huge(usize),
    /// Closes the connection without an answer.
    Drop,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Received {
    /// A header's text, empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Whether `t=…,v1=…` is a signature over this body with the key.
    pub fn is_signed_with(&self, key: &str) -> bool {
        let mut time = "";
        let mut tag = "";
        for part in self.header("tillsyn-signature").split(',') {
            match part.split_once('=') {
                Some(("t", value)) => time = value,
                Some(("v1", value)) => tag = value,
                _ => {}
            }
        }
        let expected = hash::hmac_sha256(key.as_bytes(), &[time.as_bytes(), b".", &self.body]);
        !time.is_empty() && tag == hash::hex(&expected)
    }

    /// The same as receivers of the NanoMDM family check it: over the body alone, in Base64.
    pub fn has_hmac_of(&self, key: &str) -> bool {
        let expected = hash::hmac_sha256(key.as_bytes(), &[&self.body]);
        let told = STANDARD.decode(self.header("x-hmac-signature"));
        told.is_ok_and(|told| told == expected)
    }
}

#[derive(Default)]
struct State {
    /// What every request gets that nothing was scripted for; 200 when nothing was said.
    usual: Option<HookAnswer>,
    scripted: VecDeque<HookAnswer>,
    received: Vec<Received>,
    faults: Vec<&'static str>,
}

/// A running stand-in; dropping it ends it.
pub struct HookStandin {
    address: SocketAddr,
    root_pem: String,
    tls: Arc<rustls::ServerConfig>,
    state: Arc<Mutex<State>>,
    count: watch::Sender<usize>,
    _listening: Listening,
}

const MAX_BODY_BYTES: usize = 1024 * 1024;

impl HookStandin {
    /// Listens on a free port of the loopback, as `localhost` and `127.0.0.1`.
    pub async fn start(now_ms: i64) -> Result<Self, StandinError> {
        let port = Port::take().await?;
        let address = port.address;
        let (tls, root_pem) = own_tls("Webhook stand-in", now_ms)?;
        let tls = Arc::new(tls);
        let state = Arc::<Mutex<State>>::default();
        let (count, _) = watch::channel(0);
        let (shared, told) = (Arc::clone(&state), count.clone());
        let listening = port.answer(Arc::clone(&tls), move |request| {
            answer(request, Arc::clone(&shared), told.clone())
        });
        Ok(Self {
            address,
            root_pem,
            tls,
            state,
            count,
            _listening: listening,
        })
    }

    /// An address that takes webhooks.
    pub fn url(&self) -> String {
        format!("https://{}/hook", self.address)
    }

    /// The port, for addresses under another name.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// PEM of the root that signed the stand-in's own certificate.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// Its certificate and key, for another stand-in that the same client trusts.
    pub fn tls(&self) -> Arc<rustls::ServerConfig> {
        Arc::clone(&self.tls)
    }

    /// Answers the next request so.
    pub fn script_once(&self, answer: HookAnswer) {
        locked(&self.state).scripted.push_back(answer);
    }

    /// Answers every request so that nothing else was scripted for.
    pub fn always(&self, answer: HookAnswer) {
        locked(&self.state).usual = Some(answer);
    }

    /// The requests so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        locked(&self.state).received.clone()
    }

    /// What broke a rule: anything but a POST of JSON.
    pub fn faults(&self) -> Vec<&'static str> {
        locked(&self.state).faults.clone()
    }

    /// Waits until so many requests came.
    pub async fn wait_for(&self, count: usize) {
        let mut told = self.count.subscribe();
        // The sender lives as long as `self`.
        let _ = told.wait_for(|seen| *seen >= count).await;
    }
}

impl fmt::Debug for HookStandin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookStandin")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Ends the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection cut as scripted")]
struct Cut;

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    count: watch::Sender<usize>,
) -> Result<Response<Full<Bytes>>, Cut> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let body = body.map(http_body_util::Collected::to_bytes);
    let json = parts.headers.get(header::CONTENT_TYPE);
    let json = json.is_some_and(|kind| kind == "application/json");
    let next = {
        let mut state = locked(&state);
        let Ok(body) = body else {
            state.faults.push("body too large or cut off");
            return Err(Cut);
        };
        if parts.method != Method::POST || !json {
            state.faults.push("no POST of JSON");
        }
        state.received.push(Received {
            path: parts.uri.path().to_owned(),
            headers: parts.headers,
            body,
        });
        count.send_replace(state.received.len());
        let scripted = state.scripted.pop_front();
        scripted.or_else(|| state.usual.clone())
    };
    match next.unwrap_or(HookAnswer::Status(200)) {
        HookAnswer::Status(status) => Ok(plain(status, Bytes::new())),
        HookAnswer::Huge(bytes) => Ok(plain(200, Bytes::from(vec![b'x'; bytes]))),
        HookAnswer::Drop => Err(Cut),
        HookAnswer::Hang => std::future::pending().await,
        HookAnswer::Redirect(to) => {
            let mut response = plain(307, Bytes::new());
            let to = http::HeaderValue::try_from(to).map_err(|_| Cut)?;
            response.headers_mut().insert(header::LOCATION, to);
            Ok(response)
        }
    }
}

fn plain(status: u16, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
