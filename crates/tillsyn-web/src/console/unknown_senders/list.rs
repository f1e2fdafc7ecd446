//! `GET /console/enrollment/unknown`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Permission;
use tillsyn_core::unknown_senders::{PLATFORMS, UnknownSender, list_unknown};

use super::page::{UnknownRow, UnknownSendersPage};
use super::words::{sender, short};
use crate::console::failure::Failure;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::docs;
use crate::i18n::{Texts, Zone};
use crate::ui::{Choice, page, urls};

/// Who knocks, by certificate.
pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let after = At::of(&visitor.query);
    let find = visitor.query.get("q").unwrap_or_default().to_owned();
    let search = Some(find.as_str()).filter(|text| !text.is_empty());
    let found = list_unknown(core, actor, search, after.after(), None).await?;
    let devices = visitor.may(Permission::DevicesRead);
    let rows = found.items.iter();
    let ownership = ["corporate", "personal"].map(|value| Choice {
        value: value.to_owned(),
        text: words::ownership(l, value),
        chosen: false,
    });
    let shown = UnknownSendersPage {
        rows: rows
            .map(|found| row((l, &visitor.zone), devices, found))
            .collect(),
        pager: lists::pager(
            &visitor,
            urls::UNKNOWN_SENDERS,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), search.is_some()),
        ownership: ownership.into(),
        units: unit_choices(&visitor, "").await?,
        platforms: platforms(l),
        confirm_first: visitor.needs_password() && !visitor.password_confirms(),
        help: docs::url("backup") + "#devices-that-enrolled-after-the-backup",
        find,
        f: visitor.frame(Place::Overview, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

/// What a device may be that is not known from before; most are the first.
pub(crate) fn platforms(l: Texts) -> Vec<Choice> {
    let choice = |value: &str| Choice {
        value: value.to_owned(),
        text: platform(l, value),
        chosen: value == PLATFORMS[0],
    };
    PLATFORMS.into_iter().map(choice).collect()
}

pub(super) fn platform(l: Texts, value: &str) -> String {
    match value {
        "visionos" => "Apple Vision".to_owned(),
        "watchos" => "Apple Watch".to_owned(),
        other => words::platform(l, other),
    }
}

pub(crate) fn row((l, zone): (Texts, &Zone), devices: bool, found: &UnknownSender) -> UnknownRow {
    let mut sender = sender(&found.certificate_sha256, Some(found));
    if !devices {
        sender.href.clear();
    }
    let mut doubts = Vec::new();
    if found.contradicts {
        doubts.push(l.t("unknown-refused-contradicts"));
    }
    if found.rivals > 0 {
        doubts.push(l.tn("unknown-rivals", found.rivals));
    }
    UnknownRow {
        pick: if found.contradicts {
            String::new()
        } else {
            let named = format!("{} ({})", sender.name, short(&sender.certificate));
            l.ta("many-pick", &named)
        },
        known: if found.enrolled_otherwise {
            l.t("unknown-enrolled")
        } else if found.device_id.is_some() {
            l.t("unknown-before")
        } else {
            l.t("unknown-never")
        },
        doubts,
        messages: l.number(u64::try_from(found.times).unwrap_or(0)),
        address: found.address.clone().unwrap_or_default(),
        first: l.ago(found.first_at, zone),
        last: l.ago(found.last_at, zone),
        sender,
    }
}
