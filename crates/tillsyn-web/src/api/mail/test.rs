//! `POST /api/v1/mail/test`.

use serde::Serialize;
use tillsyn_core::mail::send_test;
use utoipa::ToSchema;

use crate::api::json::Accepted;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A test on its way.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct MailTest {
    /// In the list of messages it shows what became of it.
    #[schema(format = "uuid")]
    message_id: String,
}

/// Sends a test to the address of the token's owner.
#[utoipa::path(post, path = "/api/v1/mail/test", operation_id = "mail_test", tag = "mail",
    responses((status = 202, body = MailTest)))]
pub(in crate::api) async fn test(ctx: RequestContext) -> Result<Accepted<MailTest>, AppError> {
    let message_id = send_test(ctx.core(), &ctx.actor).await?;
    Ok(Accepted(MailTest { message_id }))
}
