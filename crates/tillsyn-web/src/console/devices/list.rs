//! `GET /console/devices`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::devices::{self, DeviceRow as Found};
use tillsyn_core::{Permission, push};

use super::filters::{self, KNOWN};
use super::page::{DeviceRow, DevicesPage, platform_icon};
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{page, status, urls};

/// Find, filter, sort, page. A place that belongs to another order starts over.
pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let (core, actor, query) = (visitor.core(), visitor.actor(), &visitor.query);
    let filter = filters::filter(query, visitor.zone.now_ms);
    let sort = filters::sort(query);
    let at = At::of(query);
    let found = match devices::list_devices(core, actor, &filter, sort, at.after(), None).await {
        Err(error) if error.code == "cursor" => {
            devices::list_devices(core, actor, &filter, sort, None, None).await?
        }
        found => found?,
    };
    let total = devices::count_devices(core, actor, &filter).await?;
    let l = visitor.texts;
    let filtered = KNOWN.iter().any(|name| query.get(name).is_some());
    let shown = DevicesPage {
        find: query.get("q").unwrap_or_default().to_owned(),
        keep: query.hidden(&["q"]),
        link: query.without("after").without("before").url(urls::DEVICES),
        chips: filters::chips(&visitor, &filter, found.items.is_empty()).await?,
        filters: filters::choices(&visitor).await?,
        filters_keep: query.hidden(&filters::CHOICES),
        unknown: filters::unknown(query),
        columns: words::device_columns(l, query),
        caption: words::devices_caption(l, u64::try_from(total).unwrap_or(0), &order(&visitor)),
        rows: found
            .items
            .iter()
            .map(|found| row(&visitor, found))
            .collect(),
        pager: lists::pager_of(
            &visitor,
            urls::DEVICES,
            found.items.len(),
            total,
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), filtered),
        may_erase: visitor.may(Permission::DevicesErase),
        may_retire: visitor.may(Permission::DevicesRetire),
        may_move: visitor.may(Permission::UnitsWrite),
        push_missing: push::topic_for_enrollment(core).await?.is_none(),
        f: visitor.frame(Place::Devices, "devices").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// The column that the list is sorted by, in words.
fn order(visitor: &Visitor) -> String {
    let columns = words::device_columns(visitor.texts, &visitor.query);
    let sorted = columns.into_iter().find(|column| column.sort != "none");
    sorted.map_or_else(String::new, |column| column.label)
}

fn may_act(visitor: &Visitor) -> bool {
    [
        Permission::DevicesErase,
        Permission::DevicesRetire,
        Permission::UnitsWrite,
    ]
    .into_iter()
    .any(|permission| visitor.may(permission))
}

fn row(visitor: &Visitor, found: &Found) -> DeviceRow {
    let l = visitor.texts;
    let personal = found.ownership.as_deref() == Some("personal");
    let model = found.model.as_deref().unwrap_or_default();
    let contact = match (found.status.as_str(), found.contact.as_str()) {
        ("active", "unreachable" | "unhealthy") => status(l, "contact", &found.contact).text,
        _ => String::new(),
    };
    DeviceRow {
        pick: if may_act(visitor) {
            found.id.to_string()
        } else {
            String::new()
        },
        href: urls::device(found.id.as_str()),
        icon: platform_icon(&found.platform, model),
        name: found.name.clone(),
        model: found.model_name.clone().unwrap_or_else(|| model.to_owned()),
        person: found.person_name.clone().unwrap_or_default(),
        os: found.os_version.clone().unwrap_or_default(),
        personal,
        enrollment: found
            .enrollment_type
            .as_deref()
            .map_or_else(String::new, |kind| words::enrollment_type(l, kind)),
        status: status(l, "device", &found.status),
        status_note: contact,
        seen: found.last_seen.map(|at| l.ago(at, &visitor.zone)),
        serial: found.serial_number.clone().filter(|_| !personal),
    }
}
