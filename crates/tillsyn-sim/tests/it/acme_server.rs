//! An ACME server in one file, RFC 8555 as far as devices use it, strict on what they send.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{HashMap, HashSet};

use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plist::Value;
use serde_json::{Value as Json, json};
use tillsyn_pki::attestation::{self, Statement};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::csr::Csr;
use tillsyn_pki::hash;
use tillsyn_pki::issue::{self, DeviceSubject};
use tillsyn_pki::jws::{Account, Jwk, Jws};

use crate::server::{Server, State, now_ms};

#[derive(Default)]
pub(crate) struct Acme {
    /// Attestations must end here; without it none is asked for.
    anchor: Option<Certificate>,
    pub(crate) key_size: i64,
    nonces: HashSet<String>,
    identifiers: HashSet<String>,
    accounts: HashMap<String, Jwk>,
    orders: Vec<Order>,
    /// What the attestations said.
    pub(crate) serials: Vec<Option<String>>,
    /// Answers that were given before the first `badNonce`.
    pub(crate) forget_nonces_after: Option<usize>,
}

struct Order {
    identifier: String,
    token: String,
    status: &'static str,
    /// Hash of the attested key.
    key: Option<[u8; 32]>,
    error: Option<&'static str>,
    chain: Option<String>,
}

impl Acme {
    pub(crate) fn unattested() -> Self {
        Self {
            key_size: 256,
            ..Self::default()
        }
    }

    pub(crate) fn attested(anchor: Certificate) -> Self {
        Self {
            anchor: Some(anchor),
            key_size: 384,
            ..Self::default()
        }
    }

    /// The same profile with an ACME payload in the place of the SCEP payload.
    pub(crate) fn put_into_profile(&mut self, plain: &[u8], base: &str) -> Vec<u8> {
        let mut profile: Value = plist::from_bytes(plain).unwrap();
        let identifier = hash::random_token(24);
        self.identifiers.insert(identifier.clone());
        let payloads = profile.as_dictionary_mut().unwrap()["PayloadContent"]
            .as_array_mut()
            .unwrap();
        let scep = payloads
            .iter_mut()
            .find(|p| {
                p.as_dictionary().unwrap()["PayloadType"].as_string()
                    == Some("com.apple.security.scep")
            })
            .unwrap()
            .as_dictionary_mut()
            .unwrap();
        scep.remove("PayloadContent");
        for (key, value) in [
            ("PayloadType", Value::from("com.apple.security.acme")),
            ("DirectoryURL", format!("{base}/acme/directory").into()),
            ("ClientIdentifier", identifier.into()),
            ("KeyType", "ECSECPrimeRandom".into()),
            ("KeySize", self.key_size.into()),
            ("HardwareBound", true.into()),
            ("Attest", self.anchor.is_some().into()),
            ("KeyIsExtractable", false.into()),
            ("Subject", Value::Array(Vec::new())),
        ] {
            scep.insert(key.into(), value);
        }
        tillsyn_apple::encode_plist(&profile)
    }

    fn nonce(&mut self) -> String {
        let nonce = hash::random_token(16);
        self.nonces.insert(nonce.clone());
        nonce
    }
}

struct Refused(StatusCode, &'static str);

type Answer = Result<(StatusCode, Option<String>, Json), Refused>;

const MALFORMED: Refused = Refused(StatusCode::BAD_REQUEST, "malformed");

pub(crate) async fn serve(
    Extract(server): Extract<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = server.lock();
    let base = state.base.clone();
    let path = uri.path().trim_start_matches("/acme/").to_owned();
    let url = |path: &str| format!("{base}/acme/{path}");
    if path == "directory" {
        let directory = json!({
            "newNonce": url("nonce"), "newAccount": url("account"), "newOrder": url("order"),
        });
        return axum::Json(directory).into_response();
    }
    let answer = if path == "nonce" {
        assert_eq!(method, Method::HEAD);
        Ok((StatusCode::OK, None, Json::Null))
    } else {
        assert_eq!(method, Method::POST);
        assert_eq!(headers[header::CONTENT_TYPE], "application/jose+json");
        post(&mut state, &path, &url, &body)
    };
    let nonce = state.acme.as_mut().unwrap().nonce();
    let fresh = [
        ("replay-nonce", nonce.as_str()),
        ("cache-control", "no-store"),
    ];
    match answer {
        Ok((status, location, Json::String(chain))) if path.starts_with("certificate") => {
            assert_eq!((status, location), (StatusCode::OK, None));
            let kind = [(header::CONTENT_TYPE, "application/pem-certificate-chain")];
            (fresh, kind, chain).into_response()
        }
        Ok((status, location, body)) => {
            let mut response = (status, fresh, axum::Json(body)).into_response();
            if let Some(location) = location {
                let headers = response.headers_mut();
                headers.insert(header::LOCATION, location.parse().unwrap());
            }
            response
        }
        Err(Refused(status, kind)) => {
            let problem = json!({ "type": format!("urn:ietf:params:acme:error:{kind}") });
            let kind = [(header::CONTENT_TYPE, "application/problem+json")];
            (status, fresh, kind, problem.to_string()).into_response()
        }
    }
}

fn post(state: &mut State, path: &str, url: &dyn Fn(&str) -> String, body: &[u8]) -> Answer {
    let acme = state.acme.as_mut().unwrap();
    let jws = Jws::parse(body).map_err(|_| MALFORMED)?;
    if let Some(left) = &mut acme.forget_nonces_after {
        *left = left.saturating_sub(1);
        if *left == 0 {
            acme.forget_nonces_after = None;
            acme.nonces.clear();
        }
    }
    if !acme.nonces.remove(jws.nonce()) {
        return Err(Refused(StatusCode::BAD_REQUEST, "badNonce"));
    }
    if jws.url() != url(path) {
        return Err(Refused(StatusCode::UNAUTHORIZED, "unauthorized"));
    }
    let jwk = match jws.account() {
        Account::Key(jwk) if path == "account" => jwk.clone(),
        Account::Url(kid) => acme.accounts.get(kid).cloned().ok_or(MALFORMED)?,
        Account::Key(_) => return Err(MALFORMED),
    };
    let payload = jws.verify(&jwk).map_err(|_| MALFORMED)?;
    let payload: Json = if payload.is_empty() {
        Json::Null
    } else {
        serde_json::from_slice(payload).map_err(|_| MALFORMED)?
    };
    let (step, number) = path.split_once('/').unwrap_or((path, ""));
    let number: usize = number.parse().unwrap_or(0);
    match step {
        "account" => {
            let name = url(&format!("account/{}", acme.accounts.len() + 1));
            acme.accounts.insert(name.clone(), jwk);
            Ok((
                StatusCode::CREATED,
                Some(name),
                json!({ "status": "valid" }),
            ))
        }
        "order" if number == 0 => {
            let identifier = payload["identifiers"][0]["value"]
                .as_str()
                .ok_or(MALFORMED)?;
            if !acme.identifiers.remove(identifier) {
                return Err(Refused(StatusCode::FORBIDDEN, "rejectedIdentifier"));
            }
            acme.orders.push(Order {
                identifier: identifier.to_owned(),
                token: hash::random_token(24),
                status: "pending",
                key: None,
                error: None,
                chain: None,
            });
            let number = acme.orders.len();
            let order = show_order(acme, number, url);
            Ok((
                StatusCode::CREATED,
                Some(url(&format!("order/{number}"))),
                order,
            ))
        }
        "order" => Ok((StatusCode::OK, None, show_order(acme, number, url))),
        "authorization" => {
            let order = &acme.orders[number - 1];
            let status = match order.status {
                "pending" | "invalid" => order.status,
                _ => "valid",
            };
            let mut challenge = json!({
                "type": "device-attest-01", "token": order.token, "status": status,
                "url": url(&format!("challenge/{number}")),
            });
            if let Some(error) = order.error {
                challenge["error"] =
                    json!({ "type": format!("urn:ietf:params:acme:error:{error}") });
            }
            Ok((
                StatusCode::OK,
                None,
                json!({ "status": status, "challenges": [challenge] }),
            ))
        }
        "challenge" => {
            settle(acme, number, &payload);
            Ok((StatusCode::OK, None, json!({ "status": "processing" })))
        }
        "finalize" => {
            let der = payload["csr"].as_str().ok_or(MALFORMED)?;
            let csr =
                Csr::from_der(&URL_SAFE_NO_PAD.decode(der).unwrap()).map_err(|_| MALFORMED)?;
            csr.verify().map_err(|_| MALFORMED)?;
            let key = csr.public_key();
            let order = &mut acme.orders[number - 1];
            if order.status != "ready" || order.key.is_some_and(|k| k != key.spki_sha256()) {
                return Err(Refused(StatusCode::BAD_REQUEST, "badCSR"));
            }
            let subject = DeviceSubject {
                cn: "urn:test:acme".into(),
                org: "Test".into(),
            };
            let issued =
                issue::issue_device_certificate(&state.ca, key, &subject, &[], now_ms(), 397);
            let issued = issued.unwrap();
            order.chain = Some(format!(
                "{}{}",
                issued.to_pem(),
                state.ca.certificate.to_pem()
            ));
            order.status = "valid";
            Ok((StatusCode::OK, None, show_order(acme, number, url)))
        }
        "certificate" => {
            let chain = acme.orders[number - 1].chain.clone().ok_or(MALFORMED)?;
            Ok((StatusCode::OK, None, Json::String(chain)))
        }
        _ => Err(Refused(StatusCode::NOT_FOUND, "malformed")),
    }
}

fn show_order(acme: &Acme, number: usize, url: &dyn Fn(&str) -> String) -> Json {
    let order = &acme.orders[number - 1];
    let mut shown = json!({
        "status": order.status,
        "identifiers": [{ "type": "permanent-identifier", "value": order.identifier }],
        "authorizations": [url(&format!("authorization/{number}"))],
        "finalize": url(&format!("finalize/{number}")),
    });
    if order.chain.is_some() {
        shown["certificate"] = json!(url(&format!("certificate/{number}")));
    }
    shown
}

fn settle(acme: &mut Acme, number: usize, payload: &Json) {
    let order = &mut acme.orders[number - 1];
    let Some(anchor) = &acme.anchor else {
        let failed = payload.get("error").is_some();
        order.status = if failed { "invalid" } else { "ready" };
        return;
    };
    let statement = payload["attObj"]
        .as_str()
        .map(attestation::parse_object_text);
    let verified = match statement {
        Some(Ok(Statement::Apple { x5c })) => {
            attestation::verify(&x5c, std::slice::from_ref(anchor), now_ms()).ok()
        }
        _ => None,
    };
    match verified {
        Some(attested) if attested.check_token(&order.token).is_ok() => {
            order.status = "ready";
            order.key = Some(attested.public_key.spki_sha256());
            acme.serials.push(attested.serial_number);
        }
        _ => {
            order.status = "invalid";
            order.error = Some("badAttestationStatement");
        }
    }
}
