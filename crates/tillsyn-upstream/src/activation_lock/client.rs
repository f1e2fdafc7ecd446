//! The call and what its answers mean.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, Client, Identity, Proxy, Url, redirect, retry, tls};

/// How to reach Apple's device services, and as whom.
#[derive(Default)]
pub struct ActivationLockConfig {
    /// `https://` and host, with a port if it is not 443.
    pub base_url: String,
    /// PEM of the only roots to trust; the roots of the operating system when `None`.
    pub extra_root_pem: Option<Vec<u8>>,
    /// HTTP proxy to tunnel through. `None` connects directly, whatever the environment says.
    pub proxy_url: Option<String>,
    /// PEM of the push certificate.
    pub client_cert_pem: Vec<u8>,
    /// PEM of its private key.
    pub client_key_pem: Vec<u8>,
}

impl fmt::Debug for ActivationLockConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is a secret and the proxy's URL may hold a password.
        f.debug_struct("ActivationLockConfig")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// One device and one code to try.
pub struct Unlock<'a> {
    pub serial_number: &'a str,
    /// Apple's `ProductType`, such as `iPhone17,3`.
    pub product_type: &'a str,
    pub imei: Option<&'a str>,
    pub imei2: Option<&'a str>,
    pub meid: Option<&'a str>,
    pub organisation: &'a str,
    /// Our id of the person who asks.
    pub requester: &'a str,
    pub bypass_code: &'a str,
}

impl fmt::Debug for Unlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unlock").finish_non_exhaustive()
    }
}

/// What Apple's answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnlockOutcome {
    /// The lock is gone.
    Unlocked,
    /// Apple does not know this device with this code.
    WrongCode,
    /// Something in the request is not as Apple wants it; trying again is of no use.
    Refused { status: u16 },
    /// Apple does not take our push certificate.
    CertificateRefused,
    /// Try again, not before the given time.
    RetryLater {
        reason: &'static str,
        retry_after_s: Option<u64>,
    },
}

/// Why a client could not be made. The configuration is at fault.
#[derive(Debug, thiserror::Error)]
pub enum ActivationLockError {
    #[error("base URL of the device services must be https:// and a host, nothing more")]
    BaseUrl,
    #[error("proxy URL cannot be used")]
    ProxyUrl,
    #[error("root certificate of the device services is not PEM")]
    Root,
    #[error("push certificate or its private key is not PEM")]
    Identity,
    #[error("push certificate, its private key and the trusted roots do not make a TLS client")]
    Tls(#[source] reqwest::Error),
}

/// A client for one push certificate.
pub struct ActivationLockClient {
    http: Client,
    url: Url,
}

impl fmt::Debug for ActivationLockClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivationLockClient")
            .finish_non_exhaustive()
    }
}

const PATH: &str = "deviceservicesworkers/escrowKeyUnlock";
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl ActivationLockClient {
    /// Prepares the client; it connects at the first call.
    pub fn new(config: ActivationLockConfig) -> Result<Self, ActivationLockError> {
        let base = Url::parse(&config.base_url).map_err(|_| ActivationLockError::BaseUrl)?;
        let plain = base.path() == "/"
            && base.query().is_none()
            && base.fragment().is_none()
            && base.username().is_empty()
            && base.password().is_none();
        if base.scheme() != "https" || base.host_str().is_none() || !plain {
            return Err(ActivationLockError::BaseUrl);
        }
        let url = base.join(PATH).map_err(|_| ActivationLockError::BaseUrl)?;

        // `Err` = one is installed already, and the workspace has no other than this one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut pem = config.client_key_pem;
        pem.push(b'\n');
        pem.extend_from_slice(&config.client_cert_pem);
        let identity = Identity::from_pem(&pem).map_err(|_| ActivationLockError::Identity)?;
        let mut builder = Client::builder()
            .https_only(true)
            .tls_version_min(tls::Version::TLS_1_2)
            .identity(identity)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT);
        if let Some(root) = config.extra_root_pem {
            let roots =
                Certificate::from_pem_bundle(&root).map_err(|_| ActivationLockError::Root)?;
            if roots.is_empty() {
                return Err(ActivationLockError::Root);
            }
            builder = builder.tls_certs_only(roots);
        }
        builder = match config.proxy_url {
            Some(url) => builder.proxy(Proxy::all(url).map_err(|_| ActivationLockError::ProxyUrl)?),
            None => builder.no_proxy(),
        };
        Ok(Self {
            http: builder.build().map_err(ActivationLockError::Tls)?,
            url,
        })
    }

    /// Tries one code. Never fails otherwise than by its outcome.
    pub async fn unlock(&self, unlock: &Unlock<'_>) -> UnlockOutcome {
        let mut url = self.url.clone();
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("serial", unlock.serial_number);
            query.append_pair("productType", unlock.product_type);
            for (name, value) in [
                ("imei", unlock.imei),
                ("imei2", unlock.imei2),
                ("meid", unlock.meid),
            ] {
                if let Some(value) = value {
                    query.append_pair(name, value);
                }
            }
        }
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(unlock));
        match request.send().await {
            Ok(response) => {
                let after = retry_after(response.headers());
                classify(response.status().as_u16(), after)
            }
            Err(error) => UnlockOutcome::RetryLater {
                reason: if error.is_timeout() {
                    "timeout"
                } else if error.is_connect() {
                    "connect"
                } else {
                    "transport"
                },
                retry_after_s: None,
            },
        }
    }
}

/// The code travels in the body, never in the address.
fn form(unlock: &Unlock<'_>) -> String {
    let Ok(mut url) = Url::parse("https://form.invalid/") else {
        return String::new();
    };
    url.query_pairs_mut()
        .append_pair("orgName", unlock.organisation)
        .append_pair("guid", unlock.requester)
        .append_pair("escrowKey", unlock.bypass_code);
    url.query().unwrap_or_default().to_owned()
}

fn retry_after(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// By the status alone: the texts are for people and change.
fn classify(status: u16, retry_after_s: Option<u64>) -> UnlockOutcome {
    match status {
        200..=299 => UnlockOutcome::Unlocked,
        404 => UnlockOutcome::WrongCode,
        401 | 403 => UnlockOutcome::CertificateRefused,
        408 | 429 => UnlockOutcome::RetryLater {
            reason: "busy",
            retry_after_s,
        },
        500..=599 => UnlockOutcome::RetryLater {
            reason: "unavailable",
            retry_after_s,
        },
        _ => UnlockOutcome::Refused { status },
    }
}
