//! `GET /api/v1/devices/{id}/status-reports`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use serde_json::Value;
use tillsyn_core::devices::{self, StatusReportView};
use tillsyn_core::ids::DeviceId;
use utoipa::ToSchema;

use crate::api::json::id;
use crate::api::paging::Page;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What a channel reported of itself (declarative management).
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct StatusReport {
    #[schema(format = "uuid")]
    id: String,
    /// `device` or `user:<id>`.
    channel: String,
    received_at: Time,
    /// A full report replaces what was known; others add to it.
    full_report: bool,
    #[schema(value_type = Object)]
    status_items: Value,
    /// What the device could not do or say.
    #[schema(value_type = Option<Vec<Object>>)]
    errors: Option<Value>,
    size_bytes: i64,
}

impl From<StatusReportView> for StatusReport {
    fn from(view: StatusReportView) -> Self {
        Self {
            id: view.id,
            channel: view.channel,
            received_at: Time(view.received_at),
            full_report: view.full_report,
            status_items: view.body,
            errors: view.errors,
            size_bytes: view.size_bytes,
        }
    }
}

/// The last status reports of a device's channels, newest first: at most ten of each channel.
#[utoipa::path(get, path = "/api/v1/devices/{id}/status-reports", operation_id = "devices_status_reports",
    tag = "devices", params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = Page<StatusReport>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<StatusReport>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let reports = devices::status_reports(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(reports)))
}
