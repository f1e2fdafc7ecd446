//! `POST /api/v1/people/move`.

use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::{OrgUnitId, PersonId};
use tillsyn_core::people::move_people;
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Who goes where.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PeopleMove {
    /// 1 to 1000 people.
    person_ids: Vec<String>,
    /// The unit that they belong to from now on.
    #[schema(format = "uuid")]
    unit_id: String,
    /// The devices that are theirs go with them: those that the token reaches.
    #[serde(default)]
    with_devices: bool,
}

/// Moves people to another organisational unit, all or none. When their devices go with them and profiles would
/// leave several, it is refused with `plan_required` and the id of a plan to look at.
#[utoipa::path(post, path = "/api/v1/people/move", operation_id = "people_move", tag = "people",
    request_body = PeopleMove, responses((status = 204)))]
pub(in crate::api) async fn move_to(
    ctx: RequestContext,
    body: Body,
) -> Result<StatusCode, AppError> {
    let body: PeopleMove = body.read().await?;
    let unit =
        OrgUnitId::parse(&body.unit_id).ok_or_else(|| Error::not_found("organisational unit"))?;
    let people = body
        .person_ids
        .iter()
        .map(|text| PersonId::parse(text).ok_or_else(|| Error::not_found("person")))
        .collect::<Result<Vec<_>, _>>()?;
    move_people(ctx.core(), &ctx.actor, &people, &unit, body.with_devices).await?;
    Ok(StatusCode::NO_CONTENT)
}
