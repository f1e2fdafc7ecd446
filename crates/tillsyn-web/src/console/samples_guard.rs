//! Samples of the pages about the guard: approvals, campaigns, figures.

use tillsyn_core::approvals::ApprovalStatus;
use tillsyn_core::campaigns::CampaignStatus;

use super::approvals::{
    ApprovalDeviceRow, ApprovalPage, ApprovalRow, ApprovalsPage, DecideForm, FactLine,
};
use super::campaigns::{
    CampaignDeviceRow, CampaignPage, CampaignRow, CampaignsPage, NewCampaignPage, standing,
};
use super::devices::{ManyAct, ManyPage, ManyRow};
use super::frame::{Emptiness, Pager, Place};
use super::guard::reasons;
use super::samples::{DAY, NOW, ago, frame, zone};
use super::settings::{FreezeRow, GuardFigure, GuardPage, UnitForm, UnitRow};
use super::words;
use crate::i18n::Texts;
use crate::ui::{Choice, Link, Sample, status, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservtelefon 0417";

fn pager(l: Texts) -> Pager {
    Pager {
        summary: words::pager_summary(l, 2, 312),
        previous: String::new(),
        next: "?after=eyJ".to_owned(),
    }
}

fn row(l: Texts, state: ApprovalStatus, title: &str) -> ApprovalRow {
    let waits = state == ApprovalStatus::Waiting;
    ApprovalRow {
        href: urls::approval(ID),
        title: title.to_owned(),
        status: status(l, "approval", state.as_str()),
        cause: l.t("approval-cause-many"),
        by: "Maja Bergqvist".to_owned(),
        asked: ago(l, 42),
        lapses: waits.then(|| l.moment(NOW + DAY / 2, &zone())),
        decided: if waits {
            String::new()
        } else {
            "Per Sandström".to_owned()
        },
        own: waits,
    }
}

impl Sample for ApprovalsPage {
    const NAME: &'static str = "approvals";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |empty: Emptiness, frozen: bool| {
            let mut f = frame(l, Place::Approvals, urls::APPROVALS);
            if frozen {
                let args = [
                    ("unit", "Norrvik University".into()),
                    ("who", "Maja Bergqvist".into()),
                    ("when", "09:42".into()),
                ];
                f.frozen = vec![l.t_args("freeze-banner", &args)];
            }
            let some = empty == Emptiness::None;
            Self {
                f,
                waiting: if some {
                    vec![row(l, ApprovalStatus::Waiting, LONG)]
                } else {
                    Vec::new()
                },
                decided: [
                    ApprovalStatus::Approved,
                    ApprovalStatus::Declined,
                    ApprovalStatus::Expired,
                    ApprovalStatus::Overtaken,
                ]
                .map(|state| row(l, state, "Erase: 12"))
                .into(),
                pager: pager(l),
                empty,
                may_stop: some,
            }
        };
        vec![
            ("list", page(Emptiness::None, false)),
            ("frozen", page(Emptiness::None, true)),
            ("none", page(Emptiness::Nothing, false)),
        ]
    }
}

impl Sample for ApprovalPage {
    const NAME: &'static str = "approval";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let device = |name: &str, changed: String, overtakes: bool| ApprovalDeviceRow {
            device: Link {
                href: urls::device(ID),
                text: name.to_owned(),
            },
            person: "Elin Hedström".to_owned(),
            ownership: l.t("corporate"),
            seen: Some(ago(l, 6)),
            changed,
            overtakes,
        };
        let page = |state: ApprovalStatus, overtaken: bool| {
            let waits = state == ApprovalStatus::Waiting;
            Self {
                f: frame(l, Place::Approvals, &urls::approval(ID)),
                id: ID.to_owned(),
                title: LONG.to_owned(),
                status: status(l, "approval", state.as_str()),
                cause: l.t("approval-cause-many"),
                over_budget: waits,
                unit: "Hydrology".to_owned(),
                facts: vec![FactLine {
                    label: l.t("guard-budget-day"),
                    value: l.t_args("guard-of", &[("used", 3.into()), ("limit", 25.into())]),
                }],
                more: Link {
                    href: urls::plan(ID),
                    text: l.t("approval-more-plan"),
                },
                devices: vec![
                    device(LONG, l.t("approval-moved-person"), overtaken),
                    device("ENG-IPH-0417", String::new(), false),
                ],
                unnamed: l.tn("approval-unnamed", 12),
                overtaken,
                reason: "Term end".to_owned(),
                by: "Maja Bergqvist".to_owned(),
                asked: ago(l, 42),
                lapses: waits.then(|| l.moment(NOW + DAY / 2, &zone())),
                decided: (!waits).then(|| ("Per Sandström".to_owned(), ago(l, 12))),
                decided_reason: if waits {
                    String::new()
                } else {
                    "Wrong list".to_owned()
                },
                problem: String::new(),
                form: (waits && !overtaken).then(|| DecideForm {
                    reason: String::new(),
                    reason_error: l.t("approval-reason-missing"),
                    password: true,
                    password_error: String::new(),
                }),
                cannot: if overtaken {
                    l.t("approval-cannot-own")
                } else {
                    String::new()
                },
                may_cancel: overtaken,
            }
        };
        vec![
            ("waiting", page(ApprovalStatus::Waiting, false)),
            ("overtaken", page(ApprovalStatus::Waiting, true)),
            ("declined", page(ApprovalStatus::Declined, false)),
        ]
    }
}

impl Sample for CampaignsPage {
    const NAME: &'static str = "campaigns";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |empty: Emptiness| Self {
            f: frame(l, Place::Campaigns, urls::CAMPAIGNS),
            rows: [
                CampaignStatus::Waiting,
                CampaignStatus::Active,
                CampaignStatus::Ended,
                CampaignStatus::Stopped,
            ]
            .map(|state| CampaignRow {
                href: urls::campaign(ID),
                name: LONG.to_owned(),
                status: standing(l, state),
                act: l.t("campaign-act-retire"),
                used: l.t_args("guard-of", &[("used", 812.into()), ("limit", 4812.into())]),
                ends: l.moment(NOW + 20 * DAY, &zone()),
            })
            .into(),
            pager: pager(l),
            empty,
            may_create: true,
        };
        vec![
            ("list", page(Emptiness::None)),
            ("none", page(Emptiness::Nothing)),
        ]
    }
}

impl Sample for CampaignPage {
    const NAME: &'static str = "campaign";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let device = |name: &str, state: Option<&str>| CampaignDeviceRow {
            device: Link {
                href: urls::device(ID),
                text: name.to_owned(),
            },
            seen: Some(ago(l, 6)),
            status: state.map(|value| status(l, "command", value)),
        };
        vec![(
            "active",
            Self {
                f: frame(l, Place::Campaigns, &urls::campaign(ID)),
                id: ID.to_owned(),
                name: "Term end".to_owned(),
                status: standing(l, CampaignStatus::Active),
                act: l.t("campaign-act-erase"),
                reason: "The lease is over".to_owned(),
                unit: "Hydrology".to_owned(),
                starts: l.moment(NOW, &zone()),
                ends: l.moment(NOW + 20 * DAY, &zone()),
                by: "Maja Bergqvist".to_owned(),
                created: ago(l, 420),
                approved: Some(("Per Sandström".to_owned(), ago(l, 400))),
                used: l.t_args("guard-of", &[("used", 1.into()), ("limit", 2.into())]),
                rows: vec![device(LONG, Some("acknowledged")), device("0418", None)],
                pager: pager(l),
                may_end: true,
            },
        )]
    }
}

impl Sample for NewCampaignPage {
    const NAME: &'static str = "campaign-new";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |count: &str, problem: String| Self {
            f: frame(l, Place::Campaigns, urls::CAMPAIGN_NEW),
            name: "Term end".to_owned(),
            acts: vec![Choice {
                value: "erase".to_owned(),
                text: l.t("campaign-act-erase"),
                chosen: true,
            }],
            reason: "The lease is over".to_owned(),
            starts: "2026-12-01".to_owned(),
            ends: "2026-12-20".to_owned(),
            serials: "F2LXK4Q9N7".to_owned(),
            count: count.to_owned(),
            found: l.tn("campaign-found", 12),
            confirm_error: l.t("campaign-confirm-wrong"),
            password: true,
            password_error: String::new(),
            refused: if problem.is_empty() {
                Vec::new()
            } else {
                vec![format!("F2LXK4Q9N7: {}", l.t("campaign-why-personal"))]
            },
            problem,
        };
        vec![
            ("empty", page("", String::new())),
            ("looked", page("12", String::new())),
            ("refused", page("", l.t("campaign-refused"))),
        ]
    }
}

impl Sample for GuardPage {
    const NAME: &'static str = "guard";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let figure = |name, label: String, hint: String, error: String| GuardFigure {
            name,
            label,
            hint,
            value: "5".to_owned(),
            error,
        };
        let page = |frozen: bool| Self {
            f: frame(l, Place::Guard, urls::GUARD),
            figures: vec![
                figure(
                    "hold_minutes",
                    l.t("guard-hold-minutes"),
                    l.t("guard-hold-minutes-hint"),
                    l.t("guard-figure-wrong"),
                ),
                figure(
                    "day_percent",
                    l.t("guard-day-percent"),
                    l.t("guard-day-percent-hint"),
                    String::new(),
                ),
            ],
            reason: String::new(),
            reason_error: l.t("guard-reason-missing"),
            password: true,
            password_error: String::new(),
            problem: if frozen {
                l.t("guard-waits-already")
            } else {
                String::new()
            },
            budget: vec![(
                l.t("guard-budget-day"),
                l.t_args("guard-of", &[("used", 3.into()), ("limit", 25.into())]),
            )],
            freezes: if frozen {
                let told = ["Hydrology", "Maja Bergqvist", "That was not me"].map(str::to_owned);
                let row = |known: Option<[String; 3]>| FreezeRow {
                    id: ID.to_owned(),
                    at: ago(l, 12),
                    known: known.map(Into::into),
                };
                vec![row(Some(told)), row(None)]
            } else {
                Vec::new()
            },
            units: vec![UnitRow {
                name: "Hydrology".to_owned(),
                hold_minutes: "10".to_owned(),
                second_person_from: "–".to_owned(),
            }],
            unit: UnitForm {
                units: Vec::new(),
                error: l.t("guard-figure-wrong"),
                hold_minutes: "99".to_owned(),
                ..UnitForm::default()
            },
            may_change: !frozen,
            may_stop: true,
            may_unfreeze: true,
        };
        vec![("figures", page(false)), ("frozen", page(true))]
    }
}

impl Sample for ManyPage {
    const NAME: &'static str = "devices-many";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let device = |name: &str, refused: String| ManyRow {
            device: Link {
                href: urls::device(ID),
                text: name.to_owned(),
            },
            ownership: l.t("corporate"),
            seen: Some(ago(l, 6)),
            refused,
        };
        let page = |act: ManyAct, refused: bool| Self {
            f: frame(l, Place::Devices, urls::DEVICES_MANY),
            act,
            title: match act {
                ManyAct::Erase => l.tn("many-erase-title", 2),
                ManyAct::Retire => l.tn("many-retire-title", 2),
                ManyAct::Lock => l.tn("many-lock-title", 2),
            },
            intro: l.t("many-intro"),
            ids: if refused {
                String::new()
            } else {
                format!("{ID},{ID}")
            },
            selection: if refused {
                ID.to_owned()
            } else {
                String::new()
            },
            leave_out: ID.to_owned(),
            more: if refused {
                l.tn("many-more", 812)
            } else {
                String::new()
            },
            digest: "5f0a4be31c77".to_owned(),
            rows: vec![
                device(LONG, String::new()),
                device(
                    "ENG-IPH-0417",
                    if refused {
                        l.t("campaign-why-personal")
                    } else {
                        String::new()
                    },
                ),
            ],
            refused,
            lost: vec![l.t("many-lost-all"), l.t("erase-lost-backup")],
            stays: vec![l.t("guard-stays-history")],
            reasons: reasons(l),
            note: String::new(),
            message: String::new(),
            phone: String::new(),
            must_type: "2".to_owned(),
            typed: "3".to_owned(),
            typed_error: l.t("many-typed-wrong"),
            password: true,
            password_error: String::new(),
            error: l.t("many-changed"),
            next: vec![
                (l.t("many-next-asked"), l.t("approval-cause-many")),
                (l.tn("guard-hold", 5), l.t("guard-hold-text")),
                (l.t("guard-sent"), l.t("guard-sent-text")),
            ],
            budget: l.t_args(
                "guard-budget",
                &[
                    ("you", 1.into()),
                    ("yours", 5.into()),
                    ("all", 3.into()),
                    ("limit", 25.into()),
                ],
            ),
            submit: l.t("many-submit-ask"),
        };
        let lock = Self {
            intro: l.t("many-lock-intro"),
            lost: vec![l.t("many-lost-unsaved")],
            stays: vec![l.t("many-stays-data"), l.t("many-stays-pin")],
            must_type: String::new(),
            password: false,
            next: vec![(l.t("guard-sent"), l.t("guard-sent-text"))],
            budget: String::new(),
            submit: l.tn("many-submit-lock", 2),
            ..page(ManyAct::Lock, false)
        };
        vec![
            ("erase", page(ManyAct::Erase, false)),
            ("retire", page(ManyAct::Retire, false)),
            ("lock", lock),
            ("refused", page(ManyAct::Erase, true)),
        ]
    }
}
