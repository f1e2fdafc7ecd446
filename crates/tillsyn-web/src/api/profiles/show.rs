//! `/api/v1/profiles/{id}`.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::profiles::{Describe, delete_profile, describe_profile, find_profile};
use utoipa::ToSchema;

use super::body;
use super::views::Profile;
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One profile.
#[utoipa::path(get, path = "/api/v1/profiles/{id}", operation_id = "profiles_show", tag = "profiles",
    params(("id" = String, Path, description = "The profile")),
    responses((status = 200, body = Profile)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<Json<Profile>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let found = find_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}

/// What describes a profile here; what is absent stays. Devices see none of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DescribeBody {
    name: Option<String>,
    /// An empty text takes it away.
    description: Option<String>,
}

/// Changes name and description.
#[utoipa::path(patch, path = "/api/v1/profiles/{id}", operation_id = "profiles_change", tag = "profiles",
    params(("id" = String, Path, description = "The profile")), request_body = DescribeBody,
    responses((status = 200, body = Profile)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Profile>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let sent: DescribeBody = body.read().await?;
    let describe = Describe {
        name: sent.name,
        description: sent.description,
    };
    describe_profile(ctx.core(), &ctx.actor, &id, describe).await?;
    let found = find_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}

/// Removes a profile that was never published or assigned. Archive others.
#[utoipa::path(delete, path = "/api/v1/profiles/{id}", operation_id = "profiles_delete", tag = "profiles",
    params(("id" = String, Path, description = "The profile")), responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<StatusCode, AppError> {
    let id = body::profile(&ctx, &id).await?;
    delete_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
