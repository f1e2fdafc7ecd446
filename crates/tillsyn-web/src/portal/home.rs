//! `GET /portal`: the devices that are the person's own, and the one thing to do.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::self_service::{self, MyDevice, Pending, Remedy};

use super::failure::PortalFailure;
use super::frame::{AppFrame, PortalPlace};
use super::my_words::{card, icon, kind, standing};
use super::session::PortalUser;
use crate::i18n::{Texts, When, Zone};
use crate::ui::{Status, urls};

/// One of one's own devices.
#[derive(Clone, Debug)]
pub struct OwnDeviceRow {
    pub href: String,
    pub icon: &'static str,
    pub name: String,
    /// Kind, model and system.
    pub about: String,
    pub personal: bool,
    pub status: Status,
    pub seen: Option<When>,
}

/// What stands above everything: that all is well, or what to do first.
#[derive(Clone, Debug, Default)]
pub struct Hero {
    /// `""` when all is in order, `warn` or `bad`.
    pub tone: &'static str,
    pub icon: &'static str,
    pub title: String,
    pub text: String,
    /// Where it is explained; empty when there is nothing to explain.
    pub href: String,
}

/// `GET /portal`.
#[derive(Template)]
#[template(path = "portal/home.html")]
pub struct PortalHomePage {
    pub f: AppFrame,
    pub hero: Hero,
    pub devices: Vec<OwnDeviceRow>,
    /// What is being set up, in words.
    pub pending: Vec<String>,
}

pub(super) async fn show(user: PortalUser) -> Result<Response, PortalFailure> {
    let actor = user.own_actor();
    let devices = self_service::my_devices(user.core(), &actor).await?;
    let pending = self_service::pending(user.core(), &actor).await?;
    let page = PortalHomePage::new(
        user.frame(PortalPlace::Devices),
        &user.zone,
        &devices,
        &pending,
    );
    Ok(user.page(StatusCode::OK, &page))
}

impl PortalHomePage {
    pub(super) fn new(f: AppFrame, zone: &Zone, devices: &[MyDevice], pending: &[Pending]) -> Self {
        let l = f.texts;
        Self {
            hero: hero(l, devices, pending),
            devices: devices.iter().map(|device| row(l, zone, device)).collect(),
            pending: pending
                .iter()
                .map(|one| l.ta("my-pending", &kind(l, &one.platform)))
                .collect(),
            f,
        }
    }
}

fn row(l: Texts, zone: &Zone, device: &MyDevice) -> OwnDeviceRow {
    let model = device.model_name.clone();
    let parts = [
        Some(model.unwrap_or_else(|| kind(l, &device.platform))),
        device.os_version.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    OwnDeviceRow {
        href: urls::portal_device(device.id.as_str()),
        icon: icon(&device.platform),
        name: device.name.clone(),
        about: parts.join(" · "),
        personal: device.is_personal(),
        status: standing(l, device),
        seen: device.last_seen.map(|at| l.ago(at, zone)),
    }
}

/// Closed comes before what is to be done, and that before what is going on.
fn hero(l: Texts, devices: &[MyDevice], pending: &[Pending]) -> Hero {
    let with = |wanted: fn(&Remedy) -> bool| {
        let mut all = devices.iter();
        all.find_map(|device| Some((device, device.remedies.iter().find(|r| wanted(r))?)))
    };
    // A device that left is no task: there may be another in its place.
    let urgent =
        |remedy: &Remedy| remedy.is_task() && !matches!(remedy, Remedy::EnrollAgain { .. });
    let tasks = devices
        .iter()
        .filter(|device| device.remedies.iter().any(urgent))
        .count();
    let of = |(device, remedy): (&MyDevice, &Remedy), tone, icon| {
        let card = card(l, device, remedy);
        let args = [
            ("device", device.name.as_str().into()),
            ("what", card.title.as_str().into()),
        ];
        Hero {
            tone,
            icon,
            title: l.t_args("my-hero-device", &args),
            text: card.text,
            href: urls::portal_device(device.id.as_str()),
        }
    };
    if let Some(closed) = with(Remedy::blocks) {
        return of(closed, "bad", "lock");
    }
    if tasks > 1 {
        return Hero {
            tone: "warn",
            icon: "clock",
            title: l.tn("my-hero-tasks", i64::try_from(tasks).unwrap_or(i64::MAX)),
            text: l.t("my-hero-tasks-text"),
            href: String::new(),
        };
    }
    if let Some(task) = with(urgent) {
        return of(task, "warn", "clock");
    }
    if !pending.is_empty() {
        return Hero {
            tone: "warn",
            icon: "clock",
            title: l.t("my-hero-pending"),
            text: l.t("my-hero-pending-text"),
            href: String::new(),
        };
    }
    if devices.iter().any(|device| device.enrolled) {
        return Hero {
            tone: "",
            icon: "check",
            title: l.t("my-hero-fine"),
            text: l.t("my-hero-fine-text"),
            href: String::new(),
        };
    }
    if let Some(gone) = with(|remedy| matches!(remedy, Remedy::EnrollAgain { .. })) {
        return of(gone, "warn", "clock");
    }
    Hero {
        tone: "warn",
        icon: "devices",
        title: l.t("my-hero-none"),
        text: l.t("my-hero-none-text"),
        href: urls::GO.to_owned(),
    }
}
