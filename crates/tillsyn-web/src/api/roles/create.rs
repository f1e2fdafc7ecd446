//! `POST /api/v1/roles`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::roles::create_role;

use super::views::{RoleBody, RoleOutcome};
use crate::api::json::{Body, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Makes a role of a unit, with permissions that the token's account holds itself.
#[utoipa::path(post, path = "/api/v1/roles", operation_id = "roles_create", tag = "roles",
    request_body = RoleBody, responses((status = 201, body = RoleOutcome)))]
pub(in crate::api) async fn create(ctx: RequestContext, body: Body) -> Result<Response, AppError> {
    let mut body: RoleBody = body.read().await?;
    let unit = option(body.unit_id.take(), OrgUnitId::parse, "organisational unit")?;
    let reason = body.reason.take();
    let (id, waits) =
        create_role(ctx.core(), &ctx.actor, unit, body.edit(), reason.as_deref()).await?;
    Ok(RoleOutcome::answer(
        &id,
        waits.as_ref(),
        StatusCode::CREATED,
    ))
}
