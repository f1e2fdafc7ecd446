//! `GET /console/devices/{id}/secrets`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::devices::{self, DeviceDetail};
use tillsyn_core::escrow::{self, EscrowView};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::lost_mode::{self, Location};
use tillsyn_core::{Error, Permission, activation_lock};

use super::page::{LocationRow, LostCard, SecretRow, SecretsPage, UnlockRow};
use super::words;
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::ui::{page, urls};

/// Locations on the page; the API has them all.
const LOCATIONS: i64 = 10;

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let built = build(&visitor, &id).await?;
    Ok(page(StatusCode::OK, &built))
}

pub(super) fn device_id(text: &str) -> Result<DeviceId, Error> {
    DeviceId::parse(text).ok_or_else(|| Error::not_found("device"))
}

pub(super) async fn build(visitor: &Visitor, id: &str) -> Result<SecretsPage, Failure> {
    let id = device_id(id)?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let device = devices::device(core, actor, &id).await?;
    let after = visitor.query.get("after");
    let kept = escrow::list_escrow(core, actor, &id, after, None).await?;
    let unlocks = activation_lock::list_unlocks(core, actor, &id).await?;
    let personal = device.row.ownership.as_deref() == Some("personal");
    let here = urls::device_secrets(id.as_str());
    let l = visitor.texts;
    Ok(SecretsPage {
        rows: kept
            .items
            .iter()
            .map(|view| row(visitor, &id, view, personal))
            .collect(),
        older: kept.next.map_or_else(String::new, |next| {
            urls::Query::default().with("after", &next).url(&here)
        }),
        lost: lost(visitor, &device).await?,
        unlocks: unlocks
            .iter()
            .map(|unlock| UnlockRow {
                status: words::unlock_status(l, &unlock.status),
                reason: words::unlock_reason(l, unlock.reason.as_deref()),
                asked: l.ago(unlock.asked_at, &visitor.zone),
                asked_reason: unlock.asked_reason.clone(),
            })
            .collect(),
        may_unlock: visitor.may(Permission::DevicesActivationLock) && !personal,
        unlock_reason: String::new(),
        unlock_error: String::new(),
        id: id.to_string(),
        name: device.row.name.clone(),
        f: visitor.frame(Place::Devices, "").await?,
    })
}

fn row(visitor: &Visitor, device: &DeviceId, view: &EscrowView, personal: bool) -> SecretRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    // Of a personal device only the PIN of our own lock is shown (security S41).
    let may = view.may_reveal && (!personal || view.kind == "lock_pin");
    SecretRow {
        kind: words::kind(l, view.kind),
        label: view.label.clone().unwrap_or_default(),
        state: words::state(l, view),
        kept: l.ago(view.created_at, zone),
        confirmed: l.ago(view.confirmed_at, zone),
        shown_to: view
            .revealed
            .as_ref()
            .map_or_else(String::new, |seen| seen.by.clone()),
        shown: view.revealed.as_ref().map(|seen| l.ago(seen.at, zone)),
        reveal: if may {
            urls::device_secret(device.as_str(), view.id.as_str())
        } else {
            String::new()
        },
    }
}

async fn lost(visitor: &Visitor, device: &DeviceDetail) -> Result<Option<LostCard>, Failure> {
    let row = &device.row;
    if row.platform == "macos" || row.ownership.as_deref() == Some("personal") {
        return Ok(None);
    }
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = lost_mode::lost_mode(core, actor, &row.id).await?;
    let locations = if visitor.may(Permission::DevicesLocate) {
        let page = lost_mode::list_locations(core, actor, &row.id, None, Some(LOCATIONS)).await?;
        Some(page.items.iter().map(|at| location(visitor, at)).collect())
    } else {
        None
    };
    let state = match (found.on, found.began_at, found.ended_at) {
        (true, Some(at), _) => l.ta("lost-on-since", &l.date_time(at, &visitor.zone)),
        (_, _, Some(at)) => l.ta("lost-off-since", &l.date_time(at, &visitor.zone)),
        _ => l.t("lost-never"),
    };
    Ok(Some(LostCard {
        state,
        message: found.message.filter(|_| found.on).unwrap_or_default(),
        phone: found.phone_number.filter(|_| found.on).unwrap_or_default(),
        waiting: words::waiting(l, &found.waiting),
        locations,
    }))
}

fn location(visitor: &Visitor, at: &Location) -> LocationRow {
    let l = visitor.texts;
    LocationRow {
        coordinates: format!("{:.5}, {:.5}", at.latitude, at.longitude),
        accuracy: at.horizontal_accuracy.map_or_else(String::new, |metres| {
            l.ta("lost-accuracy", format!("{metres:.0}").as_str())
        }),
        received: l.ago(at.received_at, &visitor.zone),
    }
}
