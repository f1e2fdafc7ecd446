//! `DELETE /api/v1/commands/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::commands;
use tillsyn_core::ids::CommandId;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Withdraws a command that the device has not fetched.
#[utoipa::path(delete, path = "/api/v1/commands/{id}", operation_id = "commands_cancel", tag = "commands",
    params(("id" = String, Path, description = "The command")), responses((status = 204)))]
pub(in crate::api) async fn cancel(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, CommandId::parse, "command")?;
    commands::cancel_command(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
