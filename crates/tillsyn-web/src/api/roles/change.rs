//! `PATCH /api/v1/roles/{id}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::roles::{self, change_role};

use super::views::{RoleBody, RoleOutcome};
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Changes a role. Other permissions of a role in use are for a second person, and end the sessions of its
/// accounts. Of a built-in role only the second factor can be changed.
#[utoipa::path(patch, path = "/api/v1/roles/{id}", operation_id = "roles_change", tag = "roles",
    params(("id" = String, Path, description = "The role")), request_body = RoleBody,
    responses((status = 200, body = RoleOutcome), (status = 202, body = RoleOutcome)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, AppError> {
    roles::reach(ctx.core(), &ctx.actor, &id).await?;
    let mut body: RoleBody = body.read().await?;
    if body.unit_id.is_some() {
        let text = "A role stays in its unit.";
        return Err(Error::invalid("unit_id", "role_unit", text).into());
    }
    let reason = body.reason.take();
    let waits = change_role(ctx.core(), &ctx.actor, &id, body.edit(), reason.as_deref()).await?;
    Ok(RoleOutcome::answer(&id, waits.as_ref(), StatusCode::OK))
}
