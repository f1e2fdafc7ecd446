use crate::i18n::Texts;

/// Why something was not done, by the stable code of the error.
pub fn refusal(l: Texts, code: &str) -> String {
    known_refusal(l, code).unwrap_or_else(|| l.t("refusal-other"))
}

/// Of the codes that say the same wherever they come up; `None` for the others.
pub fn known_refusal(l: Texts, code: &str) -> Option<String> {
    Some(match code {
        "already_fetched" => l.t("message-too-late"),
        "already_over" => l.t("refusal-over"),
        "invitation_over" | "no_pin" => l.t("refusal-invitation"),
        "queue_full" => l.t("refusal-queue"),
        "form" | "media_type" | "cross_origin" => l.t("refusal-form"),
        "too_large" => l.t("refusal-large"),
        "draft_changed" => l.t("profile-refused-look"),
        "nothing_changed" => l.t("profile-refused-same"),
        "profile_errors" => l.t("profile-refused-errors"),
        "profile_published" => l.t("profile-refused-published"),
        "profile_assigned" => l.t("profile-refused-assigned"),
        "profile_archived" => l.t("profile-refused-archived"),
        "no_draft" => l.t("profile-refused-no-draft"),
        "configuration_moves" => l.t("profile-refused-moves"),
        "second_factor_needed" => l.t("refusal-second-factor"),
        "no_second_factor" => l.t("refusal-no-factor"),
        "passkey_known" => l.t("refusal-passkey-known"),
        "passkey_limit" => l.t("refusal-passkey-limit"),
        "passkey_over" | "passkey_wrong" => l.t("passkey-failed"),
        "app_exists" => l.t("refusal-app"),
        "not_capable" => l.t("incapable-other"),
        _ => return None,
    })
}

/// Why a device cannot take a request.
pub fn incapable(l: Texts, code: &str) -> String {
    match code {
        "not_enrolled" => l.t("incapable-enrolled"),
        "platform_unsupported" => l.t("incapable-platform"),
        "channel" => l.t("incapable-channel"),
        "channel_missing" => l.t("incapable-no-user"),
        "os_too_old" => l.t("incapable-os"),
        "os_too_new" => l.t("incapable-removed"),
        "os_unknown" => l.t("incapable-os-unknown"),
        "lost_mode" => l.t("incapable-lost-mode"),
        "user_enrollment" | "personal_device" => l.t("incapable-personal"),
        "access_rights" => l.t("incapable-rights"),
        "supervision" => l.t("incapable-supervision"),
        "ade" => l.t("incapable-ade"),
        "user_approved" => l.t("incapable-user-approved"),
        "shared_ipad" => l.t("incapable-shared"),
        "awaiting_configuration" => l.t("incapable-setup"),
        "processor" => l.t("incapable-processor"),
        "no_unlock_token" => l.t("incapable-unlock-token"),
        "no_escrowed_secret" => l.t("incapable-secret"),
        "secret_of_earlier_enrollment" => l.t("incapable-earlier-secret"),
        "parameter_unsupported" | "pin_required" => l.t("incapable-parameter"),
        "enrollment_profile_unknown" => l.t("incapable-profile-unknown"),
        "enrollment_profile" => l.t("incapable-own-profile"),
        "permission_missing" => l.t("incapable-permission"),
        _ => l.t("incapable-other"),
    }
}
