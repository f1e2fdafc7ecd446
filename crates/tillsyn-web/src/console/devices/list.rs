//! `GET /console/devices`.

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::devices::{self, DeviceFilter, DeviceRow as Found};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::lists::{self as kept, Density};
use tillsyn_core::paging::Page;
use tillsyn_core::push;

use super::bulk;
use super::columns;
use super::filters::{self, KEPT, KNOWN};
use super::menu;
use super::page::{DeviceRow, DevicesPage, platform_icon};
use super::views;
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::i18n::{Texts, Zone};
use crate::ui::{page, urls};

/// Find, filter, sort, page. A place that belongs to another order starts over.
pub(crate) async fn list(mut visitor: Visitor) -> Result<Response, Failure> {
    visitor.query = filters::canonical(&visitor.query);
    let look = kept::look(visitor.core(), visitor.actor()).await?;
    if let Some(begins) = views::begin(&visitor, &look).await {
        return Ok(begins);
    }
    let shown = built(&visitor, look.density == Density::Compact).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn built(visitor: &Visitor, compact: bool) -> Result<DevicesPage, Failure> {
    let (core, actor, query) = (visitor.core(), visitor.actor(), &visitor.query);
    let filter = filters::filter(query, visitor.zone.now_ms);
    let found = found(visitor, &filter).await?;
    let total = devices::shown_count(core, actor, &filter).await?;
    let selection = kept::selection(core, &visitor.whole_session()).await?;
    let chosen: BTreeSet<&DeviceId> = selection.iter().flat_map(|s| &s.devices).collect();
    let shown: Vec<DeviceId> = found.items.iter().map(|row| row.id.clone()).collect();
    let bulk = bulk::bar(visitor, selection.as_ref(), &shown, total).await?;
    let saved = kept::views(core, actor).await?;
    let l = visitor.texts;
    let above = views::above(l, query, &saved);
    let mut unknown = filters::unknown(query, &[views::VIEW]);
    unknown.extend(above.unknown);
    let heads = columns::heads(l, query);
    let order = heads.iter().find(|head| head.sort != "none");
    let order = order.map_or("", |head| head.label.as_str());
    let kept = query.only(&KEPT);
    let row = |found| {
        let picked = bulk.as_ref().map(|_| &chosen);
        row((l, &visitor.zone), query, found, picked)
    };
    Ok(DevicesPage {
        find: query.get("q").unwrap_or_default().to_owned(),
        keep: query.hidden(&["q"]),
        link: visitor.scoped(&kept).url(urls::DEVICES),
        export: visitor.scoped(&kept).url(urls::DEVICES_EXPORT),
        chips: filters::chips(visitor, &filter, found.items.is_empty()).await?,
        menu: menu::of(l, query, None),
        views: above.tabs,
        view_keep: above.keep,
        view_save: kept.url(urls::DEVICE_VIEWS),
        query: kept.text(),
        unknown,
        column_choices: columns::choices(l, query),
        columns_keep: query.hidden(&["cols"]),
        columns_usual: query.without("cols").url(urls::DEVICES),
        compact,
        caption: words::devices_caption(l, u64::try_from(total).unwrap_or(0), order),
        columns: heads,
        rows: found.items.iter().map(row).collect(),
        bulk,
        pager: lists::pager_of(
            visitor,
            urls::DEVICES,
            found.items.len(),
            total,
            found.next.as_deref(),
        ),
        empty: Emptiness::of(
            found.items.len(),
            KNOWN.iter().any(|name| query.get(name).is_some()),
        ),
        push_missing: push::topic_for_enrollment(core).await?.is_none(),
        f: visitor.frame(Place::Devices, "").await?,
    })
}

async fn found(visitor: &Visitor, filter: &DeviceFilter) -> Result<Page<Found>, Failure> {
    let (core, actor, query) = (visitor.core(), visitor.actor(), &visitor.query);
    let (sort, at) = (filters::sort(query), At::of(query));
    match devices::list_devices(core, actor, filter, sort, at.after(), None).await {
        Err(error) if error.code == "cursor" => {
            Ok(devices::list_devices(core, actor, filter, sort, None, None).await?)
        }
        found => Ok(found?),
    }
}

/// A row of the list; `picked` is what is chosen, for whoever may act on several.
pub(crate) fn row(
    (l, zone): (Texts, &Zone),
    query: &urls::Query,
    found: &Found,
    picked: Option<&BTreeSet<&DeviceId>>,
) -> DeviceRow {
    let model = found.model.as_deref().unwrap_or_default();
    let usual = query.get("cols").is_none();
    let list = match query.only(&KEPT) {
        // The usual order is one, too.
        kept if kept.is_empty() => kept.with("sort", "name"),
        kept => kept,
    };
    DeviceRow {
        pick: picked.map_or_else(String::new, |_| found.id.to_string()),
        chosen: picked.is_some_and(|picked| picked.contains(&found.id)),
        href: urls::device_of(found.id.as_str(), &list),
        icon: platform_icon(&found.platform, model),
        name: found.name.clone(),
        model: found.model_name.clone().unwrap_or_else(|| model.to_owned()),
        cells: columns::of(query)
            .into_iter()
            .map(|of| columns::cell((l, zone), of, found, usual))
            .collect(),
    }
}
