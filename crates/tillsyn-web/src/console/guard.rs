//! The dialogs in front of acts: lock (at once), erase and retire (slow on purpose).

use super::device::Hop;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, Link, Tone, urls};

/// A dialog shown on top of the device's page.
pub enum Dialog {
    Lock(LockDialog),
    Guard(Box<GuardDialog>),
}

/// Lock: no typing, no hold. Whoever lost a device must not wait.
pub struct LockDialog {
    pub title: String,
    pub intro: String,
    /// Address that takes the form.
    pub action: String,
    pub close: String,
    pub message: String,
    pub phone: String,
    /// A Mac takes a PIN of six digits and stops working until it is typed.
    pub mac: bool,
    pub error: String,
}

impl LockDialog {
    pub fn new(l: Texts, device_id: &str, name: &str, mac: bool) -> Self {
        Self {
            title: l.ta("lock-title", name),
            intro: if mac {
                l.t("lock-intro-mac")
            } else {
                l.t("lock-intro")
            },
            action: urls::device_lock(device_id),
            close: urls::device(device_id),
            message: String::new(),
            phone: String::new(),
            mac,
            error: String::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardAct {
    Erase,
    Retire,
}

/// What the guard dialog is made from.
pub struct GuardFacts<'a> {
    pub device_id: &'a str,
    pub name: &'a str,
    /// `iPhone`, `iPad` or `Mac`.
    pub kind: &'a str,
    /// Model and person in words.
    pub what: &'a str,
    /// How long ago it was last seen, in words; empty when never.
    pub seen: &'a str,
    pub hold_minutes: u32,
    /// Else it is held until somebody releases it.
    pub within_budget: bool,
    pub used_by_you: u32,
    pub your_limit: u32,
    pub used_by_all: u32,
    pub limit: u32,
}

/// Erase or retire: name, loss, milder way, reason, typed name, password, hold, budget.
pub struct GuardDialog {
    pub act: GuardAct,
    pub title: String,
    pub intro: String,
    pub action: String,
    pub close: String,
    pub lost: Vec<String>,
    pub stays: Vec<String>,
    /// A milder way, with its link.
    pub milder: Option<(String, Link)>,
    /// An iPhone or iPad may keep its eSIM.
    pub keep_esim: Option<bool>,
    /// A Mac without Secure Enclave support for wiping takes a PIN; the server makes it.
    pub mac: bool,
    pub reasons: Vec<Choice>,
    pub note: String,
    /// The device's name, to be typed.
    pub must_type: String,
    pub typed: String,
    pub typed_error: String,
    /// Security S11: the password again, when it was last typed more than 10 minutes ago.
    pub password: bool,
    pub password_error: String,
    pub next: Vec<Hop>,
    pub budget: String,
    /// Why the whole of it was not taken.
    pub error: String,
    pub submit: String,
}

impl GuardDialog {
    /// The dialog before anything was typed.
    pub fn new(l: Texts, act: GuardAct, facts: &GuardFacts<'_>, password: bool) -> Self {
        let erase = act == GuardAct::Erase;
        let seen = if facts.seen.is_empty() {
            l.t("guard-never-seen")
        } else {
            l.ta("guard-seen", facts.seen)
        };
        let warning = if erase {
            l.t("erase-final")
        } else {
            l.t("retire-final")
        };
        let lock = || Link {
            href: urls::device_lock(facts.device_id),
            text: l.t("guard-milder-act"),
        };
        let (lost, stays) = if erase {
            (
                vec![l.ta("erase-lost-all", facts.kind), l.t("erase-lost-backup")],
                vec![l.t("guard-stays-history"), l.t("erase-stays-invite")],
            )
        } else {
            (
                vec![
                    l.t("retire-lost-profiles"),
                    l.t("retire-lost-certificate"),
                    l.t("retire-lost-commands"),
                ],
                vec![l.t("retire-stays-data"), l.t("guard-stays-history")],
            )
        };
        Self {
            act,
            title: if erase {
                l.ta("erase-title", facts.name)
            } else {
                l.ta("retire-title", facts.name)
            },
            intro: l.t_args(
                "guard-intro",
                &[
                    ("what", facts.what.into()),
                    ("seen", (&seen).into()),
                    ("warning", (&warning).into()),
                ],
            ),
            action: if erase {
                urls::device_erase(facts.device_id)
            } else {
                urls::device_retire(facts.device_id)
            },
            close: urls::device(facts.device_id),
            lost,
            stays,
            milder: erase.then(|| (l.t("guard-milder"), lock())),
            keep_esim: (erase && facts.kind != "Mac").then_some(true),
            mac: erase && facts.kind == "Mac",
            reasons: reasons(l),
            note: String::new(),
            must_type: facts.name.to_owned(),
            typed: String::new(),
            typed_error: String::new(),
            password,
            password_error: String::new(),
            error: String::new(),
            next: next_steps(l, facts),
            budget: l.t_args(
                "guard-budget",
                &[
                    ("you", facts.used_by_you.into()),
                    ("yours", facts.your_limit.into()),
                    ("all", facts.used_by_all.into()),
                    ("limit", facts.limit.into()),
                ],
            ),
            submit: match (erase, facts.hold_minutes) {
                _ if !facts.within_budget => l.t("guard-submit-held"),
                (true, 0) => l.t("erase-submit-now"),
                (true, minutes) => l.tn("erase-submit", minutes),
                (false, 0) => l.t("retire-submit-now"),
                (false, minutes) => l.tn("retire-submit", minutes),
            },
        }
    }
}

/// The reasons to choose from; the value goes to the audit trail.
pub fn reasons(l: Texts) -> Vec<Choice> {
    [
        ("left", l.t("reason-left")),
        ("stolen", l.t("reason-stolen")),
        ("handed_on", l.t("reason-handed-on")),
        ("fault", l.t("reason-fault")),
        ("other", l.t("reason-other")),
    ]
    .into_iter()
    .map(|(value, text)| Choice {
        value: value.to_owned(),
        text,
        chosen: false,
    })
    .collect()
}

fn next_steps(l: Texts, facts: &GuardFacts<'_>) -> Vec<Hop> {
    let hold_minutes = facts.hold_minutes;
    let hop = |tone, time: String, word: String, text: String| Hop {
        tone,
        when: When {
            text: time,
            ..When::default()
        },
        word,
        text,
    };
    let sent = hop(
        Tone::Idle,
        l.t("guard-then"),
        l.t("guard-sent"),
        l.t("guard-sent-text"),
    );
    if !facts.within_budget {
        let held = hop(
            Tone::Warn,
            l.t("guard-now"),
            l.t("status-command-held"),
            l.t("held-budget"),
        );
        return vec![held, sent];
    }
    if hold_minutes == 0 {
        return vec![hop(
            Tone::Warn,
            l.t("guard-now"),
            l.t("guard-sent"),
            l.t("guard-sent-at-once"),
        )];
    }
    vec![
        hop(
            Tone::Warn,
            l.t("guard-now"),
            l.tn("guard-hold", hold_minutes),
            l.t("guard-hold-text"),
        ),
        sent,
        hop(
            Tone::Idle,
            l.t("guard-then"),
            l.t("guard-fetched"),
            l.t("guard-fetched-text"),
        ),
    ]
}
