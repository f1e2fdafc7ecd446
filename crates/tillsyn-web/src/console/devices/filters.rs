//! The filters of the list, as they stand in its address.

use tillsyn_core::clock::DAY_MS;
use tillsyn_core::devices::{self, Ago, DeviceFilter, DeviceSort, Narrow};
use tillsyn_core::ids::{GroupId, OrgUnitId, PersonId};
use tillsyn_core::{groups, people, units};

use crate::console::failure::Failure;
use crate::console::frame::{Chip, Filter};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{Choice, urls};

/// Filters that can be chosen in the menu.
pub(super) const CHOICES: [&str; 6] = ["platform", "status", "ownership", "contact", "seen", "os"];
/// Everything that narrows the list.
pub(super) const KNOWN: [&str; 13] = [
    "q",
    "platform",
    "status",
    "ownership",
    "contact",
    "seen",
    "os",
    "unit",
    "person",
    "group",
    "enrolled",
    "heard",
    "unit_itself",
];
/// Those that name one object by its id.
const OF_OBJECTS: [&str; 4] = ["unit", "unit_itself", "person", "group"];
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
        narrow: Narrow {
            enrolled: query
                .get("enrolled")
                .and_then(|text| Ago::parse(text, now_ms)),
            heard: query.get("heard").and_then(|text| Ago::parse(text, now_ms)),
            unit_itself: query.get("unit_itself").and_then(OrgUnitId::parse),
        },
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
    for name in ["enrolled", "heard"] {
        let odd = query.get(name).filter(|text| Ago::parse(text, 0).is_none());
        unknown.extend(odd.map(|text| format!("{name}={text}")));
    }
    // These are followed by links with an id; anything else would narrow nothing.
    let ids = OF_OBJECTS.into_iter().filter_map(|name| {
        let value = query.get(name)?;
        uuid::Uuid::try_parse(value)
            .is_err()
            .then(|| format!("{name}={value}"))
    });
    unknown.extend(ids);
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
        if OF_OBJECTS.contains(&name) && uuid::Uuid::try_parse(values).is_err() {
            continue;
        }
        let words: Vec<String> = match name {
            "q" => vec![values.to_owned()],
            "unit" | "unit_itself" | "person" | "group" => vec![named(visitor, name, values).await],
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

/// What people call the unit, person or group that the list is of. Who is not known, or not for this role
/// to see, is said so; the list itself keeps to the scope.
async fn named(visitor: &Visitor, name: &str, id: &str) -> String {
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = match name {
        "unit" | "unit_itself" => match OrgUnitId::parse(id) {
            Some(id) => units::unit(core, actor, &id).await.ok().map(|u| u.name),
            None => None,
        },
        "person" => match PersonId::parse(id) {
            Some(id) => people::person(core, actor, &id).await.ok().map(|p| p.name),
            None => None,
        },
        _ => match GroupId::parse(id) {
            Some(id) => groups::group(core, actor, &id).await.ok().map(|g| g.name),
            None => None,
        },
    };
    found.unwrap_or_else(|| visitor.texts.t("not-known"))
}

fn without(mut filter: DeviceFilter, name: &str) -> DeviceFilter {
    match name {
        "platform" => filter.platform.clear(),
        "status" => filter.status.clear(),
        "ownership" => filter.ownership.clear(),
        "contact" => filter.contact.clear(),
        "os" => filter.os_version.clear(),
        "seen" => filter.seen_since = None,
        "unit" => filter.unit = None,
        "person" => filter.person = None,
        "group" => filter.group = None,
        "enrolled" => filter.narrow.enrolled = None,
        "heard" => filter.narrow.heard = None,
        "unit_itself" => filter.narrow.unit_itself = None,
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
