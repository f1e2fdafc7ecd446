//! `GET /api/v1/guard`.

use axum::Json;
use tillsyn_core::guard;

use super::views::Guard;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The guard's figures, what of the budget is used, and what is frozen.
#[utoipa::path(get, path = "/api/v1/guard", operation_id = "guard_show", tag = "guard",
    responses((status = 200, body = Guard)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<Guard>, AppError> {
    Ok(Json(guard::state(ctx.core(), &ctx.actor).await?.into()))
}
