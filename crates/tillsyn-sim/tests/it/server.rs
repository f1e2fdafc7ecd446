//! A server in one file, written from the protocol: invitations, SCEP, check-in, queue. It keeps
//! everything in memory and every rule that a device watches.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Extract};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post, put};
use plist::{Dictionary, Value};
use tillsyn_apple::checkin::{
    CheckIn, DeclarativeManagement, GetBootstrapToken, ReturnToService, UserAuthenticate,
};
use tillsyn_apple::ids::Topic;
use tillsyn_apple::profile::{
    EnrollmentProfile, MdmPayload, PayloadScope, RootPayload, ScepPayload, capability,
};
use tillsyn_apple::result::{CommandResult, Status};
use tillsyn_apple::{encode_plist, media};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms::{self, MdmSignature, Policy};
use tillsyn_pki::issue::{self, CaIdentity, DeviceSubject, KeyAlgorithm};
use tillsyn_pki::scep::{CertRep, FailInfo, PkiRequest, ca_caps, decode_get_message, get_ca_cert};
use tillsyn_pki::{hash, scep};
use tillsyn_sim::{EnrollBy, PushHub, pool_key};

use crate::acme_server::{self, Acme};

pub(crate) const CODE: &str = "TEST-CODE";
pub(crate) const TOPIC: &str = "com.apple.mgmt.External.5d2c2f4e";

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) base: String,
    state: Arc<Mutex<State>>,
}

pub(crate) struct State {
    pub(crate) base: String,
    pub(crate) ca: CaIdentity,
    ra: CaIdentity,
    signer: CaIdentity,
    profiles: HashMap<String, &'static str>,
    /// Challenge → hash of the key that used it.
    challenges: HashMap<String, Option<[u8; 32]>>,
    /// Challenges given for a renewal, and the certificates issued for them.
    renewals: HashSet<String>,
    renewed: HashSet<[u8; 32]>,
    devices: HashMap<String, Managed>,
    per_user: bool,
    hub: PushHub,
    /// Network users are not managed.
    pub(crate) refuse_users: bool,
    /// Declarations of every channel.
    pub(crate) declarations: Vec<serde_json::Value>,
    /// Status reports as they came: channel and body.
    pub(crate) reports: Vec<(String, serde_json::Value)>,
    /// Devices are known by this header instead of a signature.
    pub(crate) certificate_header: Option<&'static str>,
    /// Profiles bring identities by ACME.
    pub(crate) acme: Option<Acme>,
    /// How many requests of devices it cannot serve now.
    pub(crate) busy: u32,
}

#[derive(Default)]
struct Managed {
    pin: [u8; 32],
    active: bool,
    channels: HashMap<String, Channel>,
    bootstrap_token: Option<Vec<u8>>,
}

#[derive(Default)]
struct Channel {
    token: Vec<u8>,
    magic: String,
    queue: VecDeque<(String, Dictionary)>,
    /// Deferred since the last `Idle`.
    deferred: Vec<String>,
    results: Vec<CommandResult>,
    token_updates: usize,
}

pub(crate) fn now_ms() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "a test server in real time")]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(false, PushHub::new()).await
    }

    pub(crate) async fn start_with(per_user: bool, hub: PushHub) -> Self {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let now = now_ms();
        let ca = issue::create_root_ca("Test CA", "Test", now, 4_000, KeyAlgorithm::P256).unwrap();
        let ra = issue::create_ra_with_key(&ca, pool_key(61).unwrap(), "Test RA", "Test", now, 30)
            .unwrap();
        let signer = issue::create_signer(&ca, "Test signer", "Test", now, 30).unwrap();
        let state = State {
            base: base.clone(),
            ca,
            ra,
            signer,
            profiles: HashMap::new(),
            challenges: HashMap::new(),
            renewals: HashSet::new(),
            renewed: HashSet::new(),
            devices: HashMap::new(),
            per_user,
            hub,
            refuse_users: false,
            declarations: Vec::new(),
            reports: Vec::new(),
            certificate_header: None,
            acme: None,
            busy: 0,
        };
        let server = Self {
            base,
            state: Arc::new(Mutex::new(state)),
        };
        let router = Router::new()
            .route("/e/{code}/attempts", post(attempt))
            .route("/p/{secret}", get(profile))
            .route("/scep", any(scep_operation))
            .route("/mdm", put(mdm))
            .route("/acme/{*rest}", any(acme_server::serve))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    pub(crate) fn invitation(&self) -> EnrollBy {
        invitation(&self.base)
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Queues a command for the device channel; its UUID.
    pub(crate) fn queue(&self, udid: &str, request: Dictionary) -> String {
        self.queue_on(udid, "device", request)
    }

    pub(crate) fn queue_on(&self, udid: &str, channel: &str, request: Dictionary) -> String {
        let uuid = uuid::Uuid::new_v4().to_string();
        let push = {
            let mut state = self.lock();
            let hub = state.hub.clone();
            let channel = state
                .devices
                .get_mut(udid)
                .unwrap()
                .channels
                .get_mut(channel)
                .unwrap();
            channel.queue.push_back((uuid.clone(), request));
            (hub, channel.token.clone(), channel.magic.clone())
        };
        push.0.deliver(tillsyn_sim::Push {
            token: push.1,
            topic: Some(TOPIC.into()),
            push_magic: Some(push.2),
        });
        uuid
    }

    pub(crate) fn udids(&self) -> Vec<String> {
        let state = self.lock();
        let active = state.devices.iter().filter(|(_, device)| device.active);
        active.map(|(udid, _)| udid.clone()).collect()
    }

    pub(crate) fn is_active(&self, udid: &str) -> bool {
        self.lock().devices.get(udid).is_some_and(|d| d.active)
    }

    pub(crate) fn results(&self, udid: &str, channel: &str) -> Vec<CommandResult> {
        let state = self.lock();
        let device = state.devices.get(udid).unwrap();
        device.channels.get(channel).unwrap().results.clone()
    }

    pub(crate) fn queued(&self, udid: &str) -> usize {
        let state = self.lock();
        state.devices.get(udid).unwrap().channels["device"]
            .queue
            .len()
    }

    /// Topic and magic of the device channel.
    pub(crate) fn push_address(&self, udid: &str) -> (String, String) {
        let state = self.lock();
        let channel = &state.devices[udid].channels["device"];
        (TOPIC.to_owned(), channel.magic.clone())
    }

    /// An update of the enrollment profile, as bytes for `InstallProfile`.
    pub(crate) fn renewal(&self) -> Vec<u8> {
        self.lock().signed_profile("ios", true)
    }

    pub(crate) fn token_updates(&self, udid: &str, channel: &str) -> usize {
        let state = self.lock();
        let device = state.devices.get(udid).unwrap();
        device.channels.get(channel).map_or(0, |c| c.token_updates)
    }
}

pub(crate) fn invitation(base: &str) -> EnrollBy {
    EnrollBy::Invitation {
        server: base.to_owned(),
        code: CODE.into(),
        pin: None,
    }
}

pub(crate) fn request(request_type: &str, pairs: &[(&str, Value)]) -> Dictionary {
    let mut dict: Dictionary = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect();
    dict.insert("RequestType".into(), request_type.into());
    dict
}

pub(crate) fn queries(names: &[&str]) -> Dictionary {
    let names = names.iter().map(|name| Value::from(*name)).collect();
    request("DeviceInformation", &[("Queries", Value::Array(names))])
}

impl State {
    fn signed_profile(&mut self, platform: &str, renewal: bool) -> Vec<u8> {
        let challenge = hash::random_token(24);
        self.challenges.insert(challenge.clone(), None);
        if renewal {
            self.renewals.insert(challenge.clone());
        }
        let id = || uuid::Uuid::new_v4().to_string().to_uppercase();
        let mut mdm = MdmPayload::new(
            id(),
            Topic::new(TOPIC).unwrap(),
            format!("{}/mdm", self.base),
        );
        if self.per_user {
            mdm.server_capabilities = vec![
                capability::PER_USER_CONNECTIONS.into(),
                capability::BOOTSTRAP_TOKEN.into(),
            ];
        }
        let profile = EnrollmentProfile {
            identifier: "test.enrollment".into(),
            uuid: id(),
            display_name: "Test".into(),
            organization: "Test".into(),
            description: String::new(),
            scope: (platform == "macos").then_some(PayloadScope::System),
            roots: vec![RootPayload {
                uuid: id(),
                display_name: "Test CA".into(),
                certificate: self.ca.certificate.der().to_vec(),
            }],
            identity: ScepPayload::new(id(), format!("{}/scep", self.base), challenge).into(),
            mdm,
        };
        let mut plain = profile.to_plist().unwrap();
        if let Some(acme) = &mut self.acme {
            plain = acme.put_into_profile(&plain, &self.base);
        }
        let (certificate, key) = (&self.signer.certificate, &self.signer.key);
        cms::sign_attached(&plain, certificate, key, &[]).unwrap()
    }

    fn issue(&mut self, message: &[u8]) -> Vec<u8> {
        let request = PkiRequest::parse(message).unwrap();
        let transaction = request.transaction().clone();
        let refuse =
            |state: &Self, info| CertRep::failure(&transaction, info, None, &state.ra).unwrap();
        let opened = request.verify(true).and_then(|r| r.open(&self.ra));
        let request: scep::CsrRequest = match opened {
            Ok(request) => request,
            Err(refusal) => return refuse(self, refusal.info),
        };
        let key = request.csr().public_key().spki_sha256();
        let challenge = request.csr().challenge_password().map(|c| c.to_string());
        let renewal = challenge
            .as_ref()
            .is_some_and(|c| self.renewals.contains(c));
        let used = challenge.and_then(|c| self.challenges.get_mut(&c));
        match used {
            Some(used) if used.is_none_or(|by| by == key) => *used = Some(key),
            _ => return refuse(self, FailInfo::BadRequest),
        }
        let subject = DeviceSubject {
            cn: format!("urn:test:{}", uuid::Uuid::new_v4()),
            org: "Test".into(),
        };
        let issued = issue::issue_device_certificate(
            &self.ca,
            request.csr().public_key(),
            &subject,
            &[],
            now_ms(),
            398,
        )
        .unwrap();
        if renewal {
            self.renewed.insert(issued.sha256());
        }
        CertRep::success(&request, &[issued], &self.ra).unwrap()
    }

    /// The signer of a message, if it is one of ours.
    fn signer(&self, headers: &HeaderMap, body: &[u8]) -> Option<[u8; 32]> {
        if let Some(name) = self.certificate_header {
            let value = headers.get(name)?.to_str().ok()?;
            let certificate = passed_certificate(value)?;
            certificate.verify_issued_by(&self.ca.certificate).ok()?;
            return Some(certificate.sha256());
        }
        let header = headers.get("mdm-signature")?.to_str().ok()?;
        let bytes = cms::decode_header(header).ok()?;
        assert_eq!(bytes[..4], [0x30, 0x80, 0x06, 0x09], "as devices sign");
        let signature = MdmSignature::parse(&bytes).ok()?;
        let certificate = Certificate::from_der(signature.signer_cert_der()).ok()?;
        certificate.verify_issued_by(&self.ca.certificate).ok()?;
        let policy = Policy {
            allow_sha1: true,
            signing_time: None,
        };
        signature
            .verify_with(certificate.public_key(), body, policy)
            .ok()?;
        Some(certificate.sha256())
    }
}

async fn attempt(
    Extract(server): Extract<Server>,
    Path(code): Path<String>,
    body: axum::Json<serde_json::Value>,
) -> Response {
    if code != CODE {
        let problem = r#"{"code":"invitation_unknown"}"#;
        return (StatusCode::NOT_FOUND, problem).into_response();
    }
    let mut state = server.lock();
    let secret = hash::random_token(32);
    let platform = match body.0["platform"].as_str() {
        Some("macos") => "macos",
        _ => "ios",
    };
    state.profiles.insert(secret.clone(), platform);
    let answer = serde_json::json!({
        "attempt_id": "a1",
        "profile_url": format!("{}/p/{secret}", state.base),
        "expires_at": "2030-01-01T00:00:00Z",
    });
    (StatusCode::CREATED, axum::Json(answer)).into_response()
}

async fn profile(Extract(server): Extract<Server>, Path(secret): Path<String>) -> Response {
    let mut state = server.lock();
    let Some(platform) = state.profiles.get(&secret).copied() else {
        return (StatusCode::NOT_FOUND, "<h1>gone</h1>").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, media::PROFILE),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"enroll.mobileconfig\"",
        ),
    ];
    (headers, state.signed_profile(platform, false)).into_response()
}

async fn scep_operation(
    Extract(server): Extract<Server>,
    method: Method,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let mut state = server.lock();
    let kind = |kind: &'static str| [(header::CONTENT_TYPE, kind)];
    if query.contains("operation=GetCACert") {
        let (content_type, body) = get_ca_cert(&state.ra.certificate, &state.ca.certificate);
        return (kind(content_type), body).into_response();
    }
    if query.contains("operation=GetCACaps") {
        return (kind("text/plain"), ca_caps(true)).into_response();
    }
    let message = if method == Method::GET {
        decode_get_message(&query).unwrap()
    } else {
        body.to_vec()
    };
    let answer = state.issue(&message);
    (kind("application/x-pki-message"), answer).into_response()
}

async fn mdm(Extract(server): Extract<Server>, headers: HeaderMap, body: Bytes) -> Response {
    assert_eq!(headers[header::USER_AGENT], "MDM/1.0");
    let mut state = server.lock();
    if state.busy > 0 {
        state.busy -= 1;
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "60")],
        )
            .into_response();
    }
    let Some(pin) = state.signer(&headers, &body) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let content_type = headers[header::CONTENT_TYPE].to_str().unwrap();
    if media::is(content_type, media::CHECK_IN) {
        check_in(&mut state, pin, &body)
    } else {
        assert!(media::is(content_type, media::COMMAND));
        poll(&mut state, pin, &body)
    }
}

fn check_in(state: &mut State, pin: [u8; 32], body: &[u8]) -> Response {
    let message = CheckIn::parse(body).unwrap();
    let udid = message.ids().unwrap().udid.clone().unwrap().to_string();
    let channel = message.channel().unwrap().to_string();
    if let CheckIn::Authenticate(_) = message {
        let device = state.devices.entry(udid).or_default();
        if device.active && state.renewed.contains(&pin) {
            device.pin = pin;
        } else if device.pin != pin {
            device.pin = pin;
            device.active = false;
            for channel in device.channels.values_mut() {
                channel.queue.clear();
            }
        }
        return StatusCode::OK.into_response();
    }
    let device = match state.devices.get_mut(&udid) {
        Some(device) if device.pin == pin => device,
        _ => return StatusCode::FORBIDDEN.into_response(),
    };
    match message {
        CheckIn::TokenUpdate(update) => {
            device.active = true;
            let channel = device.channels.entry(channel).or_default();
            channel.token = update.token.as_bytes().to_vec();
            update.push_magic.expose().clone_into(&mut channel.magic);
            channel.token_updates += 1;
        }
        CheckIn::CheckOut(_) if channel == "device" => device.active = false,
        CheckIn::CheckOut(_) => {
            device.channels.remove(&channel);
        }
        CheckIn::SetBootstrapToken(set) => {
            device.bootstrap_token = set
                .bootstrap_token
                .map(tillsyn_apple::Sensitive::into_inner);
        }
        CheckIn::GetBootstrapToken(_) => {
            return plist_reply(GetBootstrapToken::reply(device.bootstrap_token.as_deref()));
        }
        CheckIn::UserAuthenticate(_) if state.refuse_users => {
            return StatusCode::GONE.into_response();
        }
        CheckIn::UserAuthenticate(_) => {
            return plist_reply(UserAuthenticate::challenge_reply(""));
        }
        CheckIn::ReturnToService(_) => return plist_reply(ReturnToService::disabled_reply()),
        CheckIn::GetToken(_) => return (StatusCode::NOT_FOUND, "no token here").into_response(),
        CheckIn::DeclarativeManagement(message) => return declarative(state, channel, &message),
        _ => return StatusCode::BAD_REQUEST.into_response(),
    }
    StatusCode::OK.into_response()
}

fn plist_reply(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, media::PLIST_XML)], body).into_response()
}

fn declarative(state: &mut State, channel: String, message: &DeclarativeManagement) -> Response {
    let set = serde_json::to_vec(&state.declarations).unwrap();
    let token = hash::sha256_hex(&set);
    let kind_of = |d: &serde_json::Value| {
        let kind = d["Type"].as_str().unwrap().split('.').nth(2).unwrap();
        kind.to_owned()
    };
    let reply = |body: serde_json::Value| axum::Json(body).into_response();
    match message.endpoint.as_str() {
        "tokens" => reply(serde_json::json!({
            "SyncTokens": { "DeclarationsToken": token, "Timestamp": "2026-01-02T03:04:05Z" }
        })),
        "declaration-items" => {
            let of = |kind: &str| -> Vec<serde_json::Value> {
                let all = state.declarations.iter().filter(|d| kind_of(d) == kind);
                let item = |d: &serde_json::Value| {
                    serde_json::json!({
                        "Identifier": d["Identifier"],
                        "ServerToken": d["ServerToken"],
                    })
                };
                all.map(item).collect()
            };
            reply(serde_json::json!({
                "Declarations": {
                    "Activations": of("activation"), "Assets": of("asset"),
                    "Configurations": of("configuration"), "Management": of("management"),
                },
                "DeclarationsToken": token,
            }))
        }
        "status" => match serde_json::from_slice(message.data.as_deref().unwrap_or_default()) {
            Ok(report) => {
                state.reports.push((channel, report));
                StatusCode::OK.into_response()
            }
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        },
        endpoint => {
            let wanted = endpoint.splitn(3, '/').collect::<Vec<_>>();
            let found = state.declarations.iter().find(|d| {
                wanted.len() == 3 && kind_of(d) == wanted[1] && d["Identifier"] == wanted[2]
            });
            found.map_or(StatusCode::NOT_FOUND.into_response(), |d| reply(d.clone()))
        }
    }
}

/// The certificate that a proxy took from the device, in either form.
fn passed_certificate(value: &str) -> Option<Certificate> {
    use base64::Engine as _;
    if let Some(inner) = value.strip_prefix(':').and_then(|v| v.strip_suffix(':')) {
        let der = base64::engine::general_purpose::STANDARD
            .decode(inner)
            .ok()?;
        return Certificate::from_der(&der).ok();
    }
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let hex = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    Certificate::from_pem(std::str::from_utf8(&bytes).ok()?).ok()
}

fn poll(state: &mut State, pin: [u8; 32], body: &[u8]) -> Response {
    let result = CommandResult::parse(body).unwrap();
    let udid = result.ids.udid.clone().unwrap().to_string();
    let name = result.channel().to_string();
    let device = match state.devices.get_mut(&udid) {
        Some(device) if device.pin == pin => device,
        _ => return StatusCode::FORBIDDEN.into_response(),
    };
    if !device.active {
        return StatusCode::OK.into_response();
    }
    let channel = device.channels.get_mut(&name).unwrap();
    if let Some(uuid) = &result.command_uuid {
        let uuid = uuid.to_string();
        if result.status == Status::NotNow {
            channel.deferred.push(uuid);
        } else {
            channel.queue.retain(|(queued, _)| *queued != uuid);
            let same = |r: &CommandResult| r.command_uuid == result.command_uuid;
            if !channel.results.iter().any(same) {
                channel.results.push(result);
            }
        }
    } else {
        channel.deferred.clear();
    }
    let next = channel
        .queue
        .iter()
        .find(|(uuid, _)| !channel.deferred.contains(uuid));
    match next {
        None => StatusCode::OK.into_response(),
        Some((uuid, request)) => {
            let mut body = Dictionary::new();
            body.insert("Command".into(), Value::Dictionary(request.clone()));
            body.insert("CommandUUID".into(), uuid.as_str().into());
            let body = encode_plist(&Value::Dictionary(body));
            ([(header::CONTENT_TYPE, media::PLIST_XML)], body).into_response()
        }
    }
}
