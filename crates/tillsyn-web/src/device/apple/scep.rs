//! `/apple/scep/{ca}`: GetCACaps, GetCACert, PKIOperation by GET and POST (SCEP sheet A1).

use std::net::IpAddr;

use axum::extract::{Path, RawQuery, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tillsyn_core::platform::apple::{self, ScepAnswer, ScepAuthority};
use tillsyn_pki::scep;

use super::{answer, body};
use crate::auth::ClientAddress;
use crate::state::AppState;

pub(super) async fn get(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(ca): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let Some(authority) = ScepAuthority::parse(&ca) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match operation(&query).to_ascii_lowercase().as_str() {
        "getcacaps" => match apple::ca_caps(&state.core).await {
            Ok(caps) => answer::with_type(StatusCode::OK, "text/plain", caps.into_bytes()),
            Err(error) => answer::failure(&error),
        },
        "getcacert" => {
            let (content_type, body) = apple::ca_certificates(&state.core, authority);
            answer::with_type(StatusCode::OK, content_type, body)
        }
        "pkioperation" => match scep::decode_get_message(&query) {
            Ok(message) => pki_operation(&state, authority, message, address).await,
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        },
        "getnextcacert" => StatusCode::NOT_FOUND.into_response(),
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

pub(super) async fn post(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    Path(ca): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let Some(authority) = ScepAuthority::parse(&ca) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !operation(&query.unwrap_or_default()).eq_ignore_ascii_case("pkioperation") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let body = match body::whole(request.into_body(), super::SCEP_LIMIT).await {
        Ok(body) => body,
        Err(not_taken) => return answer::not_taken(&not_taken),
    };
    pki_operation(&state, authority, body.to_vec(), address).await
}

async fn pki_operation(
    state: &AppState,
    authority: ScepAuthority,
    message: Vec<u8>,
    address: IpAddr,
) -> Response {
    match apple::pki_operation(&state.core, authority, message, Some(address.to_string())).await {
        Ok(ScepAnswer::Message(body)) => {
            answer::with_type(StatusCode::OK, "application/x-pki-message", body)
        }
        Ok(ScepAnswer::Malformed) => StatusCode::BAD_REQUEST.into_response(),
        Err(error) => answer::failure(&error),
    }
}

/// The operation's name, whatever its case and place in the query.
fn operation(query: &str) -> &str {
    query
        .split('&')
        .find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            key.eq_ignore_ascii_case("operation").then_some(value)
        })
        .unwrap_or_default()
}
