//! Samples of the pages about push certificates.

use super::frame::Place;
use super::samples::{DAY, NOW, ago, frame, zone};
use super::settings::{
    PastLine, PushCertificate, PushLine, PushNewPage, PushPage, PushRequestPage, PushVendorPage,
    Refusal, Report, VendorFacts, check,
};
use super::words::{self, FieldError, Notice};
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, status, urls};

const TOPIC: &str = "com.apple.mgmt.External.5d0b1c7e-9a41";
const ID: &str = "0198c0de-0000-7000-8000-00000000007a";

fn report(l: Texts, passed: bool) -> Report {
    let connection = if passed {
        ("passed", None)
    } else {
        ("failed", Some("proxy"))
    };
    Report {
        passed,
        when: ago(l, 90),
        responsible: "Central IT".to_owned(),
        lines: vec![
            check(l, "certificate", "skipped", Some("no_candidate")),
            check(l, "connection", connection.0, connection.1),
            check(l, "account", "passed", None),
            check(l, "signer", "skipped", Some("outside")),
        ],
    }
}

fn current(l: Texts, days: i64, state: &str) -> PushCertificate {
    let purpose = |value: &str, text: String| Choice {
        value: value.to_owned(),
        text,
        chosen: value == "production",
    };
    let past = |days: i64, in_use: bool| PastLine {
        serial: "1f03a9c2".to_owned(),
        expires: l.date(NOW + days * DAY, &zone()),
        uploaded: ago(l, 300),
        in_use,
    };
    PushCertificate {
        id: ID.to_owned(),
        status: status(l, "certificate", state),
        next: l.ta("push-next-expiring", &l.date(NOW + days * DAY, &zone())),
        unit: "Norrvik University".to_owned(),
        owner: "Central IT".to_owned(),
        purposes: vec![
            purpose("", l.t("push-purpose-none")),
            purpose("production", l.t("push-purpose-production")),
            purpose("test", l.t("push-purpose-test")),
        ],
        for_new: true,
        waiting: l.number(if days < 0 { 311 } else { 0 }),
        alarm: String::new(),
        here: urls::push_topic(ID),
        past: vec![past(days, true), past(days - 365, false)],
        report: Some(report(l, days > 20)),
        subject: "APSP:5d0b1c7e-9a41".to_owned(),
        topic: TOPIC.to_owned(),
        serial: "1f03a9c2".to_owned(),
        expires: l.deadline(NOW + days * DAY, &zone()),
        left: l.tn("span-days", days.max(0)),
        account: "mdm-apple@norrvik.example".to_owned(),
        note: "Password in the safe of Central IT".to_owned(),
        uploaded: ago(l, 300),
        stopped: if days < 0 {
            "403 ExpiredProviderToken".to_owned()
        } else {
            String::new()
        },
        devices: l.number(4812),
        ladder: words::push_ladder(l, days, |before| {
            l.date(NOW + (days - before) * DAY, &zone())
        }),
    }
}

fn page(
    l: Texts,
    current: Option<PushCertificate>,
    refused: Option<Refusal>,
    errors: bool,
) -> PushPage {
    let error = |error: FieldError| if errors { error.text(l) } else { String::new() };
    PushPage {
        f: frame(l, Place::Push, urls::PUSH),
        account: current
            .as_ref()
            .map_or_else(String::new, |current| current.account.clone()),
        topics: Vec::new(),
        requests: Vec::new(),
        current,
        refused,
        certificate_error: error(FieldError::NoPemCertificate),
        key_error: error(FieldError::NoPemKey),
        note: String::new(),
        account_error: error(FieldError::Required),
        further: false,
        change_topic: false,
        may_upload: true,
        password: errors,
        password_error: error(FieldError::PasswordWrong),
    }
}

fn line(l: Texts, text: &str, state: Option<&str>) -> PushLine {
    PushLine {
        href: urls::push_topic(ID),
        text: text.to_owned(),
        note: match state {
            Some(_) => "Norrvik University".to_owned(),
            None => l.t("push-requests-sign"),
        },
        status: state.map(|state| status(l, "certificate", state)),
    }
}

impl Sample for PushPage {
    const NAME: &'static str = "push";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let shown = |days, state| Some(current(l, days, state));
        let changed = Refusal::topic_changed(l, TOPIC, 4812);
        let unusable = Refusal::of(l, "push_certificate_use");
        let mut reader = page(l, shown(120, "valid"), unusable, false);
        reader.may_upload = false;
        let mut saved = page(l, shown(365, "valid"), None, false);
        saved.f.messages = vec![Notice::PushSaved.message(l)];
        let mut several = page(l, shown(200, "renewing"), None, false);
        several.topics = vec![
            line(l, TOPIC, Some("renewing")),
            line(l, "com.apple.mgmt.External.school", Some("valid")),
        ];
        several.requests = vec![line(l, "Norrvik University", None)];
        several.f.messages = vec![
            Notice::PushNoted.message(l),
            Notice::PushRehearsed.message(l),
        ];
        let mut alarm = page(l, shown(200, "valid"), None, false);
        if let Some(current) = &mut alarm.current {
            "BadDeviceToken".clone_into(&mut current.alarm);
        }
        alarm.f.messages = vec![Notice::PushResumed.message(l)];
        let of = |code| page(l, None, Refusal::of(l, code), false);
        let expired = Refusal::of(l, "push_certificate_expired");
        vec![
            ("expiring", page(l, shown(12, "expiring"), None, false)),
            (
                "topic",
                page(l, shown(12, "expiring"), Some(changed), false),
            ),
            ("missing", page(l, None, None, true)),
            ("saved", saved),
            ("several", several),
            ("alarm", alarm),
            ("reader", reader),
            ("key", of("push_key_mismatch")),
            ("kind", of("push_topic_missing")),
            ("expired", page(l, shown(-1, "expired"), expired, false)),
        ]
    }
}

impl Sample for PushNewPage {
    const NAME: &'static str = "push-new";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let shown = |refused| Self {
            f: frame(l, Place::Push, urls::PUSH_NEW),
            renews: vec![
                Choice {
                    value: ID.to_owned(),
                    text: l.ta("push-renews-one", TOPIC),
                    chosen: true,
                },
                Choice {
                    value: String::new(),
                    text: l.t("push-renews-none"),
                    chosen: false,
                },
            ],
            name: "Norrvik University".to_owned(),
            email: "mdm-apple@norrvik.example".to_owned(),
            country: "SE".to_owned(),
            refused,
        };
        let refused = Refusal {
            title: l.t("push-error"),
            text: l.t("push-error-country"),
        };
        vec![("first", shown(None)), ("refused", shown(Some(refused)))]
    }
}

impl Sample for PushRequestPage {
    const NAME: &'static str = "push-request";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let shown = |renews: bool, signed: bool, vendor: &str| {
            let some = |text: &str| {
                if renews {
                    text.to_owned()
                } else {
                    String::new()
                }
            };
            Self {
                f: frame(l, Place::Push, urls::PUSH),
                renews: some(ID),
                topic: some(TOPIC),
                account: some("mdm-apple@norrvik.example"),
                others: !renews,
                name: "Norrvik University".to_owned(),
                email: "mdm-apple@norrvik.example".to_owned(),
                country: "SE".to_owned(),
                created: ago(l, 20),
                signed,
                vendor: vendor.to_owned(),
                here: urls::push_request(ID),
                refused: None,
                may_change: true,
                password: signed,
            }
        };
        let mut refused = shown(true, false, "");
        refused.refused = Some(Refusal {
            title: l.t("push-error"),
            text: l.t("push-error-signed-other"),
        });
        let mut reader = shown(true, true, "");
        reader.may_change = false;
        vec![
            ("made", shown(true, false, "CN=MDM Vendor: Norrvik")),
            ("signed", shown(true, true, "")),
            ("first", shown(false, true, "")),
            ("refused", refused),
            ("reader", reader),
        ]
    }
}

impl Sample for PushVendorPage {
    const NAME: &'static str = "push-vendor";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let shown = |current, refused, may_change, password| Self {
            f: frame(l, Place::Push, urls::PUSH_VENDOR),
            current,
            refused,
            may_change,
            password,
            password_error: String::new(),
        };
        let facts = || VendorFacts {
            status: status(l, "certificate", "valid"),
            subject: "CN=MDM Vendor: Norrvik".to_owned(),
            expires: l.deadline(NOW + 200 * DAY, &zone()),
        };
        let refused = Refusal {
            title: l.t("push-error"),
            text: l.t("push-error-vendor-chain"),
        };
        vec![
            ("none", shown(None, Some(refused), true, true)),
            ("kept", shown(Some(facts()), None, true, false)),
            ("reader", shown(Some(facts()), None, false, false)),
        ]
    }
}
