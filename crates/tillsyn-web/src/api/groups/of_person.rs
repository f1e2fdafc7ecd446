//! `GET /api/v1/people/{id}/groups`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::groups::groups_of_person;
use tillsyn_core::ids::PersonId;

use super::views::GroupOf;
use crate::api::json::id;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The groups that a person is in.
#[utoipa::path(get, path = "/api/v1/people/{id}/groups", operation_id = "groups_of_person", tag = "groups",
    params(("id" = String, Path, description = "The person")), responses((status = 200, body = Page<GroupOf>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<GroupOf>>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    let all = groups_of_person(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(all)))
}
