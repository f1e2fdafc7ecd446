//! `/api/v1/profiles/{id}/versions`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::profiles::{find_version, list_versions};
use utoipa::IntoParams;

use super::body;
use super::views::{ProfileVersion, ProfileVersionContent};
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct VersionParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The published versions, newest first.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/versions", operation_id = "profiles_versions_list",
    tag = "profiles", params(("id" = String, Path, description = "The profile"), VersionParams),
    responses((status = 200, body = Page<ProfileVersion>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Path(id): Path<String>,
    Params(params): Params<VersionParams>,
) -> Result<Json<Page<ProfileVersion>>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let after = params.after.as_deref();
    let page = list_versions(ctx.core(), &ctx.actor, &id, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}

/// One version with its content.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/versions/{version}",
    operation_id = "profiles_versions_show", tag = "profiles",
    params(("id" = String, Path, description = "The profile"),
        ("version" = String, Path, description = "Number of the version")),
    responses((status = 200, body = ProfileVersionContent)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    Path((id, version)): Path<(String, String)>,
) -> Result<Json<ProfileVersionContent>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let number = body::number(&version)?;
    let found = find_version(ctx.core(), &ctx.actor, &id, number).await?;
    Ok(Json(found.into()))
}
