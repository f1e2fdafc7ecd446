//! The call and what its answers mean.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::{Certificate, Client, Response, redirect, retry, tls};

use super::allowed::{Allowed, NoTarget};
use super::resolve::{Checked, Forbidden, Lookup, System};
use crate::cause::is_tls;
use crate::vendor::{self, VendorError};

/// One request.
pub struct Hook<'a> {
    pub url: &'a str,
    /// Beside the content type, which is JSON.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl fmt::Debug for Hook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a secret of the receiver.
        f.debug_struct("Hook").finish_non_exhaustive()
    }
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookOutcome {
    /// The receiver has it: a status of 200 to 299.
    Taken { status: u16 },
    /// Another answer; redirects are not followed.
    Answered { status: u16 },
    /// No answer. One of `address_forbidden`, `url`, `timeout`, `connect`, `tls` and `transport`.
    Failed { reason: &'static str },
}

/// A client that goes only where it may. It connects directly: behind a proxy nobody could check the
/// addresses.
pub struct HookClient {
    pub(super) http: Client,
    pub(super) allowed: Arc<Allowed>,
}

impl fmt::Debug for HookClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookClient").finish_non_exhaustive()
    }
}

/// For everything: connecting, sending, and the answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// So much of an answer is read, to keep its connection; the rest is not looked at.
const ANSWER_BYTES: usize = 64 * 1024;

impl HookClient {
    /// `extra_root_pem`: roots that are trusted beside those of the operating system.
    pub fn new(allowed: Allowed, extra_root_pem: Option<&str>) -> Result<Self, VendorError> {
        Self::with_lookup(allowed, extra_root_pem, Arc::new(System))
    }

    /// The same, asking somebody else for addresses.
    pub fn with_lookup(
        allowed: Allowed,
        extra_root_pem: Option<&str>,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, VendorError> {
        let allowed = Arc::new(allowed);
        let resolver = Checked {
            lookup,
            allowed: Arc::clone(&allowed),
        };
        let mut builder = vendor::builder()
            .https_only(true)
            .tls_version_min(tls::Version::TLS_1_2)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(10))
            .dns_resolver(Arc::new(resolver));
        if let Some(pem) = extra_root_pem {
            let roots =
                Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| VendorError::Root)?;
            builder = builder.tls_certs_merge(roots);
        }
        let http = builder.build().map_err(VendorError::Tls)?;
        Ok(Self { http, allowed })
    }

    /// Sends one request. Never fails otherwise than by its outcome.
    pub async fn send(&self, hook: Hook<'_>) -> HookOutcome {
        let url = match self.allowed.read_url(hook.url) {
            Ok(url) => url,
            Err(NoTarget::Form) => return HookOutcome::Failed { reason: "url" },
            Err(NoTarget::Private) => {
                return HookOutcome::Failed {
                    reason: "address_forbidden",
                };
            }
        };
        let mut request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "Tillsyn");
        for (name, value) in hook.headers {
            request = request.header(name, value);
        }
        match request.body(hook.body).send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                drain(response).await;
                match status {
                    200..=299 => HookOutcome::Taken { status },
                    _ => HookOutcome::Answered { status },
                }
            }
            Err(error) => HookOutcome::Failed {
                reason: reason(&error),
            },
        }
    }
}

/// The status has said everything. Reading a short rest keeps the connection for the next request; a long
/// one is cut off.
async fn drain(mut response: Response) {
    let mut left = ANSWER_BYTES;
    while let Ok(Some(chunk)) = response.chunk().await {
        let Some(rest) = left.checked_sub(chunk.len()) else {
            return;
        };
        left = rest;
    }
}

pub(super) fn reason(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(found) = cause {
        if found.is::<Forbidden>() {
            return "address_forbidden";
        }
        cause = found.source();
    }
    if is_tls(error) {
        "tls"
    } else if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else {
        "transport"
    }
}
