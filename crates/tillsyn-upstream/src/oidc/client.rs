//! The calls.

use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Certificate, Client, Proxy, RequestBuilder, Url, redirect, retry, tls};
use serde::Deserialize;

use super::Discovery;
use super::discovery::document_url;
use crate::vendor::{self, VendorError};

/// The way to providers.
#[derive(Default)]
pub struct OidcConfig {
    /// PEM of the only roots to trust; the roots of the operating system when `None`.
    pub extra_root_pem: Option<Vec<u8>>,
    pub proxy_url: Option<String>,
}

/// Why a provider's answer cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OidcError {
    #[error("the address of {0} must be https:// and a host")]
    Address(&'static str),
    #[error("the provider names another issuer")]
    OtherIssuer,
    #[error("{0} is on a host that is not the provider's")]
    ForeignHost(&'static str),
    #[error("no answer: {0}")]
    Unreachable(&'static str),
    #[error("{what} answered with status {status}")]
    Status { what: &'static str, status: u16 },
    #[error("{0} is larger than 256 KiB")]
    TooLarge(&'static str),
    #[error("{0} is not the JSON that it should be")]
    NotJson(&'static str),
    /// With the code of RFC 6749 §5.2.
    #[error("the provider refused the code: {0}")]
    Refused(String),
}

impl OidcError {
    /// Whether there was no answer at all.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }

    /// Whether the provider is away rather than wrong.
    pub fn is_away(&self) -> bool {
        self.is_unreachable()
            || matches!(self, Self::Status { status, .. } if *status >= 500 || *status == 429)
    }
}

/// What a code is exchanged with.
pub struct Exchange<'a> {
    pub client_id: &'a str,
    /// `None` for a public client: its proof is the verifier alone.
    pub client_secret: Option<&'a str>,
    pub code: &'a str,
    pub verifier: &'a str,
    pub redirect_uri: &'a str,
}

/// What a code gives. Neither is ever stored.
#[derive(Deserialize)]
pub struct Tokens {
    pub id_token: String,
    pub access_token: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// One client for all providers.
pub struct OidcClient {
    http: Client,
}

const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const MAX_ANSWER: usize = 256 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";

impl OidcClient {
    /// Prepares the client; it connects at the first call.
    pub fn new(config: OidcConfig) -> Result<Self, VendorError> {
        let mut builder = vendor::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .https_only(true)
            .tls_version_min(tls::Version::TLS_1_2)
            .redirect(redirect::Policy::none())
            .retry(retry::never());
        if let Some(root) = config.extra_root_pem {
            let roots = Certificate::from_pem_bundle(&root).map_err(|_| VendorError::Root)?;
            if roots.is_empty() {
                return Err(VendorError::Root);
            }
            builder = builder.tls_certs_only(roots);
        }
        builder = match config.proxy_url {
            Some(url) => builder.proxy(Proxy::all(url).map_err(|_| VendorError::ProxyUrl)?),
            None => builder.no_proxy(),
        };
        let http = builder.build().map_err(VendorError::Tls)?;
        Ok(Self { http })
    }

    /// Asks an issuer where everything is. `hosts` are those besides its own that its endpoints may be on.
    pub async fn discover(&self, issuer: &str, hosts: &[String]) -> Result<Discovery, OidcError> {
        let request = self.http.get(document_url(issuer)?);
        let json = fetch(request, "discovery").await?;
        Discovery::read(&json, issuer, hosts)
    }

    /// The provider's key set, as it publishes it.
    pub async fn keys(&self, discovery: &Discovery) -> Result<Vec<u8>, OidcError> {
        fetch(self.http.get(discovery.keys.clone()), "jwks_uri").await
    }

    /// Exchanges a code for tokens. RFC 6749 §4.1.3, RFC 7636 §4.5.
    pub async fn exchange(
        &self,
        discovery: &Discovery,
        exchange: &Exchange<'_>,
    ) -> Result<Tokens, OidcError> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", exchange.code),
            ("redirect_uri", exchange.redirect_uri),
            ("code_verifier", exchange.verifier),
        ];
        let mut request = self.http.post(discovery.token.clone());
        match exchange.client_secret {
            Some(secret) if discovery.secret_in_body => {
                fields.push(("client_id", exchange.client_id));
                fields.push(("client_secret", secret));
            }
            Some(secret) => {
                // RFC 6749 §2.3.1: both are form-encoded before they are joined.
                let (id, secret) = (encoded(exchange.client_id), encoded(secret));
                request = request.basic_auth(id, Some(secret));
            }
            None => fields.push(("client_id", exchange.client_id)),
        }
        let request = request.header(CONTENT_TYPE, FORM).body(form(&fields));
        let (status, json) = send(request, "token_endpoint").await?;
        if status != 200 {
            return Err(refusal(status, &json));
        }
        serde_json::from_slice(&json).map_err(|_| OidcError::NotJson("token_endpoint"))
    }

    /// What the provider says about the person of an access token, as JSON.
    pub async fn user_info(
        &self,
        discovery: &Discovery,
        access_token: &str,
    ) -> Result<Option<Vec<u8>>, OidcError> {
        let Some(url) = discovery.user_info.clone() else {
            return Ok(None);
        };
        let request = self.http.get(url).bearer_auth(access_token);
        fetch(request, "userinfo_endpoint").await.map(Some)
    }
}

impl fmt::Debug for OidcClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcClient").finish_non_exhaustive()
    }
}

async fn fetch(request: RequestBuilder, what: &'static str) -> Result<Vec<u8>, OidcError> {
    match send(request, what).await? {
        (200, json) => Ok(json),
        (status, _) => Err(OidcError::Status { what, status }),
    }
}

async fn send(request: RequestBuilder, what: &'static str) -> Result<(u16, Vec<u8>), OidcError> {
    let request = request.header(ACCEPT, "application/json");
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| unreachable(&error))?
    {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(OidcError::TooLarge(what));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((response.status().as_u16(), body))
}

fn unreachable(error: &reqwest::Error) -> OidcError {
    OidcError::Unreachable(if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else {
        "transport"
    })
}

/// RFC 6749 §5.2. Only the code: its description is the provider's text.
fn refusal(status: u16, json: &[u8]) -> OidcError {
    #[derive(Deserialize)]
    struct Raw {
        error: String,
    }
    let code = serde_json::from_slice::<Raw>(json)
        .ok()
        .map(|raw| raw.error);
    let plain = |code: &String| {
        code.len() <= 60 && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    match code.filter(plain) {
        Some(code) if status < 500 => OidcError::Refused(code),
        _ => OidcError::Status {
            what: "token_endpoint",
            status,
        },
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let Ok(mut url) = Url::parse("https://form.invalid/") else {
        return String::new();
    };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

fn encoded(text: &str) -> String {
    let pair = form(&[("", text)]);
    pair.strip_prefix('=').unwrap_or(&pair).to_owned()
}
