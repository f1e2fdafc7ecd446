//! `GET /api/v1/people/{id}/invitations`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PersonId;
use tillsyn_core::invitations::invitations_of_person;
use tillsyn_core::people;

use super::devices::OfPersonParams;
use crate::api::invitations::views::Invitation;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The invitations of a person, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/invitations", operation_id = "people_invitations",
    tag = "people", params(("id" = String, Path, description = "The person"), OfPersonParams),
    responses((status = 200, body = Page<Invitation>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<OfPersonParams>,
) -> Result<Json<Page<Invitation>>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let after = params.after.as_deref();
    let page = invitations_of_person(ctx.core(), &ctx.actor, &id, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
