//! `GET /console/plans`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::{accounts, plans};

use super::words as own;
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Filter, Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, Status, page, urls};

/// The plans of the reader's scope, newest first.
#[derive(Template)]
#[template(path = "console/plans.html")]
pub struct PlansPage {
    pub f: Frame,
    pub rows: Vec<PlanRow>,
    pub filter: Filter,
    pub pager: Pager,
    pub empty: Emptiness,
}

pub struct PlanRow {
    pub href: String,
    pub title: String,
    pub status: Status,
    /// Devices on which anything changes.
    pub devices: String,
    pub by: String,
    pub created: When,
}

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let l = visitor.texts;
    let pending = visitor.query.get("pending").is_some();
    let after = At::of(&visitor.query);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = plans::list_plans(core, actor, pending, after.after(), None).await?;
    let ids = found.items.iter().map(|plan| plan.created_by.clone());
    let names = accounts::account_names(core, ids.collect()).await?;
    let mut rows = Vec::new();
    for plan in &found.items {
        rows.push(PlanRow {
            href: urls::plan(plan.id.as_str()),
            title: own::change(&visitor, &plan.change).await.text,
            status: own::plan_status(l, plan.status),
            devices: l.number(plan.summary.devices),
            by: names
                .get(&plan.created_by)
                .cloned()
                .unwrap_or_else(|| l.t("by-unknown")),
            created: l.ago(plan.created_at, &visitor.zone),
        });
    }
    let shown = PlansPage {
        pager: lists::pager(&visitor, urls::PLANS, rows.len(), found.next.as_deref()),
        empty: Emptiness::of(rows.len(), pending),
        rows,
        filter: filter(l, pending),
        f: visitor.frame(Place::Plans, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

pub(in crate::console) fn filter(l: Texts, pending: bool) -> Filter {
    let choice = |value: &str, text: String, chosen| Choice {
        value: value.to_owned(),
        text,
        chosen,
    };
    Filter {
        name: "pending",
        label: l.t("status"),
        choices: vec![
            choice("", l.t("filter-all"), !pending),
            choice("1", l.t("plans-pending"), pending),
        ],
    }
}
