//! `GET /api/v1/me`: who the token is.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::RequestContext;

/// The token and what it may do.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    token_id: String,
    token_name: String,
    account_id: Option<String>,
    /// What the account's role and the token both hold.
    permissions: Vec<&'static str>,
}

/// Who this token is and what it may do.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "me", tag = "me", responses((status = 200, body = Me)))]
pub(super) async fn show(ctx: RequestContext) -> Json<Me> {
    let actor = &ctx.actor;
    Json(Me {
        token_id: actor.id.clone(),
        token_name: actor.name.clone(),
        account_id: actor.account_id.as_ref().map(ToString::to_string),
        permissions: actor.rights().names(),
    })
}
