//! `/healthz`, `/readyz` on both listeners, `/metrics` on the administrative one only (security S27).
//! Where both share a port, `/metrics` answers this machine alone.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tillsyn_core::{Error, Kind, org};

use crate::auth::FORWARDED_FOR;
use crate::error::AppError;
use crate::state::AppState;

/// How long the database may take to answer a probe.
const PROBE: Duration = Duration::from_secs(3);
/// Histograms are folded this often when nobody fetches them.
const UPKEEP: Duration = Duration::from_secs(15);

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder of metrics for this process; once, inside the runtime.
///
/// # Errors
/// When another recorder is installed already.
pub fn install_metrics() -> Result<(), BuildError> {
    const SECONDS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
    let handle = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .install_recorder()?;
    let folded = handle.clone();
    if METRICS.set(handle).is_ok() {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                folded.run_upkeep();
            }
        });
    }
    Ok(())
}

pub(crate) fn health_routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
}

pub(crate) fn metrics_routes() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics))
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// The process answers and its database does.
async fn health(State(state): State<AppState>) -> Response {
    match tokio::time::timeout(PROBE, state.core.db().ping()).await {
        Ok(Ok(())) => plain(StatusCode::OK, "ok\n"),
        _ => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}

/// Requests can be served: the database answers and belongs to an organisation.
async fn ready(State(state): State<AppState>) -> Response {
    match tokio::time::timeout(PROBE, org::root(&state.core)).await {
        Ok(Ok(_)) => plain(StatusCode::OK, "ready\n"),
        Ok(Err(Error {
            kind: Kind::Conflict,
            ..
        })) => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "there is no organisation yet\n",
        ),
        _ => plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}

/// Nothing lives here for others. The socket's address counts, and what a proxy on this machine passes
/// on comes from elsewhere.
pub(crate) async fn only_from_this_machine(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let passed_on = [FORWARDED_FOR, header::FORWARDED.as_str()]
        .into_iter()
        .any(|name| request.headers().contains_key(name));
    if peer.ip().to_canonical().is_loopback() && !passed_on {
        next.run(request).await
    } else {
        AppError::no_route().into_response()
    }
}

async fn metrics() -> Result<Response, AppError> {
    let handle = METRICS.get().ok_or_else(AppError::no_route)?;
    let mut response = handle.render().into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    Ok(response)
}
