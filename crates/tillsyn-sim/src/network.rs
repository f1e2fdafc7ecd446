//! HTTP as a device speaks it: its own trust, redirects on each request, nothing remembered.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use reqwest::Url;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::key::KeyPair;

use crate::{AttestationRoot, Rule, SimError, Violation};

const MAX_REDIRECTS: usize = 10;
const MAX_BODY: usize = 40 << 20;

/// What all devices of a test or fleet share.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// PEM of roots that the devices trust from the start. Without it, those of the system.
    pub roots_pem: Option<String>,
    pub timeout: Duration,
    /// Who vouches for the keys of these devices; without it none attests.
    pub attestation: Option<AttestationRoot>,
    /// Test switch: plain HTTP to this machine is allowed, in the profile too.
    pub allow_plain_http: bool,
    /// The address that the devices come from, for instance that of a building.
    pub from: Option<IpAddr>,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            roots_pem: None,
            timeout: Duration::from_secs(30),
            attestation: None,
            allow_plain_http: false,
            from: None,
        }
    }
}

/// Connections and trust; cheap to clone.
#[derive(Clone)]
pub struct Network(Arc<Inner>);

struct Inner {
    config: NetworkConfig,
    roots: Vec<Certificate>,
    /// By roots and header form: devices with equal trust share connections' settings.
    clients: Mutex<HashMap<([u8; 32], bool), reqwest::Client>>,
    /// Whose download each SCEP challenge was first seen in.
    challenges: Mutex<HashMap<[u8; 32], String>>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Network").field(&self.0.config).finish()
    }
}

/// An answer with its body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Lower-case media type without parameters.
    pub(crate) fn media_type(&self) -> String {
        let value = self.header(header::CONTENT_TYPE);
        let essence = value.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header(header::RETRY_AFTER).parse().ok()?;
        Some(Duration::from_secs(seconds))
    }
}

/// One request, kept so that a redirect or a retry sends the same bytes again.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) step: &'static str,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Outgoing {
    pub(crate) fn get(step: &'static str, url: impl Into<String>) -> Self {
        Self {
            step,
            method: Method::GET,
            url: url.into(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Network {
    pub fn new(config: NetworkConfig) -> Result<Self, SimError> {
        // Fails only when one is installed already, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let roots = match &config.roots_pem {
            Some(pem) => Certificate::all_from_pem(pem)?,
            None => Vec::new(),
        };
        Ok(Self(Arc::new(Inner {
            config,
            roots,
            clients: Mutex::default(),
            challenges: Mutex::default(),
        })))
    }

    /// For tests: plain HTTP to this machine.
    pub fn plain_http() -> Result<Self, SimError> {
        Self::new(NetworkConfig {
            allow_plain_http: true,
            ..NetworkConfig::default()
        })
    }

    pub(crate) fn attestation(&self) -> Option<&AttestationRoot> {
        self.0.config.attestation.as_ref()
    }

    pub(crate) fn roots(&self) -> &[Certificate] {
        &self.0.roots
    }

    /// `https`, or with the test switch plain HTTP to this machine.
    pub(crate) fn may_use(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else {
            return false;
        };
        let loopback = matches!(
            url.host_str(),
            Some("127.0.0.1" | "localhost" | "::1" | "[::1]")
        );
        match url.scheme() {
            "https" => url.host_str().is_some(),
            "http" => self.0.config.allow_plain_http && loopback,
            _ => false,
        }
    }

    /// Notes whose challenge this is; true when another download had it before.
    pub(crate) fn challenge_seen(&self, challenge: &str, download: &str) -> bool {
        let mut seen = self
            .0
            .challenges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = seen
            .entry(hash::sha256(challenge.as_bytes()))
            .or_insert_with(|| download.to_owned());
        first != download
    }

    /// A client that trusts the network's roots and these.
    pub(crate) fn client(
        &self,
        extra: &[Certificate],
        title_case: bool,
    ) -> Result<reqwest::Client, SimError> {
        let mut all: Vec<&Certificate> = self.0.roots.iter().chain(extra).collect();
        all.sort_by_key(|certificate| certificate.sha256());
        all.dedup();
        let fingerprints: Vec<u8> = all.iter().flat_map(|c| c.sha256()).collect();
        let id = (hash::sha256(&fingerprints), title_case);
        let mut clients = self
            .0
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&id) {
            return Ok(client.clone());
        }
        let builder = self.builder(&all, title_case)?;
        let client = builder.build().map_err(|e| failed(&e))?;
        clients.insert(id, client.clone());
        Ok(client)
    }

    /// A client of one device alone, that shows its identity in the TLS handshake.
    pub(crate) fn client_with_identity(
        &self,
        extra: &[Certificate],
        certificate: &Certificate,
        key: &KeyPair,
    ) -> Result<reqwest::Client, SimError> {
        let pem = format!("{}{}", key.to_pkcs8_pem().as_str(), certificate.to_pem());
        let identity = reqwest::Identity::from_pem(pem.as_bytes()).map_err(|e| failed(&e))?;
        let trust: Vec<&Certificate> = self.0.roots.iter().chain(extra).collect();
        let builder = self.builder(&trust, false)?.identity(identity);
        builder.build().map_err(|e| failed(&e))
    }

    fn builder(
        &self,
        trust: &[&Certificate],
        title_case: bool,
    ) -> Result<reqwest::ClientBuilder, SimError> {
        let mut builder = reqwest::Client::builder()
            .user_agent("MDM/1.0")
            .redirect(reqwest::redirect::Policy::none())
            .timeout(self.0.config.timeout)
            .local_address(self.0.config.from)
            .no_proxy();
        if title_case {
            builder = builder.http1_only().http1_title_case_headers();
        }
        if !trust.is_empty() {
            let certificates = trust
                .iter()
                .map(|c| reqwest::Certificate::from_der(c.der()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| failed(&e))?;
            // Given roots stand alone: then a test cannot pass by another one of the system.
            builder = if self.0.roots.is_empty() {
                builder.tls_certs_merge(certificates)
            } else {
                builder.tls_certs_only(certificates)
            };
        }
        Ok(builder)
    }

    /// Sends, following redirects with method and body unchanged.
    // Apple, "Sending MDM commands to a device": a 301 is followed and never remembered.
    pub(crate) async fn send(
        &self,
        client: &reqwest::Client,
        out: &Outgoing,
    ) -> Result<Reply, SimError> {
        let step = out.step;
        let mut url = Url::parse(&out.url).map_err(|e| SimError::state(e.to_string()))?;
        let mut seen = vec![url.clone()];
        loop {
            let reply = Self::once(client, out, url.clone()).await?;
            let location = reply.header(header::LOCATION);
            if !reply.status.is_redirection() || location.is_empty() {
                return Ok(reply);
            }
            let next = url.join(location).map_err(|_| SimError::Transport {
                step,
                text: "a redirect to nowhere".into(),
            })?;
            if seen.contains(&next) || seen.len() > MAX_REDIRECTS {
                let detail = format!("{step} is redirected in a circle");
                return Err(Violation::new(Rule::RedirectLoop, detail).into());
            }
            if !self.may_use(next.as_str()) {
                let detail = format!("{step} is redirected away from https");
                return Err(Violation::new(Rule::RedirectInsecure, detail).into());
            }
            seen.push(next.clone());
            url = next;
        }
    }

    async fn once(client: &reqwest::Client, out: &Outgoing, url: Url) -> Result<Reply, SimError> {
        let failed = |error: reqwest::Error| SimError::Transport {
            step: out.step,
            text: causes(&error.without_url()),
        };
        let mut request = client
            .request(out.method.clone(), url)
            .body(out.body.clone());
        for (name, value) in &out.headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len().saturating_add(chunk.len()) > MAX_BODY {
                return Err(SimError::Transport {
                    step: out.step,
                    text: "the answer has no end".into(),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            status: response.status(),
            headers: response.headers().clone(),
            body: body.into(),
        })
    }
}

fn failed(error: &reqwest::Error) -> SimError {
    SimError::Transport {
        step: "network",
        text: causes(error),
    }
}

/// The error with its causes: "error sending request" alone helps nobody.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
