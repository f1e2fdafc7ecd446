//! `GET /console/enrollment/invitations`.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use tillsyn_core::invitations::{self as core, InvitationView};
use tillsyn_core::push;

use super::page::{InvitationRow, InvitationsPage};
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{page, status, urls};

/// The way of enrolling that there is.
pub(crate) async fn enrollment(_visitor: Visitor) -> Response {
    Redirect::to(urls::INVITATIONS).into_response()
}

/// The invitations of the person's scope, newest first.
pub(crate) async fn invitations(visitor: Visitor) -> Result<Response, Failure> {
    let l = visitor.texts;
    let statuses = lists::status_filter(l, "invitation", visitor.query.get("status").unwrap_or(""));
    let chosen = statuses.choices.iter().find(|choice| choice.chosen);
    let asked = chosen
        .map(|choice| choice.value.clone())
        .filter(|value| !value.is_empty());
    let after = At::of(&visitor.query);
    let found = core::list_invitations_with(
        visitor.core(),
        visitor.actor(),
        asked.as_deref(),
        after.after(),
        None,
    )
    .await?;
    let shown = InvitationsPage {
        rows: found
            .items
            .iter()
            .map(|found| row(&visitor, found))
            .collect(),
        pager: lists::pager(
            &visitor,
            urls::INVITATIONS,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), asked.is_some()),
        push_missing: push::topic_for_enrollment(visitor.core()).await?.is_none(),
        statuses,
        f: visitor.frame(Place::Invitations, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn row(visitor: &Visitor, found: &InvitationView) -> InvitationRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    InvitationRow {
        href: urls::invitation(found.id.as_str()),
        label: found.label.clone(),
        person: other_name(found),
        personal: found.ownership == "personal",
        pin: found.has_pin,
        uses: uses(l, found),
        status: status(l, "invitation", found.status),
        created: l.ago(found.created_at, zone),
        expires: l.deadline(found.expires_at, zone),
    }
}

/// The person's name, where the label does not say it already.
pub(super) fn other_name(found: &InvitationView) -> String {
    found
        .person_name
        .clone()
        .filter(|name| *name != found.label)
        .unwrap_or_default()
}

pub(super) fn uses(l: crate::i18n::Texts, found: &InvitationView) -> String {
    let count = |value: i64| u64::try_from(value).unwrap_or(0);
    words::uses(l, count(found.uses), count(found.uses_allowed))
}
