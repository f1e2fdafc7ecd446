//! `GET /api/v1/people`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::people::{PersonFilter, list_people};
use utoipa::IntoParams;

use super::views::Person;
use crate::api::json::option;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which people.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct PersonParams {
    /// Part of name or mail address.
    search: Option<String>,
    /// `active` or `inactive`.
    status: Option<String>,
    /// In this unit or below.
    unit_id: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The people of the token's scope by name.
#[utoipa::path(get, path = "/api/v1/people", operation_id = "people_list", tag = "people",
    params(PersonParams), responses((status = 200, body = Page<Person>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<PersonParams>,
) -> Result<Json<Page<Person>>, AppError> {
    let filter = PersonFilter {
        search: params.search,
        status: params.status,
        unit: option(params.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    let after = params.after.as_deref();
    let page = list_people(ctx.core(), &ctx.actor, &filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
