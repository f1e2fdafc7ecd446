//! `GET /console/approvals`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::approvals::{self, ApprovalFilter, ApprovalStatus, ApprovalView};
use tillsyn_core::guard;

use super::words;
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::i18n::When;
use crate::ui::{Status, page, status, urls};

/// What waits, most urgent on top, and what was decided.
#[derive(Template)]
#[template(path = "console/approvals.html")]
pub struct ApprovalsPage {
    pub f: Frame,
    pub waiting: Vec<ApprovalRow>,
    pub decided: Vec<ApprovalRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    /// The reader may stop everything destructive.
    pub may_stop: bool,
}

pub struct ApprovalRow {
    pub href: String,
    pub title: String,
    pub status: Status,
    pub cause: String,
    pub by: String,
    pub asked: When,
    /// Of one that waits.
    pub lapses: Option<When>,
    /// Who decided, of one that is over.
    pub decided: String,
    /// The reader asked for it.
    pub own: bool,
}

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let (core, actor) = (visitor.core(), visitor.actor());
    let after = At::of(&visitor.query);
    let wanted = |waiting| ApprovalFilter {
        waiting: Some(waiting),
    };
    let waiting = match after.after() {
        None => {
            let limit = Some(200);
            let page = approvals::list_approvals(core, actor, wanted(true), None, limit);
            page.await?.items
        }
        Some(_) => Vec::new(),
    };
    let over = approvals::list_approvals(core, actor, wanted(false), after.after(), None).await?;
    let mut rows = Vec::new();
    // What lapses first needs somebody first.
    for one in waiting.iter().rev() {
        rows.push(row(&visitor, one).await);
    }
    let mut decided = Vec::new();
    for one in &over.items {
        decided.push(row(&visitor, one).await);
    }
    let shown = ApprovalsPage {
        pager: lists::pager(
            &visitor,
            urls::APPROVALS,
            decided.len(),
            over.next.as_deref(),
        ),
        empty: Emptiness::of(decided.len(), false),
        waiting: rows,
        decided,
        may_stop: guard::may_stop(actor),
        f: visitor.frame(Place::Approvals, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn row(visitor: &Visitor, one: &ApprovalView) -> ApprovalRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let waits = one.status == ApprovalStatus::Waiting;
    ApprovalRow {
        href: urls::approval(one.id.as_str()),
        title: words::title(visitor, one).await,
        status: status(l, "approval", one.status.as_str()),
        cause: words::cause(l, &one.cause),
        by: one.asked_by_name.clone(),
        asked: l.ago(one.asked_at, zone),
        lapses: waits.then(|| l.moment(one.expires_at, zone)),
        decided: words::decider(l, one),
        own: one.own,
    }
}
