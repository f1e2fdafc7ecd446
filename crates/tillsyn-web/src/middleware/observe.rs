//! The request's id, its log line, its metrics.

use std::time::Instant;

use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, Method};
use tillsyn_core::audit;

use super::redact;
use super::scope::{self, Scope};
use crate::auth::client_address;
use crate::state::AppState;

/// The header that names a request; the same id stands in problems, events and the log.
const REQUEST_ID: &str = "x-request-id";

pub(super) async fn observe(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let scope = Scope::new();
    let method = request.method().clone();
    let path = redact::path(request.uri().path()).into_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let address = client_address(&state.config, request.headers(), request.extensions());
    let mut response = scope::within(scope.clone(), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(scope.id()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    note_refusal(&state, &scope, &method, &route).await;
    let status = response.status().as_u16();
    let took = begun.elapsed();
    metrics::histogram!("tillsyn_http_request_seconds", "route" => route, "status" => class(status))
        .record(took.as_secs_f64());
    // Probes come every few seconds and say nothing while all is well.
    if status < 400 && matches!(path.as_str(), "/healthz" | "/readyz" | "/metrics") {
        return response;
    }
    tracing::info!(
        request.id = scope.id(),
        method = method.as_str(),
        path,
        status,
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        size_bytes = response.body().size_hint().exact(),
        address = address.map(tracing::field::display),
        actor.id = scope.actor(),
        "request"
    );
    response
}

/// What nobody should try to read without its permission: the trail, where somebody is, secrets.
const WATCHED: [&str; 6] = [
    "/audit",
    "/events",
    "/locations",
    "/escrow",
    "/secrets",
    "/export",
];

/// Whether a refusal is an event: of every change, and of reading what is watched.
fn is_told(method: &Method, route: &str) -> bool {
    !method.is_safe() || WATCHED.iter().any(|part| route.contains(part))
}

/// A refusal is an event. That it cannot be written hides nothing: the answer is a refusal anyway.
async fn note_refusal(state: &AppState, scope: &Scope, method: &Method, route: &str) {
    if !is_told(method, route) {
        return;
    }
    let Some((actor, code)) = scope.refusal() else {
        return;
    };
    let operation = format!("{method} {route}");
    if let Err(error) = audit::note_refusal(&state.core, actor, &operation, code).await {
        tracing::warn!(request.id = scope.id(), error = %error, "a refusal could not be recorded");
    }
}

fn class(status: u16) -> &'static str {
    match status {
        ..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
