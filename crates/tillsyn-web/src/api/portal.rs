//! `/api/v1/portal/sign-in`: how people sign in.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::Permission as P;
use tillsyn_core::accounts::portal;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use super::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let needs = Needs::One(P::SignInWrite);
    OpenApiRouter::new()
        .routes(guarded(needs, routes!(show)))
        .routes(guarded(needs, routes!(change)))
}

/// How people sign in to the portal.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PortalSignIn {
    /// After so many days a person chooses another password when they sign in; 0 is never.
    password_days: i64,
}

/// How people sign in to the portal.
#[utoipa::path(get, path = "/api/v1/portal/sign-in", operation_id = "portal_sign_in_show", tag = "people",
    responses((status = 200, body = PortalSignIn)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<PortalSignIn>, AppError> {
    let found = portal::portal_sign_in(ctx.core(), &ctx.actor).await?;
    Ok(Json(PortalSignIn {
        password_days: found.password_days,
    }))
}

/// Changes how people sign in to the portal.
#[utoipa::path(put, path = "/api/v1/portal/sign-in", operation_id = "portal_sign_in_change", tag = "people",
    request_body = PortalSignIn, responses((status = 200, body = PortalSignIn)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<PortalSignIn>, AppError> {
    let body: PortalSignIn = body.read().await?;
    let new = portal::PortalSignIn {
        password_days: body.password_days,
    };
    let set = portal::set_portal_sign_in(ctx.core(), &ctx.actor, new).await?;
    Ok(Json(PortalSignIn {
        password_days: set.password_days,
    }))
}
