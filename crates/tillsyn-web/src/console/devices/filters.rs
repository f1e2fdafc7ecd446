//! The filters of the list, as they stand in its address.

use tillsyn_core::clock::DAY_MS;
use tillsyn_core::devices::{self, DeviceFilter, DeviceSort};
use tillsyn_core::ids::{GroupId, OrgUnitId, PersonId};

use crate::console::failure::Failure;
use crate::console::frame::{Chip, Filter};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{Choice, urls};

/// Filters that can be chosen in the menu.
pub(super) const CHOICES: [&str; 6] = ["platform", "status", "ownership", "contact", "seen", "os"];
/// Everything that narrows the list.
pub(super) const KNOWN: [&str; 7] = [
    "q",
    "platform",
    "status",
    "ownership",
    "contact",
    "seen",
    "os",
];
/// Statuses that devices of today can have.
const STATUSES: [&str; 4] = ["registered", "active", "not_seen", "retired"];
const DEFAULT_SORT: &str = "name";

pub(super) fn filter(query: &urls::Query, now_ms: i64) -> DeviceFilter {
    let list = |name: &str| query.list(name).into_iter().map(str::to_owned).collect();
    DeviceFilter {
        platform: list("platform"),
        status: list("status"),
        ownership: list("ownership"),
        contact: list("contact"),
        os_version: list("os"),
        seen_since: (query.get("seen") == Some("24h")).then_some(now_ms - DAY_MS),
        search: query.get("q").map(str::to_owned),
        unit: query.get("unit").and_then(OrgUnitId::parse),
        person: query.get("person").and_then(PersonId::parse),
        group: query.get("group").and_then(GroupId::parse),
    }
}

/// The order in the address, or by name.
pub(super) fn sort(query: &urls::Query) -> (DeviceSort, bool) {
    let asked = query.get("sort").unwrap_or(DEFAULT_SORT);
    DeviceSort::parse(asked).unwrap_or((DeviceSort::Name, false))
}

/// What the address says that means nothing here.
pub(super) fn unknown(query: &urls::Query) -> Vec<String> {
    let names = [&KNOWN[..], &["sort", "after", "before"]].concat();
    let mut unknown: Vec<String> = query
        .unknown(&names)
        .into_iter()
        .map(str::to_owned)
        .collect();
    let sort = query
        .get("sort")
        .filter(|sort| DeviceSort::parse(sort).is_err());
    unknown.extend(sort.map(|sort| format!("sort={sort}")));
    let seen = query.get("seen").filter(|seen| *seen != "24h");
    unknown.extend(seen.map(|seen| format!("seen={seen}")));
    unknown
}

/// The filters that are set. When nothing matches, each says how many there are without it.
pub(super) async fn chips(
    visitor: &Visitor,
    filter: &DeviceFilter,
    nothing: bool,
) -> Result<Vec<Chip>, Failure> {
    let (l, query) = (visitor.texts, &visitor.query);
    let mut chips = Vec::new();
    for name in KNOWN {
        let Some(values) = query.get(name) else {
            continue;
        };
        let words: Vec<String> = match name {
            "q" => vec![values.to_owned()],
            _ => query
                .list(name)
                .into_iter()
                .map(|value| words::filter_value(l, name, value))
                .collect(),
        };
        let without = if nothing {
            let wider = without(filter.clone(), name);
            let count = devices::count_devices(visitor.core(), visitor.actor(), &wider).await?;
            Some(l.number(count))
        } else {
            None
        };
        chips.push(Chip {
            label: words::filter_label(l, name),
            values: words.join(", "),
            remove: query.without(name).url(urls::DEVICES),
            without,
        });
    }
    Ok(chips)
}

fn without(mut filter: DeviceFilter, name: &str) -> DeviceFilter {
    match name {
        "platform" => filter.platform.clear(),
        "status" => filter.status.clear(),
        "ownership" => filter.ownership.clear(),
        "contact" => filter.contact.clear(),
        "os" => filter.os_version.clear(),
        "seen" => filter.seen_since = None,
        _ => filter.search = None,
    }
    filter
}

/// What the menu offers. OS versions are those that there are.
pub(super) async fn choices(visitor: &Visitor) -> Result<Vec<Filter>, Failure> {
    let overview = devices::overview(visitor.core(), visitor.actor()).await?;
    let mut versions: Vec<&str> = overview
        .versions
        .iter()
        .map(|count| count.os_version.as_str())
        .filter(|version| !version.is_empty())
        .collect();
    versions.sort_unstable();
    versions.dedup();
    versions.truncate(20);
    let values: [&[&str]; 6] = [
        &["ios", "ipados", "macos"],
        &STATUSES,
        &["corporate", "personal"],
        &["reachable", "unreachable", "unhealthy"],
        &["24h"],
        &versions,
    ];
    let filters = CHOICES.into_iter().zip(values);
    Ok(filters
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| choice(visitor, name, values))
        .collect())
}

fn choice(visitor: &Visitor, name: &'static str, values: &[&str]) -> Filter {
    let l = visitor.texts;
    let chosen = visitor.query.list(name);
    let choices = values.iter().map(|value| Choice {
        value: (*value).to_owned(),
        text: words::filter_value(l, name, value),
        chosen: chosen.contains(value),
    });
    Filter {
        name,
        label: words::filter_label(l, name),
        choices: choices.collect(),
    }
}
