//! `PUT /api/v1/push-vendor`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::push::{VendorUpload, set_vendor};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::views::PushVendor;
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A vendor certificate with its key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PushVendorBody {
    /// PEM of the vendor certificate, Apple's intermediate and its root.
    chain: String,
    /// PEM of the vendor certificate's key, without a passphrase.
    key: String,
}

/// Keeps a vendor certificate, in place of the one before. This asks for a person: a token is refused
/// with `person_needed`; use the console.
#[utoipa::path(put, path = "/api/v1/push-vendor", operation_id = "push_vendor_set", tag = "push",
    request_body = PushVendorBody, responses((status = 200, body = PushVendor)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<PushVendor>, AppError> {
    let body: PushVendorBody = body.read().await?;
    let upload = VendorUpload {
        chain_pem: body.chain,
        key_pem: Zeroizing::new(body.key),
    };
    let vendor = set_vendor(ctx.core(), &ctx.actor, upload).await?;
    Ok(Json(vendor.into()))
}
