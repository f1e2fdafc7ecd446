//! Start, devices, answers.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, KeyAlgorithm};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::rules::{self, Checked, Refusal};
use crate::apns::StandinError;
use crate::loopback::{Listening, Port, handshake, http, locked};

/// An answer in place of the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Status {
        status: u16,
        retry_after_s: Option<u64>,
    },
    /// Closes the connection without an answer.
    Drop,
}

#[derive(Default)]
struct State {
    /// The code that each locked device takes.
    devices: HashMap<String, String>,
    scripted: VecDeque<Answer>,
    refusals: Vec<Refusal>,
    /// Serial numbers asked for with a well-formed request, in order.
    asked: Vec<String>,
}

/// A running stand-in; dropping it ends it.
pub struct ActivationLockStandin {
    address: SocketAddr,
    root_pem: String,
    state: Arc<Mutex<State>>,
    _listening: Listening,
}

const CA_DAYS: u32 = 3650;
const SERVER_DAYS: u32 = 365;

impl ActivationLockStandin {
    /// Listens on a free port of the loopback; takes push certificates below `push_root_pem` only.
    pub async fn start(push_root_pem: &str, now_ms: i64) -> Result<Self, StandinError> {
        let port = Port::take().await?;
        let address = port.address;
        let (tls, root_pem) = tls_of(push_root_pem, now_ms)?;
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let listening = port.serve(Arc::new(tls), move |stream, acceptor| {
            serve(stream, acceptor, Arc::clone(&shared))
        });
        Ok(Self {
            address,
            root_pem,
            state,
            _listening: listening,
        })
    }

    /// For the server's configuration.
    pub fn base_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// PEM of the root that signed the stand-in's own certificate.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// This device is locked, and this code opens it.
    pub fn lock(&self, serial: &str, code: &str) {
        let mut state = locked(&self.state);
        state.devices.insert(serial.to_owned(), code.to_owned());
    }

    pub fn is_locked(&self, serial: &str) -> bool {
        locked(&self.state).devices.contains_key(serial)
    }

    /// Answers the next well-formed request so.
    pub fn script_once(&self, answer: Answer) {
        locked(&self.state).scripted.push_back(answer);
    }

    /// Requests that broke a rule, oldest first.
    pub fn refusals(&self) -> Vec<Refusal> {
        locked(&self.state).refusals.clone()
    }

    /// Serial numbers of well-formed requests, oldest first.
    pub fn asked(&self) -> Vec<String> {
        locked(&self.state).asked.clone()
    }
}

impl fmt::Debug for ActivationLockStandin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivationLockStandin")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// No client without a push certificate gets through the handshake.
fn tls_of(push_root_pem: &str, now_ms: i64) -> Result<(ServerConfig, String), StandinError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let push_root = Certificate::from_pem(push_root_pem)?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(push_root.der().to_vec()))?;
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()?;
    // Two stand-ins must not share an issuer name with two keys.
    let name = format!("Device services stand-in CA {}", hash::random_token(6));
    let ca = issue::create_root_ca(
        &name,
        "Tillsyn stand-ins",
        now_ms,
        CA_DAYS,
        KeyAlgorithm::P256,
    )?;
    let loopback = [std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)];
    let server = issue::create_tls_server(&ca, &["localhost"], &loopback, now_ms, SERVER_DAYS)?;
    let key = PrivatePkcs8KeyDer::from(server.key.to_pkcs8_der().to_vec());
    let chain = vec![CertificateDer::from(server.certificate.der().to_vec())];
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, PrivateKeyDer::Pkcs8(key))?;
    Ok((config, ca.certificate.to_pem()))
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, state: Arc<Mutex<State>>) {
    let refuse = |rule| {
        let refusal = Refusal { status: 0, rule };
        locked(&state).refusals.push(refusal);
    };
    let Some(stream) = handshake(stream, &acceptor).await else {
        return refuse("no push certificate at TLS");
    };
    let (_, tls) = stream.get_ref();
    let leaf = tls.peer_certificates().and_then(<[_]>::first);
    let is_push = leaf
        .and_then(|leaf| Certificate::from_der(leaf).ok()?.subject_uid())
        .is_some_and(|uid| uid.starts_with("com.apple.mgmt."));
    let shared = Arc::clone(&state);
    http(stream, move |request| {
        answer(request, is_push, Arc::clone(&shared))
    })
    .await;
}

/// Ends the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection cut as scripted")]
struct Cut;

async fn answer(
    request: Request<Incoming>,
    is_push: bool,
    state: Arc<Mutex<State>>,
) -> Result<Response<Full<Bytes>>, Cut> {
    let checked = match check(request, is_push).await {
        Ok(checked) => checked,
        Err(refusal) => {
            locked(&state).refusals.push(refusal);
            return Ok(plain(refusal.status, None, refusal.rule));
        }
    };
    let mut state = locked(&state);
    state.asked.push(checked.serial.clone());
    match state.scripted.pop_front() {
        Some(Answer::Drop) => Err(Cut),
        Some(Answer::Status {
            status,
            retry_after_s,
        }) => Ok(plain(status, retry_after_s, "scripted")),
        None if state.devices.get(&checked.serial) == Some(&checked.code) => {
            state.devices.remove(&checked.serial);
            Ok(plain(200, None, "OK"))
        }
        None => Ok(plain(404, None, "escrow key mismatch")),
    }
}

async fn check(request: Request<Incoming>, is_push: bool) -> Result<Checked, Refusal> {
    if !is_push {
        return Err(Refusal {
            status: 403,
            rule: "certificate without a push topic",
        });
    }
    let (parts, body) = request.into_parts();
    let serial = rules::check_head(&parts.method, &parts.uri, &parts.headers)?;
    let body = Limited::new(body, rules::MAX_BODY_BYTES)
        .collect()
        .await
        .map_err(|_| Refusal {
            status: 413,
            rule: "body too large",
        })?;
    rules::check_body(serial, &body.to_bytes())
}

fn plain(status: u16, retry_after_s: Option<u64>, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(seconds) = retry_after_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
