//! Samples of the reports.

use tillsyn_core::ids::{AccountId, OrgUnitId, ReportScheduleId};
use tillsyn_core::reports::{
    Reader, Report, ReportFilter, ReportName, ReportRow, Rhythm, ScheduleView, When,
};

use super::frame::{Chip, Emptiness, Filter, Place};
use super::reports::{
    Chart, Line, ReportLink, ReportPage, ReportsPage, ScheduleForm, ScheduleRow, intro, title,
};
use super::samples::{DAY, NOW, frame, zone};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservenhet 0417";

fn row(platform: Option<&str>, value: &str, name: Option<&str>, devices: i64) -> ReportRow {
    ReportRow {
        platform: platform.map(str::to_owned),
        value: value.to_owned(),
        name: name.map(str::to_owned),
        itself: false,
        devices,
    }
}

fn sample(l: Texts, name: ReportName, rows: Vec<ReportRow>, empty: Emptiness) -> ReportPage {
    let filter = ReportFilter::default();
    let report = Report {
        name,
        total: rows.iter().map(|row| row.devices).sum::<i64>() + 12,
        rows,
        others: 12,
        at: NOW,
        unit: None,
    };
    let lines: Vec<Line> = report
        .rows
        .iter()
        .map(|row| Line::new(l, &report, &filter, row))
        .collect();
    let counts = report
        .rows
        .iter()
        .map(|row| u64::try_from(row.devices).unwrap_or(0));
    let path = urls::report(name.as_str());
    let choice = |value: &str| Choice {
        value: value.to_owned(),
        text: words::filter_value(l, "platform", value),
        chosen: value == "ios",
    };
    ReportPage {
        f: frame(l, Place::Reports, &path),
        intro: intro(l, name),
        csv: urls::report_csv(name.as_str()),
        chips: vec![Chip {
            label: l.t("platform"),
            values: "iPhone, iPad, Mac".to_owned(),
            remove: path.clone(),
            without: None,
        }],
        filters: vec![Filter {
            name: "platform",
            label: l.t("platform"),
            choices: vec![choice("ios"), choice("macos")],
        }],
        units: vec![Choice {
            value: ID.to_owned(),
            text: LONG.to_owned(),
            chosen: true,
        }],
        unknown: vec!["colour".to_owned()],
        column: l.t("os"),
        chart: Chart::new(
            l,
            title(l, name),
            &lines.iter().map(|line| line.label.as_str()).zip(counts),
        ),
        total: l.number(report.total),
        total_href: urls::DEVICES.to_owned(),
        others: l.number(report.others),
        counted: l.moment(NOW, &zone()),
        empty,
        mail: ScheduleForm::new(
            l,
            urls::report_schedule(name.as_str()),
            &readers(),
            "Europe/Stockholm".to_owned(),
            empty == Emptiness::None,
        ),
        all: path,
        title: title(l, name),
        lines,
    }
}

impl Sample for ReportPage {
    const NAME: &'static str = "report";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let systems = || {
            vec![
                row(Some("ios"), "27.1", None, 1582),
                row(Some("ios"), "unknown", None, 3),
                row(Some("macos"), "15.7", None, 431),
            ]
        };
        let units = || {
            let unit = OrgUnitId::parse(ID).map_or_else(String::new, |id| id.to_string());
            let mut itself = row(None, &unit, Some("Norrvik University"), 1);
            itself.itself = true;
            vec![itself, row(None, &unit, Some(LONG), 100_000)]
        };
        let ages = || vec![row(None, "0-30", None, 0), row(None, "1095-", None, 7)];
        vec![
            ("os", sample(l, ReportName::Os, systems(), Emptiness::None)),
            (
                "unit",
                sample(l, ReportName::Unit, units(), Emptiness::None),
            ),
            ("age", sample(l, ReportName::Age, ages(), Emptiness::None)),
            (
                "nothing",
                sample(l, ReportName::Model, Vec::new(), Emptiness::Nothing),
            ),
            (
                "no-match",
                sample(l, ReportName::Status, Vec::new(), Emptiness::NoMatch),
            ),
        ]
    }
}

fn readers() -> Vec<Reader> {
    let reader = |name: &str| {
        Some(Reader {
            id: AccountId::parse(ID)?,
            name: name.to_owned(),
            email: "per@norrvik.example".to_owned(),
        })
    };
    [reader("Per Sandström"), reader(LONG)]
        .into_iter()
        .flatten()
        .collect()
}

fn schedule(rhythm: Rhythm, paused: bool, failure: Option<&str>) -> Option<ScheduleView> {
    Some(ScheduleView {
        id: ReportScheduleId::parse(ID)?,
        report: ReportName::Os,
        filter: ReportFilter {
            platform: vec!["ios".to_owned()],
            unit: OrgUnitId::parse(ID),
            ..ReportFilter::default()
        },
        when: When {
            rhythm,
            weekday: 1,
            month_day: 28,
            hour: 7,
        },
        paused,
        due_at: NOW + DAY,
        sent_at: failure.is_none().then_some(NOW - DAY),
        failed_at: failure.map(|_| NOW - DAY),
        failure: failure.map(str::to_owned),
        readers: readers(),
    })
}

impl Sample for ReportsPage {
    const NAME: &'static str = "reports";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |schedules: Vec<Option<ScheduleView>>| Self {
            f: frame(l, Place::Reports, urls::REPORTS),
            reports: ReportLink::all(l),
            schedules: schedules
                .into_iter()
                .flatten()
                .map(|view| ScheduleRow::new(l, &zone(), &view))
                .collect(),
        };
        let all = vec![
            schedule(Rhythm::Weekly, false, None),
            schedule(Rhythm::Daily, true, None),
            schedule(Rhythm::Monthly, false, Some("no_mail_server")),
        ];
        vec![("all", page(all)), ("none", page(Vec::new()))]
    }
}
