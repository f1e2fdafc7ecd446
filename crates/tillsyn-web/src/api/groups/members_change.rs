//! `POST /api/v1/groups/{id}/members`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::groups::{self, change_members, find_members};
use tillsyn_core::ids::GroupId;
use utoipa::ToSchema;

use super::views::Group;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Who comes and who goes: ids, serial numbers of devices, mail addresses of people.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct MembersChange {
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

/// Takes members into a group and out of it, all or none; names that are not found are told.
#[utoipa::path(post, path = "/api/v1/groups/{id}/members", operation_id = "groups_change_members",
    tag = "groups", params(("id" = String, Path, description = "The group")),
    request_body = MembersChange, responses((status = 200, body = Group)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Group>, AppError> {
    let id = id(path, GroupId::parse, "group")?;
    groups::group(ctx.core(), &ctx.actor, &id).await?;
    let body: MembersChange = body.read().await?;
    let add = find_members(ctx.core(), &ctx.actor, &body.add).await?;
    let remove = find_members(ctx.core(), &ctx.actor, &body.remove).await?;
    let changed = change_members(ctx.core(), &ctx.actor, &id, add, remove).await?;
    Ok(Json(changed.into()))
}
