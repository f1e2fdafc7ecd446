//! Taking an invitation through the scripted contract, and downloading the profile.

use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use tillsyn_apple::media;

use crate::network::{Network, Outgoing, Reply};
use crate::{DeviceConfig, Rule, SimError, Violation};

/// An attempt to enroll, as the server answered it.
#[derive(Clone, Deserialize)]
pub struct Attempt {
    pub attempt_id: String,
    /// Carries the secret of this attempt.
    pub profile_url: String,
    pub expires_at: String,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt")
            .field("attempt_id", &self.attempt_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// How far the server says that an attempt has come.
#[derive(Debug, Clone, Deserialize)]
pub struct AttemptStatus {
    pub status: String,
    #[serde(default)]
    pub cause: Option<String>,
    #[serde(default)]
    pub remedy: Option<String>,
}

/// A secret of 128 bits in base64url.
const SECRET_LEN: usize = 22;

pub(crate) async fn take(
    network: &Network,
    client: &reqwest::Client,
    server: &str,
    code: &str,
    pin: Option<&str>,
    device: &DeviceConfig,
) -> Result<(Attempt, Vec<Violation>), SimError> {
    const STEP: &str = "invitation";
    let mut body = json!({ "platform": device.kind.platform() });
    if device.tells_model
        && let Some(body) = body.as_object_mut()
    {
        body.insert("product".into(), device.model.product_name.into());
        body.insert("os_version".into(), device.os_version.as_str().into());
    }
    if let (Some(pin), Some(body)) = (pin, body.as_object_mut()) {
        body.insert("pin".into(), pin.into());
    }
    let out = Outgoing {
        step: STEP,
        method: Method::POST,
        url: attempts_url(server, code)?,
        headers: Vec::new(),
        body: body.to_string().into(),
    }
    .header("content-type", "application/json")
    .header("accept", "application/json");
    let reply = network.send(client, &out).await?;
    if reply.status != StatusCode::CREATED {
        if reply.status.is_success() {
            let detail = format!("201 expected, got {}", reply.status.as_u16());
            return Err(Violation::new(Rule::AttemptReply, detail).into());
        }
        return Err(refused(STEP, &reply));
    }
    let attempt: Attempt = serde_json::from_slice(&reply.body)
        .map_err(|error| Violation::new(Rule::AttemptReply, error.to_string()))?;
    let mut violations = Vec::new();
    if attempt.attempt_id.is_empty() || attempt.expires_at.is_empty() {
        violations.push(Violation::new(Rule::AttemptReply, "an empty value"));
    }
    let longest = attempt
        .profile_url
        .split(['/', '?', '&', '='])
        .map(str::len)
        .max();
    if longest.unwrap_or(0) < SECRET_LEN {
        let detail = "no part of profile_url is long enough for 128 bits";
        violations.push(Violation::new(Rule::ProfileUrlSecret, detail));
    }
    Ok((attempt, violations))
}

pub(crate) async fn status(
    network: &Network,
    client: &reqwest::Client,
    server: &str,
    code: &str,
    attempt_id: &str,
) -> Result<AttemptStatus, SimError> {
    const STEP: &str = "attempt";
    let url = format!("{}/{attempt_id}", attempts_url(server, code)?);
    let out = Outgoing::get(STEP, url).header("accept", "application/json");
    let reply = network.send(client, &out).await?;
    if reply.status != StatusCode::OK {
        return Err(refused(STEP, &reply));
    }
    serde_json::from_slice(&reply.body)
        .map_err(|error| Violation::new(Rule::AttemptReply, error.to_string()).into())
}

/// Downloads the profile; the bytes are not looked at yet.
pub(crate) async fn download(
    network: &Network,
    client: &reqwest::Client,
    url: &str,
) -> Result<(Bytes, Vec<Violation>), SimError> {
    const STEP: &str = "profile";
    let reply = network.send(client, &Outgoing::get(STEP, url)).await?;
    let is_profile = reply.media_type() == media::PROFILE;
    let disposition = reply.header(header::CONTENT_DISPOSITION);
    let disposition = disposition.to_ascii_lowercase();
    if reply.status != StatusCode::OK {
        // A person would be offered an error message for installation.
        if is_profile || disposition.starts_with("attachment") {
            let detail = format!("{} with an attachment", reply.status.as_u16());
            return Err(Violation::new(Rule::RefusedDownload, detail).into());
        }
        return Err(refused(STEP, &reply));
    }
    let mut violations = Vec::new();
    if !is_profile {
        let detail = format!("{} expected, got `{}`", media::PROFILE, reply.media_type());
        violations.push(Violation::new(Rule::ProfileContentType, detail));
    }
    let cache_control = reply.header(header::CACHE_CONTROL).to_ascii_lowercase();
    if !cache_control.contains("no-store") {
        let detail = "Cache-Control does not say no-store";
        violations.push(Violation::new(Rule::ProfileCacheControl, detail));
    }
    if !(disposition.starts_with("attachment") && disposition.contains(".mobileconfig")) {
        let detail = "Safari wants an attachment with a .mobileconfig name";
        violations.push(Violation::new(Rule::ProfileDisposition, detail));
    }
    Ok((reply.body, violations))
}

fn attempts_url(server: &str, code: &str) -> Result<String, SimError> {
    let mut url = reqwest::Url::parse(server).map_err(|e| SimError::state(e.to_string()))?;
    url.path_segments_mut()
        .map_err(|()| SimError::state("the server's URL cannot have a path"))?
        .pop_if_empty()
        .extend(["e", code, "attempts"]);
    Ok(url.into())
}

/// A refusal with the code of its problem document, if there is one.
pub(crate) fn refused(step: &'static str, reply: &Reply) -> SimError {
    #[derive(Deserialize)]
    struct Problem {
        code: Option<String>,
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    let problem: Option<Problem> = serde_json::from_slice(&reply.body).ok();
    SimError::Refused {
        step,
        status: reply.status.as_u16(),
        code: problem.and_then(|p| p.code.or(p.kind)),
    }
}
