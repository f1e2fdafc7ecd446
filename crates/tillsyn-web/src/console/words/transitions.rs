use crate::i18n::Texts;

/// Why a command stands at this status and what happens next. `said` is the device's own error, in the
/// vendor's words; `until` the end of a hold, ready to print.
pub fn transition(l: Texts, status: &str, reason: &str, said: &str, until: &str) -> String {
    match (status, reason) {
        ("held", reason) => held_reason(l, reason, until),
        ("queued", "hold_over") => l.t("hop-hold-over"),
        ("queued", "released") => l.t("hop-released"),
        ("queued", _) => l.t("hop-queued"),
        ("push_sent", _) => l.t("hop-push-sent"),
        ("sent", "moved_back") => l.t("hop-patience"),
        ("sent", "sent_again") => l.t("hop-sent-again"),
        ("sent", _) => l.t("hop-sent"),
        ("not_now", _) => l.t("hop-not-now"),
        ("acknowledged", "not_installed") => l.t("hop-absent"),
        ("acknowledged", _) => l.t("hop-acknowledged"),
        ("error", _) if said.is_empty() && reason.is_empty() => l.t("hop-error"),
        ("error", reason) => l.ta(
            "hop-error-said",
            if said.is_empty() { reason } else { said },
        ),
        ("cancelled", "withdrawn" | "") => l.t("hop-cancelled"),
        ("cancelled", "restored") => l.t("hop-restored"),
        ("cancelled", "not_yours") => l.t("hop-not-yours"),
        ("cancelled", reason) if INCAPABLE.contains(&reason) => {
            l.ta("hop-not-sent", &super::incapable(l, reason))
        }
        ("cancelled", _) => l.t("hop-ended"),
        ("superseded", "newer") => l.t("hop-replaced"),
        ("superseded", "nothing_to_remove") => l.t("hop-nothing-to-remove"),
        ("superseded", _) => l.t("hop-superseded"),
        ("expired", _) => l.t("hop-expired"),
        (_, reason) => reason.to_owned(),
    }
}

/// Reasons for which a waiting command was not sent after all: the device is not as it was.
const INCAPABLE: &[&str] = &[
    "platform_unsupported",
    "channel",
    "os_too_old",
    "os_too_new",
    "os_unknown",
    "lost_mode",
    "user_enrollment",
    "personal_device",
    "access_rights",
    "supervision",
    "ade",
    "user_approved",
    "shared_ipad",
    "awaiting_configuration",
    "processor",
    "no_unlock_token",
    "no_escrowed_secret",
    "secret_of_earlier_enrollment",
    "parameter_unsupported",
    "pin_required",
];

/// Why the guard holds a command. `until` ends the hold by itself; empty when somebody must release.
pub fn held_reason(l: Texts, reason: &str, until: &str) -> String {
    match reason {
        "hold" if !until.is_empty() => l.ta("held-hold", until),
        "budget" => l.t("held-budget"),
        "second_person" => l.t("held-many"),
        "new_account" => l.t("held-new"),
        _ => l.t("held-release"),
    }
}

/// Who asked for a command.
pub fn asked_by(l: Texts, kind: &str, name: Option<&str>) -> String {
    match (kind, name) {
        ("system", _) => l.t("by-system"),
        ("server", _) => l.t("by-server"),
        ("token", Some(name)) => l.ta("by-token", name),
        (_, Some(name)) => name.to_owned(),
        (_, None) => l.t("by-unknown"),
    }
}
