//! `PATCH /api/v1/groups/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::groups::{self, GroupChange, change_group};
use tillsyn_core::ids::GroupId;
use utoipa::ToSchema;

use super::views::Group;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What changes of a group; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct GroupEdit {
    name: Option<String>,
    /// An empty one is removed.
    description: Option<String>,
}

/// Changes name or description of a group.
#[utoipa::path(patch, path = "/api/v1/groups/{id}", operation_id = "groups_change", tag = "groups",
    params(("id" = String, Path, description = "The group")), request_body = GroupEdit,
    responses((status = 200, body = Group)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Group>, AppError> {
    let id = id(path, GroupId::parse, "group")?;
    groups::group(ctx.core(), &ctx.actor, &id).await?;
    let body: GroupEdit = body.read().await?;
    let change = GroupChange {
        name: body.name,
        description: body.description,
    };
    let changed = change_group(ctx.core(), &ctx.actor, &id, change).await?;
    Ok(Json(changed.into()))
}
