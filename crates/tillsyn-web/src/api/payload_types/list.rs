//! `GET /api/v1/payload-types`.

use axum::Json;
use serde::Deserialize;
use tillsyn_apple::profile::catalogue;
use tillsyn_core::Error;
use utoipa::IntoParams;

use super::views::PayloadType;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which payload types.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct PayloadTypeParams {
    /// Only those that this system knows: `iOS`, `macOS`, `tvOS`, `visionOS`, `watchOS`.
    system: Option<String>,
    /// Part of a type, of a variant or of the name of a key.
    search: Option<String>,
}

/// The payload types of the catalogue; all of them on one page.
#[utoipa::path(get, path = "/api/v1/payload-types", operation_id = "payload_types_list", tag = "profiles",
    params(PayloadTypeParams), responses((status = 200, body = Page<PayloadType>)))]
pub(in crate::api) async fn list(
    _ctx: RequestContext,
    Params(params): Params<PayloadTypeParams>,
) -> Result<Json<Page<PayloadType>>, AppError> {
    let found = payload_types(params.system.as_deref(), params.search.as_deref())?;
    Ok(Json(Page::whole(found)))
}

/// The payload types that a system knows and that have a text in their names.
///
/// # Errors
/// When there is no such system.
pub fn payload_types(
    system: Option<&str>,
    search: Option<&str>,
) -> Result<Vec<PayloadType>, Error> {
    let system = system.map(system_named).transpose()?;
    let search = search.unwrap_or_default().to_lowercase();
    let wanted = |payload: &catalogue::Payload| {
        system.is_none_or(|system| payload.support.on(system).is_some())
            && payload.mentions(&search)
    };
    Ok(catalogue::payload_types()
        .into_iter()
        .filter_map(|name| {
            let mut variants = catalogue::variants(name);
            variants.retain(|payload| wanted(payload));
            (!variants.is_empty()).then(|| PayloadType::of(name, &variants))
        })
        .collect())
}

fn system_named(name: &str) -> Result<catalogue::System, Error> {
    catalogue::system_named(name).ok_or_else(|| {
        let known = catalogue::SYSTEMS.map(catalogue::system_name).join(", ");
        Error::invalid(
            "system",
            "system_unknown",
            format!("There is no system of this name; there are {known}."),
        )
    })
}
