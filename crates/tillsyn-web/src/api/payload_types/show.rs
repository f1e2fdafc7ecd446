//! `GET /api/v1/payload-types/{type}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_apple::profile::catalogue;
use tillsyn_core::Error;

use super::views::Described;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One payload type with its keys, in the order of the schema.
#[utoipa::path(get, path = "/api/v1/payload-types/{type}", operation_id = "payload_types_show", tag = "profiles",
    params(("type" = String, Path, description = "`PayloadType`, such as `com.apple.wifi.managed`.")),
    responses((status = 200, body = Described)))]
pub(in crate::api) async fn show(
    _ctx: RequestContext,
    Path(name): Path<String>,
) -> Result<Json<Described>, AppError> {
    Ok(Json(payload_type(&name)?))
}

/// What the catalogue has under this name.
///
/// # Errors
/// When it has nothing.
pub fn payload_type(name: &str) -> Result<Described, Error> {
    let variants = catalogue::variants(name);
    let first = variants
        .first()
        .ok_or_else(|| Error::not_found("payload type"))?;
    Ok(Described::of(first.kind, &variants))
}
