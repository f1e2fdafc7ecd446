//! `POST /api/v1/guard/freezes/{id}/end`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::approvals::{self, Asked, Change};
use tillsyn_core::{Error, guard};
use utoipa::ToSchema;

use super::views::Submitted;
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Unfreeze {
    /// For the audit trail and the second person.
    reason: String,
}

/// Asks for the end of a freeze; a second person confirms it in the console.
#[utoipa::path(post, path = "/api/v1/guard/freezes/{id}/end", operation_id = "guard_unfreeze",
    tag = "guard", params(("id" = String, Path, description = "The freeze")),
    request_body = Unfreeze, responses((status = 200, body = Submitted)))]
pub(in crate::api) async fn unfreeze(
    ctx: RequestContext,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Submitted>, AppError> {
    let freezes = guard::freezes(ctx.core(), &ctx.actor).await?;
    if !freezes.iter().any(|freeze| freeze.id == id) {
        return Err(Error::not_found("freeze").into());
    }
    let body: Unfreeze = body.read().await?;
    let asked = Asked {
        reason: Some(body.reason),
        confirm: None,
    };
    let change = Change::Unfreeze { freeze_id: id };
    let outcome = approvals::submit(ctx.core(), &ctx.actor, change, asked).await?;
    Ok(Json(outcome.into()))
}
