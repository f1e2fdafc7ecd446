//! Scripted enrollment (architecture §5): without sign-in, an attempt is started with JSON, its profile
//! fetched by a secret address, its progress read. The pages for people use the same functions.

mod attempts;
mod profile;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/e/{code}/attempts", post(attempts::start))
        .route("/e/{code}/attempts/{id}", get(attempts::show))
        .route("/apple/enroll/{secret}", get(profile::fetch))
        .layer(DefaultBodyLimit::max(64 * 1024))
}
