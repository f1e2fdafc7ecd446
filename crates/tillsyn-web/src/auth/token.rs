//! API tokens: `Authorization: Bearer tillsyn_…` and nothing else. Never in a query, never a cookie.

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, header};
use tillsyn_core::{Actor, tokens};

use super::{RequestContext, client_address};
use crate::error::AppError;
use crate::middleware::scope;
use crate::state::AppState;

/// The actor of a request with a good API token.
#[derive(Clone, Debug)]
pub struct ApiActor(pub Actor);

impl FromRequestParts<AppState> for ApiActor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let token = bearer(&parts.headers).ok_or_else(AppError::not_signed_in)?;
        let address = client_address(&state.config, &parts.headers, &parts.extensions);
        let address = address.map(|ip| ip.to_string());
        let mut actor = tokens::actor_for_token(&state.core, token, address).await?;
        actor.request_id = Some(scope::request_id()).filter(|id| !id.is_empty());
        scope::note_actor(&actor);
        Ok(Self(actor))
    }
}

/// The token; `None` without one or with two headers, of which nobody could say which counts.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Everything behind it has a [`RequestContext`]; without a good token the answer is 401, also for
/// addresses that do not exist.
pub(crate) async fn authenticate(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let (mut parts, body) = request.into_parts();
    let ApiActor(actor) = ApiActor::from_request_parts(&mut parts, &state).await?;
    parts.extensions.insert(RequestContext { state, actor });
    Ok(next.run(Request::from_parts(parts, body)).await)
}
