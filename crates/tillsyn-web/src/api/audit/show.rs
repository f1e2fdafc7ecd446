//! `GET /api/v1/audit`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::audit;
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// How the audit trail stands.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AuditTrail {
    /// The last sealed entry. Keep it with its hash elsewhere: a trail that ends before it was cut.
    position: i64,
    hash: String,
    /// Events that are not sealed yet.
    unsealed: i64,
    /// The last signed head.
    checkpoint: Option<i64>,
    checkpoint_at: Option<Time>,
    /// Entries up to here were taken away by retention.
    cut: Option<i64>,
    verified_at: Option<Time>,
    /// Up to where it was verified then.
    verified_position: Option<i64>,
    /// What that verification found; 0 for a trail that is whole.
    verified_findings: Option<i64>,
    /// Certificates whose keys sign or signed heads, as PEM.
    certificates: Vec<String>,
}

/// How the audit trail stands: sealed, signed and verified up to where.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "audit_show", tag = "audit",
    responses((status = 200, body = AuditTrail)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<AuditTrail>, AppError> {
    let state = audit::state(ctx.core(), &ctx.actor).await?;
    let verified = state.verified.as_ref();
    Ok(Json(AuditTrail {
        position: state.position,
        hash: state.hash,
        unsealed: state.unsealed,
        checkpoint: state.checkpoint,
        checkpoint_at: Time::option(state.checkpoint_at),
        cut: state.cut,
        verified_at: Time::option(verified.map(|v| v.at)),
        verified_position: verified.map(|v| v.position),
        verified_findings: verified.map(|v| v.findings),
        certificates: audit::certificates_pem(ctx.core()).await?,
    }))
}
