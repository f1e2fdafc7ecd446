use crate::i18n::Texts;

/// Why something was not done, by the stable code of the error.
pub fn refusal(l: Texts, code: &str) -> String {
    match code {
        "already_fetched" => l.t("message-too-late"),
        "already_over" => l.t("refusal-over"),
        "invitation_over" | "no_pin" => l.t("refusal-invitation"),
        "queue_full" => l.t("refusal-queue"),
        "form" | "media_type" | "cross_origin" => l.t("refusal-form"),
        "too_large" => l.t("refusal-large"),
        "not_capable" => l.t("incapable-other"),
        _ => l.t("refusal-other"),
    }
}

/// Why a device cannot take a request.
pub fn incapable(l: Texts, code: &str) -> String {
    match code {
        "not_enrolled" => l.t("incapable-enrolled"),
        "platform_unsupported" | "channel" => l.t("incapable-platform"),
        "os_too_old" => l.t("incapable-os"),
        "user_enrollment" | "personal_device" => l.t("incapable-personal"),
        "access_rights" => l.t("incapable-rights"),
        _ => l.t("incapable-other"),
    }
}
