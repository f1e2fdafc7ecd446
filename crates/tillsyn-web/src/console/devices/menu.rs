//! `GET /console/devices/filters`: what the list can be narrowed by, with how many there are of each value. The
//! list shows it as a menu; without script it is a page.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Permission;
use tillsyn_core::devices::{self, Facet, Facets};
use tillsyn_core::groups::{GroupFilter, list_groups};

use super::filters::{self, KEPT};
use super::page::{FilterGroup, FilterMenu, FilterValue, FiltersPage};
use super::views::VIEW;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::Texts;
use crate::ui::{Choice, page, urls};

/// Filters with boxes, and where their counts come from.
const BOXES: [(&str, Facet); 6] = [
    ("platform", Facet::Platform),
    ("status", Facet::Status),
    ("ownership", Facet::Ownership),
    ("contact", Facet::Contact),
    ("os_version", Facet::OsVersion),
    ("model", Facet::Model),
];
/// What the menu itself sets; the rest stays as it is in the address.
const SET: [&str; 7] = [
    "platform",
    "status",
    "ownership",
    "contact",
    "os_version",
    "model",
    "seen",
];
/// Times to choose from.
const SEEN: [&str; 5] = ["24h", "7d", "30d", "over_7d", "over_30d"];
/// Values of one filter that are shown; the search finds the others.
const MOST: usize = 20;

pub(crate) async fn menu(mut visitor: Visitor) -> Result<Response, Failure> {
    visitor.query = filters::canonical(&visitor.query);
    let filter = filters::filter(&visitor.query, visitor.zone.now_ms);
    let facets = devices::facets(visitor.core(), visitor.actor(), &filter).await?;
    let mut menu = of(visitor.texts, &visitor.query, Some(&facets));
    menu.units = unit_choices(&visitor, visitor.query.get("unit").unwrap_or_default()).await?;
    menu.groups = groups(&visitor).await?;
    let (units, groups) = (!menu.units.is_empty(), !menu.groups.is_empty());
    menu.keep
        .retain(|(name, _)| !(units && name == "unit" || groups && name == "group"));
    let shown = FiltersPage {
        back: visitor.query.only(&KEPT).url(urls::DEVICES),
        menu,
        f: visitor.frame(Place::Devices, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

async fn groups(visitor: &Visitor) -> Result<Vec<Choice>, Failure> {
    if !visitor.may(Permission::GroupsRead) {
        return Ok(Vec::new());
    }
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = list_groups(core, actor, &GroupFilter::default(), None, Some(200)).await?;
    let asked = visitor.query.get("group").unwrap_or_default();
    let choice = |group: tillsyn_core::groups::GroupView| Choice {
        chosen: group.id.as_str() == asked,
        value: group.id.to_string(),
        text: group.name,
    };
    let choices: Vec<Choice> = found.items.into_iter().map(choice).collect();
    // One that is set and not among them stays set.
    if asked.is_empty() || choices.iter().any(|choice| choice.chosen) {
        return Ok(choices);
    }
    Ok(Vec::new())
}

/// The menu: with counts, or as the list shows it while they are on their way.
pub(crate) fn of(l: Texts, query: &urls::Query, facets: Option<&Facets>) -> FilterMenu {
    let query = query.only(&[&KEPT[..], &[VIEW]].concat());
    let boxes = BOXES.into_iter().map(|(name, facet)| {
        let counted = facets.map(|facets| facets.of(facet));
        group(l, &query, name, counted)
    });
    let seen = FilterGroup {
        name: "seen",
        label: words::filter_label(l, "seen"),
        one: true,
        values: SEEN
            .into_iter()
            .map(|value| FilterValue {
                value: value.to_owned(),
                text: words::filter_value(l, "seen", value),
                count: String::new(),
                chosen: query.get("seen") == Some(value),
            })
            .collect(),
    };
    FilterMenu {
        boxes: boxes
            .chain([seen])
            .filter(|group| !group.values.is_empty())
            .collect(),
        units: Vec::new(),
        unit_chosen: query.get("unit").is_some(),
        groups: Vec::new(),
        keep: query.hidden(&SET),
        fill: query.url(urls::DEVICES_FILTERS),
        counted: facets.is_some(),
    }
}

fn group(
    l: Texts,
    query: &urls::Query,
    name: &'static str,
    counted: Option<Vec<(String, i64)>>,
) -> FilterGroup {
    let chosen: Vec<String> = query.list(name).into_iter().map(urls::of_list).collect();
    let is_counted = counted.is_some();
    let mut values = counted.unwrap_or_else(|| {
        let usual = usual(name).iter();
        usual.map(|value| ((*value).to_owned(), 0)).collect()
    });
    values.truncate(MOST);
    // What is set stays visible, even where nothing has it.
    for value in &chosen {
        if !values.iter().any(|(found, _)| found == value) {
            values.push((value.clone(), 0));
        }
    }
    let values = values.into_iter().map(|(value, count)| FilterValue {
        text: words::filter_value(l, name, &value),
        count: if is_counted {
            l.number(count)
        } else {
            String::new()
        },
        chosen: chosen.contains(&value),
        value: urls::in_list(&value),
    });
    FilterGroup {
        name,
        label: words::filter_label(l, name),
        one: false,
        values: values.collect(),
    }
}

/// Values that are known before anything is counted.
fn usual(name: &str) -> &'static [&'static str] {
    match name {
        "platform" => &["ios", "ipados", "macos"],
        "status" => &["registered", "active", "not_seen", "retired"],
        "ownership" => &["corporate", "personal"],
        "contact" => &["reachable", "unreachable", "unhealthy"],
        _ => &[],
    }
}
