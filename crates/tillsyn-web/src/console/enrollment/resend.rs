//! `POST /console/enrollment/invitations/{id}/resend`: a new link in the place of the old one.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::invitations as core;

use super::invitation::{build, invitation_id};
use super::page::InvitationSecret;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::ui::{Message, Qr, page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {}

/// The page of the new invitation. What did not go by mail is shown, this once.
pub(crate) async fn resend(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let id = invitation_id(&id)?;
    let sent = core::resend_invitation(form.visitor.core(), form.visitor.actor(), &id).await?;
    let visitor = form.visitor.at(urls::invitation(sent.id.as_str()));
    let (l, text) = (visitor.texts, |secret: Option<&str>| {
        secret.unwrap_or_default().to_owned()
    });
    let mut shown = build(&visitor, sent.id.as_str()).await?;
    let link = sent.url.as_ref().map(|url| url.as_str());
    if sent.url.is_some() || sent.pin.is_some() {
        let until = sent.pin_expires_at;
        shown.secret = Some(InvitationSecret {
            link: text(link),
            typed: sent
                .typed_code
                .as_ref()
                .map_or_else(String::new, |code| core::grouped(code)),
            qr: link.and_then(Qr::new),
            pin: text(sent.pin.as_ref().map(|pin| pin.as_str())),
            pin_until: until.map_or_else(String::new, |at| l.deadline(at, &visitor.zone)),
        });
    }
    if sent.mailed {
        shown.f.messages.push(Message {
            tone: "ok",
            title: l.t("invite-resent"),
            text: String::new(),
            undo: None,
        });
    }
    Ok(page(StatusCode::OK, &shown))
}
