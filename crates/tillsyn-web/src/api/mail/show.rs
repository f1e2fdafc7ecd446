//! `GET /api/v1/mail`.

use axum::Json;
use tillsyn_core::Error;
use tillsyn_core::mail::mail_server;

use super::views::MailServer;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The mail server; its password is never shown.
#[utoipa::path(get, path = "/api/v1/mail", operation_id = "mail_show", tag = "mail",
    responses((status = 200, body = MailServer)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<MailServer>, AppError> {
    let server = mail_server(ctx.core(), &ctx.actor).await?;
    let server = server.ok_or_else(|| Error::not_found("mail server"))?;
    Ok(Json(server.into()))
}
