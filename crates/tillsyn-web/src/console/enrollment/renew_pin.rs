//! `POST /console/enrollment/invitations/{id}/renew-pin`: the answer shows the new PIN, this once.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::invitations as core;

use super::invitation::{build, invitation_id};
use super::page::InvitationSecret;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {}

pub(crate) async fn renew_pin(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let id = invitation_id(&id)?;
    let visitor = form.visitor.at(urls::invitation(id.as_str()));
    let (pin, until) = core::renew_pin(visitor.core(), visitor.actor(), &id).await?;
    let mut shown = build(&visitor, id.as_str()).await?;
    shown.secret = Some(InvitationSecret {
        link: String::new(),
        typed: String::new(),
        qr: None,
        pin: pin.to_string(),
        pin_until: visitor.texts.deadline(until, &visitor.zone),
    });
    Ok(page(StatusCode::OK, &shown))
}
