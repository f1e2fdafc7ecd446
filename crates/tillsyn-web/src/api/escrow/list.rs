//! `GET /api/v1/devices/{id}/escrow`.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::escrow::{self, EscrowView};
use tillsyn_core::ids::DeviceId;
use utoipa::{IntoParams, ToSchema};

use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A secret that is kept for a device, without its value.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct KeptSecret {
    #[schema(format = "uuid")]
    id: String,
    /// `lock_pin`, `unlock_token`, `bootstrap_token`, `filevault_key`, `activation_lock_bypass_device`,
    /// `activation_lock_bypass_server`, `recovery_lock_password`, `firmware_password` or `admin_password`.
    kind: &'static str,
    /// The account's name, for the password of an administrator.
    label: Option<String>,
    /// What brought it.
    source: String,
    /// `kept`; of a secret that a command sets also `proposed` until the device answers, `refused`, or
    /// `uncertain` when the device never answered.
    state: String,
    /// When it was first kept.
    created_at: Time,
    /// When the device last said the same.
    confirmed_at: Time,
    /// The one that counts; the others are history.
    newest: bool,
    /// When somebody last saw it.
    revealed_at: Option<Time>,
    /// Who that was.
    revealed_by: Option<String>,
    times_revealed: i64,
    /// Whether the owner of this token may see it.
    may_reveal: bool,
}

impl From<EscrowView> for KeptSecret {
    fn from(view: EscrowView) -> Self {
        Self {
            id: view.id.to_string(),
            kind: view.kind,
            label: view.label,
            source: view.source,
            state: view.state,
            created_at: Time(view.created_at),
            confirmed_at: Time(view.confirmed_at),
            newest: view.newest,
            revealed_at: Time::option(view.revealed.as_ref().map(|seen| seen.at)),
            revealed_by: view.revealed.map(|seen| seen.by),
            times_revealed: view.times_revealed,
            may_reveal: view.may_reveal,
        }
    }
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct EscrowParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The secrets that are kept for a device, newest first; their values are never here.
#[utoipa::path(get, path = "/api/v1/devices/{id}/escrow", operation_id = "devices_escrow_list",
    tag = "escrow", params(("id" = String, Path, description = "The device"), EscrowParams),
    responses((status = 200, body = Page<KeptSecret>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<EscrowParams>,
) -> Result<Json<Page<KeptSecret>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let after = params.after.as_deref();
    let page = escrow::list_escrow(ctx.core(), &ctx.actor, &id, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
