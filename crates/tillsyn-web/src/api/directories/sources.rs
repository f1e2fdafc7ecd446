//! `/api/v1/directories` and one of them.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::directory::{
    NewSource, SourceChange, SourceKind, change_source, create_source, list_sources, remove_source,
    source,
};
use tillsyn_core::ids::{DirectoryId, OrgUnitId};
use utoipa::ToSchema;

use super::views::Directory;
use crate::api::json::{Body, Created, id, option};
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

fn shown(ctx: &RequestContext, view: tillsyn_core::directory::SourceView) -> Directory {
    Directory::of(view, &ctx.core().config().public_url)
}

/// The directories of the token's scope, the one that owns most first.
#[utoipa::path(get, path = "/api/v1/directories", operation_id = "directories_list", tag = "directories",
    responses((status = 200, body = Page<Directory>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<Directory>>, AppError> {
    let all = list_sources(ctx.core(), &ctx.actor).await?;
    let all: Vec<Directory> = all.into_iter().map(|view| shown(&ctx, view)).collect();
    Ok(Json(Page::whole(all)))
}

/// A directory to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DirectoryBody {
    /// `ldap`, `scim` or `oidc`.
    kind: String,
    name: String,
    /// Where its people and groups are made; the token's own unit when absent.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    /// 1 to 1000, the lowest owns; 100 when absent.
    priority: Option<i64>,
}

/// Adds a directory. A SCIM connector needs a token next, an LDAP server its settings.
#[utoipa::path(post, path = "/api/v1/directories", operation_id = "directories_create", tag = "directories",
    request_body = DirectoryBody, responses((status = 201, body = Directory)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Directory>, AppError> {
    let body: DirectoryBody = body.read().await?;
    let kind = SourceKind::parse(&body.kind)
        .ok_or_else(|| Error::invalid("kind", "directory_kind", "A kind is ldap, scim or oidc."))?;
    let new = NewSource {
        kind,
        name: body.name,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
        priority: body.priority,
    };
    let made = create_source(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(shown(&ctx, made)))
}

/// One directory.
#[utoipa::path(get, path = "/api/v1/directories/{id}", operation_id = "directories_show", tag = "directories",
    params(("id" = String, Path, description = "The directory")),
    responses((status = 200, body = Directory)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Directory>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    let found = source(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(shown(&ctx, found)))
}

/// What changes; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DirectoryChange {
    name: Option<String>,
    priority: Option<i64>,
    /// `true`: nothing of it is taken, what it brought stays.
    paused: Option<bool>,
}

/// Changes a directory.
#[utoipa::path(patch, path = "/api/v1/directories/{id}", operation_id = "directories_change",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    request_body = DirectoryChange, responses((status = 200, body = Directory)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Directory>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    source(ctx.core(), &ctx.actor, &id).await.map_err(hidden)?;
    let body: DirectoryChange = body.read().await?;
    let change = SourceChange {
        name: body.name,
        priority: body.priority,
        paused: body.paused,
    };
    let changed = change_source(ctx.core(), &ctx.actor, &id, change).await?;
    Ok(Json(shown(&ctx, changed)))
}

/// Whoever may change it and not read people hears the same of one that is not there.
pub(super) fn hidden(error: Error) -> Error {
    match error.code {
        "permission_missing" => Error::not_found("directory"),
        _ => error,
    }
}

/// Removes a directory: nothing of it is taken any more, its tokens end. Its people stay with their devices.
#[utoipa::path(delete, path = "/api/v1/directories/{id}", operation_id = "directories_remove",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    remove_source(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
