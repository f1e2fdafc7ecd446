//! `PATCH /api/v1/units/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::{self, rename_unit};
use utoipa::ToSchema;

use super::views::Unit;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What changes of a unit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct UnitChange {
    name: String,
}

/// Gives an organisational unit another name.
#[utoipa::path(patch, path = "/api/v1/units/{id}", operation_id = "units_rename", tag = "units",
    params(("id" = String, Path, description = "The unit")), request_body = UnitChange,
    responses((status = 200, body = Unit)))]
pub(in crate::api) async fn rename(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Unit>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    units::unit(ctx.core(), &ctx.actor, &id).await?;
    let body: UnitChange = body.read().await?;
    let renamed = rename_unit(ctx.core(), &ctx.actor, &id, &body.name).await?;
    Ok(Json(renamed.into()))
}
