//! `/api/v1/audit/holds`: legal holds.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::audit;
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// While it stands, nothing that it covers is taken away.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct LegalHold {
    #[schema(format = "uuid")]
    id: String,
    /// The person, account or device that it covers; null covers everything.
    subject_id: Option<String>,
    reason: String,
    created_by: String,
    created_at: Time,
    ended_at: Option<Time>,
}

impl From<audit::LegalHold> for LegalHold {
    fn from(hold: audit::LegalHold) -> Self {
        Self {
            id: hold.id,
            subject_id: hold.subject_id,
            reason: hold.reason,
            created_by: hold.created_by,
            created_at: Time(hold.created_at),
            ended_at: Time::option(hold.ended_at),
        }
    }
}

/// Legal holds.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct LegalHolds {
    items: Vec<LegalHold>,
}

/// What to hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewLegalHold {
    /// The person, account or device; without it, everything.
    subject_id: Option<String>,
    reason: String,
}

/// Legal holds, those that stand first.
#[utoipa::path(get, path = "/api/v1/audit/holds", operation_id = "audit_holds_list", tag = "audit",
    responses((status = 200, body = LegalHolds)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<LegalHolds>, AppError> {
    let found = audit::list_holds(ctx.core(), &ctx.actor).await?;
    let items = found.into_iter().map(LegalHold::from).collect();
    Ok(Json(LegalHolds { items }))
}

/// Places a legal hold.
#[utoipa::path(post, path = "/api/v1/audit/holds", operation_id = "audit_holds_place", tag = "audit",
    request_body = NewLegalHold, responses((status = 201, body = LegalHold)))]
pub(in crate::api) async fn place(
    ctx: RequestContext,
    body: Body,
) -> Result<(StatusCode, Json<LegalHold>), AppError> {
    let body: NewLegalHold = body.read().await?;
    let placed = audit::place_hold(ctx.core(), &ctx.actor, body.subject_id, &body.reason).await?;
    Ok((StatusCode::CREATED, Json(placed.into())))
}

/// Ends a legal hold.
#[utoipa::path(post, path = "/api/v1/audit/holds/{id}/end", operation_id = "audit_holds_end", tag = "audit",
    params(("id" = String, Path, description = "The hold")), responses((status = 204)))]
pub(in crate::api) async fn end(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<StatusCode, AppError> {
    audit::end_hold(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
