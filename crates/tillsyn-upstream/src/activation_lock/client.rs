//! The call and what its answers mean.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Url};

use crate::vendor::{self, VendorConfig, VendorError};

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

/// Apple's answer as it came.
#[derive(Debug)]
pub struct Passed {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
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
/// Somebody waits for the answer of this one.
const PASS_TIMEOUT: Duration = Duration::from_secs(20);
const PASS_LIMIT: usize = 64 * 1024;

impl ActivationLockClient {
    /// Prepares the client; it connects at the first call.
    pub fn new(config: VendorConfig) -> Result<Self, VendorError> {
        let own = vendor::builder()
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT);
        let (http, base) = vendor::client(config, own)?;
        let url = base.join(PATH).map_err(|_| VendorError::BaseUrl)?;
        Ok(Self { http, url })
    }

    /// Tries one code. Never fails otherwise than by its outcome.
    pub async fn unlock(&self, unlock: &Unlock<'_>) -> UnlockOutcome {
        match self.request(unlock).send().await {
            Ok(response) => {
                let after = retry_after(response.headers());
                classify(response.status().as_u16(), after)
            }
            Err(error) => UnlockOutcome::RetryLater {
                reason: word(&error),
                retry_after_s: None,
            },
        }
    }

    /// The same for somebody who wants Apple's answer as it is.
    ///
    /// # Errors
    /// A word for why there is none.
    pub async fn pass(&self, unlock: &Unlock<'_>) -> Result<Passed, &'static str> {
        let request = self.request(unlock).timeout(PASS_TIMEOUT);
        let mut response = request.send().await.map_err(|error| word(&error))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| word(&error))? {
            if body.len() + chunk.len() > PASS_LIMIT {
                return Err("too_large");
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Passed {
            status,
            headers,
            body,
        })
    }

    fn request(&self, unlock: &Unlock<'_>) -> RequestBuilder {
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
        self.http
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(unlock))
    }
}

fn word(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else {
        "transport"
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
