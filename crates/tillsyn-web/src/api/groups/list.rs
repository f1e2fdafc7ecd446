//! `GET /api/v1/groups`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::groups::{GroupFilter, list_groups};
use tillsyn_core::ids::OrgUnitId;
use utoipa::IntoParams;

use super::views::Group;
use crate::api::json::option;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which groups.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct GroupParams {
    /// Part of name or description.
    search: Option<String>,
    /// In this unit or below.
    unit_id: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The groups of the token's scope by name.
#[utoipa::path(get, path = "/api/v1/groups", operation_id = "groups_list", tag = "groups",
    params(GroupParams), responses((status = 200, body = Page<Group>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<GroupParams>,
) -> Result<Json<Page<Group>>, AppError> {
    let filter = GroupFilter {
        search: params.search,
        unit: option(params.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    let after = params.after.as_deref();
    let page = list_groups(ctx.core(), &ctx.actor, &filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
