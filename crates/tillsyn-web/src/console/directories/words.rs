//! What directories say and do, in words.

use tillsyn_core::Error;
use tillsyn_core::directory::{Held, RunStatus, RunView, SourceKind, SourceStatus, SourceView};

use crate::console::failure::Failure;
use crate::console::organisation::Problem;
use crate::i18n::Texts;
use crate::ui::{Status, Tone};

pub(super) fn kind(l: Texts, kind: SourceKind) -> String {
    match kind {
        SourceKind::Ldap => l.t("directory-kind-ldap"),
        SourceKind::Scim => l.t("directory-kind-scim"),
        SourceKind::Oidc => l.t("directory-kind-oidc"),
    }
}

pub(super) fn standing(l: Texts, source: &SourceView) -> Status {
    let (tone, icon, text) = if source.status == SourceStatus::Paused {
        (Tone::Idle, "dash", l.t("directory-paused"))
    } else if source.held > 0 {
        (Tone::Warn, "alert", l.t("directory-waits"))
    } else if source.ill_code.is_some() {
        (Tone::Bad, "alert", l.t("directory-ill"))
    } else {
        (Tone::Ok, "check", l.t("directory-active"))
    };
    Status::new(tone, icon, text)
}

pub(super) fn run_status(l: Texts, status: RunStatus) -> Status {
    let (tone, icon, text) = match status {
        RunStatus::Applied => (Tone::Ok, "check", l.t("directory-run-applied")),
        RunStatus::Held => (Tone::Warn, "alert", l.t("directory-waits")),
        RunStatus::Released => (Tone::Ok, "check", l.t("directory-run-released")),
        RunStatus::Declined => (Tone::Idle, "dash", l.t("directory-run-declined")),
        RunStatus::Overtaken => (Tone::Idle, "dash", l.t("directory-run-overtaken")),
        RunStatus::Failed => (Tone::Bad, "alert", l.t("directory-run-failed")),
    };
    Status::new(tone, icon, text)
}

/// Why it waits.
pub(super) fn reasons(l: Texts, held: &Held) -> Vec<String> {
    let word = |reason: &String| match reason.as_str() {
        "no_entries" => l.t("directory-reason-none"),
        "group_emptied" => l.t("directory-reason-emptied"),
        "many_members" => l.t("directory-reason-members"),
        _ => l.t("directory-reason-many"),
    };
    held.reasons.iter().map(word).collect()
}

/// What would happen.
pub(super) fn effect(l: Texts, run: &RunView, held: &Held) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |key: &str, count: usize| {
        if count > 0 {
            let args = [("n", count.into()), ("of", held.of.into())];
            lines.push(l.t_args(key, &args));
        }
    };
    if run.kind == "suspensions" {
        line(
            crate::i18n::key("directory-effect-devices"),
            held.suspend.len(),
        );
    } else {
        line(
            crate::i18n::key("directory-effect-people"),
            held.suspend.len(),
        );
    }
    line(
        crate::i18n::key("directory-effect-groups"),
        held.empty.len(),
    );
    line(crate::i18n::key("directory-effect-members"), held.members);
    lines
}

/// What a reading did, in one line.
pub(super) fn counts(l: Texts, run: &RunView) -> String {
    if run.kind != "sync" {
        return l.t("directory-run-many");
    }
    let counts = &run.counts;
    let args = [
        ("people", counts.people.into()),
        ("created", counts.created.into()),
        ("changed", counts.changed.into()),
        ("suspended", (counts.suspended + counts.leaving).into()),
        ("groups", counts.groups.into()),
    ];
    l.t_args("directory-run-counts", &args)
}

/// The words for a refusal that the page itself shows; every other error has a page of its own.
pub(super) fn problem(l: Texts, error: Error) -> Result<Problem, Failure> {
    let text = match (error.code, error.field) {
        ("directory_name_taken", _) => l.t("directory-problem-name"),
        ("directories_many", _) => l.t("directory-problem-many"),
        ("directory_tokens", _) => l.t("directory-problem-tokens"),
        ("plan_required", _) => l.t("directory-problem-plan"),
        ("run_over", _) => l.t("directory-problem-over"),
        ("link_taken", _) => l.t("directory-problem-link"),
        ("link_in_use", _) => l.t("directory-problem-in-use"),
        (_, Some("grace_days" | "suspended_days")) => l.t("directory-problem-days"),
        (_, Some("name" | "priority" | "kind" | "days")) => l.t("problem-text"),
        _ => return Err(error.into()),
    };
    Ok(Problem {
        text,
        ..Problem::default()
    })
}
