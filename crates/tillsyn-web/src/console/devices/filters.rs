//! The filters of the list, as they stand in its address.

use tillsyn_core::clock::{DAY_MS, HOUR_MS};
use tillsyn_core::devices::{self, Ago, DeviceFilter, DeviceSort, Narrow};
use tillsyn_core::ids::{GroupId, OrgUnitId, PersonId};
use tillsyn_core::{groups, org, people};

use super::columns;
use crate::console::failure::Failure;
use crate::console::frame::Chip;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::urls;

/// Everything that narrows the list.
pub(super) const KNOWN: [&str; 14] = [
    "q",
    "platform",
    "status",
    "ownership",
    "contact",
    "os_version",
    "model",
    "seen",
    "unit",
    "person",
    "group",
    "enrolled",
    "heard",
    "unit_itself",
];
/// Everything that makes the list what it is, place in it aside.
pub(super) const KEPT: [&str; KNOWN.len() + 2] = {
    let mut kept = ["sort"; KNOWN.len() + 2];
    let mut at = 0;
    while at < KNOWN.len() {
        kept[at] = KNOWN[at];
        at += 1;
    }
    kept[KNOWN.len() + 1] = "cols";
    kept
};
/// Those that name one object by its id.
const OF_OBJECTS: [&str; 4] = ["unit", "unit_itself", "person", "group"];
const DEFAULT_SORT: &str = "name";
/// As long as anybody looks back.
const LONGEST_DAYS: i64 = 3_650;

/// The address with one name for each filter.
pub(super) fn canonical(query: &urls::Query) -> urls::Query {
    query.renamed("os", "os_version")
}

/// What was seen lately, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Hours(i64),
    Days(i64),
    /// Not for more than so many days.
    OverDays(i64),
}

impl Seen {
    /// `24h`, `7d`, `over_14d`.
    pub fn parse(text: &str) -> Option<Self> {
        let (text, over) = match text.strip_prefix("over_") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let count = count.parse().ok()?;
        match (unit, over) {
            ("h", false) if (1..=LONGEST_DAYS).contains(&count) => Some(Self::Hours(count)),
            ("d", false) if (1..=LONGEST_DAYS).contains(&count) => Some(Self::Days(count)),
            ("d", true) if (1..=LONGEST_DAYS).contains(&count) => Some(Self::OverDays(count)),
            _ => None,
        }
    }
}

pub(super) fn filter(query: &urls::Query, now_ms: i64) -> DeviceFilter {
    let list = |name: &str| query.list(name).into_iter().map(urls::of_list).collect();
    let seen = query.get("seen").and_then(Seen::parse);
    let (seen_since, seen_before) = match seen {
        Some(Seen::Hours(hours)) => (Some(now_ms - hours * HOUR_MS), None),
        Some(Seen::Days(days)) => (Some(now_ms - days * DAY_MS), None),
        Some(Seen::OverDays(days)) => (None, Some(now_ms - days * DAY_MS)),
        None => (None, None),
    };
    DeviceFilter {
        platform: list("platform"),
        status: list("status"),
        ownership: list("ownership"),
        contact: list("contact"),
        os_version: list("os_version"),
        model: list("model"),
        seen_since,
        seen_before,
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

/// What the address says that means nothing here; `also` is known to this page besides.
pub(super) fn unknown(query: &urls::Query, also: &[&str]) -> Vec<String> {
    let names = [&KEPT[..], &["after", "before"], also].concat();
    let mut unknown: Vec<String> = query
        .unknown(&names)
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut odd = |name: &str, is_known: &dyn Fn(&str) -> bool| {
        let value = query.get(name).filter(|value| !is_known(value));
        unknown.extend(value.map(|value| format!("{name}={value}")));
    };
    odd("sort", &|sort| DeviceSort::parse(sort).is_ok());
    odd("seen", &|seen| Seen::parse(seen).is_some());
    for name in ["enrolled", "heard"] {
        odd(name, &|text| Ago::parse(text, 0).is_some());
    }
    // These are followed by links with an id; anything else would narrow nothing.
    for name in OF_OBJECTS {
        odd(name, &|id| uuid::Uuid::try_parse(id).is_ok());
    }
    let columns = columns::unknown(query);
    unknown.extend(columns.into_iter().map(|name| format!("cols={name}")));
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
        if name == "seen" && Seen::parse(values).is_none() {
            continue;
        }
        let words: Vec<String> = match name {
            "q" => vec![values.to_owned()],
            "unit" | "unit_itself" | "person" | "group" => vec![named(visitor, name, values).await],
            _ => query
                .list(name)
                .into_iter()
                .map(|value| words::filter_value(l, name, &urls::of_list(value)))
                .collect(),
        };
        let without = if nothing {
            let wider = without(filter.clone(), name);
            let count = devices::shown_count(visitor.core(), visitor.actor(), &wider).await?;
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
            Some(id) => org::reached(core, actor, &id)
                .await
                .ok()
                .flatten()
                .map(|u| u.name),
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
        "os_version" => filter.os_version.clear(),
        "model" => filter.model.clear(),
        "seen" => (filter.seen_since, filter.seen_before) = (None, None),
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
