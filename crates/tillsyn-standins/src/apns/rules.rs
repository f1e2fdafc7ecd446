//! The rules of a push request, without I/O.

use http::request::Parts;
use http::{HeaderMap, Method};
use serde::Deserialize;

use crate::hex;

/// A request that breaks no rule.
#[derive(PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) token: Vec<u8>,
    pub(super) topic: String,
    pub(super) push_magic: String,
    pub(super) expiration_unix_s: i64,
    pub(super) apns_id: Option<String>,
}

/// A broken rule: Apple's status and reason, and in our words which rule it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) status: u16,
    pub(super) reason: &'static str,
    pub(super) detail: &'static str,
}

/// Apple, "Sending notification requests to APNs": at most 4 KB.
pub(super) const MAX_BODY_BYTES: usize = 4096;

/// Everything that can be said before the body is read.
pub(super) struct Head {
    token: Vec<u8>,
    topic: String,
    expiration_unix_s: i64,
    apns_id: Option<String>,
}

/// Checks method, path and headers. `certificate_topic` is the UID of the push certificate.
pub(super) fn check_head(
    request: &Parts,
    certificate_topic: Option<&str>,
    now_ms: i64,
) -> Result<Head, Broken> {
    if request.method != Method::POST {
        return Err(broken(405, "MethodNotAllowed", "method is not POST"));
    }
    let path = request.uri.path();
    let Some(token) = path.strip_prefix("/3/device/") else {
        return Err(broken(404, "BadPath", "path is not /3/device/{token}"));
    };
    if request.uri.query().is_some() {
        return Err(broken(404, "BadPath", "path has a query"));
    }
    if token.is_empty() {
        return Err(broken(400, "MissingDeviceToken", "path has no token"));
    }
    if !(64..=200).contains(&token.len()) {
        return Err(bad(
            "BadDeviceToken",
            "token is not 64 to 200 characters long",
        ));
    }
    let token = hex::decode(token)
        .ok_or_else(|| bad("BadDeviceToken", "token is not lower-case hexadecimal"))?;

    let headers = &request.headers;
    if headers.contains_key(http::header::AUTHORIZATION) {
        return Err(broken(
            403,
            "InvalidProviderToken",
            "MDM pushes cannot use a provider token",
        ));
    }
    let Some(certificate_topic) = certificate_topic else {
        return Err(broken(
            403,
            "BadCertificate",
            "certificate has no com.apple.mgmt topic",
        ));
    };
    match single(headers, "apns-topic")? {
        None => return Err(bad("MissingTopic", "apns-topic is missing")),
        Some("") => return Err(bad("BadTopic", "apns-topic is empty")),
        Some(topic) if topic != certificate_topic => {
            return Err(bad(
                "TopicDisallowed",
                "apns-topic is not the certificate's UID",
            ));
        }
        Some(_) => {}
    }
    if single(headers, "apns-push-type")? != Some("mdm") {
        return Err(bad("InvalidPushType", "apns-push-type is not mdm"));
    }
    if single(headers, "apns-priority")? != Some("10") {
        return Err(bad("BadPriority", "apns-priority is not 10"));
    }
    let expiration_unix_s = expiration(single(headers, "apns-expiration")?, now_ms)
        .map_err(|detail| bad("BadExpirationDate", detail))?;
    let apns_id = single(headers, "apns-id")?;
    if apns_id.is_some_and(|id| uuid::Uuid::try_parse(id).is_err()) {
        return Err(bad("BadMessageId", "apns-id is not a UUID"));
    }
    Ok(Head {
        token,
        topic: certificate_topic.to_owned(),
        expiration_unix_s,
        apns_id: apns_id.map(str::to_owned),
    })
}

/// Checks the body: one JSON object with the one key `mdm`.
pub(super) fn check_body(head: Head, body: &[u8]) -> Result<Checked, Broken> {
    if body.is_empty() {
        return Err(bad("PayloadEmpty", "body is empty"));
    }
    if body.len() > MAX_BODY_BYTES {
        return Err(broken(413, "PayloadTooLarge", "body is over 4096 bytes"));
    }
    let payload: Payload = serde_json::from_slice(body).map_err(|_| explain(body))?;
    if payload.mdm.is_empty() {
        return Err(bad("PayloadEmpty", "mdm is empty"));
    }
    Ok(Checked {
        token: head.token,
        topic: head.topic,
        push_magic: payload.mdm,
        expiration_unix_s: head.expiration_unix_s,
        apns_id: head.apns_id,
    })
}

/// Refuses other keys and a key that is there twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    mdm: String,
}

/// Which rule a body breaks that is not a [`Payload`]. Apple has no reason for a foreign key:
/// such a body is a push of another type.
fn explain(body: &[u8]) -> Broken {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) else {
        return bad("PayloadEmpty", "body is not a JSON object");
    };
    if object.contains_key("aps") {
        bad("InvalidPushType", "body has the key aps")
    } else if object.keys().any(|key| key != "mdm") {
        bad("InvalidPushType", "body has a key besides mdm")
    } else if object.get("mdm").is_some_and(serde_json::Value::is_string) {
        bad("PayloadEmpty", "body has the key mdm twice")
    } else {
        bad("PayloadEmpty", "body has no text under mdm")
    }
}

/// Absolute Unix seconds, or 0. Milliseconds and durations are the usual mistakes: both are far
/// from now.
fn expiration(value: Option<&str>, now_ms: i64) -> Result<i64, &'static str> {
    let value = value.ok_or("apns-expiration is missing")?;
    if !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("apns-expiration is not a whole number");
    }
    let seconds: i64 = value
        .parse()
        .map_err(|_| "apns-expiration is not a whole number")?;
    let now = now_ms / 1000;
    if seconds == 0 || (now..=now.saturating_add(MAX_KEEP_S)).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("apns-expiration is in the past or over 30 days away")
    }
}

/// APNs keeps a push for 30 days at most.
const MAX_KEEP_S: i64 = 30 * 24 * 60 * 60;

fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Broken> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(bad("DuplicateHeaders", "a header is there twice"));
    }
    // A value that is not text is as wrong as an empty one.
    Ok(Some(value.to_str().unwrap_or("")))
}

fn bad(reason: &'static str, detail: &'static str) -> Broken {
    broken(400, reason, detail)
}

fn broken(status: u16, reason: &'static str, detail: &'static str) -> Broken {
    Broken {
        status,
        reason,
        detail,
    }
}
