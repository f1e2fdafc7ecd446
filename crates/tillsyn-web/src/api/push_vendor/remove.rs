//! `DELETE /api/v1/push-vendor`.

use http::StatusCode;
use tillsyn_core::push::remove_vendor;

use crate::auth::RequestContext;
use crate::error::AppError;

/// Forgets the vendor certificate and its key. Files that it has signed stay good.
#[utoipa::path(delete, path = "/api/v1/push-vendor", operation_id = "push_vendor_remove", tag = "push",
    responses((status = 204)))]
pub(in crate::api) async fn remove(ctx: RequestContext) -> Result<StatusCode, AppError> {
    remove_vendor(ctx.core(), &ctx.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
