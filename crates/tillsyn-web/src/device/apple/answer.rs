//! A device's answer on the wire.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use tillsyn_apple::errors::ErrorBody;
use tillsyn_apple::media;
use tillsyn_core::platform::apple::DeviceAnswer;
use tillsyn_core::{Error, Kind};

use super::body::NotTaken;

/// The answer of a rule, as the sheet has it.
pub(super) fn device(answer: DeviceAnswer) -> Response {
    match answer {
        // Zero bytes end the session; an empty plist would not.
        DeviceAnswer::Empty => StatusCode::OK.into_response(),
        DeviceAnswer::Plist(body) => with_type(StatusCode::OK, media::PLIST_XML, body),
        DeviceAnswer::Json(body) => with_type(StatusCode::OK, "application/json", body),
        DeviceAnswer::Forbidden => StatusCode::FORBIDDEN.into_response(),
        DeviceAnswer::Removed => with_type(
            StatusCode::FORBIDDEN,
            ErrorBody::CONTENT_TYPE,
            ErrorBody::unrecognized_device().to_plist(),
        ),
        DeviceAnswer::BadRequest => StatusCode::BAD_REQUEST.into_response(),
        DeviceAnswer::NotFound => StatusCode::NOT_FOUND.into_response(),
        DeviceAnswer::NotServed(code) => {
            let body = ErrorBody {
                code,
                description: Some("This server gives no token of this service.".to_owned()),
                message: None,
                details: None,
            };
            with_type(
                StatusCode::NOT_FOUND,
                ErrorBody::CONTENT_TYPE,
                body.to_plist(),
            )
        }
        DeviceAnswer::Gone => StatusCode::GONE.into_response(),
        DeviceAnswer::Later => later(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// A fault of ours: the device keeps its message and tries again (S84).
pub(super) fn failure(error: &Error) -> Response {
    tracing::error!(
        code = error.code,
        cause = error.source.as_deref().map(tracing::field::display),
        "a device request failed: {}",
        error.detail
    );
    let status = match error.kind {
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    later(status)
}

/// No body, so nothing that could be answered.
pub(super) fn not_taken(why: &NotTaken) -> Response {
    match why {
        NotTaken::TooLarge => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        NotTaken::TooSlow => StatusCode::REQUEST_TIMEOUT.into_response(),
        NotTaken::Broken => StatusCode::BAD_REQUEST.into_response(),
        NotTaken::Full => later(StatusCode::SERVICE_UNAVAILABLE),
    }
}

fn later(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}

pub(super) fn with_type(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
