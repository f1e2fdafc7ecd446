//! `POST /api/v1/units/{id}/move`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::{self, move_unit};
use utoipa::ToSchema;

use super::views::Unit;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Where a unit goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct UnitMove {
    /// The unit that it belongs to from now on.
    #[schema(format = "uuid")]
    parent_id: String,
}

/// Puts an organisational unit with everything below it under another one. Accounts, people, devices and
/// groups go with it.
#[utoipa::path(post, path = "/api/v1/units/{id}/move", operation_id = "units_move", tag = "units",
    params(("id" = String, Path, description = "The unit")), request_body = UnitMove,
    responses((status = 200, body = Unit)))]
pub(in crate::api) async fn move_to(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Unit>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    units::unit(ctx.core(), &ctx.actor, &id).await?;
    let body: UnitMove = body.read().await?;
    let parent =
        OrgUnitId::parse(&body.parent_id).ok_or_else(|| Error::not_found("organisational unit"))?;
    let moved = move_unit(ctx.core(), &ctx.actor, &id, &parent).await?;
    Ok(Json(moved.into()))
}
