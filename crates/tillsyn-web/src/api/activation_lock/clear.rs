//! `POST /api/v1/devices/{id}/activation-unlocks`.

use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::activation_lock::{self, AskUnlock};
use tillsyn_core::devices::reach;
use tillsyn_core::ids::DeviceId;
use utoipa::ToSchema;

use crate::api::json::{Accepted, Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct UnlockBody {
    /// For the audit trail.
    #[serde(default)]
    reason: String,
}

/// The attempt that began.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct UnlockBegun {
    #[schema(format = "uuid")]
    id: String,
}

/// Asks Apple to remove the activation lock of a device, with the codes that are held for it. The list
/// says what became of it.
#[utoipa::path(post, path = "/api/v1/devices/{id}/activation-unlocks",
    operation_id = "devices_activation_unlocks_create", tag = "activation-lock",
    params(("id" = String, Path, description = "The device")),
    request_body = UnlockBody, responses((status = 202, body = UnlockBegun)))]
pub(in crate::api) async fn clear(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Accepted<UnlockBegun>, AppError> {
    let device_id = id(path, DeviceId::parse, "device")?;
    reach(ctx.core(), &ctx.actor, &device_id).await?;
    let body: UnlockBody = body.read().await?;
    let ask = AskUnlock {
        device_id,
        reason: body.reason,
    };
    let id = activation_lock::ask_unlock(ctx.core(), &ctx.actor, ask).await?;
    Ok(Accepted(UnlockBegun { id }))
}
