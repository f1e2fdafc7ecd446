//! `PUT /api/v1/mail`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::mail::{MailServerChange, MailTls, set_mail_server};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::views::MailServer;
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The mail server to use.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct MailServerBody {
    host: String,
    #[schema(minimum = 1, maximum = 65535)]
    port: u16,
    /// `starttls`, `implicit`, or `none` to a loopback address.
    tls: String,
    /// Who logs in; without it nobody does.
    user: Option<String>,
    /// Without it the one on record stays, as long as host, port, TLS and user stay too.
    password: Option<String>,
    /// Sender of every message: an address, or `Name <address>`.
    from: String,
}

/// Names the mail server, in place of the one before.
#[utoipa::path(put, path = "/api/v1/mail", operation_id = "mail_set", tag = "mail",
    request_body = MailServerBody, responses((status = 200, body = MailServer)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<MailServer>, AppError> {
    let body: MailServerBody = body.read().await?;
    let tls = MailTls::parse(&body.tls).ok_or_else(|| {
        Error::invalid(
            "tls",
            "mail_tls",
            "TLS is `starttls`, `implicit` or `none`.",
        )
    })?;
    let change = MailServerChange {
        host: body.host,
        port: body.port,
        tls,
        user: body.user,
        password: body.password.map(Zeroizing::new),
        from: body.from,
    };
    let server = set_mail_server(ctx.core(), &ctx.actor, change).await?;
    Ok(Json(server.into()))
}
