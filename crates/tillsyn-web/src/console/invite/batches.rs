//! `GET /console/enrollment/batches`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Permission;
use tillsyn_core::invitations::{BatchView, list_batches};

use super::page::{BatchLine, BatchesPage};
use super::words;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::ui::{page, urls};

pub(crate) async fn batches(visitor: Visitor) -> Result<Response, Failure> {
    let l = visitor.texts;
    let at = At::of(&visitor.query);
    let found = list_batches(visitor.core(), visitor.actor(), at.after(), None).await?;
    let line = |batch: &BatchView| BatchLine {
        href: urls::invitation_batch(batch.id.as_str()),
        label: title(&visitor, batch),
        source: words::source(l, &batch.source),
        unit: batch.unit_name.clone(),
        status: words::status(l, batch.status),
        people: l.number(batch.total),
        created: l.ago(batch.created_at, &visitor.zone),
    };
    let shown = BatchesPage {
        rows: found.items.iter().map(line).collect(),
        pager: lists::pager(
            &visitor,
            urls::INVITATION_BATCHES,
            found.items.len(),
            found.next.as_deref(),
        ),
        may_send: visitor.may(Permission::InvitationsWrite),
        f: visitor.frame(Place::Invitations, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What a batch is called: as somebody wrote, or when it was made.
pub(super) fn title(visitor: &Visitor, batch: &BatchView) -> String {
    let l = visitor.texts;
    if batch.label.is_empty() {
        let made = l.date_time(batch.created_at, &visitor.zone);
        return l.ta("invite-batch-of", made.as_str());
    }
    batch.label.clone()
}
