//! `GET` and `PUT /api/v1/escrow/policy`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::escrow;
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What is kept of devices, and what is done with it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct EscrowPolicy {
    /// Keep the FileVault recovery keys that Macs send.
    filevault: bool,
    /// Give a device a new secret as soon as somebody saw the old one, where that is possible.
    rotate_after_reveal: bool,
    /// People are to be told afterwards that their device was located; recorded with each query.
    tell_after_location: bool,
}

/// The settings and what follows from them.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct EscrowPolicyShown {
    #[serde(flatten)]
    policy: EscrowPolicy,
    /// The certificate that Macs encrypt their recovery keys to, PEM: it goes into the profile that turns
    /// FileVault escrow on. `null` until `filevault` was on once.
    filevault_certificate: Option<String>,
}

/// What is kept of devices, and what is done with it.
#[utoipa::path(get, path = "/api/v1/escrow/policy", operation_id = "escrow_policy_show", tag = "escrow",
    responses((status = 200, body = EscrowPolicyShown)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<EscrowPolicyShown>, AppError> {
    let policy = escrow::escrow_policy(ctx.core(), &ctx.actor).await?;
    Ok(Json(EscrowPolicyShown {
        policy: EscrowPolicy {
            filevault: policy.filevault,
            rotate_after_reveal: policy.rotate_after_reveal,
            tell_after_location: policy.tell_after_location,
        },
        filevault_certificate: escrow::filevault_certificate(ctx.core()).await?,
    }))
}

/// Changes it.
#[utoipa::path(put, path = "/api/v1/escrow/policy", operation_id = "escrow_policy_change", tag = "escrow",
    request_body = EscrowPolicy, responses((status = 200, body = EscrowPolicyShown)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<EscrowPolicyShown>, AppError> {
    let body: EscrowPolicy = body.read().await?;
    let policy = escrow::EscrowPolicy {
        filevault: body.filevault,
        rotate_after_reveal: body.rotate_after_reveal,
        tell_after_location: body.tell_after_location,
    };
    escrow::set_escrow_policy(ctx.core(), &ctx.actor, policy).await?;
    show(ctx).await
}
