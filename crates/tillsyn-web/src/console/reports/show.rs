//! `GET /console/reports/{name}` and the same as a file.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::reports::{self, Report, ReportFilter, ReportName, ReportRow};

use super::chart::Chart;
use super::schedule::ScheduleForm;
use super::{filters, words};
use crate::api::csv_file;
use crate::console::failure::Failure;
use crate::console::frame::{Chip, Emptiness, Filter, Frame, Place};
use crate::console::visitor::Visitor;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, page, urls};

/// One report: a chart, the table behind it, and where its file is.
#[derive(Template)]
#[template(path = "console/report.html")]
pub struct ReportPage {
    pub f: Frame,
    pub title: String,
    pub intro: String,
    /// Its address without filters.
    pub all: String,
    pub csv: String,
    pub chips: Vec<Chip>,
    pub filters: Vec<Filter>,
    pub units: Vec<Choice>,
    /// Names in the address that mean nothing here.
    pub unknown: Vec<String>,
    /// Head of the first column.
    pub column: String,
    pub chart: Chart,
    pub lines: Vec<Line>,
    pub total: String,
    /// The list of all devices that are counted.
    pub total_href: String,
    /// Devices of rows that are not listed.
    pub others: String,
    pub counted: When,
    pub empty: Emptiness,
    pub mail: ScheduleForm,
}

/// A row with its number.
pub struct Line {
    pub label: String,
    /// The list of devices behind the number.
    pub href: String,
    /// The report of what is below this unit; empty for whatever is no unit.
    pub below: String,
    pub count: String,
    pub share: String,
}

impl Line {
    /// A row of a report of so many devices.
    pub fn new(l: Texts, report: &Report, filter: &ReportFilter, row: &ReportRow) -> Self {
        let natural = |count: i64| u64::try_from(count).unwrap_or(0);
        let below = if report.name == ReportName::Unit && !row.itself {
            let query = filters::query(filter).with("unit", &row.value);
            query.url(&urls::report(report.name.as_str()))
        } else {
            String::new()
        };
        Self {
            label: filters::label(l, report.name, row),
            href: filters::list_of(report.name, filter, row),
            below,
            count: l.number(row.devices),
            share: l.percent(natural(row.devices), natural(report.total)),
        }
    }
}

async fn counted(visitor: &Visitor, name: &str) -> Result<(ReportFilter, Report), Failure> {
    let name = ReportName::parse(name).ok_or_else(|| Error::not_found("report"))?;
    let filter = filters::of(&visitor.query);
    if visitor.query.get("unit").is_some() && filter.unit.is_none() {
        return Err(Error::not_found("organisational unit").into());
    }
    let (core, actor) = (visitor.core(), visitor.actor());
    let report = reports::report(core, actor, name, &filter).await?;
    Ok((filter, report))
}

pub(crate) async fn show(visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let l = visitor.texts;
    let (filter, report) = counted(&visitor, &name).await?;
    let lines: Vec<Line> = report
        .rows
        .iter()
        .map(|row| Line::new(l, &report, &filter, row))
        .collect();
    let title = words::title(l, report.name);
    let counts = report
        .rows
        .iter()
        .map(|row| u64::try_from(row.devices).unwrap_or(0));
    let bars = lines.iter().map(|line| line.label.as_str()).zip(counts);
    let known = filters::query(&filter);
    let (path, csv) = (urls::report(&name), urls::report_csv(&name));
    let total = usize::try_from(report.total).unwrap_or(usize::MAX);
    let is_filtered = filter != ReportFilter::default();
    let unknown = visitor.query.unknown(&filters::KNOWN);
    let shown = ReportPage {
        intro: words::intro(l, report.name),
        csv: known.url(&csv),
        chips: filters::chips(&visitor, &path).await,
        filters: filters::choices(l, &filter),
        units: filters::units(&visitor).await?,
        unknown: unknown.into_iter().map(str::to_owned).collect(),
        column: column(l, report.name),
        chart: Chart::new(l, title.clone(), &bars),
        total: l.number(report.total),
        total_href: known.url(urls::DEVICES),
        others: if report.others > 0 {
            l.number(report.others)
        } else {
            String::new()
        },
        counted: l.moment(report.at, &visitor.zone),
        empty: Emptiness::of(total, is_filtered),
        mail: ScheduleForm::of(&visitor, report.name, &filter).await?,
        all: path,
        title,
        lines,
        f: visitor.frame(Place::Reports, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What the rows are.
pub(super) fn column(l: Texts, name: ReportName) -> String {
    match name {
        ReportName::Os => l.t("os"),
        ReportName::Status => l.t("status"),
        ReportName::Ownership => l.t("ownership"),
        ReportName::Unit => l.t("org-unit"),
        ReportName::Model => l.t("report-column-model"),
        ReportName::Age => l.t("report-enrolled"),
        ReportName::Contact => l.t("report-heard"),
    }
}

pub(crate) async fn file(visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let (_, report) = counted(&visitor, &name).await?;
    let bytes = reports::report_csv(&report)?;
    Ok(csv_file(words::file_name(report.name), bytes))
}
