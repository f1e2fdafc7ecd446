//! `PATCH /api/v1/views/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::ids::ViewId;
use tillsyn_core::lists::{self, Audience, ViewChange, change_view};
use utoipa::ToSchema;

use super::views::View;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What changes of a view; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ViewEdit {
    name: Option<String>,
    /// `me` or `team`.
    audience: Option<String>,
    query: Option<String>,
}

/// Changes a view of one's own.
#[utoipa::path(patch, path = "/api/v1/views/{id}", operation_id = "views_change", tag = "devices",
    params(("id" = String, Path, description = "The view")), request_body = ViewEdit,
    responses((status = 200, body = View)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<View>, AppError> {
    let id = id(path, ViewId::parse, "view")?;
    lists::view(ctx.core(), &ctx.actor, &id).await?;
    let body: ViewEdit = body.read().await?;
    let change = ViewChange {
        name: body.name,
        audience: body.audience.as_deref().map(Audience::parse).transpose()?,
        query: body.query,
    };
    let changed = change_view(ctx.core(), &ctx.actor, &id, change).await?;
    Ok(Json(changed.into()))
}
