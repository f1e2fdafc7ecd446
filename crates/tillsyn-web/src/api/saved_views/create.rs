//! `POST /api/v1/views`.

use serde::Deserialize;
use tillsyn_core::lists::{Audience, NewView, create_view};
use utoipa::ToSchema;

use super::views::View;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A view to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ViewBody {
    name: String,
    /// `me` (default), or `team` for everybody of the account's unit and below.
    audience: Option<String>,
    /// Parameters as in the address of the console's list: `platform=ios&sort=-last_seen&cols=name,person`.
    query: String,
}

/// Keeps a list of devices under a name.
#[utoipa::path(post, path = "/api/v1/views", operation_id = "views_create", tag = "devices",
    request_body = ViewBody, responses((status = 201, body = View)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<View>, AppError> {
    let body: ViewBody = body.read().await?;
    let new = NewView {
        name: body.name,
        audience: Audience::parse(body.audience.as_deref().unwrap_or("me"))?,
        query: body.query,
    };
    let made = create_view(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(made.into()))
}
