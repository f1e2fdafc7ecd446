//! `POST /api/v1/invitations/{id}/bounced`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::InvitationId;
use tillsyn_core::invitations::mark_bounced;

use super::views::Invitation;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Records that the mail of an invitation came back: its person is shown as not reached and is not reminded. The link
/// stays good.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/bounced", operation_id = "invitations_bounced",
    tag = "invitations", params(("id" = String, Path, description = "The invitation")),
    responses((status = 200, body = Invitation)))]
pub(in crate::api) async fn bounced(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Invitation>, AppError> {
    let id = id(path, InvitationId::parse, "invitation")?;
    let found = mark_bounced(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
