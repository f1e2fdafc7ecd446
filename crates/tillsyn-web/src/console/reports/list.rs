//! `GET /console/reports`.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::reports::ReportName;

use super::schedule::ScheduleRow;
use super::words;
use crate::console::failure::Failure;
use crate::console::frame::{Frame, Place};
use crate::console::visitor::Visitor;
use crate::i18n::Texts;
use crate::ui::{page, urls};

/// Every report.
#[derive(Template)]
#[template(path = "console/reports.html")]
pub struct ReportsPage {
    pub f: Frame,
    pub reports: Vec<ReportLink>,
    /// What the reader has sent by mail.
    pub schedules: Vec<ScheduleRow>,
}

/// One of them.
pub struct ReportLink {
    pub href: String,
    pub csv: String,
    pub title: String,
    pub text: String,
}

impl ReportLink {
    /// All of them.
    pub fn all(l: Texts) -> Vec<Self> {
        let link = |name: ReportName| Self {
            href: urls::report(name.as_str()),
            csv: urls::report_csv(name.as_str()),
            title: words::title(l, name),
            text: words::intro(l, name),
        };
        ReportName::ALL.into_iter().map(link).collect()
    }
}

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let shown = ReportsPage {
        reports: ReportLink::all(visitor.texts),
        schedules: ScheduleRow::all(&visitor).await?,
        f: visitor.frame(Place::Reports, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}
