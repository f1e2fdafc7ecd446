//! `GET /api/v1/plans/{id}/effects`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::PlanId;
use tillsyn_core::plans::{self, EffectKind};
use utoipa::IntoParams;

use super::views::Effect;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct EffectParams {
    /// `install`, `replace`, `remove`, `withdraw` or `refused`.
    effect: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default. A page ends behind a device, so it may be longer.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// What a plan would do now, device by device; only devices that the token reaches.
#[utoipa::path(get, path = "/api/v1/plans/{id}/effects", operation_id = "plans_effects", tag = "plans",
    params(("id" = String, Path, description = "The plan"), EffectParams),
    responses((status = 200, body = Page<Effect>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<EffectParams>,
) -> Result<Json<Page<Effect>>, AppError> {
    let id = id(path, PlanId::parse, "plan")?;
    let only = match params.effect.as_deref() {
        None => None,
        Some(text) => Some(EffectKind::parse(text).ok_or_else(|| {
            let words = "An effect is install, replace, remove, withdraw or refused.";
            Error::invalid("effect", "effect", words)
        })?),
    };
    let (core, after) = (ctx.core(), params.after.as_deref());
    let page = plans::effects(core, &ctx.actor, &id, only, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
