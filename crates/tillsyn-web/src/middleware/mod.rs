//! What surrounds every handler of both listeners: request id and log line, strict paths and headers,
//! time limit, panics, security headers. Device endpoints pass through it too; nothing here says 401.

mod fence;
mod headers;
mod observe;
mod redact;
pub(crate) mod scope;
mod strict;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::state::AppState;

/// Puts the common layers around a router, outermost first: log line, security headers, refusal of
/// malformed requests, time limit and panics.
pub(crate) fn wrap(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    router
        .layer(from_fn(fence::fence))
        .layer(from_fn(strict::refuse_malformed))
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(from_fn_with_state(state.clone(), observe::observe))
}

#[cfg(test)]
mod tests;
