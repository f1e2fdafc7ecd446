//! The columns of the list: which there are, which the address asks for, and what stands in them.

use tillsyn_core::devices::DeviceRow as Found;

use super::page::{Cell, ColumnChoice};
use crate::console::frame::Column;
use crate::console::words;
use crate::i18n::{Texts, Zone};
use crate::ui::{Html, status, urls};

/// A column behind the device itself, which is always first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Person,
    Model,
    Os,
    Platform,
    Ownership,
    Enrollment,
    Status,
    Contact,
    Unit,
    LastSeen,
    Enrolled,
    Serial,
}

/// Each with its name in the address, and what to sort by; empty for those that have no order.
const ALL: [(Of, &str, &str); 12] = [
    (Of::Person, "person", "person"),
    (Of::Model, "model", "model"),
    (Of::Os, "os", "os_version"),
    (Of::Platform, "platform", ""),
    (Of::Ownership, "ownership", ""),
    (Of::Enrollment, "enrollment", ""),
    (Of::Status, "status", ""),
    (Of::Contact, "contact", ""),
    (Of::Unit, "unit", ""),
    (Of::LastSeen, "last_seen", "last_seen"),
    (Of::Enrolled, "enrolled", "enrolled_at"),
    (Of::Serial, "serial", "serial_number"),
];
/// Those of an address that asks for none.
const USUAL: [Of; 7] = [
    Of::Person,
    Of::Os,
    Of::Ownership,
    Of::Enrollment,
    Of::Status,
    Of::LastSeen,
    Of::Serial,
];
/// The one that cannot be left out.
const FIRST: &str = "name";

impl Of {
    fn parse(name: &str) -> Option<Self> {
        let found = ALL.iter().find(|(_, known, _)| *known == name);
        found.map(|(of, ..)| *of)
    }

    fn name(self) -> &'static str {
        let found = ALL.iter().find(|(of, ..)| *of == self);
        found.map_or("", |(_, name, _)| name)
    }

    fn sort(self) -> &'static str {
        let found = ALL.iter().find(|(of, ..)| *of == self);
        found.map_or("", |(.., sort)| sort)
    }

    pub(super) fn label(self, l: Texts) -> String {
        match self {
            Self::Person => l.t("person"),
            Self::Model => l.t("model"),
            Self::Os => l.t("os"),
            Self::Platform => l.t("platform"),
            Self::Ownership => l.t("ownership"),
            Self::Enrollment => l.t("enrollment"),
            Self::Status => l.t("status"),
            Self::Contact => l.t("contact"),
            Self::Unit => l.t("org-unit"),
            Self::LastSeen => l.t("last-seen"),
            Self::Enrolled => l.t("enrolled-at"),
            Self::Serial => l.t("serial"),
        }
    }
}

/// Those that the address asks for, in its order, or the usual ones.
pub(crate) fn of(query: &urls::Query) -> Vec<Of> {
    let mut asked = Vec::new();
    for of in query.list("cols").into_iter().filter_map(Of::parse) {
        if !asked.contains(&of) {
            asked.push(of);
        }
    }
    let only_first = query.list("cols").contains(&FIRST);
    if asked.is_empty() && !only_first {
        asked.extend(USUAL);
    }
    asked
}

/// Names in the address that are no columns.
pub(super) fn unknown(query: &urls::Query) -> Vec<String> {
    let asked = query.list("cols").into_iter();
    asked
        .filter(|name| *name != FIRST && Of::parse(name).is_none())
        .map(str::to_owned)
        .collect()
}

fn asked_for(columns: &[Of]) -> String {
    let names = columns.iter().map(|of| of.name());
    std::iter::once(FIRST)
        .chain(names)
        .collect::<Vec<_>>()
        .join(",")
}

/// The head of the table.
pub(crate) fn heads(l: Texts, query: &urls::Query) -> Vec<Column> {
    let sort = query.get("sort").unwrap_or(FIRST);
    let (by, descending) = sort
        .strip_prefix('-')
        .map_or((sort, false), |by| (by, true));
    let head = |label: String, name: &str| {
        let current = name == by;
        let next = if current && !descending {
            format!("-{name}")
        } else {
            name.to_owned()
        };
        Column {
            label,
            href: if name.is_empty() {
                String::new()
            } else {
                query.with("sort", &next).url(urls::DEVICES)
            },
            sort: match (current, descending) {
                (false, _) => "none",
                (true, false) => "ascending",
                (true, true) => "descending",
            },
        }
    };
    let columns = of(query);
    let rest = columns.iter().map(|of| head(of.label(l), of.sort()));
    std::iter::once(head(l.t("device"), FIRST))
        .chain(rest)
        .collect()
}

/// All columns to choose from: the chosen ones in their order, each with the address where it stands one place
/// earlier, then the others.
pub(crate) fn choices(l: Texts, query: &urls::Query) -> Vec<ColumnChoice> {
    let chosen = of(query);
    let earlier = |at: usize| {
        let mut columns = chosen.clone();
        columns.swap(at - 1, at);
        query.with("cols", &asked_for(&columns)).url(urls::DEVICES)
    };
    let mut choices: Vec<ColumnChoice> = chosen
        .iter()
        .enumerate()
        .map(|(at, of)| ColumnChoice {
            name: of.name(),
            label: of.label(l),
            chosen: true,
            earlier: if at == 0 { String::new() } else { earlier(at) },
        })
        .collect();
    let others = ALL.iter().filter(|(of, ..)| !chosen.contains(of));
    choices.extend(others.map(|(of, name, _)| ColumnChoice {
        name,
        label: of.label(l),
        chosen: false,
        earlier: String::new(),
    }));
    choices
}

fn faint(text: &str) -> Html {
    Html::element("span", &[("class", "faint")], text)
}

fn model(found: &Found) -> &str {
    let name = found.model_name.as_deref().or(found.model.as_deref());
    name.unwrap_or_default()
}

fn is_personal(found: &Found) -> bool {
    found.ownership.as_deref() == Some("personal")
}

/// There is somebody to be in contact with.
fn is_managed(found: &Found) -> bool {
    found.enrollment_status.as_deref() == Some("active")
}

/// The contact of a device that should be in contact, when it is not.
fn trouble(l: Texts, found: &Found) -> String {
    match (found.status.as_str(), found.contact.as_str()) {
        ("active", "unreachable" | "unhealthy") => status(l, "contact", &found.contact).text,
        _ => String::new(),
    }
}

/// What stands in a row for one column.
pub(crate) fn cell((l, zone): (Texts, &Zone), of: Of, found: &Found, usual: bool) -> Cell {
    let (mut class, html) = match of {
        Of::Person => match found.person_name.as_deref().unwrap_or_default() {
            "" => ("t-nowrap", faint(&l.t("no-person"))),
            name => ("t-nowrap", Html::text(name)),
        },
        Of::Model => ("t-nowrap", Html::text(model(found))),
        Of::Os => {
            let version = found.os_version.as_deref().unwrap_or_default();
            ("t-nowrap t-wide-only", Html::text(version))
        }
        Of::Platform => ("t-nowrap", Html::text(&words::platform(l, &found.platform))),
        Of::Ownership if is_personal(found) => ("", personal(l)),
        Of::Ownership => {
            let words = l.t("corporate");
            let html = Html::element("span", &[("class", "muted")], &words);
            ("t-wide-only", html)
        }
        Of::Enrollment => {
            let kind = found.enrollment_type.as_deref();
            let words = kind.map_or_else(String::new, |kind| words::enrollment_type(l, kind));
            ("muted t-nowrap t-wide-only", Html::text(&words))
        }
        Of::Status => (
            "",
            with_note(&status(l, "device", &found.status).st(), &trouble(l, found)),
        ),
        Of::Contact if is_managed(found) => ("t-nowrap", status(l, "contact", &found.contact).st()),
        Of::Contact => ("", Html::default()),
        Of::Unit => ("", Html::text(&found.unit_name)),
        Of::LastSeen => ("t-nowrap muted", when(l, zone, found.last_seen)),
        Of::Enrolled => ("t-nowrap muted", when(l, zone, found.enrolled_at)),
        Of::Serial if is_personal(found) => ("", l.not_shared()),
        Of::Serial => match found.serial_number.as_deref() {
            Some(serial) => ("", l.copy(l.t("serial"), serial)),
            None => ("", faint(&l.t("not-known"))),
        },
    };
    if !usual {
        // Who chose a column wants it at every width.
        class = match class {
            "t-nowrap t-wide-only" => "t-nowrap",
            "muted t-nowrap t-wide-only" => "muted t-nowrap",
            "t-wide-only" => "",
            other => other,
        };
    }
    Cell {
        label: of.label(l),
        class,
        html,
    }
}

fn personal(l: Texts) -> Html {
    let (icon, word) = (l.icon("user"), Html::text(&l.t("personal")));
    Html::from_trusted(format!("<span class=\"tag\">{icon}{word}</span>"))
}

fn with_note(word: &Html, note: &str) -> Html {
    if note.is_empty() {
        return word.clone();
    }
    let note = Html::element("span", &[("class", "t-sub")], note);
    Html::from_trusted(format!("<span>{word}{note}</span>"))
}

fn when(l: Texts, zone: &Zone, at: Option<i64>) -> Html {
    match at {
        Some(at) => l.ago(at, zone).html(),
        None => faint(&l.t("never")),
    }
}

/// Names of the columns for the first line of a file.
pub(super) fn labels(l: Texts, columns: &[Of]) -> Vec<String> {
    let rest = columns.iter().map(|of| of.label(l));
    std::iter::once(l.t("device")).chain(rest).collect()
}

/// A row of a file. Times are exact; what a personal device does not tell is empty.
pub(super) fn line(l: Texts, columns: &[Of], found: &Found) -> Vec<String> {
    let rest = columns.iter().map(|of| match of {
        Of::Person => found.person_name.clone().unwrap_or_default(),
        Of::Model => model(found).to_owned(),
        Of::Os => found.os_version.clone().unwrap_or_default(),
        Of::Platform => words::platform(l, &found.platform),
        Of::Ownership => found
            .ownership
            .as_deref()
            .map_or_else(String::new, |value| words::ownership(l, value)),
        Of::Enrollment => found
            .enrollment_type
            .as_deref()
            .map_or_else(String::new, |kind| words::enrollment_type(l, kind)),
        Of::Status => status(l, "device", &found.status).text,
        Of::Contact if is_managed(found) => status(l, "contact", &found.contact).text,
        Of::Contact => String::new(),
        Of::Unit => found.unit_name.clone(),
        Of::LastSeen => exact(found.last_seen),
        Of::Enrolled => exact(found.enrolled_at),
        Of::Serial if is_personal(found) => String::new(),
        Of::Serial => found.serial_number.clone().unwrap_or_default(),
    });
    std::iter::once(found.name.clone()).chain(rest).collect()
}

/// A time as every program reads it.
pub(crate) fn exact(at: Option<i64>) -> String {
    at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok())
        .map_or_else(String::new, |at| format!("{at:.0}"))
}
