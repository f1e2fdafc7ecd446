//! `GET /apple/crl/{ca}`: the revocation list, for whoever checks our certificates elsewhere.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tillsyn_core::certificates::{self, Issuer};

use super::answer;
use crate::state::AppState;

pub(super) async fn fetch(State(state): State<AppState>, Path(ca): Path<String>) -> Response {
    let Some(issuer) = Issuer::parse(&ca) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match certificates::revocation_list(&state.core, issuer).await {
        Ok(der) => answer::with_type(StatusCode::OK, "application/pkix-crl", der),
        Err(error) => answer::failure(&error),
    }
}
