//! `GET /api/v1/people/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PersonId;
use tillsyn_core::people;

use super::views::Person;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One person.
#[utoipa::path(get, path = "/api/v1/people/{id}", operation_id = "people_show", tag = "people",
    params(("id" = String, Path, description = "The person")), responses((status = 200, body = Person)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Person>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    Ok(Json(
        people::person(ctx.core(), &ctx.actor, &id).await?.into(),
    ))
}
