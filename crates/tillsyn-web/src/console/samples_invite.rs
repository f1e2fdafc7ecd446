//! Samples of the pages about invitations to many and the policy of invitations.

use tillsyn_core::imports::RowError;
use tillsyn_core::invitations::{AccountRule, BatchStatus, BatchStep, InvitationPolicy, PinMode};

use super::frame::{Pager, Place};
use super::imports::words as import_words;
use super::invite::{
    BatchLine, BatchPage, BatchesPage, PersonLine, PinLine, PinsPage, PolicyLine, PolicyPage,
    SendFields, SendPage, StepLink, words,
};
use super::samples::{ago, frame};
use crate::i18n::Texts;
use crate::ui::{Choice, Sample, urls};

const ID: &str = "01939f3c-5a10-7c3e-9d41-5f0a4be31c77";
const LONG: &str = "Enhetsregistreringsprofilshanteringsansvarigas reservgrupp 0417";

fn pager(l: Texts, shown: usize) -> Pager {
    Pager {
        summary: l.tn("pager-shown", shown),
        previous: String::new(),
        next: "?after=eyJ".to_owned(),
    }
}

fn choice(value: &str, text: String, chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        text,
        chosen,
    }
}

impl Sample for SendPage {
    const NAME: &'static str = "invite-send";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let page = |problem: String, missing: bool| Self {
            f: frame(l, Place::Invitations, urls::INVITATION_SEND),
            problem,
            fields: SendFields {
                to: "people".to_owned(),
                emails: "elin@example.org\nnils@example.org".to_owned(),
                label: LONG.to_owned(),
                skip_open: true,
                skip_enrolled: false,
            },
            groups: vec![choice(ID, LONG.to_owned(), false)],
            mail_missing: missing,
            push_missing: missing,
            policy: words::policy(l, &InvitationPolicy::default()),
        };
        vec![
            ("form", page(String::new(), false)),
            ("refused", page(l.t("invite-problem-empty"), true)),
        ]
    }
}

impl Sample for BatchesPage {
    const NAME: &'static str = "invite-batches";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let line = |status: BatchStatus, minutes: i64| BatchLine {
            href: urls::invitation_batch(ID),
            label: LONG.to_owned(),
            source: words::source(l, "group"),
            unit: "Norrvik University".to_owned(),
            status: words::status(l, status),
            people: l.number(412),
            created: ago(l, minutes),
        };
        let page = |full: bool| Self {
            f: frame(l, Place::Invitations, urls::INVITATION_BATCHES),
            rows: if full {
                vec![line(BatchStatus::Running, 1), line(BatchStatus::Done, 900)]
            } else {
                Vec::new()
            },
            pager: pager(l, 2),
            may_send: true,
        };
        vec![("list", page(true)), ("none", page(false))]
    }
}

impl Sample for BatchPage {
    const NAME: &'static str = "invite-batch";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let line = |step: BatchStep, why: Vec<String>| PersonLine {
            href: urls::person(ID),
            name: LONG.to_owned(),
            email: "elin.hedstrom.fran.enhetsregistreringen@example.org".to_owned(),
            unit: "Norrvik University".to_owned(),
            step: words::step(l, step),
            words: why,
            invitation: urls::invitation(ID),
        };
        let link = |step: BatchStep| StepLink {
            value: step.as_str(),
            href: urls::invitation_batch(ID),
            text: format!("{} 3", words::step(l, step).text),
            current: step == BatchStep::MailSent,
        };
        let wrong = RowError {
            code: "missing".to_owned(),
            field: "email".to_owned(),
            found: String::new(),
            allowed: String::new(),
        };
        let page = |status: BatchStatus| Self {
            f: frame(l, Place::Invitations, &urls::invitation_batch(ID)),
            problem: String::new(),
            id: ID.to_owned(),
            title: LONG.to_owned(),
            unit: "Norrvik University".to_owned(),
            status: words::status(l, status),
            open: status == BatchStatus::Open,
            running: status.runs(),
            may_send: true,
            planned: l.tn("invite-will-send", 312_usize),
            digest: "0a1b".to_owned(),
            position: 200,
            total: 412,
            progress: l.t_args(
                "import-progress",
                &[
                    ("done", l.number(200).as_str().into()),
                    ("all", l.number(412).as_str().into()),
                ],
            ),
            failed: String::new(),
            steps: BatchStep::ALL.map(link).into(),
            pins: match status {
                BatchStatus::Done => l.tn("invite-pins-wait", 312_usize),
                _ => String::new(),
            },
            stuck: if status == BatchStatus::Done {
                vec![link(BatchStep::MailSent), link(BatchStep::Expired)]
            } else {
                Vec::new()
            },
            rows: vec![
                line(BatchStep::Wrong, vec![import_words::error(l, &wrong)]),
                line(BatchStep::Skipped, vec![l.t("invite-cause-device")]),
                line(BatchStep::MailSent, vec![l.tn("invite-reminded", 2_usize)]),
                line(BatchStep::Enrolled, Vec::new()),
            ],
            pager: pager(l, 4),
        };
        let mut failed = page(BatchStatus::Failed);
        failed.failed = l.t("invite-failed");
        let mut refused = page(BatchStatus::Open);
        refused.problem = l.t("invite-problem-overtaken");
        let mut nobody = page(BatchStatus::Open);
        (nobody.planned, nobody.rows) = (String::new(), Vec::new());
        vec![
            ("preview", page(BatchStatus::Open)),
            ("running", page(BatchStatus::Running)),
            ("done", page(BatchStatus::Done)),
            ("failed", failed),
            ("refused", refused),
            ("nobody", nobody),
        ]
    }
}

impl Sample for PinsPage {
    const NAME: &'static str = "invite-pins";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let line = |name: &str, pin: &str| PinLine {
            name: name.to_owned(),
            email: "elin.hedstrom.fran.enhetsregistreringen@example.org".to_owned(),
            pin: pin.to_owned(),
        };
        let page = Self {
            f: frame(l, Place::Invitations, &urls::invitation_batch(ID)),
            title: LONG.to_owned(),
            back: urls::invitation_batch(ID),
            until: "2026-11-24 09:00".to_owned(),
            rows: vec![line(LONG, "7K2M9QXD"), line("Elin Hedström", "W4HT8PZC")],
        };
        vec![("told", page)]
    }
}

impl Sample for PolicyPage {
    const NAME: &'static str = "invite-policy";

    fn samples(l: Texts) -> Vec<(&'static str, Self)> {
        let policy = InvitationPolicy {
            device_limit: 3,
            account: AccountRule::Password,
            ..InvitationPolicy::default()
        };
        let page = |inherits: bool, error: String| Self {
            f: frame(l, Place::InvitationPolicy, urls::INVITATION_POLICY),
            units: vec![choice(ID, LONG.to_owned(), true)],
            unit_id: ID.to_owned(),
            unit_name: LONG.to_owned(),
            inherits,
            pins: PinMode::ALL
                .map(|mode| choice(mode.as_str(), words::pin(l, mode), false))
                .into(),
            ownerships: vec![choice("", l.t("invite-as-above"), true)],
            accounts: AccountRule::ALL
                .map(|rule| choice(rule.as_str(), words::account(l, rule), false))
                .into(),
            days: "14".to_owned(),
            days_hint: l.tn("invite-usual-days", 14_usize),
            days_error: error.clone(),
            after: "2, 5".to_owned(),
            after_hint: l.ta("invite-usual-list", "2, 5"),
            after_error: error.clone(),
            before: "1".to_owned(),
            before_hint: l.t("invite-empty-above"),
            before_error: error.clone(),
            limit: String::new(),
            limit_hint: l.t("invite-usual-limit"),
            limit_error: error,
            effective: words::policy(l, &policy),
            others: vec![PolicyLine {
                href: urls::invitation_policy(ID),
                name: LONG.to_owned(),
                words: words::policy(l, &policy),
            }],
            may_change: true,
        };
        vec![
            ("organisation", page(false, String::new())),
            ("unit", page(true, String::new())),
            ("refused", page(false, l.t("invite-days-wrong"))),
        ]
    }
}
