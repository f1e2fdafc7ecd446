//! Samples of the pages about imports.

use tillsyn_core::imports::{ImportStatus, Outcome, RowError};

use super::frame::{Pager, Place};
use super::imports::{
    ImportLine, ImportPage, ImportRowLine, ImportsPage, KindCard, OutcomeLink, words,
};
use super::samples::{ago, frame};
use crate::i18n::Texts;
use crate::ui::{Link, Sample, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservgrupp 0417";

fn pager(l: Texts, shown: usize) -> Pager {
    Pager {
        summary: l.tn("pager-shown", shown),
        previous: String::new(),
        next: "?after=eyJ".to_owned(),
    }
}

impl Sample for ImportsPage {
    const NAME: &'static str = "imports";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let card = |value: &'static str, text: String, chosen: bool| KindCard {
            value,
            text,
            chosen,
            template: urls::import_template(value),
            columns: "name, email, unit".to_owned(),
        };
        let line = |kind: String, status: ImportStatus, minutes: i64| ImportLine {
            href: urls::import(ID),
            kind,
            status: words::status(l, status),
            when: ago(l, minutes),
            rows: l.number(312),
            unit: "Norrvik University".to_owned(),
        };
        let page = |problem: String, full: bool| Self {
            f: frame(l, Place::People, urls::IMPORTS),
            problem,
            kinds: vec![
                card("people", l.t("nav-people"), true),
                card("groups", l.t("nav-groups"), false),
                card("units", l.t("nav-units"), false),
            ],
            rows: if full {
                vec![
                    line(l.t("nav-people"), ImportStatus::Open, 1),
                    line(l.t("nav-groups"), ImportStatus::Running, 5),
                    line(l.t("nav-units"), ImportStatus::Done, 600),
                ]
            } else {
                Vec::new()
            },
            pager: pager(l, 3),
        };
        vec![
            ("list", page(String::new(), true)),
            ("none", page(String::new(), false)),
            ("refused", page(l.t("import-problem-encoding"), true)),
        ]
    }
}

impl Sample for ImportPage {
    const NAME: &'static str = "import";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let row = |line: u64, name: &str, outcome: Outcome, words: Vec<String>| ImportRowLine {
            line: line.to_string(),
            name: name.to_owned(),
            outcome: words::outcome(l, outcome),
            words,
        };
        let wrong = |code: &str, field: &str, found: &str, allowed: &str| {
            let error = RowError {
                code: code.to_owned(),
                field: field.to_owned(),
                found: found.to_owned(),
                allowed: allowed.to_owned(),
            };
            words::error(l, &error)
        };
        let page = |status: ImportStatus, groups: bool| Self {
            f: frame(l, Place::People, &urls::import(ID)),
            problem: String::new(),
            id: ID.to_owned(),
            title: l.ta("import-of", l.t("nav-people").as_str()),
            unit: "Norrvik University".to_owned(),
            status: words::status(l, status),
            open: status == ImportStatus::Open,
            running: status == ImportStatus::Running,
            groups,
            digest: "0a1b".to_owned(),
            wrong: String::new(),
            position: 2_000,
            steps: 50_000,
            progress: l.t_args(
                "import-progress",
                &[
                    ("done", l.number(2_000).as_str().into()),
                    ("all", l.number(50_000).as_str().into()),
                ],
            ),
            outcomes: vec![OutcomeLink {
                href: urls::import(ID),
                text: format!("{} 4", l.t("filter-all")),
                current: true,
            }],
            rows: vec![
                row(
                    3,
                    LONG,
                    Outcome::Error,
                    vec![
                        wrong("email", "email", "no address", ""),
                        wrong("unit", "unit", "Nowhere", "Library, Science"),
                    ],
                ),
                row(2, "Elin Hedström", Outcome::Create, Vec::new()),
                row(
                    4,
                    "Omar Dahl",
                    Outcome::Change,
                    vec![l.t("org-unit"), l.t("status")],
                ),
                row(5, "Maja Bergqvist", Outcome::Same, Vec::new()),
            ],
            pager: pager(l, 4),
            plans: Vec::new(),
            failures: Vec::new(),
            failed: String::new(),
        };
        let mut errors = page(ImportStatus::Open, false);
        errors.wrong = l.tn("import-wrong", 1_usize);
        let mut refused = page(ImportStatus::Open, true);
        refused.problem = l.t("import-problem-overtaken");
        let mut done = page(ImportStatus::Done, true);
        done.plans = vec![Link {
            href: urls::plan(ID),
            text: l.ta("import-plan", "1"),
        }];
        done.failures = vec![l.ta("import-failed-line", "17")];
        let mut failed = page(ImportStatus::Failed, false);
        failed.failed = l.t("import-failed");
        failed.rows = Vec::new();
        vec![
            ("errors", errors),
            ("overtaken", refused),
            ("running", page(ImportStatus::Running, false)),
            ("done", done),
            ("failed", failed),
        ]
    }
}
