//! The interfaces of other tools that are kept so that their users can move (`nanomdm-compat.md`).

mod answer;
mod basic;
mod commands;
mod migration;
mod pair;
mod push_certificate;
mod unlock;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};

use crate::state::AppState;

/// A raw check-in message, or a command.
const LIMIT: usize = 1024 * 1024;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/compat/nanomdm/version", get(answer::version))
        .route("/compat/nanomdm/v1/enqueue/{ids}", put(commands::enqueue))
        .route("/compat/nanomdm/v1/push/{ids}", get(commands::push))
        .route(
            "/compat/nanomdm/v1/pushcert",
            get(push_certificate::show).put(push_certificate::upload),
        )
        .route("/compat/nanomdm/v1/escrowkeyunlock", post(unlock::unlock))
        .route("/compat/nanomdm/migration", put(migration::take_in))
        .layer(DefaultBodyLimit::max(LIMIT))
}
