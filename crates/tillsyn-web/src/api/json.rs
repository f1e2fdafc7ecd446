//! Bodies in and out. A body is read when the handler asks for it, after scope was decided (S02).

use axum::Json;
use axum::extract::{FromRequest, Path, Request};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::time::Duration;
use tillsyn_core::Error;
use tillsyn_core::imports::MOST_BYTES;

use crate::error::AppError;

/// JSON bodies (S21).
pub(super) const LIMIT: usize = 1024 * 1024;
/// Of profiles: two MiB in Base64, and what stands around it.
const PROFILE_LIMIT: usize = 3 * 1024 * 1024;

/// How much of a body that is too large is read to its end, and for how long.
const REST: usize = 8 * 1024 * 1024;
const REST_TIME: Duration = Duration::from_secs(5);

/// How long a body of this address may be. Files to import are read by their own rule, which says more.
pub(super) fn limit_of(path: &str) -> usize {
    if path == "/api/v1/imports" {
        return MOST_BYTES + 1;
    }
    let rest = path.strip_prefix("/api/v1/profiles");
    if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        PROFILE_LIMIT
    } else {
        LIMIT
    }
}

/// A body that nobody has looked at yet.
pub(super) struct Body(Request);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Infallible;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

impl Body {
    /// Reads the body as JSON of the expected shape.
    pub(super) async fn read<T: DeserializeOwned>(self) -> Result<T, AppError> {
        let is_json = is_json(&self.0);
        let bytes = bytes_of(self.0).await?;
        if !is_json {
            return Err(AppError::media_type(
                "Send JSON with Content-Type: application/json.",
            ));
        }
        parse(&bytes)
    }

    /// Reads the body as the bytes of a CSV file.
    pub(super) async fn read_csv(self) -> Result<bytes::Bytes, AppError> {
        let is_csv = is(&self.0, "text/csv");
        let bytes = bytes_of(self.0).await?;
        if !is_csv {
            return Err(AppError::media_type(
                "Send the file with Content-Type: text/csv.",
            ));
        }
        Ok(bytes)
    }

    /// Reads the body as JSON; no body at all stands for the defaults.
    pub(super) async fn read_or_default<T: DeserializeOwned + Default>(
        self,
    ) -> Result<T, AppError> {
        let is_json = is_json(&self.0);
        let bytes = bytes_of(self.0).await?;
        match (bytes.is_empty(), is_json) {
            (true, _) => Ok(T::default()),
            (false, true) => parse(&bytes),
            (false, false) => Err(AppError::media_type(
                "Send JSON with Content-Type: application/json.",
            )),
        }
    }
}

async fn bytes_of(request: Request) -> Result<Bytes, AppError> {
    let limit = limit_of(request.uri().path());
    read_up_to(limit, request.into_body()).await
}

/// The whole body.
///
/// # Errors
/// Too large, when it is longer than the limit or breaks off.
pub(super) async fn read_up_to(
    limit: usize,
    mut body: axum::body::Body,
) -> Result<Bytes, AppError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| AppError::too_large(limit))?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            // Whoever sends more than is heard out finds the connection closed.
            let _ = tokio::time::timeout(REST_TIME, hear_out(body)).await;
            return Err(AppError::too_large(limit));
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes.freeze())
}

/// Reads the rest and keeps nothing of it: a client that is still sending would not hear the refusal.
async fn hear_out(mut body: axum::body::Body) {
    let mut left = REST;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(less) => left = less,
            None => return,
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    serde_json::from_slice(bytes).map_err(|error| {
        // The position, and what was expected: never what was sent.
        let what = match error.classify() {
            serde_json::error::Category::Data => shape(&error),
            _ => "it is no JSON".to_owned(),
        };
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::invalid(
            "body",
            "body",
            format!("The body cannot be used ({place}): {what}."),
        )
        .into()
    })
}

/// What serde misses, without the value that it met: that may be a secret.
fn shape(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    match text.split_once(", expected ") {
        Some((met, expected)) if met.starts_with("invalid") => format!("expected {expected}"),
        _ => text.to_owned(),
    }
}

fn is_json(request: &Request) -> bool {
    is(request, "application/json")
}

fn is(request: &Request, media_type: &str) -> bool {
    request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(media_type))
}

/// `201 Created`.
pub(super) struct Created<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// `202 Accepted`: recorded; the device obeys later.
pub(super) struct Accepted<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self.0)).into_response()
    }
}

/// An answer with a secret: shown this once, kept nowhere, also not for an idempotency key.
pub(super) struct Unkept<T>(pub(super) T);

/// Marks the answer for what would keep it.
#[derive(Clone, Copy)]
pub(super) struct KeepNot;

impl<T: Serialize> IntoResponse for Unkept<T> {
    fn into_response(self) -> Response {
        let mut response = no_store(Json(self.0).into_response());
        response.extensions_mut().insert(KeepNot);
        response
    }
}

/// What an idempotency key keeps of an answer with a secret whose act may not happen twice.
#[derive(Clone)]
pub(super) struct KeepInstead(pub(super) Vec<u8>);

pub(super) fn no_store(mut response: Response) -> Response {
    let no_store = http::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// The id in the path; what is no id names nothing.
pub(super) fn id<T>(
    Path(text): Path<String>,
    parse: impl Fn(&str) -> Option<T>,
    what: &'static str,
) -> Result<T, AppError> {
    parse(&text).ok_or_else(|| Error::not_found(what).into())
}

/// An id in a body or query that may be absent; what is no id names nothing.
pub(super) fn option<T>(
    text: Option<String>,
    parse: impl Fn(&str) -> Option<T>,
    what: &'static str,
) -> Result<Option<T>, AppError> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match parse(&text) {
            Some(id) => Ok(Some(id)),
            None => Err(Error::not_found(what).into()),
        },
    }
}
