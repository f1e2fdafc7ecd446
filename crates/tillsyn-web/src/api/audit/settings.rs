//! `GET` and `PUT /api/v1/audit/settings`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::audit;
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// How long events are kept.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AuditSettings {
    /// At least 90.
    #[schema(minimum = 90, maximum = 36500)]
    retention_days: i64,
}

/// How long events are kept.
#[utoipa::path(get, path = "/api/v1/audit/settings", operation_id = "audit_settings_show", tag = "audit",
    responses((status = 200, body = AuditSettings)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<AuditSettings>, AppError> {
    let found = audit::audit_settings(ctx.core(), &ctx.actor).await?;
    Ok(Json(AuditSettings {
        retention_days: found.retention_days,
    }))
}

/// Changes how long events are kept.
#[utoipa::path(put, path = "/api/v1/audit/settings", operation_id = "audit_settings_change", tag = "audit",
    request_body = AuditSettings, responses((status = 200, body = AuditSettings)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<AuditSettings>, AppError> {
    let body: AuditSettings = body.read().await?;
    let new = audit::AuditSettings {
        retention_days: body.retention_days,
    };
    audit::set_audit_settings(ctx.core(), &ctx.actor, new).await?;
    show(ctx).await
}
