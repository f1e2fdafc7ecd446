//! Apple devices: check-in, command loop, SCEP. Never 401, and no middleware may send one here.

mod acme;
mod answer;
mod body;
mod crl;
mod mdm;
mod proof;
mod scep;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, put};

use crate::state::AppState;

/// Check-ins (S21).
const CHECK_IN_LIMIT: usize = 1024 * 1024;
/// Results: a list of all applications of a Mac is large.
const RESULT_LIMIT: usize = 32 * 1024 * 1024;
/// SCEP messages.
const SCEP_LIMIT: usize = 2 * 1024 * 1024;

pub(super) fn routes() -> Router<AppState> {
    let scep = get(scep::get).post(scep::post);
    Router::new()
        .route("/apple/mdm", put(mdm::message))
        .merge(Router::new().route("/apple/checkin", put(mdm::message)))
        .merge(
            Router::new()
                .route("/apple/scep/{ca}", scep.clone())
                .route("/apple/scep/{ca}/pkiclient.exe", scep)
                .layer(DefaultBodyLimit::max(SCEP_LIMIT)),
        )
        .merge(acme::routes())
        .route("/apple/crl/{ca}", get(crl::fetch))
}
