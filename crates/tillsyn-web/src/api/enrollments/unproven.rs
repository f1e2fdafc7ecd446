//! `GET /api/v1/enrollments/unproven`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::moving::{self, UnprovenView};
use utoipa::{IntoParams, ToSchema};

use crate::api::paging::{Page, Params};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct UnprovenParams {
    after: Option<String>,
    limit: Option<i64>,
}

/// A moved-in enrollment that is not proven yet: nothing goes out to it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Unproven {
    #[schema(format = "uuid")]
    enrollment_id: String,
    device_id: Option<String>,
    name: Option<String>,
    serial_number: Option<String>,
    udid: Option<String>,
    /// `awaited`: no certificate yet; `provisional`: pinned at first contact; `frozen`: two claimed it.
    trust: String,
    certificate_sha256: Option<String>,
    /// The other certificate that claimed it.
    rival_sha256: Option<String>,
    created_at: Time,
}

impl From<UnprovenView> for Unproven {
    fn from(view: UnprovenView) -> Self {
        Self {
            enrollment_id: view.enrollment_id.to_string(),
            device_id: view.device_id.map(|id| id.to_string()),
            name: view.name,
            serial_number: view.serial_number,
            udid: view.udid,
            trust: view.trust,
            certificate_sha256: view.certificate_sha256,
            rival_sha256: view.rival_sha256,
            created_at: Time(view.created_at),
        }
    }
}

/// Moved-in enrollments that wait for a proof, oldest first.
#[utoipa::path(get, path = "/api/v1/enrollments/unproven", operation_id = "enrollments_unproven",
    tag = "enrollments", params(UnprovenParams), responses((status = 200, body = Page<Unproven>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<UnprovenParams>,
) -> Result<Json<Page<Unproven>>, AppError> {
    let after = params.after.as_deref();
    let page = moving::list_unproven(ctx.core(), &ctx.actor, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
