//! problem+json (RFC 9457).

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::Kind;
use utoipa::ToSchema;

use super::{AppError, ErrorKind};
use crate::middleware::scope;

/// Why a request was not done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// `urn:tillsyn:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The family of the problem.
    title: &'static str,
    status: u16,
    /// Stable, for programs.
    code: &'static str,
    /// What happened and what to do, in English.
    detail: String,
    /// Which input is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// Facts that belong to the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Json>,
    /// Names this request in the server's log.
    request_id: String,
}

impl Problem {
    pub(super) fn of(error: &AppError) -> Self {
        Self {
            kind: format!("urn:tillsyn:problem:{}", error.code()),
            title: title(error.kind()),
            status: error.status().as_u16(),
            code: error.code(),
            detail: error.detail().to_owned(),
            field: error.field(),
            data: error.data().cloned(),
            request_id: scope::request_id(),
        }
    }
}

fn title(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Rule(Kind::NotSignedIn) => "Not signed in",
        ErrorKind::Rule(Kind::Forbidden) => "Not allowed",
        ErrorKind::Rule(Kind::FreshSignInNeeded) => "Fresh sign-in needed",
        ErrorKind::Rule(Kind::NotFound) | ErrorKind::NoRoute => "Not found",
        ErrorKind::Rule(Kind::Invalid) => "Invalid input",
        ErrorKind::Rule(Kind::Conflict) => "Conflict",
        ErrorKind::Rule(Kind::NotCapable) => "Not possible",
        ErrorKind::Rule(Kind::TooMany { .. }) => "Too many requests",
        ErrorKind::Rule(Kind::Overloaded) => "Too much at once",
        ErrorKind::Rule(Kind::Unavailable) => "Unavailable",
        ErrorKind::Rule(Kind::Internal) => "Server fault",
        ErrorKind::BadRequest => "Bad request",
        ErrorKind::MethodNotAllowed => "Method not allowed",
        ErrorKind::TooLarge => "Body too large",
        ErrorKind::UnsupportedMediaType => "Unsupported media type",
        ErrorKind::Timeout => "Took too long",
    }
}
