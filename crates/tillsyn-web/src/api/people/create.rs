//! `POST /api/v1/people`.

use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::people::{NewPerson, create_person};
use utoipa::ToSchema;

use super::views::Person;
use crate::api::json::{Body, Created, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A person to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PersonBody {
    name: String,
    /// No two people have the same.
    email: Option<String>,
    /// `en`, `sv` or `ja`.
    language: Option<String>,
    /// The top of what the token reaches when absent.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
}

/// Adds a person.
#[utoipa::path(post, path = "/api/v1/people", operation_id = "people_create", tag = "people",
    request_body = PersonBody, responses((status = 201, body = Person)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Person>, AppError> {
    let body: PersonBody = body.read().await?;
    let new = NewPerson {
        name: body.name,
        email: body.email,
        language: body.language,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    let made = create_person(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(made.into()))
}
