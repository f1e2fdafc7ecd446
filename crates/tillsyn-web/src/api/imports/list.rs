//! `GET /api/v1/imports`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::imports::{ImportFilter, list_imports};
use utoipa::IntoParams;

use super::views::{Import, kind};
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which imports.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ImportParams {
    /// `people`, `groups` or `units`.
    kind: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The imports of the token's scope, newest first; they are kept for 30 days.
#[utoipa::path(get, path = "/api/v1/imports", operation_id = "imports_list", tag = "imports",
    params(ImportParams), responses((status = 200, body = Page<Import>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<ImportParams>,
) -> Result<Json<Page<Import>>, AppError> {
    let filter = ImportFilter {
        kind: match params.kind.as_deref() {
            None | Some("") => None,
            Some(text) => Some(kind(text)?),
        },
    };
    let after = params.after.as_deref();
    let page = list_imports(ctx.core(), &ctx.actor, &filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
