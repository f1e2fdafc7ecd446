//! `/api/v1/directories/{id}/links`: whom a directory calls what.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::directory::{link_person, links_of, source};
use tillsyn_core::ids::{DirectoryId, PersonId};
use utoipa::{IntoParams, ToSchema};

use super::sources::hidden;
use super::views::DirectoryLink;
use crate::api::json::{Body, id, option};
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which links.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct LinkParams {
    /// `true`: only those with somebody who may be the same person.
    suggested: Option<bool>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The links of a directory in the order in which they came.
#[utoipa::path(get, path = "/api/v1/directories/{id}/links", operation_id = "directory_links_list",
    tag = "directories", params(("id" = String, Path, description = "The directory"), LinkParams),
    responses((status = 200, body = Page<DirectoryLink>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<LinkParams>,
) -> Result<Json<Page<DirectoryLink>>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    let suggested = params.suggested.unwrap_or(false);
    let after = params.after.as_deref();
    let page = links_of(ctx.core(), &ctx.actor, &id, suggested, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}

/// Who it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LinkBody {
    /// The person that the entry is; without one, the suggestion is refused and the two stay apart.
    #[schema(format = "uuid")]
    person_id: Option<String>,
}

/// Says who an entry is. The person that the directory brought goes, when they have nothing yet.
#[utoipa::path(put, path = "/api/v1/directories/{id}/links/{link}", operation_id = "directory_links_set",
    tag = "directories", params(("id" = String, Path, description = "The directory"),
        ("link" = String, Path, description = "The link")),
    request_body = LinkBody, responses((status = 200, body = DirectoryLink)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    Path((directory, link)): Path<(String, String)>,
    body: Body,
) -> Result<Json<DirectoryLink>, AppError> {
    let directory = id(Path(directory), DirectoryId::parse, "directory")?;
    source(ctx.core(), &ctx.actor, &directory)
        .await
        .map_err(hidden)?;
    let body: LinkBody = body.read().await?;
    let person = option(body.person_id, PersonId::parse, "person")?;
    let found = link_person(ctx.core(), &ctx.actor, &link, person.as_ref()).await?;
    Ok(Json(found.into()))
}
