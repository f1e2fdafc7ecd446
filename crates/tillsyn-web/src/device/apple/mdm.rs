//! `PUT /apple/checkin` and `PUT /apple/mdm`: one handler, since a device may send both to one URL. What
//! the body is decides its media type, else its `MessageType` (core sheet §1).

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use tillsyn_apple::media;
use tillsyn_core::Error;
use tillsyn_core::platform::apple::{self, DeviceCertificate};

use super::answer;
use crate::auth::ClientAddress;
use crate::state::AppState;

/// The header with the detached signature over the raw body.
const SIGNATURE: &str = "mdm-signature";
/// Where the first bytes of a check-in have its `MessageType`.
const LOOK: usize = 64 * 1024;

pub(super) async fn message(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if parts.headers.contains_key(header::CONTENT_ENCODING) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    // Whoever cannot show a certificate of ours is refused before the body takes memory.
    if let Err(refusal) = introduce(&state, &parts.headers).await {
        return refuse(refusal);
    }
    let is_checkin_path = parts.uri.path() == "/apple/checkin";
    let limit = if is_checkin_path {
        super::CHECK_IN_LIMIT
    } else {
        super::RESULT_LIMIT
    };
    let Ok(body) = axum::body::to_bytes(body, limit).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let certificate = match authenticate(&state, &parts.headers, &body).await {
        Ok(certificate) => certificate,
        Err(refusal) => return refuse(refusal),
    };
    let address = Some(address.to_string());
    let answered = if is_checkin(&parts.headers, is_checkin_path, &body) {
        apple::check_in(&state.core, &certificate, &body, address).await
    } else {
        apple::poll(&state.core, &certificate, &body, address).await
    };
    match answered {
        Ok(answer) => answer::device(answer),
        Err(error) => answer::failure(&error),
    }
}

/// Why nobody is proven, or that it cannot be known now.
enum Refused {
    Sender(&'static str),
    Store(Error),
}

impl From<&'static str> for Refused {
    fn from(reason: &'static str) -> Self {
        Self::Sender(reason)
    }
}

impl From<apple::Unproven> for Refused {
    fn from(unproven: apple::Unproven) -> Self {
        match unproven {
            apple::Unproven::Refused(refusal) => Self::Sender(refusal.as_str()),
            apple::Unproven::Store(error) => Self::Store(error),
        }
    }
}

fn refuse(refused: Refused) -> Response {
    let refusal = match refused {
        Refused::Sender(refusal) => refusal,
        Refused::Store(error) => return answer::failure(&error),
    };
    metrics::counter!("tillsyn_signatures_refused_total", "reason" => refusal).increment(1);
    tracing::warn!(reason = refusal, "a device request has no proven sender");
    StatusCode::FORBIDDEN.into_response()
}

/// The one header there must be, with a certificate of our CA in it; the signature itself needs the body.
async fn introduce(state: &AppState, headers: &HeaderMap) -> Result<(), Refused> {
    Ok(apple::introduce(&state.core, signature(headers)?).await?)
}

fn signature(headers: &HeaderMap) -> Result<&str, &'static str> {
    let mut values = headers.get_all(SIGNATURE).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| "malformed"),
        (None, _) => Err("missing"),
        _ => Err("two_headers"),
    }
}

async fn authenticate(
    state: &AppState,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<DeviceCertificate, Refused> {
    let value = signature(headers)?;
    Ok(apple::verify_signature(&state.core, value, body).await?)
}

fn is_checkin(headers: &HeaderMap, is_checkin_path: bool, body: &[u8]) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if media::is(content_type, media::CHECK_IN) {
        return true;
    }
    if media::is(content_type, media::COMMAND) {
        return false;
    }
    let head = body.get(..LOOK).unwrap_or(body);
    let says = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    says(b"MessageType") || (is_checkin_path && !says(b"Status"))
}
