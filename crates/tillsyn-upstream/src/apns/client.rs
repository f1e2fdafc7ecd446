//! The connection to APNs for one push certificate.

use std::fmt;
use std::fmt::Write as _;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response};
use serde::{Deserialize, Serialize};

use super::outcome::{PushOutcome, classify};
use super::transport;
use crate::vendor::{self, VendorConfig, VendorError};

/// One push to one channel.
pub struct Push<'a> {
    pub token: Vec<u8>,
    pub topic: &'a str,
    pub push_magic: &'a str,
    /// Until when APNs keeps the push for a device that is offline; 0 = not at all.
    pub expiration_unix_s: i64,
}

impl fmt::Debug for Push<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push")
            .field("topic", &self.topic)
            .field("expiration_unix_s", &self.expiration_unix_s)
            .finish_non_exhaustive()
    }
}

/// A client for one push certificate. Keep it: a new client is a new connection, which APNs
/// counts as abuse when it happens often.
#[derive(Clone)]
pub struct ApnsClient {
    http: Client,
    device_url: String,
}

impl fmt::Debug for ApnsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApnsClient")
            .field("device_url", &self.device_url)
            .finish_non_exhaustive()
    }
}

impl ApnsClient {
    /// Prepares the client; it connects at the first push.
    pub fn new(config: VendorConfig) -> Result<Self, VendorError> {
        Self::with_timeout(config, REQUEST_TIMEOUT)
    }

    /// As [`ApnsClient::new`], with another limit for one push from start to answer.
    pub fn with_timeout(config: VendorConfig, timeout: Duration) -> Result<Self, VendorError> {
        let own = vendor::builder()
            .http2_prior_knowledge()
            .timeout(timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(None)
            // Finds a connection that a firewall has forgotten before the next push does.
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .http2_keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .http2_keep_alive_while_idle(true);
        let (http, base) = vendor::client(config, own)?;
        Ok(Self {
            http,
            device_url: format!("{base}3/device/"),
        })
    }

    /// Sends one push and says what became of it. Never fails otherwise.
    ///
    /// A push that was under way when APNs closed the connection or turned the stream away goes once
    /// more, over a new connection: APNs did not handle it, and two pushes to a device are one.
    pub async fn send(&self, push: Push<'_>) -> PushOutcome {
        let first = self.send_once(&push).await;
        if first.is_of_the_connection() {
            return self.send_once(&push).await;
        }
        first
    }

    /// Signs in and pushes to a token that no device has: that APNs refuses the token, and not the
    /// certificate or the topic, shows that pushes of this certificate would be taken.
    pub async fn probe(&self, topic: &str) -> PushOutcome {
        let nobody = Push {
            token: vec![0; 32],
            topic,
            push_magic: "probe",
            // Not to be kept for anybody.
            expiration_unix_s: 0,
        };
        self.send(nobody).await
    }

    async fn send_once(&self, push: &Push<'_>) -> PushOutcome {
        let headers = match headers(push) {
            Ok(headers) => headers,
            Err(reason) => return PushOutcome::Permanent { status: 0, reason },
        };
        let url = format!("{}{}", self.device_url, hex(&push.token));
        let body = MdmPayload {
            mdm: push.push_magic,
        };
        let request = self.http.post(url).headers(headers).json(&body);
        match request.send().await {
            Ok(response) => outcome_of(response).await,
            Err(error) => transport::outcome_of(&error),
        }
    }
}

/// One push, connection set-up included. With its one retry a push lasts no longer than twice that.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_mins(1);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(15);
/// Apple's error bodies have under 100 bytes.
const MAX_ANSWER_BYTES: usize = 4096;

/// An MDM push has no `aps` key. Apple, "Setting up push notifications for your device
/// management customers".
#[derive(Serialize)]
struct MdmPayload<'a> {
    mdm: &'a str,
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    reason: Option<String>,
    timestamp: Option<i64>,
}

fn headers(push: &Push<'_>) -> Result<HeaderMap, &'static str> {
    if push.token.is_empty() {
        return Err("MissingDeviceToken");
    }
    if push.topic.is_empty() {
        return Err("MissingTopic");
    }
    if push.expiration_unix_s < 0 {
        return Err("BadExpirationDate");
    }
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert(
        "apns-topic",
        HeaderValue::from_str(push.topic).map_err(|_| "BadTopic")?,
    );
    headers.insert("apns-push-type", HeaderValue::from_static("mdm"));
    headers.insert("apns-priority", HeaderValue::from_static("10"));
    headers.insert("apns-expiration", push.expiration_unix_s.into());
    Ok(headers)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

async fn outcome_of(mut response: Response) -> PushOutcome {
    let status = response.status().as_u16();
    if status == 200 {
        let apns_id = response
            .headers()
            .get("apns-id")
            .and_then(|value| value.to_str().ok())
            .filter(|id| id.len() <= 64)
            .map(str::to_owned);
        return PushOutcome::Accepted { apns_id };
    }
    let retry_after_s = retry_after(response.headers());
    let mut body = Vec::new();
    // A body that breaks off or is too long leaves an answer without a reason; the status counts.
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            body.clear();
            break;
        }
        body.extend_from_slice(&chunk);
    }
    let body: ErrorBody = serde_json::from_slice(&body).unwrap_or_default();
    classify(
        status,
        body.reason.as_deref(),
        body.timestamp,
        retry_after_s,
    )
}

/// `Retry-After` in seconds; a date counts from the answer's own `Date`. RFC 9110 §10.2.3.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(seconds);
    }
    let sent = headers.get(reqwest::header::DATE)?.to_str().ok()?;
    let seconds = unix_seconds(value)?.checked_sub(unix_seconds(sent)?)?;
    Some(u64::try_from(seconds).unwrap_or(0))
}

fn unix_seconds(http_date: &str) -> Option<i64> {
    let date = jiff::fmt::rfc2822::parse(http_date).ok()?;
    Some(date.timestamp().as_second())
}
