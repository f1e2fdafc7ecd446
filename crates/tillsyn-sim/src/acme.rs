//! Getting an identity from an ACME server, as Apple's client does: a new account each time, one
//! order, one `device-attest-01`, short signatures now and then. RFC 8555.

use std::collections::HashSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, Method, StatusCode, header};
use serde_json::{Value as Json, json};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::csr;
use tillsyn_pki::jws::signer::{SignatureForm, Signer};
use tillsyn_pki::key::KeyPair;
use tillsyn_pki::oid;

use crate::network::{Network, Outgoing, Reply};
use crate::profile::AcmeSettings;
use crate::{Rule, SimError, Violation};

const REPLAY_NONCE: HeaderName = HeaderName::from_static("replay-nonce");
const ERRORS: &str = "urn:ietf:params:acme:error:";
/// A token of 128 bits in base64url.
const TOKEN_LEN: usize = 22;
const MAX_POLLS: u32 = 20;
const MAX_BAD_NONCES: u32 = 3;
/// A server that asks for more is waited for no longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Everything about one request for a certificate.
pub(crate) struct Request<'a> {
    pub(crate) network: &'a Network,
    pub(crate) http: &'a reqwest::Client,
    pub(crate) settings: &'a AcmeSettings,
    pub(crate) key: &'a KeyPair,
    pub(crate) fallback_name: &'a str,
}

/// One conversation with an ACME server.
pub(crate) struct Conversation<'a> {
    network: &'a Network,
    http: &'a reqwest::Client,
    signer: Signer,
    account: Option<String>,
    nonce: Option<String>,
    seen: HashSet<String>,
    directory: Json,
    pub(crate) found: Vec<Violation>,
}

fn breach(rule: Rule, detail: impl Into<String>) -> SimError {
    Violation::new(rule, detail).into()
}

impl Request<'_> {
    /// The issued certificate. `answer` makes the payload of the challenge from its token. Small
    /// breaches go into `found`.
    pub(crate) async fn run(
        &self,
        answer: impl FnOnce(&str) -> Result<Json, SimError>,
        found: &mut Vec<Violation>,
    ) -> Result<Certificate, SimError> {
        let url = &self.settings.directory_url;
        let mut talk = Conversation::open(self.network, self.http, url).await?;
        let outcome = self.obtain(&mut talk, answer).await;
        found.append(&mut talk.found);
        outcome
    }

    async fn obtain(
        &self,
        talk: &mut Conversation<'_>,
        answer: impl FnOnce(&str) -> Result<Json, SimError>,
    ) -> Result<Certificate, SimError> {
        talk.new_account().await?;
        let identifier = json!({
            "type": "permanent-identifier",
            "value": self.settings.client_identifier,
        });
        let (order_url, order) = talk.new_order(&identifier).await?;
        let authorizations = order.get("authorizations").and_then(Json::as_array);
        let [Json::String(authorization)] = authorizations.map_or(&[][..], Vec::as_slice) else {
            return Err(breach(
                Rule::AcmeAnswer,
                "the order has not one authorization",
            ));
        };
        let (challenge, token) = talk.challenge(authorization).await?;
        let payload = answer(&token)?;
        let failed = payload.get("error").is_some();
        talk.post("challenge", &challenge, &payload).await?;
        let settled = talk
            .poll("authorization", authorization, &["pending", "processing"])
            .await?;
        if settled.get("status").and_then(Json::as_str) != Some("valid") {
            let kind = settled
                .pointer("/challenges/0/error/type")
                .and_then(Json::as_str);
            return Err(SimError::AcmeRefused {
                step: "challenge",
                status: 200,
                kind: kind.map(|kind| kind.trim_start_matches(ERRORS).to_owned()),
            });
        }
        if failed {
            let detail = "a device that reports an error was taken as valid";
            talk.found.push(Violation::new(Rule::AcmeChallenge, detail));
        }
        self.finalize(talk, &order_url, &order).await
    }

    async fn finalize(
        &self,
        talk: &mut Conversation<'_>,
        order_url: &str,
        order: &Json,
    ) -> Result<Certificate, SimError> {
        let finalize = order.get("finalize").and_then(Json::as_str);
        let finalize =
            finalize.ok_or_else(|| breach(Rule::AcmeAnswer, "an order without finalize"))?;
        let name = self.settings.common_name.as_deref();
        let name = name.unwrap_or(self.fallback_name).to_owned();
        let request = csr::build(self.key, &[(oid::COMMON_NAME, name)], None)?;
        let request = json!({ "csr": URL_SAFE_NO_PAD.encode(request) });
        talk.post("finalize", finalize, &request).await?;
        let order = talk
            .poll("order", order_url, &["ready", "processing"])
            .await?;
        let url = order.get("certificate").and_then(Json::as_str);
        let url =
            url.ok_or_else(|| breach(Rule::AcmeAnswer, "a valid order without certificate"))?;
        let reply = talk.post_as_get("certificate", url).await?;
        if reply.media_type() != "application/pem-certificate-chain" {
            let detail = format!("the certificate comes as `{}`", reply.media_type());
            talk.found
                .push(Violation::new(Rule::AcmeCertificate, detail));
        }
        let text = String::from_utf8_lossy(&reply.body);
        let chain = Certificate::all_from_pem(&text)
            .map_err(|error| breach(Rule::AcmeCertificate, error.to_string()))?;
        let Some((leaf, issuers)) = chain.split_first() else {
            return Err(breach(Rule::AcmeCertificate, "an empty chain"));
        };
        if leaf.public_key() != self.key.public_key() {
            let detail = "the first certificate of the chain is for another key";
            return Err(breach(Rule::IssuedKey, detail));
        }
        if let Some(issuer) = issuers.first()
            && leaf.verify_issued_by(issuer).is_err()
        {
            let detail = "the second certificate of the chain did not sign the first";
            return Err(breach(Rule::IssuedIssuer, detail));
        }
        Ok(leaf.clone())
    }
}

impl<'a> Conversation<'a> {
    /// Reads the directory and makes an account key.
    pub(crate) async fn open(
        network: &'a Network,
        http: &'a reqwest::Client,
        directory_url: &str,
    ) -> Result<Self, SimError> {
        const STEP: &str = "ACME directory";
        let reply = network
            .send(http, &Outgoing::get(STEP, directory_url))
            .await?;
        if reply.status != StatusCode::OK {
            let detail = format!("200 expected, got {}", reply.status.as_u16());
            return Err(breach(Rule::AcmeDirectory, detail));
        }
        let directory: Json = serde_json::from_slice(&reply.body)
            .map_err(|error| breach(Rule::AcmeDirectory, error.to_string()))?;
        let talk = Self {
            network,
            http,
            signer: Signer::new(KeyPair::generate_p256()?, SignatureForm::DropZeros)?,
            account: None,
            nonce: None,
            seen: HashSet::new(),
            directory,
            found: Vec::new(),
        };
        for name in ["newNonce", "newAccount", "newOrder"] {
            talk.resource(name)?;
        }
        Ok(talk)
    }

    /// An address of the directory.
    pub(crate) fn resource(&self, name: &str) -> Result<String, SimError> {
        let url = self.directory.get(name).and_then(Json::as_str);
        let url = url.filter(|url| self.network.may_use(url));
        let missing = || breach(Rule::AcmeDirectory, format!("{name} is not an https URL"));
        Ok(url.ok_or_else(missing)?.to_owned())
    }

    pub(crate) async fn fresh_nonce(&mut self) -> Result<String, SimError> {
        let url = self.resource("newNonce")?;
        let out = Outgoing {
            method: Method::HEAD,
            ..Outgoing::get("ACME newNonce", url)
        };
        let reply = self.network.send(self.http, &out).await?;
        if reply.status != StatusCode::OK {
            let detail = format!("newNonce: 200 expected, got {}", reply.status.as_u16());
            return Err(breach(Rule::AcmeNonce, detail));
        }
        if !reply.header(header::CACHE_CONTROL).contains("no-store") {
            let detail = "newNonce may be stored by a cache";
            self.found.push(Violation::new(Rule::AcmeNonce, detail));
        }
        self.take_nonce("newNonce", &reply);
        self.nonce
            .take()
            .ok_or_else(|| breach(Rule::AcmeNonce, "newNonce without Replay-Nonce"))
    }

    fn take_nonce(&mut self, step: &str, reply: &Reply) {
        let nonce = reply.header(REPLAY_NONCE).to_owned();
        let detail = if nonce.is_empty() {
            format!("{step}: no Replay-Nonce")
        } else if URL_SAFE_NO_PAD.decode(&nonce).is_err() {
            format!("{step}: the nonce is not base64url")
        } else if self.seen.insert(nonce.clone()) {
            self.nonce = Some(nonce);
            return;
        } else {
            format!("{step}: the same nonce again")
        };
        self.found.push(Violation::new(Rule::AcmeNonce, detail));
    }

    async fn new_account(&mut self) -> Result<(), SimError> {
        let url = self.resource("newAccount")?;
        let terms = json!({ "termsOfServiceAgreed": true });
        let reply = self.post("newAccount", &url, &terms).await?;
        self.account = Some(self.created("newAccount", &reply)?);
        Ok(())
    }

    async fn new_order(&mut self, identifier: &Json) -> Result<(String, Json), SimError> {
        let url = self.resource("newOrder")?;
        let order = json!({ "identifiers": [identifier] });
        let reply = self.post("newOrder", &url, &order).await?;
        let url = self.created("newOrder", &reply)?;
        let order = json_of("newOrder", &reply)?;
        if order.get("identifiers") != Some(&json!([identifier])) {
            let detail = "the order is for other identifiers";
            self.found.push(Violation::new(Rule::AcmeAnswer, detail));
        }
        Ok((url, order))
    }

    fn created(&mut self, step: &str, reply: &Reply) -> Result<String, SimError> {
        if reply.status != StatusCode::CREATED {
            let detail = format!("{step}: 201 expected, got {}", reply.status.as_u16());
            self.found.push(Violation::new(Rule::AcmeAnswer, detail));
        }
        let location = reply.header(header::LOCATION);
        if !self.network.may_use(location) {
            return Err(breach(Rule::AcmeAnswer, format!("{step}: no Location")));
        }
        Ok(location.to_owned())
    }

    /// Address and token of the one challenge.
    async fn challenge(&mut self, authorization: &str) -> Result<(String, String), SimError> {
        let reply = self.post_as_get("authorization", authorization).await?;
        let body = json_of("authorization", &reply)?;
        let challenges = body.get("challenges").and_then(Json::as_array);
        let [challenge] = challenges.map_or(&[][..], Vec::as_slice) else {
            return Err(breach(Rule::AcmeChallenge, "not exactly one challenge"));
        };
        let text = |key| {
            challenge
                .get(key)
                .and_then(Json::as_str)
                .unwrap_or_default()
        };
        if text("type") != "device-attest-01" {
            let detail = format!("`{}` instead of device-attest-01", text("type"));
            return Err(breach(Rule::AcmeChallenge, detail));
        }
        let token = text("token");
        if token.len() < TOKEN_LEN || URL_SAFE_NO_PAD.decode(token).is_err() {
            return Err(breach(
                Rule::AcmeChallenge,
                "the token has fewer than 128 bits",
            ));
        }
        Ok((text("url").to_owned(), token.to_owned()))
    }

    /// Asks until the status is none of these.
    async fn poll(
        &mut self,
        step: &'static str,
        url: &str,
        open: &[&str],
    ) -> Result<Json, SimError> {
        for _ in 0..MAX_POLLS {
            let reply = self.post_as_get(step, url).await?;
            let body = json_of(step, &reply)?;
            let status = body
                .get("status")
                .and_then(Json::as_str)
                .unwrap_or_default();
            if !open.contains(&status) {
                return Ok(body);
            }
            let pause = reply.retry_after().unwrap_or(Duration::from_millis(100));
            tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
        }
        Err(breach(
            Rule::AcmeAnswer,
            format!("the {step} does not come to an end"),
        ))
    }

    async fn post_as_get(&mut self, step: &'static str, url: &str) -> Result<Reply, SimError> {
        self.send_signed(step, url, b"").await
    }

    async fn post(
        &mut self,
        step: &'static str,
        url: &str,
        payload: &Json,
    ) -> Result<Reply, SimError> {
        self.send_signed(step, url, payload.to_string().as_bytes())
            .await
    }

    /// A signed request; a nonce that has gone stale is replaced.
    async fn send_signed(
        &mut self,
        step: &'static str,
        url: &str,
        payload: &[u8],
    ) -> Result<Reply, SimError> {
        if !self.network.may_use(url) {
            return Err(breach(
                Rule::AcmeAnswer,
                format!("{step}: not an https URL"),
            ));
        }
        for _ in 0..MAX_BAD_NONCES {
            let nonce = match self.nonce.take() {
                Some(nonce) => nonce,
                None => self.fresh_nonce().await?,
            };
            let body = self
                .signer
                .sign(url, &nonce, self.account.as_deref(), payload)?;
            let reply = self.send_raw(step, url, body).await?;
            self.take_nonce(step, &reply);
            if reply.status.is_success() {
                return Ok(reply);
            }
            match self.problem(step, &reply) {
                SimError::AcmeRefused {
                    kind: Some(kind), ..
                } if kind == "badNonce" => {}
                refused => return Err(refused),
            }
        }
        Err(breach(
            Rule::AcmeNonce,
            format!("{step}: every nonce is refused"),
        ))
    }

    async fn send_raw(
        &self,
        step: &'static str,
        url: &str,
        body: Vec<u8>,
    ) -> Result<Reply, SimError> {
        let out = Outgoing {
            step,
            method: Method::POST,
            url: url.to_owned(),
            headers: Vec::new(),
            body: body.into(),
        }
        .header("content-type", "application/jose+json");
        self.network.send(self.http, &out).await
    }

    fn problem(&mut self, step: &'static str, reply: &Reply) -> SimError {
        let body: Option<Json> = serde_json::from_slice(&reply.body).ok();
        let kind = body.as_ref().and_then(|b| b.get("type")?.as_str());
        let kind = kind.and_then(|kind| kind.strip_prefix(ERRORS));
        if reply.media_type() != "application/problem+json" || kind.is_none() {
            let status = reply.status.as_u16();
            let detail = format!("{step}: {status} without a problem document");
            self.found.push(Violation::new(Rule::AcmeProblem, detail));
        }
        SimError::AcmeRefused {
            step,
            status: reply.status.as_u16(),
            kind: kind.map(str::to_owned),
        }
    }

    /// Requests that must be refused: a used nonce, an invented one, a signature for another URL.
    pub(crate) async fn probe(&mut self) -> Result<(), SimError> {
        let url = self.resource("newAccount")?;
        let terms = b"{\"termsOfServiceAgreed\":true}";
        let first = self.fresh_nonce().await?;
        let body = self.signer.sign(&url, &first, None, terms)?;
        let reply = self.send_raw("newAccount", &url, body).await?;
        self.take_nonce("newAccount", &reply);
        let invented = URL_SAFE_NO_PAD.encode([7; 16]);
        for (what, nonce) in [("a used nonce", first), ("an invented nonce", invented)] {
            let body = self.signer.sign(&url, &nonce, None, terms)?;
            let reply = self.send_raw("newAccount", &url, body).await?;
            let refused = self.problem("newAccount", &reply);
            let bad =
                matches!(&refused, SimError::AcmeRefused { kind: Some(k), .. } if k == "badNonce");
            if reply.status.is_success() || !bad {
                let detail = format!("{what} is not refused with badNonce: {}", reply.status);
                self.found.push(Violation::new(Rule::AcmeNonce, detail));
            }
            self.take_nonce("newAccount", &reply);
        }
        let nonce = self.fresh_nonce().await?;
        let elsewhere = format!("{url}/elsewhere");
        let body = self.signer.sign(&elsewhere, &nonce, None, terms)?;
        let reply = self.send_raw("newAccount", &url, body).await?;
        if reply.status.is_success() {
            let detail = "a request that was signed for another URL is served";
            self.found.push(Violation::new(Rule::AcmeUrl, detail));
        }
        Ok(())
    }
}

/// `attObj` around this object.
pub(crate) fn attestation_payload(object: &[u8]) -> Json {
    json!({ "attObj": URL_SAFE_NO_PAD.encode(object) })
}

fn json_of(step: &str, reply: &Reply) -> Result<Json, SimError> {
    if reply.media_type() != "application/json" {
        let detail = format!(
            "{step}: application/json expected, got `{}`",
            reply.media_type()
        );
        return Err(breach(Rule::AcmeAnswer, detail));
    }
    serde_json::from_slice(&reply.body)
        .map_err(|error| breach(Rule::AcmeAnswer, format!("{step}: {error}")))
}
