//! `GET /api/v1/imports/{id}/rows`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::imports::{self, Outcome};
use utoipa::IntoParams;

use super::views::{ImportRow, import_id};
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct RowParams {
    /// `create`, `change`, `same` or `error`.
    outcome: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// What the rows of the file do, those with errors first.
#[utoipa::path(get, path = "/api/v1/imports/{id}/rows", operation_id = "imports_rows",
    tag = "imports", params(("id" = String, Path), RowParams),
    responses((status = 200, body = Page<ImportRow>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<RowParams>,
) -> Result<Json<Page<ImportRow>>, AppError> {
    let id = id(path, import_id, "import")?;
    let (core, actor) = (ctx.core(), &ctx.actor);
    imports::import(core, actor, &id).await?;
    let only = match params.outcome.as_deref() {
        None | Some("") => None,
        Some(text) => Some(Outcome::parse(text).ok_or_else(|| {
            let text = "A row creates, changes, is the same, or has an error.";
            Error::invalid("outcome", "import_outcome", text)
        })?),
    };
    let after = params.after.as_deref();
    let page = imports::rows(core, actor, &id, only, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
