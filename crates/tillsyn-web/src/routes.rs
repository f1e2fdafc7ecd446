//! The two routers (architecture §5): public for devices and people, administrative for console, API and
//! metrics. They may share a port.

use axum::Router;

use crate::error::AppError;
use crate::state::AppState;
use crate::{api, assets, console, device, enroll, middleware, portal};

/// Both surfaces on one port.
pub(crate) fn all(state: AppState) -> Router {
    wrap(public_routes().merge(administrative_routes(&state)), state)
}

/// Devices and enrollment pages.
pub(crate) fn public(state: AppState) -> Router {
    wrap(public_routes(), state)
}

/// Console, API, metrics.
pub(crate) fn administrative(state: AppState) -> Router {
    wrap(administrative_routes(&state), state)
}

fn public_routes() -> Router<AppState> {
    device::routes().merge(enroll::routes()).merge(portal::routes())
}

fn administrative_routes(state: &AppState) -> Router<AppState> {
    api::routes(state)
        .merge(api::metrics_routes())
        .merge(console::routes(state))
}

fn wrap(router: Router<AppState>, state: AppState) -> Router {
    let router = router
        .merge(assets::router())
        .merge(api::health_routes())
        .fallback(async || AppError::no_route());
    middleware::wrap(router, &state).with_state(state)
}
