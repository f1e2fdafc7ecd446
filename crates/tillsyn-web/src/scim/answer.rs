//! Answers in the words of RFC 7644 §3.12: errors with a status as text, resources with their version.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value as Json, json};
use tillsyn_core::{Error, Kind};

pub(super) const MEDIA_TYPE: &str = "application/scim+json";

/// A refusal.
#[derive(Debug)]
pub(crate) struct ScimError {
    status: StatusCode,
    kind: Option<&'static str>,
    detail: String,
}

impl ScimError {
    pub(super) fn new(
        status: StatusCode,
        kind: Option<&'static str>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            kind,
            detail: detail.into(),
        }
    }

    /// A request that cannot be understood or done.
    pub(super) fn bad(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(kind), detail)
    }

    pub(super) fn version() -> Self {
        let detail = "The resource has another version than If-Match says.";
        Self::new(StatusCode::PRECONDITION_FAILED, None, detail)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, None, "There is no such resource.")
    }

    /// Whether the resource moved under a change that may be tried again.
    pub(super) fn moved(&self) -> bool {
        self.status == StatusCode::PRECONDITION_FAILED
    }
}

impl From<Error> for ScimError {
    fn from(error: Error) -> Self {
        match (error.kind, error.code) {
            (_, "scim_uniqueness") => {
                Self::new(StatusCode::CONFLICT, Some("uniqueness"), error.detail)
            }
            (_, "scim_version") => Self::version(),
            (Kind::NotSignedIn, _) => Self::new(StatusCode::UNAUTHORIZED, None, error.detail),
            (Kind::Forbidden, _) => Self::new(StatusCode::FORBIDDEN, None, error.detail),
            (Kind::NotFound, _) => Self::not_found(),
            (_, "scim_member") | (Kind::Invalid, _) => Self::bad("invalidValue", error.detail),
            (Kind::Conflict, _) => Self::new(StatusCode::CONFLICT, None, error.detail),
            (Kind::Unavailable, _) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, None, error.detail)
            }
            _ => {
                tracing::error!(error = %error, "a SCIM request failed");
                let detail = "This is a fault of the server.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, None, detail)
            }
        }
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_u16().to_string(),
            "detail": self.detail,
        });
        if let Some(kind) = self.kind {
            body["scimType"] = json!(kind);
        }
        let mut response = answer(self.status, &body);
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                let value = HeaderValue::from_static("Bearer realm=\"scim\"");
                headers.insert(header::WWW_AUTHENTICATE, value);
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response
    }
}

/// A document.
pub(super) fn answer(status: StatusCode, body: &Json) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A resource with its version and place in the headers.
pub(super) fn resource(status: StatusCode, body: &Json) -> Response {
    let mut response = answer(status, body);
    let headers = response.headers_mut();
    for (name, at) in [(header::ETAG, "version"), (header::LOCATION, "location")] {
        let value = body["meta"][at].as_str();
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// Nothing to say.
pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
