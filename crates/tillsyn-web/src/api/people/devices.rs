//! `GET /api/v1/people/{id}/devices`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::devices::{DeviceFilter, DeviceSort, list_devices};
use tillsyn_core::ids::PersonId;
use tillsyn_core::people;
use utoipa::IntoParams;

use crate::api::devices::views::Device;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct OfPersonParams {
    /// The `next` of the page before; without it, the first page.
    pub(super) after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    pub(super) limit: Option<i64>,
}

/// The devices that a person has, by name.
#[utoipa::path(get, path = "/api/v1/people/{id}/devices", operation_id = "people_devices", tag = "people",
    params(("id" = String, Path, description = "The person"), OfPersonParams),
    responses((status = 200, body = Page<Device>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<OfPersonParams>,
) -> Result<Json<Page<Device>>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let filter = DeviceFilter {
        person: Some(id),
        ..DeviceFilter::default()
    };
    let sort = (DeviceSort::Name, false);
    let after = params.after.as_deref();
    let page = list_devices(ctx.core(), &ctx.actor, &filter, sort, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
