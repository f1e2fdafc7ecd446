//! `GET /api/v1/mail/messages`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::mail::list_mail;
use utoipa::IntoParams;

use super::views::MailMessage;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct MailMessageParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The messages of the last 30 days, newest first; never with their text.
#[utoipa::path(get, path = "/api/v1/mail/messages", operation_id = "mail_messages", tag = "mail",
    params(MailMessageParams), responses((status = 200, body = Page<MailMessage>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<MailMessageParams>,
) -> Result<Json<Page<MailMessage>>, AppError> {
    let after = params.after.as_deref();
    let page = list_mail(ctx.core(), &ctx.actor, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
