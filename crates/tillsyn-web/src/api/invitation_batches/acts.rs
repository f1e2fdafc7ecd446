//! Beginning, ending and sending anew.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::invitations::{BatchStep, batch, begin_batch, cancel_batch, resend_batch};
use utoipa::ToSchema;

use super::people::step;
use super::views::{InvitationBatch, batch_id};
use crate::api::json::{Accepted, Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Of the preview that was looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BeginBatchBody {
    digest: String,
}

/// Begins a batch in the background. Refused with `batch_overtaken` when the digest is not that of its preview.
#[utoipa::path(post, path = "/api/v1/invitation-batches/{id}/begin",
    operation_id = "invitation_batches_begin", tag = "invitations", params(("id" = String, Path)),
    request_body = BeginBatchBody, responses((status = 202, body = InvitationBatch)))]
pub(in crate::api) async fn begin(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Accepted<InvitationBatch>, AppError> {
    let id = id(path, batch_id, "invitation batch")?;
    batch(ctx.core(), &ctx.actor, &id).await?;
    let body: BeginBatchBody = body.read().await?;
    let found = begin_batch(ctx.core(), &ctx.actor, &id, &body.digest).await?;
    Ok(Accepted(found.into()))
}

/// Ends a batch: nobody more is written to; what was sent stays.
#[utoipa::path(post, path = "/api/v1/invitation-batches/{id}/cancel",
    operation_id = "invitation_batches_cancel", tag = "invitations", params(("id" = String, Path)),
    responses((status = 200, body = InvitationBatch)))]
pub(in crate::api) async fn cancel(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<InvitationBatch>, AppError> {
    let id = id(path, batch_id, "invitation batch")?;
    let found = cancel_batch(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}

/// Who is to be written to again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ResendBatchBody {
    /// Those who stopped at one of these steps: `mail_sent`, `mail_refused`, `mail_failed`, `opened`, `pin_proved`,
    /// `profile_fetched`, `failed`, `expired`.
    steps: Vec<String>,
}

/// Sends again to those who are stuck: each gets a new link, and the old one stops.
#[utoipa::path(post, path = "/api/v1/invitation-batches/{id}/resend",
    operation_id = "invitation_batches_resend", tag = "invitations", params(("id" = String, Path)),
    request_body = ResendBatchBody, responses((status = 202, body = InvitationBatch)))]
pub(in crate::api) async fn resend(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Accepted<InvitationBatch>, AppError> {
    let id = id(path, batch_id, "invitation batch")?;
    batch(ctx.core(), &ctx.actor, &id).await?;
    let body: ResendBatchBody = body.read().await?;
    let steps = body.steps.iter().map(|text| step(text));
    let steps = steps.collect::<Result<Vec<BatchStep>, _>>()?;
    let found = resend_batch(ctx.core(), &ctx.actor, &id, &steps).await?;
    Ok(Accepted(found.into()))
}
