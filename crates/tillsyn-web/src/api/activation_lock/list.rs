//! `GET /api/v1/devices/{id}/activation-unlocks`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::activation_lock;
use tillsyn_core::ids::DeviceId;
use utoipa::ToSchema;

use crate::api::json::id;
use crate::api::paging::Page;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// An attempt to remove an activation lock.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ActivationUnlock {
    #[schema(format = "uuid")]
    id: String,
    /// `waiting`, `running`, `done` or `failed`.
    status: String,
    /// Why it failed or waits: `wrong_code`, `no_bypass_code`, `certificate_refused`, `request_refused`,
    /// `hardware_unknown`, `no_certificate`, or what kept Apple's answer away.
    reason: Option<String>,
    /// The kind of code that Apple took.
    escrow_kind: Option<String>,
    tries: i64,
    asked_reason: String,
    asked_at: Time,
    updated_at: Time,
    /// When the next try is due.
    due_at: Option<Time>,
}

impl From<activation_lock::ActivationUnlock> for ActivationUnlock {
    fn from(found: activation_lock::ActivationUnlock) -> Self {
        Self {
            id: found.id,
            status: found.status,
            reason: found.reason,
            escrow_kind: found.escrow_kind,
            tries: found.tries,
            asked_reason: found.asked_reason,
            asked_at: Time(found.asked_at),
            updated_at: Time(found.updated_at),
            due_at: Time::option(found.due_at),
        }
    }
}

/// The last attempts to remove the activation lock of a device, newest first.
#[utoipa::path(get, path = "/api/v1/devices/{id}/activation-unlocks",
    operation_id = "devices_activation_unlocks_list", tag = "activation-lock",
    params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = Page<ActivationUnlock>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<ActivationUnlock>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let found = activation_lock::list_unlocks(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(found)))
}
