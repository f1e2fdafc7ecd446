//! Samples of the pages that help the reader on: documentation, first steps, the guide to enrollment, settings by
//! area.

use tillsyn_core::certificates::{AuthorityUse, OwnAuthority};
use tillsyn_core::enrollment_guide::{Answers, Holder, Platform, SetUpBy, State};
use tillsyn_core::first_steps::{FirstSteps, Step};

use super::areas::{
    Area, AreasPage, AuthoritiesPage, AuthorityRow, BackupPage, ListenerRow, ServerPage,
};
use super::docs::{DocPage, DocsPage};
use super::first_steps::FirstStepsCard;
use super::frame::Place;
use super::guide::{GuidePage, Site};
use super::samples::{DAY, NOW, ago, frame, zone};
use crate::docs::{by_slug, url};
use crate::i18n::Texts;
use crate::server::{DeviceProof, ListenerFacts, ListenerTls, ShownCertificate, Surface};
use crate::ui::{Link, Sample, Tone, urls};

/// A new installation, half way.
pub(super) fn steps(l: Texts) -> FirstStepsCard {
    let found = FirstSteps {
        steps: vec![
            (Step::Address, true),
            (Step::Push, true),
            (Step::Mail, false),
            (Step::Administrators, false),
            (Step::People, true),
            (Step::Invitation, false),
            (Step::Device, false),
            (Step::Profile, false),
            (Step::Backup, false),
        ],
        backup: None,
        hidden: None,
    };
    FirstStepsCard::of(l, &found, &|_| true)
}

impl Sample for DocsPage {
    const NAME: &'static str = "docs";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |query: &str| Self::of(frame(l, Place::Docs, urls::DOCS), query);
        vec![
            ("shelves", page("")),
            ("found", page("second person")),
            ("nothing", page("zzzzqqq")),
        ]
    }
}

impl Sample for DocPage {
    const NAME: &'static str = "doc";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        ["first-steps", "guide/sv", "reference/errors"]
            .into_iter()
            .filter_map(|slug| {
                let found = by_slug(slug)?;
                let name = slug.rsplit('/').next().unwrap_or(slug);
                Some((name, Self::of(frame(l, Place::Docs, &found.url()), found)))
            })
            .collect()
    }
}

impl Sample for GuidePage {
    const NAME: &'static str = "enrollment-guide";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let ready = Site {
            push_until: Some(l.date(NOW + 200 * DAY, &zone())),
            address_good: true,
            mail: true,
            own_devices: true,
        };
        let page = |answers: Answers, site: &Site, may: bool| {
            let f = frame(l, Place::Invitations, urls::ENROLLMENT_GUIDE);
            Self::of(f, answers, site, &|_| may)
        };
        let many = Answers {
            count: 40,
            ..Answers::default()
        };
        let moving = Answers {
            platform: Platform::Mac,
            holder: Holder::Organisation,
            state: State::Managed,
            set_up_by: SetUpBy::Staff,
            count: 4_000,
        };
        let android = Answers {
            platform: Platform::Android,
            holder: Holder::Person,
            ..Answers::default()
        };
        vec![
            ("many", page(many, &ready, true)),
            ("nothing-ready", page(many, &Site::default(), true)),
            ("moving", page(moving, &ready, true)),
            ("android", page(android, &ready, true)),
            (
                "no-right",
                page(Answers::default(), &Site::default(), false),
            ),
        ]
    }
}

impl Sample for AreasPage {
    const NAME: &'static str = "settings";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let link = |href: &str, text: String| Link {
            href: href.to_owned(),
            text,
        };
        let area = |icon, title: String, tone, state: String, pages| Area {
            icon,
            title,
            tone,
            state,
            pages,
        };
        let date = l.date(NOW + 12 * DAY, &zone());
        let args = [("n", 2.into()), ("all", 5.into())];
        let areas = vec![
            area(
                "user",
                l.t("area-sign-in"),
                Tone::Warn,
                l.t_args("area-without-second-step", &args),
                vec![
                    link(urls::ADMINISTRATORS, l.t("nav-administrators")),
                    link(urls::ROLES, l.t("nav-roles")),
                ],
            ),
            area(
                "shield",
                l.t("nav-push"),
                Tone::Bad,
                l.ta("area-ends", &date),
                vec![link(urls::PUSH, l.t("nav-push"))],
            ),
        ];
        let page = |areas, first_steps_hidden| Self {
            f: frame(l, Place::Settings, urls::SETTINGS),
            areas,
            first_steps_hidden,
        };
        vec![
            ("two", page(areas, true)),
            ("none", page(Vec::new(), false)),
        ]
    }
}

impl Sample for ServerPage {
    const NAME: &'static str = "server";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let listener = |address: &str, surface, tls| ListenerFacts {
            address: address.to_owned(),
            surface,
            device_proof: DeviceProof::Signature,
            tls,
        };
        let shown = ShownCertificate {
            subject: "CN=mdm.norrvik.example".to_owned(),
            issuer: "CN=Public CA, O=Example Trust Services".to_owned(),
            names: vec![
                "mdm.norrvik.example".to_owned(),
                "*.norrvik.example".to_owned(),
            ],
            not_after: NOW + 60 * DAY,
            fits: true,
            self_issued: false,
        };
        let facts = [
            listener(
                "0.0.0.0:8443",
                Surface::Public,
                ListenerTls::On(Box::new(shown)),
            ),
            listener("127.0.0.1:9443", Surface::Administrative, ListenerTls::Off),
            listener(
                "[::]:8444",
                Surface::All,
                ListenerTls::Unreadable("/etc/tillsyn/tls.pem".to_owned()),
            ),
        ];
        let page = |full: bool| Self {
            f: frame(l, Place::Settings, urls::SERVER),
            public_url: "https://mdm.norrvik.example".to_owned(),
            console_url: "https://console.norrvik.example:9443".to_owned(),
            listeners: facts
                .iter()
                .filter(|_| full)
                .map(|one| ListenerRow::of(l, &zone(), one))
                .collect(),
            engine: "PostgreSQL",
            node: "mdm-1:8443".to_owned(),
            version: "0.9.0",
            settings: [
                ("public.url", "https://mdm.norrvik.example"),
                ("database.url", "postgres:…"),
            ]
            .into_iter()
            .filter(|_| full)
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        };
        vec![("full", page(true)), ("empty", page(false))]
    }
}

impl Sample for BackupPage {
    const NAME: &'static str = "backup";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |confirmed: bool| Self {
            f: frame(l, Place::Settings, urls::BACKUP),
            confirmed: confirmed.then(|| ("Maja Bergqvist".to_owned(), ago(l, 90))),
            help: url("backup"),
            may_confirm: true,
        };
        vec![("none", page(false)), ("confirmed", page(true))]
    }
}

impl Sample for AuthoritiesPage {
    const NAME: &'static str = "authorities";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let one = |used_for, days: i64, issued| OwnAuthority {
            used_for,
            subject: "CN=Tillsyn Device CA, O=Norrvik University".to_owned(),
            algorithm: "P-256".to_owned(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            not_before: NOW - 100 * DAY,
            not_after: NOW + days * DAY,
            issued,
        };
        let all = [
            one(AuthorityUse::Devices, 3_550, Some(14_902)),
            one(AuthorityUse::Networks, 200, Some(0)),
            one(AuthorityUse::Profiles, -1, None),
        ];
        let page = |all: &[OwnAuthority]| Self {
            f: frame(l, Place::Settings, urls::AUTHORITIES),
            rows: all
                .iter()
                .map(|one| AuthorityRow::of(l, &zone(), one))
                .collect(),
        };
        vec![("three", page(&all)), ("none", page(&[]))]
    }
}
