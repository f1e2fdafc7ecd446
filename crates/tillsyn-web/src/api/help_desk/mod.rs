//! `/api/v1/help-desk`: who somebody is by whatever they say, and the next useful act.

mod views;

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Permission as P;
use tillsyn_core::help_desk::{desk, find};
use tillsyn_core::ids::PersonId;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::state::AppState;
use views::{HelpDeskHit, PersonDesk};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    let read = Needs::One(P::PeopleRead);
    OpenApiRouter::new()
        .routes(guarded(read, routes!(look)))
        .routes(guarded(read, routes!(show)))
}

/// What somebody said.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct HelpDeskParams {
    /// Part of a name, mail address, serial number, device name or label of an invitation, or a whole IMEI;
    /// two characters at least. Spaces and hyphens in numbers do not matter.
    #[serde(default)]
    q: String,
}

/// Finds people, devices and invitations that the token reaches; whoever is found in several ways is there
/// once.
#[utoipa::path(get, path = "/api/v1/help-desk", operation_id = "help_desk_find", tag = "people",
    params(HelpDeskParams), responses((status = 200, body = Page<HelpDeskHit>)))]
pub(in crate::api) async fn look(
    ctx: RequestContext,
    Params(params): Params<HelpDeskParams>,
) -> Result<Json<Page<HelpDeskHit>>, AppError> {
    let hits = find(ctx.core(), &ctx.actor, &params.q).await?;
    Ok(Json(Page::whole(hits)))
}

/// How it stands with a person: account, devices, attempts, invitations, and the next useful act.
#[utoipa::path(get, path = "/api/v1/people/{id}/desk", operation_id = "people_desk", tag = "people",
    params(("id" = String, Path, description = "The person")),
    responses((status = 200, body = PersonDesk)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<PersonDesk>, AppError> {
    let id = id(path, PersonId::parse, "person")?;
    let found = desk(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
