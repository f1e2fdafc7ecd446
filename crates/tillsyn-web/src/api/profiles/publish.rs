//! Publishing, archiving and restoring: what changes what devices are to have.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::profiles::{self, find_profile};
use utoipa::ToSchema;

use super::body;
use super::views::Profile;
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which draft, and what to say of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PublishBody {
    /// `revision` of the draft that was looked at.
    draft_revision: i64,
    /// What is new; the draft's own comment when absent.
    comment: Option<String>,
}

/// Makes the draft the newest version. It has to be without errors.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/publish", operation_id = "profiles_publish",
    tag = "profiles", params(("id" = String, Path, description = "The profile")),
    request_body = PublishBody, responses((status = 200, body = Profile)))]
pub(in crate::api) async fn publish(
    ctx: RequestContext,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Profile>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let sent: PublishBody = body.read().await?;
    profiles::publish(
        ctx.core(),
        &ctx.actor,
        &id,
        sent.draft_revision,
        sent.comment,
    )
    .await?;
    let found = find_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}

/// Takes a profile out of use: no device is to have it.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/archive", operation_id = "profiles_archive",
    tag = "profiles", params(("id" = String, Path, description = "The profile")),
    responses((status = 200, body = Profile)))]
pub(in crate::api) async fn archive(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<Json<Profile>, AppError> {
    set(&ctx, &id, true).await
}

/// Takes a profile back into use, with the assignments that it still has.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/restore", operation_id = "profiles_restore",
    tag = "profiles", params(("id" = String, Path, description = "The profile")),
    responses((status = 200, body = Profile)))]
pub(in crate::api) async fn restore(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<Json<Profile>, AppError> {
    set(&ctx, &id, false).await
}

async fn set(ctx: &RequestContext, id: &str, archived: bool) -> Result<Json<Profile>, AppError> {
    let id = body::profile(ctx, id).await?;
    profiles::set_archived(ctx.core(), &ctx.actor, &id, archived).await?;
    let found = find_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
