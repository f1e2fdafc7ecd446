//! Samples of the pages about configuration profiles.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use tillsyn_core::plans::{Counts, Summary};

use super::frame::{Chip, Emptiness, Filter, Pager, Place};
use super::profiles::form::{self, Section, Told};
use super::profiles::{
    AddPayloadPage, Checked, DiffLine, EffectCard, EffectPage, ExportForm, FindingLine, HeadTab,
    NewProfilePage, PayloadKind, PayloadOption, PayloadTab, PayloadsOfKind, PlanAct, ProfileHead,
    ProfileRow, ProfilesPage, RawPage, SettingsPage, TemplateCard,
};
use super::samples::{ago, frame};
use super::words::Notice;
use crate::i18n::Texts;
use crate::ui::{Choice, Link, Sample, Status, Tone, status, urls};

const ID: &str = "0198c0de-0000-7000-8000-0000000000e7";
const IDENTIFIER: &str = "se.norrvik.wifi.eduroam";
const WIFI: &str = "com.apple.wifi.managed";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas nätverksprofil 07";

fn draft(l: Texts) -> Status {
    Status::new(Tone::Info, "edit", l.t("profile-draft"))
}

fn head(l: Texts, name: &str, plan: PlanAct) -> ProfileHead {
    let tab = |href, text, count: u64, current| HeadTab {
        href,
        text,
        count: if count == 0 {
            String::new()
        } else {
            l.number(count)
        },
        current,
    };
    ProfileHead {
        id: ID.to_owned(),
        name: name.to_owned(),
        icon: "wifi",
        status: draft(l),
        about: l.t_args(
            "profile-about-draft-by",
            &[("when", "09:41".into()), ("who", "Maja Bergqvist".into())],
        ),
        description: "Wi-Fi on campus".to_owned(),
        tabs: vec![tab(urls::profile(ID), l.t("profile-tab-settings"), 0, true)],
        revision: 12,
        archived: false,
        may_write: true,
        discard: true,
        delete: false,
        plan,
        archive: true,
        restore: false,
    }
}

fn reader(l: Texts) -> ProfileHead {
    ProfileHead {
        may_write: false,
        discard: false,
        archived: true,
        archive: false,
        restore: true,
        status: Status::new(Tone::Idle, "archive", l.t("profile-archived")),
        ..head(l, LONG, PlanAct::Absent)
    }
}

fn wifi() -> Map<String, Json> {
    let value = json!({
        "PayloadType": WIFI, "SSID_STR": "eduroam", "EncryptionType": "WPA2", "AutoJoin": true,
        "PayloadCertificateUUID": "ABC", "Password": "x", "OwnKey": { "a": 1 },
        "EAPClientConfiguration": {
            "AcceptEAPTypes": [13], "TLSMinimumVersion": "1.2",
            "TLSTrustedServerNames": ["radius1.norrvik.example", "radius2.norrvik.example"],
        },
        "DisableAssociationMACRandomization": true,
    });
    value.as_object().cloned().unwrap_or_default()
}

fn vpn() -> Map<String, Json> {
    let value = json!({
        "VPNType": "IKEv2", "UserDefinedName": "Campus",
        "IKEv2": { "OnDemandRules": [{ "Action": "Connect" }, { "Action": "Ignore" }] },
        "VendorConfig": { "Own": "value", "Deep": { "a": 1 } },
    });
    value.as_object().cloned().unwrap_or_default()
}

fn sections(l: Texts, kind: &str, values: &Map<String, Json>, locked: bool) -> Vec<Section> {
    let secrets = BTreeSet::from(["Password".to_owned()]);
    let certificates = [Choice {
        value: "ABC".to_owned(),
        text: "eduroam client".to_owned(),
        chosen: false,
    }];
    let made = form::build(&form::Subject {
        l,
        kind,
        variant: "",
        values,
        stored: values,
        secrets: &secrets,
        certificates: &certificates,
        all: kind != WIFI,
        locked,
    });
    made.sections
}

fn finding(l: Texts, tone: &'static str, href: &str) -> FindingLine {
    FindingLine {
        tone,
        text: l.t("finding-mdm"),
        place: form::payload_name(l, WIFI),
        href: href.to_owned(),
    }
}

fn settings(l: Texts, kind: &str, values: &Map<String, Json>, head: ProfileHead) -> SettingsPage {
    let tab = |value: &str, icon, title: String, current, errors| PayloadTab {
        value: value.to_owned(),
        href: urls::profile_payload(ID, value.parse().ok(), false, ""),
        icon,
        title,
        current,
        errors,
    };
    let line = |class, sign, text: &str| DiffLine {
        class,
        sign,
        text: text.to_owned(),
    };
    SettingsPage {
        payloads: vec![
            tab("top", "gear", l.t("profile-itself"), false, 0),
            tab("0", "wifi", form::payload_name(l, kind), true, 1),
            tab("1", "key", "eduroam client".to_owned(), false, 0),
        ],
        current: "0".to_owned(),
        what: format!("{kind}, {}", l.t("profile-many-per-device")),
        about: super::words::payloads::payload_about(l, kind).unwrap_or_default(),
        variants: Vec::new(),
        variant: String::new(),
        support: Vec::new(),
        sections: sections(l, kind, values, !head.may_write),
        all: kind != WIFI,
        keys: 28,
        unknown: false,
        encrypted: false,
        findings: Vec::new(),
        payload_key: "0B7C3C1E-6B1A-4B7E-9C39-0A2D6C8E1F01".to_owned(),
        shown: "{}".to_owned(),
        conflict: String::new(),
        payload_gone: false,
        lost: Vec::new(),
        error: String::new(),
        own_name: head.name.clone(),
        own_description: head.description.clone(),
        diff: vec![
            line(
                "ctx",
                "",
                "PayloadContent[0].EAPClientConfiguration.TLSMinimumVersion",
            ),
            line("cut", "−", "1.0"),
            line("add", "+", "1.2"),
        ],
        base: "7".to_owned(),
        comment: "TLS 1.2".to_owned(),
        variables: vec![("{{person.email}}".to_owned(), l.t("variable-person-email"))],
        head,
        f: frame(l, Place::Profiles, &urls::profile(ID)),
    }
}

impl Sample for SettingsPage {
    const NAME: &'static str = "profile";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let shown = settings(l, WIFI, &wifi(), head(l, "eduroam", PlanAct::Ready));
        let blocked = PlanAct::Blocked(l.tn("profile-plan-errors", 1));
        let mut wrong = settings(l, WIFI, &wifi(), head(l, LONG, blocked));
        wrong.findings = vec![finding(l, "bad", ""), finding(l, "warn", "#k-SSID_5fSTR")];
        if let Some(field) = wrong.sections[0].fields.first_mut() {
            field.told.push(Told {
                tone: "bad",
                text: l.t("profile-wrong-integer"),
            });
            "7".clone_into(&mut field.changed);
        }
        let mut conflict = settings(l, WIFI, &wifi(), head(l, "eduroam", PlanAct::Ready));
        conflict.conflict = l.ta("profile-conflict", "09:41");
        conflict.payload_gone = true;
        conflict.lost = vec![
            ("Label".to_owned(), "Handbook".to_owned()),
            ("Password".to_owned(), l.t("profile-secret-again")),
        ];
        if let Some(field) = conflict.sections[0].fields.first_mut() {
            field.set_theirs(Some(&json!("campus")));
        }
        let vpn = settings(
            l,
            "com.apple.vpn.managed",
            &vpn(),
            head(l, "VPN", PlanAct::Ready),
        );
        let locked = settings(l, WIFI, &wifi(), reader(l));
        let mut strange = settings(
            l,
            "com.example.own",
            &Map::from_iter([("Depth".to_owned(), json!(3))]),
            head(l, "eduroam", PlanAct::Ready),
        );
        strange.unknown = true;
        strange.diff.clear();
        strange.error = l.t("profile-refused-value");
        let mut empty = settings(
            l,
            "TopLevel",
            &Map::new(),
            head(l, "eduroam", PlanAct::Absent),
        );
        empty.payloads.truncate(1);
        "top".clone_into(&mut empty.current);
        empty.base.clear();
        empty.f.messages = vec![
            Notice::ProfileMade.message(l),
            Notice::ProfileDescribed.message(l),
            Notice::DraftDiscarded.message(l),
        ];
        vec![
            ("wifi", shown),
            ("wrong", wrong),
            ("conflict", conflict),
            ("vpn", vpn),
            ("reader", locked),
            ("unknown", strange),
            ("empty", empty),
        ]
    }
}

impl Sample for ProfilesPage {
    const NAME: &'static str = "profiles";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |name: &str, states: &[(&str, u64)], version: Option<i64>| ProfileRow {
            href: urls::profile(ID),
            name: name.to_owned(),
            identifier: IDENTIFIER.to_owned(),
            kinds: vec![
                PayloadKind {
                    icon: "wifi",
                    title: form::payload_name(l, WIFI),
                },
                PayloadKind {
                    icon: "key",
                    title: form::payload_name(l, "com.apple.security.scep"),
                },
            ],
            more: if states.is_empty() {
                String::new()
            } else {
                l.tn("profiles-more-kinds", 2)
            },
            version: version.map_or_else(String::new, |n| l.ta("profile-version", n)),
            status: draft(l),
            states: states
                .iter()
                .map(|(state, count)| (l.number(*count), status(l, "item", state)))
                .collect(),
            assigned: if states.is_empty() {
                String::new()
            } else {
                l.tn("profiles-assigned-groups", 2)
            },
            changed: ago(l, 40),
        };
        let page = |rows: Vec<ProfileRow>, empty, find: &str| ProfilesPage {
            f: frame(l, Place::Profiles, urls::PROFILES),
            find: find.to_owned(),
            keep: Vec::new(),
            chips: if find.is_empty() {
                Vec::new()
            } else {
                vec![Chip {
                    label: l.t("search"),
                    values: find.to_owned(),
                    remove: urls::PROFILES.to_owned(),
                    without: None,
                }]
            },
            filters: vec![Filter {
                name: "status",
                label: l.t("status"),
                choices: vec![Choice {
                    value: String::new(),
                    text: l.t("profiles-in-use"),
                    chosen: true,
                }],
            }],
            unknown: String::new(),
            rows,
            pager: Pager {
                summary: l.tn("pager-shown", 2),
                ..Pager::default()
            },
            empty,
            may_write: true,
        };
        let rows = vec![
            row(
                "eduroam",
                &[("refused", 3), ("behind", 12), ("as_desired", 989)],
                Some(7),
            ),
            row(LONG, &[], None),
        ];
        let mut nothing = page(Vec::new(), Emptiness::Nothing, "");
        nothing.f.messages = vec![Notice::ProfileDeleted.message(l)];
        vec![
            ("many", page(rows, Emptiness::None, "")),
            ("none", nothing),
            ("no-match", page(Vec::new(), Emptiness::NoMatch, "vpn")),
        ]
    }
}

impl Sample for NewProfilePage {
    const NAME: &'static str = "profile-new";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = || Self {
            f: frame(l, Place::Profiles, urls::PROFILE_NEW),
            templates: vec![TemplateCard {
                key: "eduroam_tls",
                icon: "wifi",
                title: l.t("profile-template-eduroam_tls"),
                text: l.t("profile-template-eduroam_tls-about"),
            }],
            copies: vec![Choice {
                value: ID.to_owned(),
                text: "eduroam".to_owned(),
                chosen: false,
            }],
            name: String::new(),
            name_error: String::new(),
            upload_name: String::new(),
            upload_error: String::new(),
            upload_other: None,
            copy_error: String::new(),
            checked: None,
        };
        let mut wrong = page();
        wrong.name_error = l.t("profile-refused-name");
        wrong.upload_error = l.t("profile-refused-identifier-taken");
        wrong.copy_error = l.t("profile-new-choose");
        wrong.upload_other = Some(Link {
            href: urls::profile_raw(ID),
            text: "eduroam".to_owned(),
        });
        let checked = |content: &str, signer: &str| Checked {
            identifier: IDENTIFIER.to_owned(),
            display_name: "eduroam".to_owned(),
            kinds: vec![PayloadKind {
                icon: "wifi",
                title: form::payload_name(l, WIFI),
            }],
            signer: signer.to_owned(),
            findings: vec![
                finding(l, "bad", ""),
                finding(l, "warn", ""),
                finding(l, "info", ""),
            ],
            content: content.to_owned(),
        };
        let mut found = page();
        found.checked = Some(checked("AAAA", "CN=Norrvik"));
        let mut large = page();
        large.checked = Some(checked("", ""));
        vec![
            ("first", page()),
            ("wrong", wrong),
            ("checked", found),
            ("large", large),
        ]
    }
}

impl Sample for AddPayloadPage {
    const NAME: &'static str = "profile-add";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |groups, find: &str| Self {
            f: frame(l, Place::Profiles, &urls::profile_add(ID)),
            head: head(l, "eduroam", PlanAct::Absent),
            problem: if find.is_empty() {
                String::new()
            } else {
                l.t("profile-refused-look")
            },
            find: find.to_owned(),
            system: vec![Choice {
                value: String::new(),
                text: l.t("filter-all"),
                chosen: true,
            }],
            groups,
        };
        let groups = vec![PayloadsOfKind {
            id: "network".to_owned(),
            title: l.t("payloads-network"),
            options: vec![PayloadOption {
                kind: WIFI,
                variant: "",
                icon: "wifi",
                title: form::payload_name(l, WIFI),
                text: super::words::payloads::payload_about(l, WIFI).unwrap_or_default(),
                support: Vec::new(),
            }],
        }];
        vec![("all", page(groups, "")), ("none", page(Vec::new(), "zzz"))]
    }
}

impl Sample for RawPage {
    const NAME: &'static str = "profile-raw";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |head: ProfileHead, whole| Self {
            f: frame(l, Place::Profiles, &urls::profile_raw(ID)),
            head,
            plist: "<plist version=\"1.0\">\n<dict/>\n</plist>".to_owned(),
            error: String::new(),
            conflict: String::new(),
            findings: Vec::new(),
            has_secrets: true,
            file_of: l.ta("profile-version", 8),
            whole,
        };
        let form = |errors: bool| ExportForm {
            reason: String::new(),
            reason_error: if errors {
                l.t("profile-refused-long")
            } else {
                String::new()
            },
            password: true,
            password_error: String::new(),
        };
        let mut wrong = page(head(l, "eduroam", PlanAct::Ready), Some(form(true)));
        wrong.error = l.t("profile-refused-profile");
        wrong.conflict = l.t("profile-conflict-gone");
        wrong.findings = vec![finding(l, "bad", "")];
        let mut plain = page(reader(l), None);
        plain.has_secrets = false;
        vec![
            (
                "shown",
                page(head(l, "eduroam", PlanAct::Ready), Some(form(false))),
            ),
            ("wrong", wrong),
            ("reader", plain),
        ]
    }
}

impl Sample for EffectPage {
    const NAME: &'static str = "profile-effect";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |card| Self {
            f: frame(l, Place::Profiles, &urls::profile_effect(ID)),
            head: head(l, "eduroam", PlanAct::Ready),
            card,
        };
        let card = |install| {
            let summary = Summary {
                looked_at: 1004,
                partial: install > 0,
                devices: install,
                effects: Counts {
                    install,
                    replace: install / 2,
                    ..Counts::default()
                },
                not_seen: install / 20,
                replaced_as_a_whole: install / 2,
                ..Summary::default()
            };
            Some(EffectCard::of(l, &summary))
        };
        vec![
            ("many", page(card(812))),
            ("nothing", page(card(0))),
            ("no-draft", page(None)),
        ]
    }
}
