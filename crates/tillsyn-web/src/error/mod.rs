//! The one error of the web layer: what went wrong, for whom it is meant, and the one map to a status.
//!
//! The API renders it as problem+json (RFC 9457); pages ask for [`AppError::status`], code and detail
//! and render their own. The cause goes to the log, once, and never to a client (security S24).

mod problem;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value as Json;
use tillsyn_core::{Error, Kind};

pub(crate) use problem::Problem;

use crate::middleware::scope;

/// What a client waits before it asks again when we cannot know better.
const RETRY_SECS: i64 = 30;

/// Refusals of the guard that are no lack of a permission.
const GUARD: [&str; 4] = ["frozen", "reveal_limit", "targets_changed", "confirmation"];

/// What went wrong: an outcome of a rule, or of HTTP itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Rule(Kind),
    /// The request line or headers cannot be accepted.
    BadRequest,
    /// Nothing lives at this address.
    NoRoute,
    MethodNotAllowed,
    TooLarge,
    UnsupportedMediaType,
    /// The handler took too long; what it did is not known.
    Timeout,
}

/// An answer other than success.
#[derive(Debug)]
pub struct AppError {
    kind: ErrorKind,
    // Boxed, so that a `Result` stays small on the way up.
    error: Box<Error>,
}

impl AppError {
    fn of(kind: ErrorKind, code: &'static str, detail: impl Into<String>) -> Self {
        // The rule's kind is not read for an outcome of HTTP.
        Self {
            kind,
            error: Box::new(Error::new(Kind::Invalid, code, detail)),
        }
    }

    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::of(ErrorKind::BadRequest, code, detail)
    }

    pub fn no_route() -> Self {
        Self::of(
            ErrorKind::NoRoute,
            "no_route",
            "Nothing lives at this address.",
        )
    }

    pub fn method_not_allowed() -> Self {
        Self::of(
            ErrorKind::MethodNotAllowed,
            "method_not_allowed",
            "This address does not take this method; the Allow header names those it takes.",
        )
    }

    pub fn too_large(limit: usize) -> Self {
        Self::of(
            ErrorKind::TooLarge,
            "too_large",
            format!("The body is larger than {limit} bytes."),
        )
    }

    pub fn media_type(detail: impl Into<String>) -> Self {
        Self::of(ErrorKind::UnsupportedMediaType, "media_type", detail)
    }

    pub fn timeout() -> Self {
        Self::of(
            ErrorKind::Timeout,
            "timeout",
            "This took too long. Look whether it happened before asking again.",
        )
    }

    pub fn not_signed_in() -> Self {
        Error::new(
            Kind::NotSignedIn,
            "not_signed_in",
            "Send an API token in the header `Authorization: Bearer tillsyn_…`.",
        )
        .into()
    }

    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Stable, for programs; also the key of the text for people.
    pub fn code(&self) -> &'static str {
        self.error.code
    }

    /// For people, in English, without secrets.
    pub fn detail(&self) -> &str {
        &self.error.detail
    }

    /// Which input is meant.
    pub fn field(&self) -> Option<&'static str> {
        self.error.field
    }

    /// Facts that a program or page may need.
    pub fn data(&self) -> Option<&Json> {
        self.error.data.as_ref()
    }

    /// The one map from what went wrong to an HTTP status.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            ErrorKind::Rule(Kind::NotSignedIn) => StatusCode::UNAUTHORIZED,
            ErrorKind::Rule(Kind::Forbidden | Kind::FreshSignInNeeded) => StatusCode::FORBIDDEN,
            ErrorKind::Rule(Kind::NotFound) | ErrorKind::NoRoute => StatusCode::NOT_FOUND,
            ErrorKind::Rule(Kind::Invalid) => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Rule(Kind::Conflict | Kind::NotCapable) => StatusCode::CONFLICT,
            ErrorKind::Rule(Kind::TooMany { .. } | Kind::Overloaded) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            ErrorKind::Rule(Kind::Unavailable) | ErrorKind::Timeout => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ErrorKind::Rule(Kind::Internal) => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorKind::BadRequest => StatusCode::BAD_REQUEST,
            ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    /// Seconds for `Retry-After`, where one belongs.
    pub fn retry_after_secs(&self) -> Option<i64> {
        match self.kind {
            ErrorKind::Rule(Kind::TooMany { retry_after_secs }) => Some(retry_after_secs.max(1)),
            ErrorKind::Rule(Kind::Overloaded | Kind::Unavailable) | ErrorKind::Timeout => {
                Some(RETRY_SECS)
            }
            _ => None,
        }
    }

    /// Whether somebody was kept from what they may not do. Whoever is asked to prove themselves was not.
    fn is_refusal(&self) -> bool {
        self.kind == ErrorKind::Rule(Kind::Forbidden) || GUARD.contains(&self.error.code)
    }

    /// Writes the cause to the log, and notes a refusal for the audit trail. The surface that answers calls
    /// it once.
    pub fn log(&self) {
        if self.is_refusal() {
            scope::note_refused(self.code());
        }
        let cause = self.error.source.as_deref().map(chain);
        let cause = cause.as_deref().unwrap_or_default();
        let id = scope::request_id();
        let (code, detail) = (self.code(), self.detail());
        match self.status() {
            StatusCode::SERVICE_UNAVAILABLE => {
                tracing::warn!(request.id = %id, code, cause, "a request could not be served: {detail}");
            }
            status if status.is_server_error() => {
                tracing::error!(request.id = %id, code, cause, "a request failed: {detail}");
            }
            _ => {}
        }
    }
}

/// An error and its causes on one line.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self {
            kind: ErrorKind::Rule(error.kind),
            error: Box::new(error),
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        self.log();
        let status = self.status();
        let mut response = (status, axum::Json(Problem::of(&self))).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(secs) = self.retry_after_secs() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests;
