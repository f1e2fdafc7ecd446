//! What a handler needs to call the product on somebody's behalf.

use axum::extract::FromRequestParts;
use http::request::Parts;
use tillsyn_core::{Actor, Core};

use super::ApiActor;
use crate::error::AppError;
use crate::state::AppState;

/// State and actor of one request; the actor carries address and request id into events.
#[derive(Clone)]
pub struct RequestContext {
    pub state: AppState,
    pub actor: Actor,
}

impl RequestContext {
    pub fn core(&self) -> &Core {
        &self.state.core
    }
}

impl FromRequestParts<AppState> for RequestContext {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let ApiActor(actor) = ApiActor::from_request_parts(parts, state).await?;
        Ok(Self {
            state: state.clone(),
            actor,
        })
    }
}
