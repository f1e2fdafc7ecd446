//! Of which devices a report is, as it stands in its address; and the list of devices behind each number.

use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::reports::{ReportFilter, ReportName, ReportRow, UNKNOWN};
use tillsyn_core::{Permission, org};

use crate::console::failure::Failure;
use crate::console::frame::{Chip, Filter};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Texts;
use crate::ui::{Choice, urls};

/// What can be chosen, and what there is of each.
const CHOICES: [(&str, &[&str]); 3] = [
    ("platform", &["ios", "ipados", "macos", "tvos"]),
    ("status", &["registered", "active", "not_seen", "retired"]),
    ("ownership", &["corporate", "personal"]),
];
pub(super) const KNOWN: [&str; 4] = ["platform", "status", "ownership", "unit"];

/// Reads the address. A unit that cannot be one is no unit, and passes no device.
pub(super) fn of(query: &urls::Query) -> ReportFilter {
    let list = |name: &str| query.list(name).into_iter().map(str::to_owned).collect();
    ReportFilter {
        platform: list("platform"),
        status: list("status"),
        ownership: list("ownership"),
        unit: query.get("unit").and_then(OrgUnitId::parse),
    }
}

/// The same as an address.
pub(super) fn query(filter: &ReportFilter) -> urls::Query {
    let unit = filter.unit.as_ref().map_or("", |unit| unit.as_str());
    let all = [
        ("platform", filter.platform.join(",")),
        ("status", filter.status.join(",")),
        ("ownership", filter.ownership.join(",")),
        ("unit", unit.to_owned()),
    ];
    let mut query = urls::Query::default();
    for (name, value) in all.iter().filter(|(_, value)| !value.is_empty()) {
        query = query.with(name, value);
    }
    query
}

/// The report of these devices.
pub(crate) fn address(name: ReportName, filter: &ReportFilter) -> String {
    query(filter).url(&urls::report(name.as_str()))
}

/// The list of devices that a row counts.
pub(super) fn list_of(name: ReportName, filter: &ReportFilter, row: &ReportRow) -> String {
    let all = query(filter);
    let narrowed = match name {
        ReportName::Os => all
            .with("platform", row.platform.as_deref().unwrap_or(UNKNOWN))
            .with("os", &row.value),
        ReportName::Status => all.with("status", &row.value),
        ReportName::Ownership => all.with("ownership", &row.value),
        ReportName::Model => all.with("model", &urls::in_list(&row.value)),
        ReportName::Age => all.with("enrolled", &row.value),
        ReportName::Contact => all.with("heard", &row.value),
        ReportName::Unit if row.itself => all.without("unit").with("unit_itself", &row.value),
        ReportName::Unit => all.with("unit", &row.value),
    };
    narrowed.url(urls::DEVICES)
}

/// A row in words.
pub(crate) fn label(l: Texts, name: ReportName, row: &ReportRow) -> String {
    let value = row.value.as_str();
    match name {
        ReportName::Os => {
            let platform = row.platform.as_deref().unwrap_or(UNKNOWN);
            let platform = words::filter_value(l, "platform", platform);
            let version = words::filter_value(l, "os", value);
            format!("{platform} {version}")
        }
        ReportName::Unit => {
            let unit = row.name.as_deref().unwrap_or_default();
            if row.itself {
                l.ta("report-itself", unit)
            } else {
                unit.to_owned()
            }
        }
        ReportName::Age => words::filter_value(l, "enrolled", value),
        ReportName::Contact => words::filter_value(l, "heard", value),
        _ => words::filter_value(l, name.as_str(), value),
    }
}

/// The filters that are set.
pub(super) async fn chips(visitor: &Visitor, path: &str) -> Vec<Chip> {
    let (l, query) = (visitor.texts, &visitor.query);
    let mut chips = Vec::new();
    for name in KNOWN {
        let Some(asked) = query.get(name) else {
            continue;
        };
        let values = if name == "unit" {
            named(visitor, asked).await
        } else {
            let values = query.list(name).into_iter();
            let values = values.map(|value| words::filter_value(l, name, value));
            values.collect::<Vec<_>>().join(", ")
        };
        chips.push(Chip {
            label: words::filter_label(l, name),
            values,
            remove: query.without(name).url(path),
            without: None,
        });
    }
    chips
}

async fn named(visitor: &Visitor, id: &str) -> String {
    let found = match OrgUnitId::parse(id) {
        Some(id) => {
            let found = org::reached(visitor.core(), visitor.actor(), &id).await;
            found.ok().flatten()
        }
        None => None,
    };
    found.map_or_else(|| visitor.texts.t("not-known"), |unit| unit.name)
}

/// What the menu offers.
pub(super) fn choices(l: Texts, filter: &ReportFilter) -> Vec<Filter> {
    let chosen = [&filter.platform, &filter.status, &filter.ownership];
    let offered = CHOICES.into_iter().zip(chosen);
    offered
        .map(|((name, values), chosen)| Filter {
            name,
            label: words::filter_label(l, name),
            choices: values
                .iter()
                .map(|value| Choice {
                    value: (*value).to_owned(),
                    text: words::filter_value(l, name, value),
                    chosen: chosen.iter().any(|found| found == value),
                })
                .collect(),
        })
        .collect()
}

/// The units of the reader's scope, and all of them.
pub(super) async fn units(visitor: &Visitor) -> Result<Vec<Choice>, Failure> {
    let asked = visitor.query.get("unit").unwrap_or_default();
    let mut choices = if visitor.may(Permission::DevicesRead) {
        unit_choices(visitor, asked).await?
    } else {
        Vec::new()
    };
    let all = Choice {
        value: String::new(),
        text: visitor.texts.t("filter-all"),
        chosen: asked.is_empty(),
    };
    choices.insert(0, all);
    Ok(choices)
}
