//! `PUT /compat/nanomdm/migration`: one raw check-in of another server, in the device's order.

use axum::extract::{Request, State};
use http::StatusCode;
use tillsyn_core::Permission;
use tillsyn_core::actor::may;
use tillsyn_core::platform::apple;

use super::LIMIT;
use super::basic::BasicActor;
use crate::error::AppError;
use crate::state::AppState;

pub(super) async fn take_in(
    State(state): State<AppState>,
    BasicActor(actor): BasicActor,
    request: Request,
) -> Result<StatusCode, AppError> {
    // Before the body (S02).
    may(&actor, Permission::EnrollmentsMove)?;
    let body = axum::body::to_bytes(request.into_body(), LIMIT)
        .await
        .map_err(|_| AppError::too_large(LIMIT))?;
    apple::take_in(&state.core, &actor, &body).await?;
    Ok(StatusCode::OK)
}
