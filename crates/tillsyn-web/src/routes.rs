//! The two routers (architecture §5): public for devices and people, administrative for console, API and
//! metrics. They may share a port.

use axum::Router;
use axum::routing::get;

use crate::device;
use crate::enroll;
use crate::state::AppState;

/// Both surfaces on one port.
pub(crate) fn all(state: AppState) -> Router {
    wrap(public_routes().merge(administrative_routes()), state)
}

/// Devices and enrollment pages.
pub(crate) fn public(state: AppState) -> Router {
    wrap(public_routes(), state)
}

/// Console, API, metrics.
pub(crate) fn administrative(state: AppState) -> Router {
    wrap(administrative_routes(), state)
}

fn public_routes() -> Router<AppState> {
    device::routes().merge(enroll::routes())
}

fn administrative_routes() -> Router<AppState> {
    Router::new()
}

fn wrap(router: Router<AppState>, state: AppState) -> Router {
    router.route("/healthz", get(health)).with_state(state)
}

async fn health(axum::extract::State(state): axum::extract::State<AppState>) -> http::StatusCode {
    match state.core.db().ping().await {
        Ok(()) => http::StatusCode::OK,
        Err(_) => http::StatusCode::SERVICE_UNAVAILABLE,
    }
}
