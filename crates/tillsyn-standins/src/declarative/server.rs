//! Start, declarations, what came.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use rustls::ServerConfig;
use serde_json::{Value as Json, json};
use tillsyn_pki::hash;

use crate::apns::StandinError;
use crate::loopback::{Listening, Port, locked};

/// What the server does with a request instead of its duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DmAnswer {
    Status(u16),
    /// Its duty, signed with another key.
    WrongSignature,
    /// Its duty, not signed.
    NoSignature,
    /// 200 and a page.
    Page,
    /// 200 with so many bytes.
    Huge(usize),
    Redirect(String),
    /// Takes the request and never answers.
    Hang,
    /// Closes the connection without an answer.
    Drop,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct DmRequest {
    pub method: Method,
    /// Behind the base path, such as `tokens`.
    pub endpoint: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl DmRequest {
    /// A header's text, empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

#[derive(Default)]
struct State {
    key: Option<String>,
    /// Declarations by enrollment, kind and identifier.
    declarations: BTreeMap<(String, String, String), Json>,
    usual: Option<DmAnswer>,
    scripted: VecDeque<DmAnswer>,
    received: Vec<DmRequest>,
    faults: Vec<String>,
}

/// A running stand-in; dropping it ends it.
pub struct DmStandin {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _listening: Listening,
}

const BASE: &str = "/ddm/";
const MAX_BODY_BYTES: usize = 1024 * 1024;
const SIGNATURE: &str = "x-hmac-signature";
const KINDS: [(&str, &str); 4] = [
    ("activation", "Activations"),
    ("asset", "Assets"),
    ("configuration", "Configurations"),
    ("management", "Management"),
];

impl DmStandin {
    /// Listens on a free port of the loopback, as whoever `tls` is.
    pub async fn start(tls: Arc<ServerConfig>) -> Result<Self, StandinError> {
        let port = Port::take().await?;
        let address = port.address;
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let listening = port.answer(tls, move |request| answer(request, Arc::clone(&shared)));
        Ok(Self {
            address,
            state,
            _listening: listening,
        })
    }

    /// The address that an MDM server is given.
    pub fn url(&self) -> String {
        format!("https://{}{BASE}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on both sides sign with this key.
    pub fn sign_with(&self, key: &str) {
        locked(&self.state).key = Some(key.to_owned());
    }

    /// Declares something to an enrollment; the type says the kind.
    pub fn declare(
        &self,
        enrollment: &str,
        declaration_type: &str,
        identifier: &str,
        payload: &Json,
    ) {
        let kind = declaration_type.split('.').nth(2).unwrap_or_default();
        let mut declaration =
            json!({ "Type": declaration_type, "Identifier": identifier, "Payload": payload });
        let token = hash::sha256_hex(declaration.to_string().as_bytes());
        declaration["ServerToken"] = json!(token);
        let place = (
            enrollment.to_owned(),
            kind.to_owned(),
            identifier.to_owned(),
        );
        locked(&self.state).declarations.insert(place, declaration);
    }

    /// Answers the next request so.
    pub fn script_once(&self, answer: DmAnswer) {
        locked(&self.state).scripted.push_back(answer);
    }

    /// Answers every request so that nothing else was scripted for; `None`: as is its duty.
    pub fn always(&self, answer: Option<DmAnswer>) {
        locked(&self.state).usual = answer;
    }

    /// The requests so far, oldest first.
    pub fn received(&self) -> Vec<DmRequest> {
        locked(&self.state).received.clone()
    }

    /// What broke a rule.
    pub fn faults(&self) -> Vec<String> {
        locked(&self.state).faults.clone()
    }
}

impl fmt::Debug for DmStandin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DmStandin")
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
) -> Result<Response<Full<Bytes>>, Cut> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let body = body.map_err(|_| Cut)?.to_bytes();
    let (duty, scripted, key) = {
        let mut state = locked(&state);
        let path = parts.uri.path();
        let endpoint = path.strip_prefix(BASE).unwrap_or(path).to_owned();
        let request = DmRequest {
            method: parts.method,
            endpoint,
            headers: parts.headers,
            body,
        };
        let mut faults = faults(&request, state.key.as_deref());
        if parts.uri.query().is_some() {
            faults.push("a query");
        }
        let duty = if faults.is_empty() {
            state.duty(&request)
        } else {
            // As strict servers refuse; nobody may hand it on to a device.
            (401, Bytes::new())
        };
        let told = faults
            .iter()
            .map(|fault| format!("{} {}: {fault}", request.method, request.endpoint));
        let told: Vec<_> = told.collect();
        state.faults.extend(told);
        state.received.push(request);
        let scripted = state.scripted.pop_front().or_else(|| state.usual.clone());
        (duty, scripted, state.key.clone())
    };
    let (status, body) = match &scripted {
        None | Some(DmAnswer::WrongSignature | DmAnswer::NoSignature) => duty,
        Some(DmAnswer::Status(status)) => (*status, Bytes::new()),
        Some(DmAnswer::Redirect(_)) => (307, Bytes::new()),
        Some(DmAnswer::Page) => (200, Bytes::from_static(b"<html>It works</html>")),
        Some(DmAnswer::Huge(bytes)) => (200, Bytes::from(vec![b'1'; *bytes])),
        Some(DmAnswer::Hang) => return std::future::pending().await,
        Some(DmAnswer::Drop) => return Err(Cut),
    };
    let mut response = Response::new(Full::new(body.clone()));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Some(DmAnswer::Redirect(to)) = &scripted {
        headers.insert(
            header::LOCATION,
            HeaderValue::try_from(to).map_err(|_| Cut)?,
        );
    }
    let key = match (&scripted, key) {
        (Some(DmAnswer::NoSignature), _) => None,
        (Some(DmAnswer::WrongSignature), _) => Some("another key".to_owned()),
        (_, key) => key,
    };
    if let Some(key) = key {
        let value = HeaderValue::try_from(signature(&key, &body)).map_err(|_| Cut)?;
        headers.insert(SIGNATURE, value);
    }
    Ok(response)
}

fn signature(key: &str, body: &[u8]) -> String {
    STANDARD.encode(hash::hmac_sha256(key.as_bytes(), &[body]))
}

/// What is wrong with a request.
fn faults(request: &DmRequest, key: Option<&str>) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let mut must = |right: bool, fault| {
        if !right {
            faults.push(fault);
        }
    };
    let is_status = request.endpoint == "status";
    let known = matches!(
        request.endpoint.as_str(),
        "tokens" | "declaration-items" | "status"
    ) || is_declaration(&request.endpoint);
    must(known, "no endpoint");
    let method = if is_status { Method::PUT } else { Method::GET };
    must(request.method == method, "another method");
    if is_status {
        must(
            request.header("content-type") == "application/json",
            "no JSON",
        );
        let report = serde_json::from_slice::<Json>(&request.body);
        must(
            report.is_ok_and(|r| r["StatusItems"].is_object()),
            "no report",
        );
    } else {
        must(request.body.is_empty(), "a body");
    }
    let id = request.header("x-enrollment-id");
    let parent = request.header("x-enrollment-parentid");
    must(!id.is_empty(), "no enrollment");
    match request.header("x-enrollment-type") {
        "Device" | "User Enrollment (Device)" => {
            must(
                !request.headers.contains_key("x-enrollment-parentid"),
                "a parent",
            );
        }
        "User" | "User Enrollment" | "Shared iPad" => {
            let user = id
                .strip_prefix(parent)
                .and_then(|rest| rest.strip_prefix(':'));
            must(
                !parent.is_empty() && user.is_some_and(|u| !u.is_empty()),
                "no parent",
            );
        }
        _ => must(false, "no type"),
    }
    match key {
        Some(key) => {
            let right = signature(key, &request.body);
            must(request.header(SIGNATURE) == right, "no right signature");
        }
        None => must(!request.headers.contains_key(SIGNATURE), "a signature"),
    }
    faults
}

fn is_declaration(endpoint: &str) -> bool {
    let mut parts = endpoint.splitn(3, '/');
    let (first, kind, identifier) = (parts.next(), parts.next(), parts.next());
    first == Some("declaration")
        && KINDS.iter().any(|(name, _)| kind == Some(name))
        && identifier.is_some_and(|identifier| !identifier.is_empty())
}

impl State {
    /// The answer to a request without faults.
    fn duty(&self, request: &DmRequest) -> (u16, Bytes) {
        let enrollment = request.header("x-enrollment-id");
        let of_it = self.declarations.iter();
        let of_it = of_it.filter(|((whose, ..), _)| whose == enrollment);
        let token = of_it
            .clone()
            .fold(String::new(), |token, ((_, kind, id), one)| {
                let one = one["ServerToken"].as_str().unwrap_or_default();
                hash::sha256_hex(format!("{token} {kind} {id} {one}").as_bytes())
            });
        let token = format!("dm-{token}");
        let json = match request.endpoint.as_str() {
            "status" => return (200, Bytes::new()),
            "tokens" => json!({ "SyncTokens": {
                "DeclarationsToken": token, "Timestamp": "2026-01-02T03:04:05Z",
            }}),
            "declaration-items" => {
                let lists = KINDS.iter().map(|(kind, list)| {
                    let items = of_it.clone().filter(|((_, is, _), _)| is == kind);
                    let items = items.map(|((_, _, id), one)| {
                        json!({ "Identifier": id, "ServerToken": one["ServerToken"] })
                    });
                    ((*list).to_owned(), items.collect::<Json>())
                });
                json!({ "Declarations": lists.collect::<Json>(), "DeclarationsToken": token })
            }
            declaration => {
                let mut parts = declaration.splitn(3, '/').skip(1);
                let kind = parts.next().unwrap_or_default();
                let id = parts.next().unwrap_or_default();
                let place = (enrollment.to_owned(), kind.to_owned(), id.to_owned());
                match self.declarations.get(&place) {
                    Some(declaration) => declaration.clone(),
                    None => return (404, Bytes::new()),
                }
            }
        };
        (200, json.to_string().into())
    }
}
