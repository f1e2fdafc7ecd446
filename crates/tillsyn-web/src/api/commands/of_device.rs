//! `GET /api/v1/devices/{id}/commands`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::commands::{CommandFilter, list_commands};
use tillsyn_core::devices::reach;
use tillsyn_core::ids::DeviceId;
use utoipa::IntoParams;

use super::views::CommandFull;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which of the device's commands.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OfDeviceParams {
    /// Only with this status.
    status: Option<String>,
    /// Only those that are not over.
    #[serde(default)]
    unfinished: bool,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The commands of one device, newest first.
#[utoipa::path(get, path = "/api/v1/devices/{id}/commands", operation_id = "devices_commands_list",
    tag = "commands", params(("id" = String, Path, description = "The device"), OfDeviceParams),
    responses((status = 200, body = Page<CommandFull>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<OfDeviceParams>,
) -> Result<Json<Page<CommandFull>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    reach(ctx.core(), &ctx.actor, &id).await?;
    let filter = CommandFilter {
        device_id: Some(id),
        status: params.status,
        unfinished: params.unfinished,
        ..CommandFilter::default()
    };
    let after = params.after.as_deref();
    let page = list_commands(ctx.core(), &ctx.actor, filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
