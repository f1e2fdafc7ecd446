//! `GET /api/v1/push-vendor`.

use axum::Json;
use tillsyn_core::{Error, push};

use super::views::PushVendor;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The vendor certificate that signs requests here.
#[utoipa::path(get, path = "/api/v1/push-vendor", operation_id = "push_vendor_show", tag = "push",
    responses((status = 200, body = PushVendor)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<PushVendor>, AppError> {
    let vendor = push::vendor(ctx.core(), &ctx.actor).await?;
    let vendor = vendor.ok_or_else(|| Error::not_found("vendor certificate"))?;
    Ok(Json(vendor.into()))
}
