//! Samples of the pages about directories.

use super::directories::{
    DirectoriesPage, DirectoryFacts, DirectoryPage, DirectoryRow, HeldCard, LeaverRow, LeaversForm,
    RunRow, SuggestionRow, TokenRow,
};
use super::frame::Place;
use super::organisation::Problem;
use super::samples::{ago, frame};
use crate::i18n::{Texts, When};
use crate::ui::{Choice, Sample, Status, Tone, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const OTHER: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c78";

fn when(l: Texts) -> When {
    ago(l, 12)
}

fn choice(value: &str, text: String) -> Choice {
    Choice {
        value: value.to_owned(),
        text,
        chosen: true,
    }
}

impl Sample for DirectoriesPage {
    const NAME: &'static str = "directories";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |tone: Tone, text: String| DirectoryRow {
            href: urls::directory(ID),
            name: "Norrvik Entra".to_owned(),
            kind: l.t("directory-kind-scim"),
            unit: "Norrvik University".to_owned(),
            people: l.number(1_204),
            groups: l.number(31),
            status: Status::new(tone, "check", text),
        };
        let page = |rows: Vec<DirectoryRow>, problem: String| Self {
            f: frame(l, Place::Directories, urls::DIRECTORIES),
            rows,
            problem: Problem {
                text: problem,
                ..Problem::default()
            },
            name: String::new(),
            kinds: vec![
                choice("scim", l.t("directory-kind-scim")),
                choice("ldap", l.t("directory-kind-ldap")),
            ],
            units: vec![choice(ID, "Norrvik University".to_owned())],
            may_add: true,
        };
        let rows = vec![
            row(Tone::Ok, l.t("directory-active")),
            row(Tone::Warn, l.t("directory-waits")),
        ];
        vec![
            ("list", page(rows, String::new())),
            ("none", page(Vec::new(), l.t("directory-problem-name"))),
        ]
    }
}

impl Sample for DirectoryPage {
    const NAME: &'static str = "directory";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |full: bool| Self {
            f: frame(l, Place::Directories, &urls::directory(ID)),
            id: ID.to_owned(),
            name: "Norrvik Entra".to_owned(),
            status: Status::new(Tone::Ok, "check", l.t("directory-active")),
            facts: DirectoryFacts {
                kind: l.t("directory-kind-scim"),
                unit: "Norrvik University".to_owned(),
                priority: "100".to_owned(),
                people: l.number(1_204),
                groups: l.number(31),
                address: format!("https://mdm.norrvik.example/scim/v2/{ID}"),
                ill: String::new(),
                last: full.then(|| when(l)),
                ignored: if full {
                    "phoneNumbers, addresses".to_owned()
                } else {
                    String::new()
                },
            },
            problem: Problem::default(),
            made: if full {
                "tillsyn_scim_9Yt0c3Jm2kQ7".to_owned()
            } else {
                String::new()
            },
            held: if full { held(l) } else { Vec::new() },
            runs: if full {
                vec![RunRow {
                    when: when(l),
                    status: Status::new(Tone::Ok, "check", l.t("directory-run-applied")),
                    text: l.t("directory-run-many"),
                }]
            } else {
                Vec::new()
            },
            tokens: if full {
                vec![TokenRow {
                    id: OTHER.to_owned(),
                    created: when(l),
                    expires: "14 November 2026".to_owned(),
                    expiring: true,
                    used: Some(when(l)),
                    revoke: urls::directory_token(ID, OTHER),
                }]
            } else {
                Vec::new()
            },
            suggestions: if full {
                vec![SuggestionRow {
                    entry: "Elin Hedström".to_owned(),
                    person: "Elin H.".to_owned(),
                    href: urls::person(OTHER),
                    person_id: OTHER.to_owned(),
                    act: urls::directory_link(ID, OTHER),
                }]
            } else {
                Vec::new()
            },
            leavers: if full {
                vec![LeaverRow {
                    href: urls::person(OTHER),
                    name: "Omar Dahl".to_owned(),
                    status: Status::new(Tone::Warn, "alert", l.t("directory-leaving")),
                    since: when(l),
                    next: l.ta("directory-due", "17 November 2026"),
                    devices: l.t_args(
                        "directory-devices",
                        &[("ours", "1".into()), ("own", "1".into())],
                    ),
                }]
            } else {
                Vec::new()
            },
            form: LeaversForm {
                grace_days: "3".to_owned(),
                retire_personal: true,
                lock_corporate: false,
                suspended_days: String::new(),
                own: full,
            },
            scim: true,
            ldap: full,
            paused: !full,
            may_write: true,
            may_people: true,
        };
        vec![("full", page(true)), ("new", page(false))]
    }
}

fn held(l: Texts) -> Vec<HeldCard> {
    let card = |id: &str, plan: String| HeldCard {
        id: id.to_owned(),
        reasons: vec![l.t("directory-reason-many")],
        effect: vec![l.t_args(
            "directory-effect-people",
            &[("n", "40".into()), ("of", "1,204".into())],
        )],
        when: when(l),
        plan,
        release: urls::directory_run(ID, id, "release"),
        decline: urls::directory_run(ID, id, "decline"),
    };
    vec![card(ID, String::new()), card(OTHER, urls::plan(OTHER))]
}
