//! `PUT /api/v1/organisation`.

use axum::Json;
use tillsyn_core::settings;

use super::show::{self, Organisation};
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Changes the organisation's name, support contact, language or time zone.
#[utoipa::path(put, path = "/api/v1/organisation", operation_id = "organisation_change", tag = "organisation",
    request_body = Organisation, responses((status = 200, body = Organisation)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<Organisation>, AppError> {
    let body: Organisation = body.read().await?;
    let organisation = settings::Organisation {
        name: body.name,
        support: body.support,
        language: body.language,
        time_zone: body.time_zone,
    };
    settings::set_organisation(ctx.core(), &ctx.actor, organisation).await?;
    show::show(ctx).await
}
