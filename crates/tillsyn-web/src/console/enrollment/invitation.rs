//! `GET /console/enrollment/invitations/{id}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::ids::InvitationId;
use tillsyn_core::invitations as core;
use tillsyn_core::{Error, Permission};

use super::attempts::row;
use super::invitations::{other_name, uses};
use super::page::InvitationPage;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::ui::{page, status, urls};

/// Attempts shown; the list of attempts has them all.
const ATTEMPTS: i64 = 50;

pub(crate) async fn invitation(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let shown = build(&visitor, &id).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// The page without link and PIN: only their hashes are kept.
pub(super) async fn build(visitor: &Visitor, id: &str) -> Result<InvitationPage, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let id = invitation_id(id)?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = core::invitation(core, actor, &id).await?;
    let attempts = core::list_attempts(core, actor, Some(&id), None, None, Some(ATTEMPTS)).await?;
    let open = found.status == "open" && visitor.may(Permission::InvitationsWrite);
    let address = |at: String| if open { at } else { String::new() };
    Ok(InvitationPage {
        label: found.label.clone(),
        person: other_name(&found),
        email: found.person_email.clone().unwrap_or_default(),
        status: status(l, "invitation", found.status),
        personal: found.ownership == "personal",
        uses: uses(l, &found),
        pin: found.has_pin,
        pin_locked: found.pin_locked,
        replace: found.may_replace,
        created: l.ago(found.created_at, zone),
        created_by: found.created_by.clone().unwrap_or_default(),
        expires: l.deadline(found.expires_at, zone),
        secret: None,
        attempts: attempts
            .items
            .iter()
            .map(|attempt| row(visitor, attempt))
            .collect(),
        revoke: address(urls::invitation_revoke(id.as_str())),
        resend: if matches!(found.status, "open" | "expired")
            && !found.self_made
            && visitor.may(Permission::InvitationsWrite)
        {
            urls::invitation_resend(id.as_str())
        } else {
            String::new()
        },
        bounced: if found.mail_sent {
            address(urls::invitation_bounced(id.as_str()))
        } else {
            String::new()
        },
        renew_pin: if found.has_pin {
            address(urls::invitation_renew_pin(id.as_str()))
        } else {
            String::new()
        },
        f: visitor
            .frame(Place::Invitations, &format!("attempts,invitation:{id}"))
            .await?,
    })
}

pub(super) fn invitation_id(text: &str) -> Result<InvitationId, Error> {
    InvitationId::parse(text).ok_or_else(|| Error::not_found("invitation"))
}
