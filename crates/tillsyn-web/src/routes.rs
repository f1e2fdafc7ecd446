//! The two routers (architecture §5): public for devices and people, administrative for console, API and
//! metrics. They may share a port.

use axum::Router;
use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::get;

use crate::error::AppError;
use crate::state::AppState;
use crate::ui::urls;
use crate::{api, assets, compat, console, device, enroll, middleware, portal, scim};

/// Both surfaces on one port.
pub(crate) fn all(state: AppState) -> Router {
    // Devices reach this port too, so metrics stay on this machine (security S27).
    let metrics = api::metrics_routes().route_layer(from_fn(api::only_from_this_machine));
    let routes = public_routes(&state)
        .merge(administrative_routes(&state))
        .merge(metrics);
    wrap(routes, state)
}

/// Devices and enrollment pages.
pub(crate) fn public(state: AppState) -> Router {
    wrap(public_routes(&state), state)
}

/// Console, API, metrics.
pub(crate) fn administrative(state: AppState) -> Router {
    let routes = administrative_routes(&state).merge(api::metrics_routes());
    wrap(routes, state)
}

fn public_routes(state: &AppState) -> Router<AppState> {
    device::routes()
        .merge(enroll::routes())
        .merge(portal::routes(state))
        .merge(scim::routes())
}

fn administrative_routes(state: &AppState) -> Router<AppState> {
    api::routes(state)
        .merge(console::routes(state))
        .merge(compat::routes())
        .route("/", get(async || Redirect::to(urls::CONSOLE)))
}

fn wrap(router: Router<AppState>, state: AppState) -> Router {
    let router = router
        .merge(assets::router())
        .merge(portal::brand::public_routes())
        .merge(api::health_routes())
        .fallback(async || AppError::no_route());
    middleware::wrap(router, &state).with_state(state)
}
