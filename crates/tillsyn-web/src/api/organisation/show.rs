//! `GET /api/v1/organisation`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::settings;
use utoipa::ToSchema;

use crate::auth::RequestContext;
use crate::error::AppError;

/// The organisation as people and devices see it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Organisation {
    pub(super) name: String,
    /// Who helps: a mail address or telephone number.
    pub(super) support: Option<String>,
    /// `en`, `sv` or `ja`.
    pub(super) language: String,
    /// IANA name of the zone in which deadlines are meant.
    pub(super) time_zone: String,
}

/// The organisation.
#[utoipa::path(get, path = "/api/v1/organisation", operation_id = "organisation_show", tag = "organisation",
    responses((status = 200, body = Organisation)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<Organisation>, AppError> {
    let organisation = settings::organisation(ctx.core()).await?;
    Ok(Json(Organisation {
        name: organisation.name,
        support: organisation.support,
        language: organisation.language,
        time_zone: organisation.time_zone,
    }))
}
