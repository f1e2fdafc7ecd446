//! `/api/v1/search`: one field for everything that the token reaches.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::search::{self, Found, Hit};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(guarded(Needs::Token, routes!(look)))
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct SearchParams {
    /// Part of a name, or a whole serial number, IMEI, UDID, mail address or command id; two characters at least.
    /// Spaces and hyphens in numbers do not matter.
    #[serde(default)]
    q: String,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SearchResult {
    /// The one thing that the text names exactly.
    exact: Option<SearchHit>,
    /// At most five of each kind: devices, people, profiles, groups, units, invitations.
    items: Vec<SearchHit>,
    /// Kinds of which there are more than these.
    more: Vec<String>,
}

/// One thing that was found.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SearchHit {
    /// `device`, `person`, `profile`, `group`, `org_unit`, `invitation` or `command`.
    kind: String,
    #[schema(format = "uuid")]
    id: String,
    /// The device of a command.
    #[schema(format = "uuid")]
    device_id: Option<String>,
    /// A command's type, else the name.
    name: String,
    /// What tells it from others of the name.
    detail: String,
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        Self {
            kind: hit.kind.as_str().to_owned(),
            id: hit.id,
            device_id: hit.device_id,
            name: hit.name,
            detail: hit.detail,
        }
    }
}

impl From<Found> for SearchResult {
    fn from(found: Found) -> Self {
        let more = found.kinds.iter().filter(|kind| kind.more);
        Self {
            more: more.map(|kind| kind.kind.as_str().to_owned()).collect(),
            exact: found.exact.map(SearchHit::from),
            items: found
                .kinds
                .into_iter()
                .flat_map(|kind| kind.hits.into_iter().map(SearchHit::from))
                .collect(),
        }
    }
}

/// Finds what the token reaches and may see; nothing else is found.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "search", tag = "devices",
    params(SearchParams), responses((status = 200, body = SearchResult)))]
pub(in crate::api) async fn look(
    ctx: RequestContext,
    Params(params): Params<SearchParams>,
) -> Result<Json<SearchResult>, AppError> {
    let found = search::search(ctx.core(), &ctx.actor, &params.q).await?;
    Ok(Json(found.into()))
}
