//! `/console/profiles/{id}/devices`: where a profile is, device by device, with proof and reason.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Permission;
use tillsyn_core::reconcile::{self, ItemView};

use crate::console::device::ItemRow;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Emptiness, Filter, Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::profiles::{ProfileHead, ProfileTab, profile_id};
use crate::console::visitor::Visitor;
use crate::ui::{Link, page, urls};

#[derive(Template)]
#[template(path = "console/profile_devices.html")]
pub struct ProfileDevicesPage {
    pub f: Frame,
    pub head: ProfileHead,
    pub rows: Vec<ProfileDeviceRow>,
    pub filter: Filter,
    pub pager: Pager,
    pub empty: Emptiness,
    /// Some refused it, and the reader may have them tried again.
    pub again: bool,
}

pub struct ProfileDeviceRow {
    pub device: Link,
    pub item: ItemRow,
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let id = profile_id(&id)?;
    let (head, _) = ProfileHead::load(&visitor, &id, ProfileTab::Devices).await?;
    let counts = reconcile::count_items(core, actor, &id).await?;
    let asked = visitor.query.get("status").unwrap_or_default();
    let state = Some(asked).filter(|state| counts.contains_key(*state));
    let after = At::of(&visitor.query);
    let found = reconcile::items_of_profile(core, actor, &id, state, after.after(), None).await?;
    let mut filter = lists::status_filter(l, "item", asked);
    for choice in &mut filter.choices {
        if let Some(count) = counts.get(&choice.value) {
            choice.text = format!("{} {}", choice.text, l.number(*count));
        }
    }
    let row = |item: &ItemView| ProfileDeviceRow {
        device: Link {
            href: urls::device_profiles(item.device_id.as_str()),
            text: item.device_name.clone(),
        },
        item: ItemRow::of(&visitor, item),
    };
    let path = urls::profile_devices(id.as_str());
    let refused = counts.get("refused").copied().unwrap_or(0);
    let shown = ProfileDevicesPage {
        rows: found.items.iter().map(row).collect(),
        pager: lists::pager(&visitor, &path, found.items.len(), found.next.as_deref()),
        empty: Emptiness::of(found.items.len(), state.is_some()),
        filter,
        again: refused > 0 && visitor.may(Permission::DevicesQuery),
        head,
        f: visitor.frame(Place::Profiles, "devices").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// `POST …/again`: tries it again on the devices that refused it.
pub(crate) async fn again(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, profile_id(&id)?);
    reconcile::reconcile_profile(visitor.core(), visitor.actor(), &id).await?;
    let to = urls::profile_devices(id.as_str());
    Ok(go(visitor.state(), &to, Told::TriedAgain))
}
