//! `DELETE /api/v1/mail`.

use http::StatusCode;
use tillsyn_core::mail::remove_mail_server;

use crate::auth::RequestContext;
use crate::error::AppError;

/// Forgets the mail server with its password. Mail that waits goes on waiting.
#[utoipa::path(delete, path = "/api/v1/mail", operation_id = "mail_remove", tag = "mail",
    responses((status = 204)))]
pub(in crate::api) async fn remove(ctx: RequestContext) -> Result<StatusCode, AppError> {
    remove_mail_server(ctx.core(), &ctx.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
