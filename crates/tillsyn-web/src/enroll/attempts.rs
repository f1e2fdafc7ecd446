//! `POST /e/{code}/attempts` and `GET /e/{code}/attempts/{id}`, for programs.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use tillsyn_core::ids::AttemptId;
use tillsyn_core::invitations::{self, AttemptStep};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::words;
use crate::auth::ClientAddress;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::state::AppState;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    pin: Option<String>,
    /// `ios`, `ipados` or `macos`.
    platform: Option<String>,
    /// The device's product name, such as `iPhone14,5`, when it is known: it may then be asked for an
    /// attested identity.
    product: Option<String>,
    os_version: Option<String>,
}

#[derive(Serialize)]
struct Started<'a> {
    attempt_id: &'a AttemptId,
    profile_url: &'a str,
    /// Until when the profile's address may be used, RFC 3339.
    expires_at: String,
}

/// What a program sees of an attempt.
#[derive(Serialize)]
struct Progress {
    status: String,
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// What to do, in the language that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Serialize)]
struct Step {
    at: String,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

impl From<AttemptStep> for Step {
    fn from(step: AttemptStep) -> Self {
        Self {
            at: words::rfc3339(step.at),
            step: step.step,
            cause: step.cause,
        }
    }
}

pub(super) async fn start(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(code): Path<String>,
    request: Request,
) -> Result<Response, AppError> {
    // A form post of the page comes to its own address; here only JSON is taken.
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| {
            v.split(';')
                .next()
                .is_some_and(|t| t.trim() == "application/json")
        });
    if !is_json {
        return Ok(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    let body = axum::body::to_bytes(request.into_body(), 64 * 1024)
        .await
        .map_err(|_| Error::invalid("body", "body", "The body is larger than 64 KiB."))?;
    let start: Start = serde_json::from_slice(&body).map_err(|error| {
        Error::invalid(
            "body",
            "body",
            format!("The body is not the JSON expected here: {error}."),
        )
    })?;
    let address = Some(address.to_string());
    let pin = start.pin.map(Zeroizing::new);
    let platform = start.platform.as_deref();
    let started = invitations::start_attempt(&state.core, &code, pin, platform, address).await?;
    let (product, os_version) = (start.product.as_deref(), start.os_version.as_deref());
    invitations::describe_device(&state.core, &started.id, product, os_version).await?;
    let mut response = Json(Started {
        attempt_id: &started.id,
        profile_url: &started.profile_url,
        expires_at: words::rfc3339(started.expires_at),
    })
    .into_response();
    *response.status_mut() = StatusCode::CREATED;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(super) async fn show(
    State(state): State<AppState>,
    Path((code, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let id = AttemptId::parse(&id)
        .ok_or_else(|| Error::new(Kind::NotFound, "not_found", "There is no such attempt."))?;
    let invitation = invitations::look_up(&state.core, &code).await?;
    let attempt = invitations::attempt_of_invitation(&state.core, &invitation.id, &id).await?;
    let lang = language(&headers, &invitation.language);
    let remedy = attempt
        .cause
        .as_deref()
        .map(|cause| words::remedy(lang, cause));
    let mut response = Json(Progress {
        status: attempt.status,
        steps: attempt.steps.into_iter().map(Step::from).collect(),
        failed_step: attempt.failed_step,
        cause: attempt.cause,
        remedy,
    })
    .into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn language(headers: &HeaderMap, fallback: &str) -> Lang {
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok());
    Lang::negotiate(None, asked, Lang::from_tag(fallback).unwrap_or_default())
}
