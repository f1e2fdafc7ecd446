//! Hardware and systems that a fleet may hold. Product names are Apple's; nothing else is real.

use crate::DeviceKind;
use crate::rng::Rng;

/// A product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    pub product_name: &'static str,
    pub model: &'static str,
    pub model_name: &'static str,
    pub capacity_gb: u32,
    pub cellular: bool,
    pub apple_silicon: bool,
    pub battery: bool,
    pub(crate) old_udid: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct System {
    pub(crate) version: &'static str,
    pub(crate) build: &'static str,
    /// Signs with SHA-1.
    pub(crate) sha1: bool,
}

const fn model(
    product_name: &'static str,
    model: &'static str,
    model_name: &'static str,
    capacity_gb: u32,
) -> Model {
    Model {
        product_name,
        model,
        model_name,
        capacity_gb,
        cellular: false,
        apple_silicon: false,
        battery: true,
        old_udid: false,
    }
}

impl Model {
    const fn cellular(self) -> Self {
        Self {
            cellular: true,
            ..self
        }
    }
    const fn silicon(self) -> Self {
        Self {
            apple_silicon: true,
            ..self
        }
    }
    const fn desktop(self) -> Self {
        Self {
            battery: false,
            ..self
        }
    }
    const fn old(self) -> Self {
        Self {
            old_udid: true,
            ..self
        }
    }
}

const fn system(version: &'static str, build: &'static str) -> System {
    System {
        version,
        build,
        sha1: false,
    }
}

const fn old_system(version: &'static str, build: &'static str) -> System {
    System {
        version,
        build,
        sha1: true,
    }
}

const IPHONES: &[(Model, &[System])] = &[
    (
        model("iPhone15,2", "MQ0D3", "iPhone", 128).cellular(),
        &[system("18.2", "22C152"), system("26.1", "23B85")],
    ),
    (
        model("iPhone16,1", "MTV13", "iPhone", 256).cellular(),
        &[system("18.2", "22C152"), system("17.6.1", "21G93")],
    ),
    (
        model("iPhone17,3", "MYE73", "iPhone", 256).cellular(),
        &[system("26.1", "23B85")],
    ),
    (
        model("iPhone10,4", "MQ6K2", "iPhone", 64).cellular().old(),
        &[old_system("15.8.3", "19H386")],
    ),
];

const IPADS: &[(Model, &[System])] = &[
    (
        model("iPad14,3", "MNXR3", "iPad", 256),
        &[system("18.2", "22C152"), system("17.6.1", "21G93")],
    ),
    (
        model("iPad13,19", "MPQ03", "iPad", 64).cellular(),
        &[system("26.1", "23B85")],
    ),
    (
        model("iPad7,11", "MW742", "iPad", 32).old(),
        &[old_system("15.8.3", "19H386")],
    ),
];

const MACS: &[(Model, &[System])] = &[
    (
        model("Mac14,2", "Mac14,2", "MacBook Air", 512).silicon(),
        &[system("15.2", "24C101"), system("14.7.2", "23H311")],
    ),
    (
        model("Mac15,3", "Mac15,3", "MacBook Pro", 1_000).silicon(),
        &[system("15.2", "24C101"), system("26.1", "25B78")],
    ),
    (
        model("Macmini9,1", "Macmini9,1", "Mac mini", 256)
            .silicon()
            .desktop(),
        &[system("15.2", "24C101")],
    ),
    (
        model("MacBookPro14,1", "MacBookPro14,1", "MacBook Pro", 256),
        &[old_system("12.7.6", "21H1320")],
    ),
];

pub(crate) fn draw(kind: DeviceKind, rng: &mut Rng) -> (Model, System) {
    let rows = match kind {
        DeviceKind::Iphone => IPHONES,
        DeviceKind::Ipad => IPADS,
        DeviceKind::Mac => MACS,
    };
    let nothing = (model("", "", "", 0), &[] as &[System]);
    let (model, systems) = rng.pick(rows).unwrap_or(nothing);
    (model, rng.pick(systems).unwrap_or(system("", "")))
}

/// Names that people give, and the system's own habit of making them.
pub(crate) fn name(kind: DeviceKind, rng: &mut Rng) -> String {
    const PEOPLE: &[&str] = &[
        "Astrid", "Björn", "Chiyo", "Daniel", "Elsa", "Farid", "Göran", "Haruka", "Ingrid",
        "Johan", "Kenji", "Linnéa", "Märta", "Nils", "Olga", "Per", "Rana", "Sven", "Tove", "Ulf",
        "Vera", "Yuki", "Zara", "Åsa",
    ];
    let person = rng.pick(PEOPLE).unwrap_or_default();
    let thing = match kind {
        DeviceKind::Iphone => "iPhone",
        DeviceKind::Ipad => "iPad",
        DeviceKind::Mac => "Mac",
    };
    format!("{person}’s {thing}")
}
