//! `DELETE /api/v1/invitations/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::InvitationId;
use tillsyn_core::invitations::revoke_invitation;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Revokes an invitation: its link and unused profiles stop working; enrolled devices stay.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", operation_id = "invitations_revoke",
    tag = "invitations", params(("id" = String, Path, description = "The invitation")),
    responses((status = 204)))]
pub(in crate::api) async fn revoke(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, InvitationId::parse, "invitation")?;
    revoke_invitation(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
