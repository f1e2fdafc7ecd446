//! `GET /console/approvals/{id}`: what the asker saw, and what has changed since.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::approvals::{self, ApprovalStatus, ApprovalView, DeviceLine};
use tillsyn_core::ids::ApprovalId;

use super::words;
use crate::console::failure::Failure;
use crate::console::frame::{Frame, Place};
use crate::console::visitor::Visitor;
use crate::console::words::reason;
use crate::i18n::When;
use crate::ui::{Link, Status, page, status, urls};

/// Devices that the page names one by one; those that changed come first.
const NAMED: usize = 500;

/// One approval.
#[derive(Template)]
#[template(path = "console/approval.html")]
pub struct ApprovalPage {
    pub f: Frame,
    pub id: String,
    pub title: String,
    pub status: Status,
    pub cause: String,
    pub over_budget: bool,
    pub unit: String,
    pub facts: Vec<FactLine>,
    /// Another page with more of it; an empty address is none.
    pub more: Link,
    pub devices: Vec<ApprovalDeviceRow>,
    /// How many are not named; empty when all are.
    pub unnamed: String,
    /// It waits, and is for something else by now.
    pub overtaken: bool,
    pub reason: String,
    pub by: String,
    pub asked: When,
    pub lapses: Option<When>,
    pub decided: Option<(String, When)>,
    pub decided_reason: String,
    pub problem: String,
    pub form: Option<DecideForm>,
    /// Why the reader cannot decide.
    pub cannot: String,
    pub may_cancel: bool,
}

/// A label and what the asker saw.
pub struct FactLine {
    pub label: String,
    pub value: String,
}

pub struct ApprovalDeviceRow {
    pub device: Link,
    pub person: String,
    pub ownership: String,
    pub seen: Option<When>,
    /// What is different now.
    pub changed: String,
    /// It is another target by that.
    pub overtakes: bool,
}

/// Approving or declining.
#[derive(Default)]
pub struct DecideForm {
    pub reason: String,
    pub reason_error: String,
    pub password: bool,
    pub password_error: String,
}

pub(super) fn approval_id(text: &str) -> Result<ApprovalId, Error> {
    ApprovalId::parse(text).ok_or_else(|| Error::not_found("approval"))
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = approval_id(&id)?;
    let found = approvals::find(visitor.core(), visitor.actor(), &id).await?;
    Ok(page(StatusCode::OK, &built(&visitor, found).await?))
}

pub(super) async fn built(visitor: &Visitor, one: ApprovalView) -> Result<ApprovalPage, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let waits = one.status == ApprovalStatus::Waiting;
    let mut lines: Vec<&DeviceLine> = one.devices.iter().collect();
    lines.sort_by_key(|line| {
        let overtakes = line.moved.iter().any(approvals::Moved::overtakes);
        (!overtakes, line.moved.is_empty())
    });
    let unnamed = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    let decider = words::decider(l, &one);
    Ok(ApprovalPage {
        id: one.id.to_string(),
        title: words::title(visitor, &one).await,
        status: status(l, "approval", one.status.as_str()),
        cause: words::cause(l, &one.cause),
        over_budget: one.over_budget,
        unit: one.unit_name.clone(),
        facts: words::facts(visitor, &one),
        more: words::more(l, &one),
        devices: lines.into_iter().map(|line| row(visitor, line)).collect(),
        unnamed: if unnamed == 0 {
            String::new()
        } else {
            l.tn("approval-unnamed", unnamed)
        },
        overtaken: one.overtaken,
        reason: reason(l, one.reason.as_deref().unwrap_or_default()),
        by: one.asked_by_name.clone(),
        asked: l.ago(one.asked_at, zone),
        lapses: waits.then(|| l.moment(one.expires_at, zone)),
        decided: one
            .decided_at
            .filter(|_| !decider.is_empty())
            .map(|at| (decider.clone(), l.ago(at, zone))),
        decided_reason: one.decided_reason.clone().unwrap_or_default(),
        problem: String::new(),
        form: (waits && one.cannot_decide.is_none()).then(|| DecideForm {
            password: visitor.needs_password(),
            ..DecideForm::default()
        }),
        cannot: match one.cannot_decide {
            Some(code) if waits => words::cannot(l, code),
            _ => String::new(),
        },
        may_cancel: waits && one.own,
        f: visitor.frame(Place::Approvals, "").await?,
    })
}

fn row(visitor: &Visitor, line: &DeviceLine) -> ApprovalDeviceRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let changed: Vec<String> = line
        .moved
        .iter()
        .map(|moved| words::moved(visitor, moved))
        .collect();
    ApprovalDeviceRow {
        device: Link {
            href: urls::device(&line.device_id),
            text: line.name.clone(),
        },
        person: line.person.clone().unwrap_or_default(),
        ownership: match line.ownership.as_deref() {
            Some("personal") => l.t("personal"),
            _ => l.t("corporate"),
        },
        seen: line.last_seen.map(|at| l.ago(at, zone)),
        changed: changed.join(" · "),
        overtakes: line.moved.iter().any(approvals::Moved::overtakes),
    }
}
