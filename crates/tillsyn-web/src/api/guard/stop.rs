//! `POST /api/v1/guard/stop`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::guard;
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::api) struct StopBody {
    /// For the audit trail.
    reason: Option<String>,
}

/// What a stop did.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Stopped {
    /// Commands that were withdrawn before their device had them.
    commands: u64,
    /// Requests for a second person that were cancelled.
    approvals: u64,
    campaigns: u64,
}

/// Withdraws everything destructive in the token's scope that no device has yet, cancels what waits for a
/// second person, ends campaigns, and freezes new destructive acts until two people end that.
#[utoipa::path(post, path = "/api/v1/guard/stop", operation_id = "guard_stop", tag = "guard",
    request_body = StopBody, responses((status = 200, body = Stopped)))]
pub(in crate::api) async fn stop(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<Stopped>, AppError> {
    let body: StopBody = body.read_or_default().await?;
    let done = guard::stop(ctx.core(), &ctx.actor, body.reason.as_deref()).await?;
    Ok(Json(Stopped {
        commands: done.commands,
        approvals: done.approvals,
        campaigns: done.campaigns,
    }))
}
