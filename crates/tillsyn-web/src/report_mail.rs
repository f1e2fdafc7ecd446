//! A report as mail: its rows in plain text, and the same as a table.

use askama::Template;
use jiff::tz::TimeZone;
use serde_json::Value as Json;
use tillsyn_core::mail::{Rich, Text};
use tillsyn_core::reports::{ReportFilter, ReportName, ReportRow};

use crate::console::reports::{filtered, label, report_address, title};
use crate::i18n::{Texts, Zone};

/// Which template it is.
pub(crate) const TEMPLATE: &str = "report";

#[derive(Template)]
#[template(path = "mail/report.html")]
struct Page<'a> {
    l: Texts,
    letter: &'a Letter,
}

/// Everything that the mail says, in the recipient's language.
struct Letter {
    subject: String,
    title: String,
    intro: String,
    filter: String,
    rows: Vec<(String, String)>,
    total: String,
    others: String,
    link: String,
    button: String,
    end: String,
}

impl Letter {
    fn new(l: Texts, arguments: &Json) -> Option<Self> {
        let word = |name: &str| arguments[name].as_str().unwrap_or_default();
        let name = ReportName::parse(word("report"))?;
        let filter: ReportFilter = serde_json::from_value(arguments["filter"].clone()).ok()?;
        let rows: Vec<ReportRow> = serde_json::from_value(arguments["rows"].clone()).ok()?;
        let at = arguments["at"].as_i64().unwrap_or_default();
        let zone = Zone {
            now_ms: at,
            zone: TimeZone::get(word("time_zone")).unwrap_or(TimeZone::UTC),
        };
        let number = |name: &str| arguments[name].as_i64().unwrap_or_default();
        let time = l.date_time(at, &zone);
        let intro = [
            ("organisation", word("organisation").into()),
            ("time", (&time).into()),
        ];
        Some(Self {
            subject: format!("{}: {}", word("organisation"), title(l, name)),
            title: title(l, name),
            intro: l.t_args("report-mail-intro", &intro),
            filter: match filtered(l, &filter) {
                filter if filter.is_empty() => filter,
                filter => l.ta("report-mail-filter", filter.as_str()),
            },
            rows: rows
                .iter()
                .map(|row| (label(l, name, row), l.number(row.devices)))
                .collect(),
            total: l.number(number("total")),
            others: match number("others") {
                0 => String::new(),
                others => l.number(others),
            },
            link: format!("{}{}", word("console"), report_address(name, &filter)),
            button: l.t("report-mail-open"),
            end: if arguments["own"] == true {
                l.t("report-mail-own")
            } else {
                l.ta("report-mail-owner", word("owner"))
            },
        })
    }

    fn plain(&self, l: Texts) -> String {
        let mut lines = vec![self.title.clone(), self.intro.clone()];
        lines.extend((!self.filter.is_empty()).then(|| self.filter.clone()));
        lines.push(String::new());
        lines.extend(
            self.rows
                .iter()
                .map(|(label, count)| format!("{label}: {count}")),
        );
        if !self.others.is_empty() {
            lines.push(format!("{}: {}", l.t("report-others"), self.others));
        }
        lines.push(format!("{}: {}", l.t("report-total"), self.total));
        let end = [
            String::new(),
            self.link.clone(),
            String::new(),
            "-- ".to_owned(),
        ];
        lines.extend(end);
        lines.push(self.end.clone());
        lines.join("\n") + "\n"
    }
}

/// `None` for a template of somebody else.
pub(crate) fn text(l: Texts, template: &str, arguments: &Json) -> Option<Text> {
    let letter = Letter::new(l, arguments).filter(|_| template == TEMPLATE)?;
    Some(Text {
        subject: letter.subject.clone(),
        body: letter.plain(l),
    })
}

/// The same laid out.
pub(crate) fn rich(l: Texts, template: &str, arguments: &Json) -> Option<Rich> {
    let letter = Letter::new(l, arguments).filter(|_| template == TEMPLATE)?;
    let html = Page { l, letter: &letter }.render().ok()?;
    Some(Rich {
        html,
        images: Vec::new(),
    })
}
