//! Samples of the pages about assigning, planning and proving profiles.

use super::device::{CommandLine, ItemRow, ItemsTab, ProfileRow, Proof, WhyLine};
use super::frame::{Emptiness, Pager, Place};
use super::rollout::{PlanForm, PlanPage, PlanRow, PlanStep, PlansPage, ToldGroup, ToldLine};
use super::samples::{NOW, ago, frame, zone};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Link, Sample, Status, Tone, status, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas trådlösa nät";

fn link(href: String, text: &str) -> Link {
    Link {
        href,
        text: text.to_owned(),
    }
}

fn item(l: Texts, name: &str, state: &str) -> ItemRow {
    let proof = |version: i64, minutes: i64| {
        Some(Proof {
            text: l.ta("rollout-version", version),
            when: ago(l, minutes),
        })
    };
    let good = state == "as_desired";
    let refused = state == "refused";
    ItemRow {
        profile: link(urls::profile(ID), name),
        identifier: "example.norrvik.eduroam".to_owned(),
        user: if state == "behind" {
            "elin".to_owned()
        } else {
            String::new()
        },
        status: status(l, "item", state),
        desired: l.ta("rollout-version", 3),
        delivered: if good {
            proof(3, 12)
        } else if refused {
            None
        } else {
            proof(2, 4000)
        },
        confirmed: if good { proof(3, 11) } else { None },
        why: if refused {
            Vec::new()
        } else {
            vec![
                WhyLine {
                    kind: l.t("rollout-why-group"),
                    target: Some(link(urls::group(ID), "Laboratory")),
                    version: String::new(),
                },
                WhyLine {
                    kind: l.t("rollout-why-unit"),
                    target: Some(link(urls::UNITS.to_owned(), "Physics")),
                    version: l.ta("rollout-fixed", 3),
                },
                WhyLine {
                    kind: l.t("rollout-why-above"),
                    target: None,
                    version: String::new(),
                },
            ]
        },
        reason: if refused {
            words::item_reason(l, "refused_by_device", None)
        } else {
            String::new()
        },
        help: if refused {
            urls::DOCS.to_owned()
        } else {
            String::new()
        },
        said: if refused {
            "The profile is invalid. (MCProfileErrorDomain 1000)".to_owned()
        } else {
            String::new()
        },
        next: refused.then(|| l.moment(NOW + 3_600_000, &zone())),
        drifted: good.then(|| Proof {
            text: l.tn("rollout-drifts", 2),
            when: ago(l, 600),
        }),
        command: (state == "behind").then(|| CommandLine {
            href: urls::command(ID, ID),
            status: status(l, "command", "not_now"),
        }),
    }
}

/// The profiles tab of a device.
pub(super) fn items_tab(l: Texts) -> ItemsTab {
    ItemsTab {
        items: vec![
            item(l, "eduroam", "as_desired"),
            item(l, "Campus VPN", "behind"),
            item(l, LONG, "refused"),
        ],
        foreign: vec![ProfileRow {
            name: "Tillsyn".to_owned(),
            identifier: "se.tillsyn.enrollment.01939f3c".to_owned(),
            origin: words::profile_origin(l, "enrollment"),
            removable: false,
        }],
        may_check: true,
    }
}

fn pager(l: Texts, shown: u64) -> Pager {
    Pager {
        summary: words::pager_summary(l, shown, 312),
        previous: String::new(),
        next: "?after=eyJ".to_owned(),
    }
}

impl Sample for PlansPage {
    const NAME: &'static str = "plans";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |empty: Emptiness| Self {
            f: frame(l, Place::Plans, urls::PLANS),
            rows: ["eduroam", LONG]
                .map(|name| PlanRow {
                    href: urls::plan(ID),
                    title: l.ta("plan-assign", name),
                    status: Status::new(Tone::Info, "edit", l.t("plan-status-open")),
                    devices: l.number(4812),
                    by: "Maja Bergqvist".to_owned(),
                    created: ago(l, 12),
                })
                .into(),
            filter: super::rollout::plans_filter(l, false),
            pager: pager(l, 2),
            empty,
        };
        vec![
            ("list", page(Emptiness::None)),
            ("none", page(Emptiness::Nothing)),
        ]
    }
}

impl Sample for PlanPage {
    const NAME: &'static str = "plan";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |form: Option<PlanForm>| Self {
            f: frame(l, Place::Plans, &urls::plan(ID)),
            id: ID.to_owned(),
            title: l.ta("plan-publish", LONG),
            status: Status::new(Tone::Info, "edit", l.t("plan-status-open")),
            about: urls::profile(ID),
            follow: String::new(),
            lines: Vec::new(),
            steps: [("install", "f-ok", 812), ("refused", "f-warn", 41)]
                .map(|(kind, class, count)| PlanStep {
                    title: words::effect(l, kind),
                    count: l.number(count),
                    class,
                    width: "40".to_owned(),
                })
                .into(),
            looked_at: l.tn("plan-looked-at", 4812),
            warnings: vec![l.tn("plan-warn-removes", 4)],
            told: vec![ToldGroup {
                title: l.t("plan-ignored"),
                lines: vec![ToldLine {
                    what: "Wi-Fi".to_owned(),
                    why: words::support_reason(l, "introduced", Some("17.0")),
                    count: l.number(41),
                }],
            }],
            by: "Maja Bergqvist".to_owned(),
            created: ago(l, 12),
            expires: Some(l.moment(NOW + 3_600_000, &zone())),
            asked: None,
            applied: None,
            reason: String::new(),
            problem: String::new(),
            newer: String::new(),
            waits: form.is_none(),
            form,
            may_cancel: true,
            effects: None,
            filter: super::rollout::effects_filter(l),
            pager: pager(l, 2),
        };
        let guarded = PlanForm {
            asks_reason: true,
            confirm_label: l.tn("plan-confirm-label", 4),
            confirm: "5".to_owned(),
            confirm_error: l.t("plan-confirm-wrong"),
            password: true,
            ..PlanForm::default()
        };
        let overtaken = Self {
            problem: l.t("plan-problem-overtaken"),
            newer: urls::plan(ID),
            ..page(None)
        };
        vec![
            ("open", page(Some(PlanForm::default()))),
            ("guarded", page(Some(guarded))),
            ("waiting", page(None)),
            ("overtaken", overtaken),
        ]
    }
}
