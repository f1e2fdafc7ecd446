//! `GET /api/v1/commands`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::commands::{CommandFilter, list_commands};
use tillsyn_core::ids::{BatchId, DeviceId};
use utoipa::IntoParams;

use super::views::CommandFull;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which commands.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct CommandParams {
    /// Only of this device.
    device_id: Option<String>,
    /// Only of this act on several devices: the `batch_id` that sending them answered.
    batch_id: Option<String>,
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

/// The commands of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/commands", operation_id = "commands_list", tag = "commands",
    params(CommandParams), responses((status = 200, body = Page<CommandFull>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<CommandParams>,
) -> Result<Json<Page<CommandFull>>, AppError> {
    let device_id = params
        .device_id
        .map(|text| {
            DeviceId::parse(&text)
                .ok_or_else(|| Error::invalid("device_id", "id", "This is not the id of a device."))
        })
        .transpose()?;
    let batch_id = params
        .batch_id
        .map(|text| {
            BatchId::parse(&text)
                .ok_or_else(|| Error::invalid("batch_id", "id", "This is not the id of a batch."))
        })
        .transpose()?;
    let filter = CommandFilter {
        device_id,
        batch_id,
        status: params.status,
        unfinished: params.unfinished,
        ..CommandFilter::default()
    };
    let after = params.after.as_deref();
    let page = list_commands(ctx.core(), &ctx.actor, filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
