//! HTTP Basic as those tools send it: user `nanomdm`, password an API token of ours.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use tillsyn_core::{Actor, tokens};
use zeroize::Zeroizing;

use crate::auth::client_address;
use crate::error::AppError;
use crate::state::AppState;

const USER: &str = "nanomdm";

/// The actor of the token in the password.
pub(super) struct BasicActor(pub(super) Actor);

impl FromRequestParts<AppState> for BasicActor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let address = client_address(&state.config, &parts.headers, &parts.extensions);
        let address = address.map(|ip| ip.to_string());
        let token = password(&parts.headers).ok_or_else(|| challenge(AppError::not_signed_in()))?;
        tokens::actor_for_token(&state.core, &token, address)
            .await
            .map(Self)
            .map_err(|error| challenge(error.into()))
    }
}

/// 401 is harmless here: no device talks to this address.
fn challenge(error: AppError) -> Response {
    let mut response = error.into_response();
    if response.status() == http::StatusCode::UNAUTHORIZED {
        let basic = HeaderValue::from_static("Basic realm=\"nanomdm\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}

fn password(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let text = std::str::from_utf8(&decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    (user == USER).then(|| Zeroizing::new(password.to_owned()))
}
