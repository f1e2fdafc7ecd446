//! Samples of the pages about the audit trail.

use super::audit::{AuditPage, AuditRow, AuditSettingsPage, ChainState, HoldRow};
use super::frame::{Emptiness, Pager, Place};
use super::organisation::Problem;
use super::overview::Activity;
use super::samples::{ago, frame};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Choice, Link, Sample, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservgrupp 0417";

fn choices(texts: [String; 2]) -> Vec<Choice> {
    texts
        .into_iter()
        .enumerate()
        .map(|(number, text)| Choice {
            value: number.to_string(),
            text,
            chosen: number == 0,
        })
        .collect()
}

fn row(l: Texts, who: &str, action: &str, refused: bool) -> AuditRow {
    AuditRow {
        activity: Activity {
            who: who.to_owned(),
            text: words::activity(l, action, refused, &l.t("device")),
            target: Link {
                href: urls::device(ID),
                text: "Elin's iPhone".to_owned(),
            },
            when: ago(l, 6),
        },
        address: "192.0.2.17".to_owned(),
        unit: LONG.to_owned(),
        refused,
        ids: vec![
            (l.t("audit-id-event"), ID.to_owned()),
            (l.t("audit-id-position"), "4812".to_owned()),
        ],
        details: vec![
            ("before.unit".to_owned(), ID.to_owned()),
            ("after.unit".to_owned(), ID.to_owned()),
        ],
    }
}

impl Sample for AuditPage {
    const NAME: &'static str = "audit";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |empty: Emptiness, broken: bool| Self {
            f: frame(l, Place::Audit, urls::AUDIT),
            chain: ChainState {
                sealed: l.ta("audit-sealed", l.number(4_812).as_str()),
                signed: l.t("audit-signed-not"),
                verified: if broken {
                    l.ta("audit-broken", "17 Nov 2026")
                } else {
                    l.t("audit-verified-not")
                },
                broken,
                finding: format!("position 17: event {ID} is not what was sealed here"),
                cut: l.ta("audit-cut", l.number(1_000).as_str()),
            },
            find: String::new(),
            from: "2026-11-01".to_owned(),
            to: String::new(),
            actions: choices([
                l.t("filter-all"),
                words::activity(l, "device.move", false, ""),
            ]),
            results: choices([l.t("filter-all"), l.t("audit-refused")]),
            units: choices([l.t("filter-all"), "Physics".to_owned()]),
            problem: Problem::default(),
            rows: vec![
                row(l, "Maja Lindqvist", "device.move", false),
                row(l, "", "secret.reveal", true),
                row(l, LONG, "command.enqueue", false),
            ],
            pager: Pager {
                summary: words::pager_summary(l, 3, 312),
                previous: String::new(),
                next: "?after=eyJ".to_owned(),
            },
            empty,
            may_export: !broken,
            may_manage: !broken,
            zone: "Europe/Stockholm".to_owned(),
        };
        vec![
            ("full", page(Emptiness::None, false)),
            ("broken", page(Emptiness::None, true)),
            ("nothing", page(Emptiness::Nothing, false)),
            ("no-match", page(Emptiness::NoMatch, false)),
        ]
    }
}

impl Sample for AuditSettingsPage {
    const NAME: &'static str = "audit-settings";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let hold = |subject: &str, over: bool| HoldRow {
            subject: subject.to_owned(),
            reason: "Inquiry 2026:17".to_owned(),
            placed: ago(l, 60 * 24 * 3),
            ended: over.then(|| ago(l, 60)),
            end: if over {
                String::new()
            } else {
                urls::audit_hold_end(ID)
            },
        };
        let page = |holds: Vec<HoldRow>, wrong: bool| Self {
            f: frame(l, Place::Audit, urls::AUDIT_SETTINGS),
            problem: Problem {
                text: if wrong {
                    l.t("audit-days-wrong")
                } else {
                    String::new()
                },
                ..Problem::default()
            },
            days: "730".to_owned(),
            holds,
            subject: String::new(),
            reason: String::new(),
        };
        vec![
            (
                "full",
                page(
                    vec![hold("", false), hold(ID, false), hold(ID, true)],
                    false,
                ),
            ),
            ("empty", page(Vec::new(), true)),
        ]
    }
}
