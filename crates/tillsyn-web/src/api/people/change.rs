//! `PATCH /api/v1/people/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::ids::{OrgUnitId, PersonId};
use tillsyn_core::people::{self, PersonChange, change_person};
use utoipa::ToSchema;

use super::views::Person;
use crate::api::json::{Body, id, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What changes of a person; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PersonEdit {
    name: Option<String>,
    /// An empty one is removed.
    email: Option<String>,
    /// `en`, `sv` or `ja`; an empty one is removed.
    language: Option<String>,
    /// `active`, or `inactive`: their open invitations end, and they get no new devices.
    status: Option<String>,
    /// The unit that they belong to from now on; their devices stay where they are.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
}

/// Changes a person.
#[utoipa::path(patch, path = "/api/v1/people/{id}", operation_id = "people_change", tag = "people",
    params(("id" = String, Path, description = "The person")), request_body = PersonEdit,
    responses((status = 200, body = Person)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Person>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    people::person(ctx.core(), &ctx.actor, &id).await?;
    let body: PersonEdit = body.read().await?;
    let change = PersonChange {
        name: body.name,
        email: body.email,
        language: body.language,
        status: body.status,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    let changed = change_person(ctx.core(), &ctx.actor, &id, change).await?;
    Ok(Json(changed.into()))
}
