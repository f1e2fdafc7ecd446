//! Every page of the portal in each of its states, with invented data.

use super::enroll::{
    BeginPage, Closed, ClosedPage, FailedPage, Failure, InstallPage, InstallStatus, PinEntry,
    Platform, ReadyPage,
};
use super::{Brand, PortalFrame};
use crate::i18n::{Texts, Zone};
use crate::ui::{Qr, Sample, status};

const NOW: i64 = 1_794_904_920_000;
const CODE: &str = "7KQ4M2XD9HWZ3B5TRY6NQ8FJ2A";
const ATTEMPT: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";

fn frame(l: Texts) -> PortalFrame {
    PortalFrame {
        texts: l,
        organisation: "Norrviks universitet".to_owned(),
        here: "/e/7KQ4M2XD9HWZ3B5TRY6NQ8FJ2A".to_owned(),
        help: "IT-support: 046-555 01 00".to_owned(),
        brand: Brand::default(),
        refresh_secs: 0,
    }
}

impl Sample for BeginPage {
    const NAME: &'static str = "e-begin";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let zone = Zone {
            now_ms: NOW,
            zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(1)),
        };
        let link = format!("https://mdm.norrvik.example/e/{CODE}");
        let page = |platform, personal, pin: Option<PinEntry>| Self {
            f: frame(l),
            code: CODE.to_owned(),
            person: "Elin Hedström".to_owned(),
            inviter: "Maja Bergqvist".to_owned(),
            platform,
            guessed: true,
            platforms: vec![Platform::Iphone, Platform::Ipad, Platform::Mac],
            personal,
            wrong_browser: false,
            link: link.clone(),
            qr: Qr::new(&link),
            until: l.deadline(NOW + 14 * 86_400_000, &zone),
            pin,
        };
        let mut other = page(Platform::Other, false, None);
        other.person = String::new();
        let mut browser = page(Platform::Iphone, true, None);
        browser.wrong_browser = true;
        browser.guessed = false;
        browser.inviter = String::new();
        browser.f.help = String::new();
        let mut branded = page(Platform::Iphone, false, None);
        branded.f.brand = Brand::sample();
        vec![
            ("iphone", page(Platform::Iphone, false, None)),
            (
                "personal",
                page(Platform::Ipad, true, Some(PinEntry::default())),
            ),
            (
                "pin-wrong",
                page(Platform::Mac, false, Some(PinEntry::wrong(l, 3))),
            ),
            (
                "pin-last",
                page(Platform::Iphone, false, Some(PinEntry::wrong(l, 1))),
            ),
            (
                "pin-missing",
                page(Platform::Iphone, false, Some(PinEntry::missing(l))),
            ),
            ("other", other),
            ("browser", browser),
            ("branded", branded),
        ]
    }
}

impl Sample for InstallPage {
    const NAME: &'static str = "e-install";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |platform, status: InstallStatus| Self {
            f: PortalFrame {
                refresh_secs: 10,
                ..frame(l)
            },
            code: CODE.to_owned(),
            attempt: ATTEMPT.to_owned(),
            platform,
            personal: platform == Platform::Ipad,
            profile_url: "/apple/enroll/4f7a91cc27d84e0b".to_owned(),
            deadline: String::new(),
            left: "6:42".to_owned(),
            status,
            fetched: if status == InstallStatus::Waiting {
                String::new()
            } else {
                "09:38".to_owned()
            },
        };
        vec![
            ("iphone", page(Platform::Iphone, InstallStatus::Fetched)),
            ("ipad", page(Platform::Ipad, InstallStatus::Waiting)),
            ("mac", page(Platform::Mac, InstallStatus::SettingUp)),
        ]
    }
}

impl Sample for ReadyPage {
    const NAME: &'static str = "e-ready";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |platform, personal, device: &str| Self {
            f: frame(l),
            platform,
            personal,
            device: device.to_owned(),
        };
        vec![
            ("iphone", page(Platform::Iphone, false, "ENG-IPH-0417")),
            ("mac", page(Platform::Mac, true, "")),
        ]
    }
}

impl Sample for FailedPage {
    const NAME: &'static str = "e-failed";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        Failure::ALL
            .into_iter()
            .map(|failure| {
                let page = Self {
                    f: frame(l),
                    code: CODE.to_owned(),
                    attempt: ATTEMPT.to_owned(),
                    step: status(l, "attempt", "profile_fetched").text,
                    cause: failure.cause(l),
                    remedy: failure.remedy(l),
                    again: failure.again(),
                };
                (failure.value(), page)
            })
            .collect()
    }
}

impl Sample for ClosedPage {
    const NAME: &'static str = "e-closed";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let names = [
            "expired",
            "used",
            "revoked",
            "unknown",
            "pins",
            "pin-old",
            "spent",
            "slow",
            "not-ready",
            "odd",
        ];
        names
            .into_iter()
            .zip(Closed::ALL)
            .map(|(name, closed)| {
                let f = frame(l);
                (name, Self { f, closed })
            })
            .collect()
    }
}
