//! `GET /console/devices/{id}/send`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::commands::{Available, Channel, Family, available};

use super::super::build::Build;
use super::page::{SendFamily, SendPage, SendRow};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{Link, page, urls};

pub(crate) async fn send_list(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let build = Build::new(&visitor, &id).await?;
    let (core, actor, row) = (visitor.core(), visitor.actor(), &build.device.row);
    let found = available(core, actor, &row.id, &Channel::Device).await?;
    let families = Family::ALL.map(|family| SendFamily {
        title: words::command_family(visitor.texts, family),
        rows: found
            .iter()
            .filter(|one| one.kind.family == family)
            .map(|one| self::row(&build, one))
            .collect(),
    });
    let shown = SendPage {
        device: Link {
            href: urls::device(row.id.as_str()),
            text: row.name.clone(),
        },
        families: families.into(),
        raw: urls::device_send_one(row.id.as_str(), "Raw"),
        f: visitor.frame(Place::Devices, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn row(build: &Build<'_>, one: &Available) -> SendRow {
    let l = build.visitor.texts;
    let id = build.device.row.id.as_str();
    let name = one.kind.name;
    let href = match name {
        // These have their own places, which say more.
        "DeviceLock" => urls::device_lock(id),
        "InstallProfile" => urls::device_profiles(id),
        name => urls::device_send_one(id, name),
    };
    SendRow {
        title: words::command(l, name),
        request_type: name.to_owned(),
        href: match one.refused {
            None => href,
            Some(_) => String::new(),
        },
        reason: one
            .refused
            .as_ref()
            .map_or_else(String::new, |(code, _)| words::incapable(l, code)),
    }
}
