//! `GET /api/v1/units`.

use axum::Json;
use tillsyn_core::units::list_units;

use super::views::Unit;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The tree of what the token reaches: each unit directly before those below it, siblings by name.
#[utoipa::path(get, path = "/api/v1/units", operation_id = "units_list", tag = "units",
    responses((status = 200, body = Page<Unit>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<Unit>>, AppError> {
    let all = list_units(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(all)))
}
