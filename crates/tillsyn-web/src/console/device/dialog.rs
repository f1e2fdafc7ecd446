//! What the dialogs share.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::commands::{self, Request};

use super::build::Build;
use super::page::DeviceTab;
use crate::console::failure::Failure;
use crate::console::guard::{GuardAct, GuardDialog, GuardFacts};
use crate::console::words::Notice;
use crate::ui::{page, urls};

/// The device's page with a PIN that is shown this once: on the answer itself, never at an address.
pub(super) async fn with_pin(build: &Build<'_>, pin: String) -> Result<Response, Failure> {
    let row = &build.device.row;
    let notice = Notice::LockPin {
        name: row.name.clone(),
        pin,
    };
    let mut shown = build.page(DeviceTab::Summary, None).await?;
    shown.f.here = urls::device(row.id.as_str());
    shown.f.messages.push(notice.message(build.visitor.texts));
    Ok(page(StatusCode::OK, &shown))
}

/// The dialog in front of an erase or retire, from a preview of it.
pub(super) async fn guard_dialog(
    build: &Build<'_>,
    act: GuardAct,
    request: Request,
) -> Result<GuardDialog, Failure> {
    let (visitor, l, row) = (build.visitor, build.visitor.texts, &build.device.row);
    let targets = vec![row.id.clone()];
    let preview = commands::preview(visitor.core(), visitor.actor(), targets, request).await?;
    let count = |value: i64| u32::try_from(value).unwrap_or(0);
    let what = match &row.person_name {
        Some(person) => {
            let what = build.what();
            l.t_args(
                "used-by",
                &[("what", (&what).into()), ("person", person.into())],
            )
        }
        None => build.what(),
    };
    let facts = GuardFacts {
        device_id: row.id.as_str(),
        name: &row.name,
        kind: build.kind(),
        what: &what,
        seen: &row
            .last_seen
            .map_or_else(String::new, |at| l.ago(at, &visitor.zone).text),
        hold_minutes: count(preview.hold_minutes),
        within_budget: preview.waits_for.is_none(),
        used_by_you: count(preview.budget.actor_day_used),
        your_limit: count(preview.budget.actor_day_limit),
        used_by_all: count(preview.budget.organisation_day_used),
        limit: count(preview.budget.organisation_day_limit),
    };
    Ok(GuardDialog::new(l, act, &facts, visitor.needs_password()))
}
