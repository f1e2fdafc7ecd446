//! Reports in words.

use tillsyn_core::reports::{ReportName, Rhythm, When};

use crate::i18n::Texts;

/// What the report is called.
pub fn title(l: Texts, name: ReportName) -> String {
    match name {
        ReportName::Os => l.t("report-os"),
        ReportName::Status => l.t("report-status"),
        ReportName::Ownership => l.t("report-ownership"),
        ReportName::Unit => l.t("report-unit"),
        ReportName::Model => l.t("report-model"),
        ReportName::Age => l.t("report-age"),
        ReportName::Contact => l.t("report-contact"),
    }
}

/// What it says, in a sentence.
pub fn intro(l: Texts, name: ReportName) -> String {
    match name {
        ReportName::Os => l.t("report-os-text"),
        ReportName::Status => l.t("report-status-text"),
        ReportName::Ownership => l.t("report-ownership-text"),
        ReportName::Unit => l.t("report-unit-text"),
        ReportName::Model => l.t("report-model-text"),
        ReportName::Age => l.t("report-age-text"),
        ReportName::Contact => l.t("report-contact-text"),
    }
}

/// `30-90`, `365-` and `never`, for people.
pub fn days_ago(l: Texts, value: &str) -> String {
    let Some((from, to)) = value.split_once('-') else {
        return l.t("report-days-never");
    };
    let days = |text: &str| text.parse::<i64>().unwrap_or(0);
    match (days(from), to) {
        (from, "") => l.tn("report-days-over", from),
        (0, to) => l.tn("report-days-within", days(to)),
        (from, to) => {
            let span = [("from", from.into()), ("to", days(to).into())];
            l.t_args("report-days-between", &span)
        }
    }
}

/// The name under which its file is saved.
pub fn file_name(name: ReportName) -> &'static str {
    match name {
        ReportName::Os => "attachment; filename=\"devices-by-os.csv\"",
        ReportName::Status => "attachment; filename=\"devices-by-status.csv\"",
        ReportName::Ownership => "attachment; filename=\"devices-by-ownership.csv\"",
        ReportName::Unit => "attachment; filename=\"devices-by-unit.csv\"",
        ReportName::Model => "attachment; filename=\"devices-by-model.csv\"",
        ReportName::Age => "attachment; filename=\"devices-by-age.csv\"",
        ReportName::Contact => "attachment; filename=\"devices-by-contact.csv\"",
    }
}

/// A day of the week; 1 is Monday.
pub(super) fn weekday(l: Texts, day: i8) -> String {
    match day {
        1 => l.t("weekday-monday"),
        2 => l.t("weekday-tuesday"),
        3 => l.t("weekday-wednesday"),
        4 => l.t("weekday-thursday"),
        5 => l.t("weekday-friday"),
        6 => l.t("weekday-saturday"),
        _ => l.t("weekday-sunday"),
    }
}

pub(super) fn hour(hour: i8) -> String {
    format!("{hour:02}:00")
}

/// When it is sent.
pub(super) fn times(l: Texts, when: When) -> String {
    let time = hour(when.hour);
    match when.rhythm {
        Rhythm::Daily => l.ta("report-times-daily", time.as_str()),
        Rhythm::Weekly => {
            let day = weekday(l, when.weekday);
            let args = [("day", (&day).into()), ("time", (&time).into())];
            l.t_args("report-times-weekly", &args)
        }
        Rhythm::Monthly => {
            let args = [
                ("day", i64::from(when.month_day).into()),
                ("time", (&time).into()),
            ];
            l.t_args("report-times-monthly", &args)
        }
    }
}

/// Why it was not sent.
pub(super) fn failure(l: Texts, code: &str) -> String {
    match code {
        "owner_gone" => l.t("report-failure-owner"),
        "permission_missing" => l.t("report-failure-right"),
        "unit_gone" => l.t("report-failure-unit"),
        "no_mail_server" => l.t("report-failure-server"),
        _ => l.t("report-failure-nobody"),
    }
}
