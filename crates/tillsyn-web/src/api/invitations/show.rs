//! `GET /api/v1/invitations/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::InvitationId;
use tillsyn_core::invitations::invitation;

use super::views::Invitation;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One invitation.
#[utoipa::path(get, path = "/api/v1/invitations/{id}", operation_id = "invitations_show", tag = "invitations",
    params(("id" = String, Path, description = "The invitation")), responses((status = 200, body = Invitation)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Invitation>, AppError> {
    let id = id(path, InvitationId::parse, "invitation")?;
    Ok(Json(invitation(ctx.core(), &ctx.actor, &id).await?.into()))
}
