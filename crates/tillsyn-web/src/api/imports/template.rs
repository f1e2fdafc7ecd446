//! `GET /api/v1/imports/template`.

use axum::response::Response;

use super::create::KindParams;
use super::views::{kind, template_file};
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::error::AppError;

/// An example of a file, with every column.
#[utoipa::path(get, path = "/api/v1/imports/template", operation_id = "imports_template",
    tag = "imports", params(KindParams),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(in crate::api) async fn template(
    _ctx: RequestContext,
    Params(params): Params<KindParams>,
) -> Result<Response, AppError> {
    Ok(template_file(kind(&params.kind)?)?)
}
