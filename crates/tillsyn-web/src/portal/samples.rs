//! Every page of the portal in each of its states, with invented data.

use super::enroll::{
    BeginPage, Changed, Closed, ClosedPage, ConsentPage, FailedPage, Failure, GoOwn, GoPage,
    HandOverPage, InstallPage, InstallStatus, PinEntry, Platform, ReadyPage, SignInFirst,
    WrongBrowser,
};
use super::managed::{Managed, by_profile};
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
            may_be_ipad: platform == Platform::Mac,
            reported: false,
            sign_in: None,
            wrong_browser: None,
            link: link.clone(),
            qr: Qr::new(&link),
            until: l.deadline(NOW + 14 * 86_400_000, &zone),
            pin,
            pin_by_mail: platform == Platform::Ipad,
        };
        let mut other = page(Platform::Other, false, None);
        other.person = String::new();
        let mut browser = page(Platform::Iphone, true, None);
        browser.wrong_browser = Some(WrongBrowser::Other);
        browser.guessed = false;
        browser.inviter = String::new();
        browser.f.help = String::new();
        let mut branded = page(Platform::Iphone, false, None);
        branded.f.brand = Brand::sample();
        let mut app = page(Platform::Ipad, false, None);
        app.wrong_browser = Some(WrongBrowser::InApp);
        let mut reported = page(Platform::Android, false, None);
        reported.reported = true;
        let mut sign_in = page(Platform::Iphone, false, None);
        sign_in.sign_in = Some(SignInFirst::Nobody);
        let mut somebody_else = page(Platform::Mac, false, None);
        somebody_else.sign_in = Some(SignInFirst::SomebodyElse);
        vec![
            ("iphone", page(Platform::Iphone, false, None)),
            ("sign-in", sign_in),
            ("somebody-else", somebody_else),
            ("app", app),
            ("android", page(Platform::Android, false, None)),
            ("windows", page(Platform::Windows, true, None)),
            ("reported", reported),
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

impl Sample for ConsentPage {
    const NAME: &'static str = "e-consent";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |platform, personal, terms: &[&str]| Self {
            f: frame(l),
            code: CODE.to_owned(),
            attempt: ATTEMPT.to_owned(),
            platform,
            personal,
            managed: Managed::new(l, &by_profile(platform, personal)),
            terms: terms.iter().map(|part| (*part).to_owned()).collect(),
            terms_sha256: String::new(),
            shown: String::new(),
            changed: None,
        };
        let terms = [
            "Enheten används enligt universitetets regler.",
            "En förlorad enhet anmäls genast till IT-supporten.",
        ];
        let mut changed = page(Platform::Mac, false, &terms);
        changed.changed = Some(Changed::Terms);
        let mut other = page(Platform::Iphone, true, &terms);
        other.changed = Some(Changed::Other);
        vec![
            ("iphone", page(Platform::Iphone, false, &terms)),
            ("personal", page(Platform::Ipad, true, &[])),
            ("changed", changed),
            ("other", other),
        ]
    }
}

impl Sample for HandOverPage {
    const NAME: &'static str = "e-hand-over";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let link = "https://mdm.norrvik.example/go/7KQ4-M2XD".to_owned();
        let page = Self {
            f: frame(l),
            link_code: CODE.to_owned(),
            attempt: ATTEMPT.to_owned(),
            code: "7KQ4-M2XD".to_owned(),
            host: "mdm.norrvik.example/go".to_owned(),
            qr: Qr::new(&link),
            link,
            deadline: String::new(),
            left: "9:58".to_owned(),
        };
        vec![("code", page)]
    }
}

impl Sample for GoPage {
    const NAME: &'static str = "e-go";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |platform, own| Self {
            f: frame(l),
            code: String::new(),
            code_error: String::new(),
            platform,
            own,
        };
        let mut wrong = page(Platform::Mac, GoOwn::Off);
        wrong.code_error = l.t("go-code-wrong");
        let own = GoOwn::Begin {
            name: "Elin Hedström".to_owned(),
            csrf: "0".repeat(43),
        };
        vec![
            ("sign-in", page(Platform::Iphone, GoOwn::SignIn)),
            ("own", page(Platform::Ipad, own)),
            ("wrong", wrong),
            ("android", page(Platform::Android, GoOwn::Off)),
            ("other", page(Platform::Other, GoOwn::Off)),
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
            managed: Managed::new(l, &by_profile(platform, platform == Platform::Ipad)),
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
            silent: device.is_empty(),
            account: (platform == Platform::Mac).then_some(personal),
        };
        vec![
            ("iphone", page(Platform::Iphone, false, "ENG-IPH-0417")),
            ("mac", page(Platform::Mac, true, "")),
            ("mac-waits", page(Platform::Mac, false, "")),
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
                    link: failure
                        .elsewhere()
                        .then(|| format!("https://mdm.norrvik.example/e/{CODE}")),
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
            "limit",
            "by-invitation",
            "pin-sent",
        ];
        names
            .into_iter()
            .zip(Closed::ALL)
            .map(|(name, closed)| {
                let f = frame(l);
                let mut page = Self::new(f, closed);
                page.new_pin = (closed == Closed::PinExpired).then(|| CODE.to_owned());
                (name, page)
            })
            .collect()
    }
}
