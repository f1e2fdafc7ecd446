//! Start, people, endpoints.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tillsyn_pki::hash;

use super::Fault;
use super::rules::{self, Asked, Broken};
use super::token::{Keys, Subject};
use crate::apns::{Clock, StandinError};
use crate::loopback::{Listening, Port, locked};
use crate::tls::own_tls;

/// The one client that the provider knows.
#[derive(Clone, Debug, Default)]
pub struct OidcClientOf {
    pub client_id: String,
    pub client_secret: String,
    pub redirect_uri: String,
}

/// Who signs in next, and what the provider says about them.
#[derive(Clone, Debug)]
pub struct OidcPerson {
    pub subject: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    pub groups: Vec<String>,
    /// `amr`, RFC 8176.
    pub methods: Vec<String>,
    /// Whether name, mail and groups are said at the user info endpoint only.
    pub in_user_info: bool,
}

impl OidcPerson {
    /// Somebody with a verified mail address.
    pub fn new(subject: &str, email: &str, groups: &[&str]) -> Self {
        Self {
            subject: subject.to_owned(),
            name: Some(format!("Person {subject}")),
            email: Some(email.to_owned()),
            email_verified: Some(true),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            methods: vec!["pwd".to_owned()],
            in_user_info: false,
        }
    }

    pub(super) fn describe(&self, claims: &mut Value) {
        if let Some(name) = &self.name {
            claims["name"] = name.as_str().into();
        }
        if let Some(email) = &self.email {
            claims["email"] = email.as_str().into();
        }
        if let Some(verified) = self.email_verified {
            claims["email_verified"] = verified.into();
        }
        claims["groups"] = json!(self.groups);
    }
}

/// A code that was handed out.
struct Code {
    asked: Asked,
    person: OidcPerson,
    signed_in_at: i64,
}

struct State {
    issuer: String,
    client: OidcClientOf,
    keys: Keys,
    clock: Clock,
    person: Option<OidcPerson>,
    fault: Option<Fault>,
    codes: HashMap<String, Code>,
    used: HashSet<String>,
    access: HashMap<String, OidcPerson>,
    /// When the person at the browser last signed in, in seconds.
    signed_in_at: i64,
    broken: Vec<Broken>,
    requests: Vec<String>,
}

/// A running stand-in; dropping it ends it.
pub struct OidcStandin {
    issuer: String,
    root_pem: String,
    state: Arc<Mutex<State>>,
    _listening: Listening,
}

/// Longer than any client may wait.
const SLOW: Duration = Duration::from_secs(30);
const MAX_BODY: usize = 16 * 1024;
const HUGE: usize = 1024 * 1024;

impl OidcStandin {
    /// Listens on a free port of the loopback; knows no client yet.
    pub async fn start(clock: Clock) -> Result<Self, StandinError> {
        let port = Port::take().await?;
        let now_ms = clock();
        let (tls, root_pem) = own_tls("Identity provider stand-in", now_ms)?;
        let issuer = format!("https://{}/tenant", port.address);
        let state = Arc::new(Mutex::new(State {
            issuer: issuer.clone(),
            client: OidcClientOf::default(),
            keys: Keys::new()?,
            clock,
            person: None,
            fault: None,
            codes: HashMap::new(),
            used: HashSet::new(),
            access: HashMap::new(),
            signed_in_at: now_ms / 1000,
            broken: Vec::new(),
            requests: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        let listening = port.answer(Arc::new(tls), move |request| {
            answer(request, Arc::clone(&shared))
        });
        Ok(Self {
            issuer,
            root_pem,
            state,
            _listening: listening,
        })
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// PEM of the root that signed the stand-in's own certificate.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The client that may ask from now on.
    pub fn register(&self, client: OidcClientOf) {
        locked(&self.state).client = client;
    }

    /// Whoever signs in from now on.
    pub fn sign_in_as(&self, person: OidcPerson) {
        locked(&self.state).person = Some(person);
    }

    /// Does this wrong from now on, or nothing.
    pub fn set_fault(&self, fault: Option<Fault>) {
        locked(&self.state).fault = fault;
    }

    /// Signs with a new key from now on.
    pub fn rotate_keys(&self) -> Result<(), StandinError> {
        Ok(locked(&self.state).keys.rotate()?)
    }

    /// Rules that the client broke, oldest first.
    pub fn broken_rules(&self) -> Vec<&'static str> {
        locked(&self.state).broken.clone()
    }

    /// Method and path of every request, oldest first.
    pub fn requests(&self) -> Vec<String> {
        locked(&self.state).requests.clone()
    }
}

impl fmt::Debug for OidcStandin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcStandin")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = body
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    let fault = locked(&state).fault;
    let path = parts.uri.path();
    if path == "/tenant/token" && fault == Some(Fault::TokenSlow) {
        tokio::time::sleep(SLOW).await;
    }
    let mut state = locked(&state);
    state.requests.push(format!("{} {path}", parts.method));
    let query = parts.uri.query().unwrap_or_default();
    Ok(match (&parts.method, path) {
        (&Method::GET, "/tenant/.well-known/openid-configuration") => state.discovery(),
        (&Method::GET, "/tenant/keys") if fault == Some(Fault::KeysNoJson) => text("no keys"),
        (&Method::GET, "/tenant/keys") => json_of(StatusCode::OK, &state.keys.set()),
        (&Method::GET, "/tenant/authorize") => state.authorize(query),
        (&Method::POST, "/tenant/token") => state.token(&parts.headers, &body),
        (&Method::GET, "/tenant/userinfo") => state.user_info(&parts.headers),
        _ => json_of(StatusCode::NOT_FOUND, &json!({ "error": "not_found" })),
    })
}

impl State {
    fn now(&self) -> i64 {
        (self.clock)() / 1000
    }

    fn break_rule(&mut self, rule: Broken, error: &str) -> Response<Full<Bytes>> {
        self.broken.push(rule);
        let body = json!({ "error": error, "error_description": rule });
        json_of(StatusCode::BAD_REQUEST, &body)
    }

    fn discovery(&self) -> Response<Full<Bytes>> {
        let issuer = &self.issuer;
        let mut document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        match self.fault {
            Some(Fault::DiscoveryOfOtherIssuer) => {
                document["issuer"] = "https://issuer.example".into();
            }
            Some(Fault::KeysElsewhere) => {
                document["jwks_uri"] = "https://keys.example/keys".into();
            }
            _ => {}
        }
        json_of(StatusCode::OK, &document)
    }

    /// The person is there already: the browser is sent back at once.
    fn authorize(&mut self, query: &str) -> Response<Full<Bytes>> {
        let (id, redirect) = (&self.client.client_id, &self.client.redirect_uri);
        let asked = match rules::authorization(query, id, redirect) {
            Ok(asked) => asked,
            Err(rule) => return self.break_rule(rule, "invalid_request"),
        };
        let now = self.now();
        let state = match self.fault {
            Some(Fault::OtherState) => hash::random_token(32),
            _ => asked.state.clone(),
        };
        let issuer = match self.fault {
            Some(Fault::AnswerOfOtherIssuer) => "https://issuer.example",
            _ => self.issuer.as_str(),
        };
        let mut back = format!("{}?state={}", asked.redirect_uri, rules::encode(&state));
        if self.fault != Some(Fault::AnswerOfNoIssuer) {
            back.push_str("&iss=");
            back.push_str(&rules::encode(issuer));
        }
        match self.person.clone() {
            Some(person) if self.fault != Some(Fault::Declined) => {
                if asked.anew {
                    self.signed_in_at = now;
                }
                let code = hash::random_token(24);
                back.push_str("&code=");
                back.push_str(&code);
                let signed_in_at = self.signed_in_at;
                let given = Code {
                    asked,
                    person,
                    signed_in_at,
                };
                self.codes.insert(code, given);
            }
            _ => back += "&error=access_denied",
        }
        let mut response = text("");
        *response.status_mut() = StatusCode::SEE_OTHER;
        if let Ok(location) = back.parse() {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }

    fn token(&mut self, headers: &HeaderMap, body: &str) -> Response<Full<Bytes>> {
        let OidcClientOf {
            client_id,
            client_secret,
            redirect_uri,
        } = self.client.clone();
        let read = rules::token(headers, body, &client_id, &client_secret, &redirect_uri);
        let (code, verifier) = match read {
            Ok(read) => read,
            Err(rule) => return self.break_rule(rule, "invalid_client"),
        };
        if self.used.contains(&code) {
            return self.break_rule("code used twice", "invalid_grant");
        }
        let Some(given) = self.codes.remove(&code) else {
            return self.break_rule("code unknown", "invalid_grant");
        };
        self.used.insert(code);
        if !rules::fits(&given.asked.challenge, &verifier) {
            return self.break_rule("code_verifier wrong", "invalid_grant");
        }
        match self.fault {
            Some(Fault::TokenError) => {
                let error = json!({ "error": "invalid_grant" });
                return json_of(StatusCode::BAD_REQUEST, &error);
            }
            Some(Fault::TokenUnavailable) => {
                return json_of(StatusCode::SERVICE_UNAVAILABLE, &json!({}));
            }
            Some(Fault::TokenNoJson) => return text("<html>Sign in to the network</html>"),
            Some(Fault::TokenHuge) => return text(&" ".repeat(HUGE)),
            _ => {}
        }
        let subject = Subject {
            issuer: &self.issuer,
            client_id: &client_id,
            nonce: &given.asked.nonce,
            person: &given.person,
            signed_in_at: given.signed_in_at,
            now: self.now(),
        };
        let id_token = self.keys.token(&subject, self.fault);
        let access = hash::random_token(24);
        let mut body = json!({ "token_type": "Bearer", "expires_in": 300, "access_token": access });
        if self.fault != Some(Fault::NoIdToken) {
            body["id_token"] = id_token.into();
        }
        self.access.insert(access, given.person);
        json_of(StatusCode::OK, &body)
    }

    fn user_info(&mut self, headers: &HeaderMap) -> Response<Full<Bytes>> {
        let access = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let person = access.and_then(|access| self.access.get(access)).cloned();
        let Some(person) = person else {
            return self.break_rule("access token unknown", "invalid_token");
        };
        let mut claims = json!({ "sub": person.subject });
        person.describe(&mut claims);
        if self.fault == Some(Fault::OtherPersonInUserInfo) {
            claims["sub"] = "somebody-else".into();
        }
        json_of(StatusCode::OK, &claims)
    }
}

fn json_of(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = text(&body.to_string());
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn text(body: &str) -> Response<Full<Bytes>> {
    Response::new(Full::new(Bytes::from(body.to_owned())))
}
