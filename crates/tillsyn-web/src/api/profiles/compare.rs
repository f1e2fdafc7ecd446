//! `GET /api/v1/profiles/{id}/diff`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::profiles::{Side, compare as compare_sides};
use utoipa::IntoParams;

use super::body;
use super::views::ProfileChange;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What is compared.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct CompareParams {
    /// Number of a version, or `draft`.
    from: Option<String>,
    /// Number of a version, or `draft`; the draft when absent.
    to: Option<String>,
}

/// What differs between two versions, or a version and the draft. Of secrets only that they differ.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/diff", operation_id = "profiles_diff", tag = "profiles",
    params(("id" = String, Path, description = "The profile"), CompareParams),
    responses((status = 200, body = Page<ProfileChange>)))]
pub(in crate::api) async fn compare(
    ctx: RequestContext,
    Path(id): Path<String>,
    Params(params): Params<CompareParams>,
) -> Result<Json<Page<ProfileChange>>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let from = side("from", params.from.as_deref().unwrap_or_default())?;
    let to = side("to", params.to.as_deref().unwrap_or("draft"))?;
    let changes = compare_sides(ctx.core(), &ctx.actor, &id, from, to).await?;
    Ok(Json(Page::whole(changes)))
}

fn side(field: &'static str, text: &str) -> Result<Side, AppError> {
    if text == "draft" {
        return Ok(Side::Draft);
    }
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(Side::Version).ok_or_else(|| {
        let text = "Name the number of a version, or draft.";
        Error::invalid(field, "version", text).into()
    })
}
