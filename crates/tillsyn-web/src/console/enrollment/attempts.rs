//! `GET /console/enrollment/attempts`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::invitations::{self as core, AttemptView};
use tillsyn_core::unknown_senders::may_readopt;

use super::page::{AttemptRow, AttemptsPage};
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::portal::enroll::Failure as Cause;
use crate::ui::{Choice, Link, page, urls};

/// The attempts of the person's scope, newest first.
pub(crate) async fn attempts(visitor: Visitor) -> Result<Response, Failure> {
    let l = visitor.texts;
    let asked = visitor.query.get("status").unwrap_or("");
    let mut statuses = lists::status_filter(l, "attempt", asked);
    if asked == core::FAILED_TODAY {
        statuses
            .choices
            .iter_mut()
            .for_each(|choice| choice.chosen = false);
    }
    let today = Choice {
        value: core::FAILED_TODAY.to_owned(),
        text: l.t("attempts-failed-today"),
        chosen: asked == core::FAILED_TODAY,
    };
    statuses.choices.insert(1, today);
    let chosen = statuses.choices.iter().find(|choice| choice.chosen);
    let asked = chosen
        .map(|choice| choice.value.clone())
        .filter(|value| !value.is_empty());
    let after = At::of(&visitor.query);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found =
        core::list_attempts(core, actor, None, asked.as_deref(), after.after(), None).await?;
    let shown = AttemptsPage {
        may_readopt: may_readopt(actor),
        rows: found
            .items
            .iter()
            .map(|found| row(&visitor, found))
            .collect(),
        pager: lists::pager(
            &visitor,
            urls::ATTEMPTS,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), asked.is_some()),
        statuses,
        f: visitor.frame(Place::Attempts, "attempts").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

pub(super) fn row(visitor: &Visitor, found: &AttemptView) -> AttemptRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let failed = found.failed_step.as_deref().unwrap_or_default();
    AttemptRow {
        href: urls::attempt(found.id.as_str()),
        label: found.invitation_label.clone(),
        platform: platform(visitor, found),
        status: words::attempt_status(l, &found.status, failed),
        cause: cause(found).map_or_else(String::new, |cause| cause.cause(l)),
        device: device(visitor, found),
        started: l.ago(found.created_at, zone),
        changed: l.ago(found.updated_at, zone),
    }
}

/// Why it failed; a cause we have no words for is a fault of ours.
pub(super) fn cause(found: &AttemptView) -> Option<Cause> {
    let code = found
        .cause
        .as_deref()
        .filter(|_| found.status == "failed")?;
    Some(Cause::from_value(code).unwrap_or(Cause::Server))
}

pub(super) fn platform(visitor: &Visitor, found: &AttemptView) -> String {
    words::platform(visitor.texts, found.platform.as_deref().unwrap_or("other"))
}

pub(super) fn device(visitor: &Visitor, found: &AttemptView) -> Option<Link> {
    let id = found.device_id.as_ref()?;
    Some(Link {
        href: urls::device(id.as_str()),
        text: visitor.texts.t("device"),
    })
}
