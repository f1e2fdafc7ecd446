//! `POST /api/v1/imports`.

use serde::Deserialize;
use tillsyn_core::imports;
use utoipa::IntoParams;

use super::views::{Import, kind};
use crate::api::json::{Body, Created};
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What the file lists.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct KindParams {
    /// `people`, `groups` or `units`.
    pub(super) kind: String,
}

/// Takes a file in and says what each row would do; nothing is made. At most 10 MiB and 50,000 rows, in UTF-8 or
/// UTF-16, with comma, semicolon or tab.
#[utoipa::path(post, path = "/api/v1/imports", operation_id = "imports_create", tag = "imports",
    params(KindParams), request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = Import)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    Params(params): Params<KindParams>,
    body: Body,
) -> Result<Created<Import>, AppError> {
    let kind = kind(&params.kind)?;
    tillsyn_core::actor::may(&ctx.actor, kind.permission())?;
    let bytes = body.read_csv().await?;
    let made = imports::create(ctx.core(), &ctx.actor, kind, &bytes).await?;
    Ok(Created(made.into()))
}
