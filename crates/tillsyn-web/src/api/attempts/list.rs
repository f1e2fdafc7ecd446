//! `GET /api/v1/attempts`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::InvitationId;
use tillsyn_core::invitations::list_attempts;
use utoipa::IntoParams;

use super::views::Attempt;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which attempts.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct AttemptParams {
    /// Only of this invitation.
    invitation_id: Option<String>,
    /// Only with this status; `failed_today` are those that failed in the last 24 hours.
    status: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The attempts of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/attempts", operation_id = "attempts_list", tag = "invitations",
    params(AttemptParams), responses((status = 200, body = Page<Attempt>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<AttemptParams>,
) -> Result<Json<Page<Attempt>>, AppError> {
    let bad = || {
        Error::invalid(
            "invitation_id",
            "id",
            "This is not the id of an invitation.",
        )
    };
    let invitation = params
        .invitation_id
        .map(|text| InvitationId::parse(&text).ok_or_else(bad))
        .transpose()?;
    let (status, after) = (params.status.as_deref(), params.after.as_deref());
    let page = list_attempts(
        ctx.core(),
        &ctx.actor,
        invitation.as_ref(),
        status,
        after,
        params.limit,
    )
    .await?;
    Ok(Json(Page::of(page)))
}
