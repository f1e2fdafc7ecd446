//! The interfaces of other tools that are kept so that their users can move (`nanomdm-compat.md`).

mod basic;
mod migration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::put;

use crate::state::AppState;

/// A raw check-in message.
const LIMIT: usize = 1024 * 1024;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/compat/nanomdm/migration", put(migration::take_in))
        .layer(DefaultBodyLimit::max(LIMIT))
}
