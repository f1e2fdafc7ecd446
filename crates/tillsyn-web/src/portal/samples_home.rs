//! The pages of a person's own devices in each of their states, with invented data.

use jiff::tz::{TimeZone, offset};
use tillsyn_core::ids::{CommandId, DeviceId, OrgUnitId};
use tillsyn_core::managed::{Facts, Ledger};
use tillsyn_core::self_service::Owner;
use tillsyn_core::self_service::{
    ActState, Agreed, Asked, Gone, Level, Look, Looked, MyDevice, MyDeviceDetail, Pending, Policy,
    Remedy, SelfAct, Who,
};

use super::frame::PortalPlace;
use super::home::PortalHomePage;
use super::my_act::MyActPage;
use super::my_device::MyDevicePage;
use super::samples_signin::signed_in;
use crate::i18n::{Texts, Zone};
use crate::ui::Sample;

const NOW: i64 = 1_794_904_920_000;
const DAY: i64 = 86_400_000;
const GONE: Remedy = Remedy::EnrollAgain {
    gone: Gone::RemovedOnDevice,
};

fn zone() -> Zone {
    Zone {
        now_ms: NOW,
        zone: TimeZone::fixed(offset(1)),
    }
}

fn device(name: &str, platform: &str, personal: bool, remedies: Vec<Remedy>) -> MyDevice {
    MyDevice {
        id: DeviceId::new(NOW),
        name: name.to_owned(),
        own_name: "ENG-IPH-0417".to_owned(),
        labelled: !personal,
        platform: platform.to_owned(),
        model_name: Some("iPhone 16".to_owned()),
        serial_number: (!personal).then(|| "F2LXK0417Q".to_owned()),
        os_version: Some("26.1".to_owned()),
        ownership: Some(if personal { "personal" } else { "corporate" }.to_owned()),
        enrolled: !remedies
            .iter()
            .any(|remedy| matches!(remedy, Remedy::EnrollAgain { .. })),
        lost: remedies.contains(&Remedy::Lost),
        enrolled_at: Some(NOW - 90 * DAY),
        last_seen: Some(NOW - 8 * DAY),
        unit_id: OrgUnitId::new(NOW),
        accounts: if personal {
            vec!["Elin".to_owned()]
        } else {
            Vec::new()
        },
        remedies,
    }
}

fn detail(device: MyDevice) -> MyDeviceDetail {
    let owner = if device.is_personal() {
        Owner::Personal
    } else {
        Owner::Corporate
    };
    let usual = Policy::usual();
    let acts = SelfAct::ALL.map(|act| ActState {
        act,
        level: usual.level(owner, act),
        refused: None,
    });
    let asked = |request_type: &str, status: &str, held_until: Option<i64>| Asked {
        id: CommandId::new(NOW),
        request_type: request_type.to_owned(),
        status: status.to_owned(),
        status_reason: (status == "cancelled").then(|| "withdrawn".to_owned()),
        held_until,
        finished: !matches!(status, "held" | "queued" | "sent"),
        can_cancel: matches!(status, "held" | "queued"),
        created_at: NOW - 60_000,
        updated_at: NOW - 60_000,
    };
    let looked = |look, who| Looked {
        at: NOW - DAY,
        look,
        who,
    };
    let facts = Facts {
        platform: &device.platform,
        enrollment_type: "profile",
        ownership: device.ownership.as_deref().unwrap_or("corporate"),
        supervised: Some(!device.is_personal()),
        access_rights: None,
    };
    MyDeviceDetail {
        ledger: device.enrolled.then(|| Ledger::of(&facts)),
        agreed: device.enrolled.then(|| Agreed {
            at: NOW - 90 * DAY,
            terms: device
                .labelled
                .then(|| "Reglerna gäller.\n\nAnmäl förlust.".to_owned()),
        }),
        lost_by_me: device.lost,
        device,
        acts: acts.to_vec(),
        asked: vec![
            asked("EraseDevice", "held", Some(NOW + 240_000)),
            asked("ClearPasscode", "held", None),
            asked("DeviceLock", "queued", None),
            asked("EnableLostMode", "sent", None),
            asked("DisableLostMode", "acknowledged", None),
            asked("RemoveProfile", "cancelled", None),
            asked("DeviceInformation", "error", None),
            asked("DeviceLock", "expired", None),
        ],
        looked: vec![
            looked(Look::Secret, Who::Person("Per Sandström".to_owned())),
            looked(Look::Location, Who::Unnamed),
            looked(Look::AskedLocation, Who::Person("Per Sandström".to_owned())),
            looked(Look::AskedApps, Who::Program("Maja Bergqvist".to_owned())),
            looked(Look::AskedStatus, Who::Unnamed),
        ],
    }
}

fn each_remedy() -> Vec<Remedy> {
    vec![
        Remedy::PushDead,
        Remedy::OpenAndCheckIn { days: 8 },
        Remedy::Refused {
            names: vec!["Wi-Fi".to_owned()],
        },
        GONE,
        Remedy::LogInAgain,
        Remedy::SetPasscode,
        Remedy::FreeStorage {
            free_bytes: 900_000_000,
        },
        Remedy::UpdateSystem {
            version: "26.2".to_owned(),
        },
        Remedy::Leaving,
        Remedy::Stolen,
    ]
}

impl Sample for PortalHomePage {
    const NAME: &'static str = "portal-home";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |devices: Vec<MyDevice>, pending: &[Pending]| {
            let f = signed_in(l, PortalPlace::Devices);
            Self::new(f, &zone(), &devices, pending)
        };
        let fine = device("Jobbtelefonen", "ios", false, Vec::new());
        let quiet = vec![Remedy::OpenAndCheckIn { days: 8 }];
        let pending = [Pending {
            platform: "macos".to_owned(),
            since: NOW,
        }];
        vec![
            ("fine", page(vec![fine.clone()], &[])),
            (
                "task",
                page(
                    vec![
                        device("iPad", "ipados", true, quiet.clone()),
                        fine.clone(),
                        device("Gammal", "tvos", false, vec![GONE]),
                    ],
                    &[],
                ),
            ),
            (
                "tasks",
                page(
                    vec![
                        device("iPad", "ipados", true, quiet.clone()),
                        device("Mac", "macos", false, quiet),
                    ],
                    &[],
                ),
            ),
            (
                "closed",
                page(
                    vec![device("iPhone", "ios", false, vec![Remedy::Lost])],
                    &[],
                ),
            ),
            ("pending", page(vec![fine], &pending)),
            ("none", page(Vec::new(), &[])),
        ]
    }
}

impl Sample for MyDevicePage {
    const NAME: &'static str = "portal-device";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |device: MyDevice| {
            let f = signed_in(l, PortalPlace::Devices);
            Self::new(f, &zone(), &detail(device))
        };
        let mut wrong = page(device("iPad", "ipados", true, each_remedy()));
        wrong.label_error = l.t("my-name-wrong");
        wrong.looked.clear();
        vec![
            (
                "fine",
                page(device("Jobbtelefonen", "ios", false, Vec::new())),
            ),
            ("personal", wrong),
            (
                "lost",
                page(device("iPhone", "ios", false, vec![Remedy::Lost])),
            ),
            (
                "leaving",
                page(device("Mac", "macos", true, vec![Remedy::Leaving])),
            ),
            ("gone", page(device("iPhone", "ios", false, vec![GONE]))),
        ]
    }
}

impl Sample for MyActPage {
    const NAME: &'static str = "portal-act";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |path: &str, act, platform: &str, level| {
            let f = signed_in(l, PortalPlace::Devices);
            let detail = detail(device("Jobbtelefonen", platform, false, Vec::new()));
            Self::new(f, &detail, path, act, level)
        };
        let mut erase = page("erase", SelfAct::Erase, "ios", Level::Approval);
        erase.reason_error = l.t("my-reason-missing");
        erase.confirm_error = l.t("my-confirm-wrong");
        let mut lost = page("lost", SelfAct::LostMode, "ios", Level::On);
        lost.message_error = l.t("my-words-missing");
        let mut lock = page("lock", SelfAct::Lock, "macos", Level::On);
        lock.problem = l.t("my-frozen");
        vec![
            ("erase", erase),
            ("lost", lost),
            ("lock", lock),
            ("lock-phone", page("lock", SelfAct::Lock, "ios", Level::On)),
            (
                "passcode",
                page("passcode", SelfAct::ClearPasscode, "ios", Level::On),
            ),
            (
                "remove",
                page("remove", SelfAct::Remove, "ipados", Level::On),
            ),
        ]
    }
}
