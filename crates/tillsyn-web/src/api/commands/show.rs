//! `GET /api/v1/commands/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::commands;
use tillsyn_core::ids::CommandId;

use super::views::CommandFull;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One command with its result.
#[utoipa::path(get, path = "/api/v1/commands/{id}", operation_id = "commands_show", tag = "commands",
    params(("id" = String, Path, description = "The command")), responses((status = 200, body = CommandFull)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<CommandFull>, AppError> {
    let id = id(path, CommandId::parse, "command")?;
    let view = commands::command(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(view.into()))
}
