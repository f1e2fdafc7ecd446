//! `GET /api/v1/invitation-batches` and `GET /api/v1/invitation-batches/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::invitations::{batch, list_batches};
use utoipa::IntoParams;

use super::views::{InvitationBatch, batch_id};
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which batches.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct BatchParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The batches of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/invitation-batches", operation_id = "invitation_batches_list",
    tag = "invitations", params(BatchParams), responses((status = 200, body = Page<InvitationBatch>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<BatchParams>,
) -> Result<Json<Page<InvitationBatch>>, AppError> {
    let after = params.after.as_deref();
    let page = list_batches(ctx.core(), &ctx.actor, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}

/// One batch with its progress.
#[utoipa::path(get, path = "/api/v1/invitation-batches/{id}", operation_id = "invitation_batches_show",
    tag = "invitations", params(("id" = String, Path)), responses((status = 200, body = InvitationBatch)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<InvitationBatch>, AppError> {
    let id = id(path, batch_id, "invitation batch")?;
    Ok(Json(batch(ctx.core(), &ctx.actor, &id).await?.into()))
}
