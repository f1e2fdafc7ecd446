//! `POST /api/v1/invitations/send` and `POST /api/v1/invitations/{id}/resend`.

use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::ids::{InvitationId, PersonId};
use tillsyn_core::invitations::{
    SendInvitation, SentInvitation, grouped, resend_invitation, send_invitation,
};
use utoipa::ToSchema;

use crate::api::json::{Body, Created, id};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Whom to send an invitation; the rest is as the policy of their unit says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SendBody {
    #[schema(format = "uuid")]
    person_id: String,
    /// May end the enrollment of a device that was enrolled for somebody else.
    #[serde(default)]
    may_replace: bool,
}

/// An invitation that is on its way. PIN and link are told this once, and only when they do not go by mail.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Sent {
    #[schema(format = "uuid")]
    id: String,
    label: String,
    /// It went to the person's mail address.
    mailed: bool,
    /// To hand over another way than by the mail.
    pin: Option<String>,
    pin_expires_at: Option<Time>,
    /// To hand over, when no mail was sent.
    url: Option<String>,
    /// Typed at `/go` in the place of the link.
    typed_code: Option<String>,
    expires_at: Time,
}

impl From<SentInvitation> for Sent {
    fn from(sent: SentInvitation) -> Self {
        Self {
            id: sent.id.to_string(),
            label: sent.label,
            mailed: sent.mailed,
            pin: sent.pin.map(|pin| pin.to_string()),
            pin_expires_at: Time::option(sent.pin_expires_at),
            url: sent.url.map(|url| url.to_string()),
            typed_code: sent.typed_code.map(|typed| grouped(&typed)),
            expires_at: Time(sent.expires_at),
        }
    }
}

/// Makes an invitation and sends it to the person's mail address, in their language.
#[utoipa::path(post, path = "/api/v1/invitations/send", operation_id = "invitations_send", tag = "invitations",
    request_body = SendBody, responses((status = 201, body = Sent)))]
pub(in crate::api) async fn send(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Sent>, AppError> {
    let body: SendBody = body.read().await?;
    let person = PersonId::parse(&body.person_id).ok_or_else(|| Error::not_found("person"))?;
    let new = SendInvitation {
        person,
        may_replace: body.may_replace,
    };
    let sent = send_invitation(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(sent.into()))
}

/// Puts a new invitation in the place of one and sends it: with a new link, typed code and PIN. The old ones stop.
#[utoipa::path(post, path = "/api/v1/invitations/{id}/resend", operation_id = "invitations_resend",
    tag = "invitations", params(("id" = String, Path, description = "The invitation")),
    responses((status = 201, body = Sent)))]
pub(in crate::api) async fn resend(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Created<Sent>, AppError> {
    let id = id(path, InvitationId::parse, "invitation")?;
    let sent = resend_invitation(ctx.core(), &ctx.actor, &id).await?;
    Ok(Created(sent.into()))
}
