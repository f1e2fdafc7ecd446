//! `POST /api/v1/invitations/{id}/renew-pin`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::InvitationId;
use tillsyn_core::invitations::renew_pin;
use utoipa::ToSchema;

use crate::api::json::id;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The new PIN, shown this once.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NewPin {
    pin: String,
    pin_expires_at: Time,
}

/// Makes a new PIN for an invitation whose PIN lapsed or was mistyped too often.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/renew-pin", operation_id = "invitations_renew_pin",
    tag = "invitations", params(("id" = String, Path, description = "The invitation")),
    responses((status = 200, body = NewPin)))]
pub(in crate::api) async fn renew(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<NewPin>, AppError> {
    let id = id(path, InvitationId::parse, "invitation")?;
    let (pin, until) = renew_pin(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(NewPin {
        pin: pin.to_string(),
        pin_expires_at: Time(until),
    }))
}
