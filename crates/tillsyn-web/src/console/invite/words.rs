//! Steps, causes and policies in the person's words.

use tillsyn_core::Error;
use tillsyn_core::invitations::{
    AccountRule, BatchPerson, BatchStatus, BatchStep, InvitationPolicy, PinMode,
};

use crate::console::imports::words as imports;
use crate::console::mail;
use crate::console::words;
use crate::i18n::Texts;
use crate::portal::enroll::Failure;
use crate::ui::{Status, Tone};

pub(in crate::console) fn status(l: Texts, status: BatchStatus) -> Status {
    match status {
        BatchStatus::Open => Status::new(Tone::Info, "arrow", l.t("import-status-open")),
        BatchStatus::Waiting => Status::new(Tone::Info, "clock", l.t("import-status-waiting")),
        BatchStatus::Running => Status::new(Tone::Info, "refresh", l.t("invite-status-running")),
        BatchStatus::Done => Status::new(Tone::Ok, "check", l.t("invite-status-done")),
        BatchStatus::Failed => Status::new(Tone::Bad, "fail", l.t("import-status-failed")),
        BatchStatus::Cancelled => Status::new(Tone::Idle, "dash", l.t("import-status-cancelled")),
    }
}

pub(in crate::console) fn step(l: Texts, step: BatchStep) -> Status {
    let (tone, icon, text) = match step {
        BatchStep::Planned => (Tone::Info, "arrow", l.t("invite-step-planned")),
        BatchStep::Skipped => (Tone::Idle, "dash", l.t("invite-step-skipped")),
        BatchStep::Wrong => (Tone::Bad, "fail", l.t("invite-step-wrong")),
        BatchStep::Cancelled => (Tone::Idle, "dash", l.t("invite-step-cancelled")),
        BatchStep::NotInvited => (Tone::Bad, "fail", l.t("invite-step-not-invited")),
        BatchStep::Invited => (Tone::Info, "clock", l.t("invite-step-invited")),
        BatchStep::MailSent => (Tone::Info, "mail", l.t("invite-step-mail-sent")),
        BatchStep::MailRefused => (Tone::Bad, "fail", l.t("invite-step-mail-refused")),
        BatchStep::MailFailed => (Tone::Bad, "fail", l.t("invite-step-mail-failed")),
        BatchStep::Opened => (Tone::Info, "arrow", l.t("invite-step-opened")),
        BatchStep::PinProved => (Tone::Info, "arrow", l.t("invite-step-pin")),
        BatchStep::ProfileFetched => (Tone::Info, "arrow", l.t("invite-step-profile")),
        BatchStep::Certificate => (Tone::Info, "arrow", l.t("invite-step-certificate")),
        BatchStep::Enrolled => (Tone::Ok, "check", l.t("invite-step-enrolled")),
        BatchStep::Ready => (Tone::Ok, "check", l.t("invite-step-ready")),
        BatchStep::Failed => (Tone::Bad, "fail", l.t("invite-step-failed")),
        BatchStep::Expired => (Tone::Warn, "clock", l.t("invite-step-expired")),
        BatchStep::Revoked => (Tone::Idle, "dash", l.t("invite-step-revoked")),
    };
    Status::new(tone, icon, text)
}

/// Why somebody is where they are.
pub(super) fn causes(l: Texts, person: &BatchPerson) -> Vec<String> {
    if !person.errors.is_empty() {
        let errors = person.errors.iter();
        return errors.map(|error| imports::error(l, error)).collect();
    }
    let mut words = Vec::new();
    if let Some(cause) = person.cause.as_deref() {
        words.push(why(l, person.step, cause));
    }
    if person.new {
        words.push(l.t("invite-new-person"));
    }
    if person.reminders > 0 {
        words.push(l.tn("invite-reminded", person.reminders));
    }
    words
}

fn why(l: Texts, step: BatchStep, cause: &str) -> String {
    match (step, cause) {
        (_, "has_invitation") => l.t("invite-cause-invitation"),
        (_, "has_device") => l.t("invite-cause-device"),
        (BatchStep::Skipped, "twice") => l.t("invite-cause-twice"),
        (_, "device_limit" | "limit_reached") => l.t("invite-cause-limit"),
        (_, "person_inactive") => l.t("invite-cause-inactive"),
        (_, "person_no_email") => l.t("invite-cause-no-email"),
        (_, "invitation_over") => l.t("invite-cause-over"),
        (_, "attempt_expired") => l.t("invite-cause-lapsed"),
        (_, "pin_locked") => l.t("desk-invitation-pin"),
        (BatchStep::Failed, cause) => Failure::from_value(cause)
            .unwrap_or(Failure::Server)
            .cause(l),
        // Either the last try or the mail says why it was left open.
        (BatchStep::Expired, cause) => match Failure::from_value(cause) {
            Some(failure) => failure.cause(l),
            None => mail::reason(l, cause),
        },
        (BatchStep::NotInvited, _) => l.t("invite-cause-overtaken"),
        (_, error) => mail::reason(l, error),
    }
}

/// Where the people of a batch come from.
pub(in crate::console) fn source(l: Texts, source: &str) -> String {
    match source {
        "group" => l.t("group"),
        "file" => l.t("import-file"),
        _ => l.t("nav-people"),
    }
}

pub(in crate::console) fn pin(l: Texts, mode: PinMode) -> String {
    match mode {
        PinMode::None => l.t("invite-pin-none"),
        PinMode::Mail => l.t("invite-pin-mail"),
        PinMode::Shown => l.t("invite-pin-shown"),
    }
}

pub(in crate::console) fn account(l: Texts, rule: AccountRule) -> String {
    match rule {
        AccountRule::None => l.t("invite-account-none"),
        AccountRule::Required => l.t("invite-account-required"),
        AccountRule::Password => l.t("invite-account-password"),
    }
}

/// Days as they are typed: `2, 5`.
pub(super) fn days(days: &[i64]) -> String {
    let days: Vec<String> = days.iter().map(i64::to_string).collect();
    days.join(", ")
}

/// What a policy says, in words.
pub(in crate::console) fn policy(l: Texts, policy: &InvitationPolicy) -> Vec<String> {
    let mut words = vec![
        pin(l, policy.pin),
        l.tn("invite-policy-days", policy.days),
        words::ownership(l, &policy.ownership),
    ];
    if !policy.remind_after_days.is_empty() {
        words.push(l.ta(
            "invite-policy-after",
            days(&policy.remind_after_days).as_str(),
        ));
    }
    if !policy.remind_before_days.is_empty() {
        words.push(l.ta(
            "invite-policy-before",
            days(&policy.remind_before_days).as_str(),
        ));
    }
    if policy.device_limit > 0 {
        words.push(l.tn("invite-policy-limit", policy.device_limit));
    }
    if policy.account != AccountRule::None {
        words.push(account(l, policy.account));
    }
    words
}

/// Why a batch was not made or begun; `None` for what has a page of its own.
pub(super) fn problem(l: Texts, error: &Error) -> Option<String> {
    Some(match error.code {
        "batch_empty" => l.t("invite-problem-empty"),
        "batch_long" | "import_rows" => l.t("invite-problem-long"),
        "batch_nobody" => l.t("invite-problem-nobody"),
        "batch_overtaken" => l.t("invite-problem-overtaken"),
        "batch_over" => l.t("invite-problem-over"),
        "batch_running" => l.t("invite-problem-running"),
        "no_pins" => l.t("invite-problem-no-pins"),
        "batch_steps" => l.t("invite-problem-steps"),
        "mail_not_set" => l.t("invite-mail-missing"),
        _ => return imports::problem(l, error),
    })
}
