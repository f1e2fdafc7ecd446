//! The enrollment pages' addresses. Nobody is signed in here: the code in the address is the key, and a
//! form proves only that it comes from our own page (security S15).

use axum::Router;
use axum::routing::{get, post};

use super::{begin, steps};
use crate::state::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/e/{code}", get(begin::show))
        .route("/e/{code}/begin", post(begin::start).get(begin::back))
        .route("/e/{code}/steps/{attempt}", get(steps::show))
        .route("/e/{code}/steps/{attempt}/again", post(steps::again))
}
