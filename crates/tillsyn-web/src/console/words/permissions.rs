use crate::i18n::Texts;

/// What a permission allows; its stable name when it is newer than this list.
pub fn permission(l: Texts, name: &str) -> String {
    match name {
        "devices.read" => l.t("permission-devices-read"),
        "devices.query" => l.t("permission-devices-query"),
        "profiles.install" => l.t("permission-profiles-install"),
        "devices.lock" => l.t("permission-devices-lock"),
        "devices.erase" => l.t("permission-devices-erase"),
        "devices.retire" => l.t("permission-devices-retire"),
        "commands.cancel" => l.t("permission-commands-cancel"),
        "certificates.renew" => l.t("permission-certificates-renew"),
        "certificates.revoke" => l.t("permission-certificates-revoke"),
        "invitations.read" => l.t("permission-invitations-read"),
        "invitations.write" => l.t("permission-invitations-write"),
        "people.read" => l.t("permission-people-read"),
        "push.read" => l.t("permission-push-read"),
        "push.write" => l.t("permission-push-write"),
        "tokens.own" => l.t("permission-tokens-own"),
        "accounts.write" => l.t("permission-accounts-write"),
        "audit.read" => l.t("permission-audit-read"),
        "settings.write" => l.t("permission-settings-write"),
        "enrollments.move" => l.t("permission-enrollments-move"),
        "devices.activation_lock" => l.t("permission-devices-activation-lock"),
        "devices.locate" => l.t("permission-devices-locate"),
        "secrets.reveal_pins" => l.t("permission-secrets-reveal-pins"),
        "secrets.reveal_keys" => l.t("permission-secrets-reveal-keys"),
        "secrets.reveal_tokens" => l.t("permission-secrets-reveal-tokens"),
        "devices.restart" => l.t("permission-devices-restart"),
        "devices.clear_passcode" => l.t("permission-devices-clear-passcode"),
        "devices.lost_mode" => l.t("permission-devices-lost-mode"),
        "devices.configure" => l.t("permission-devices-configure"),
        "devices.users" => l.t("permission-devices-users"),
        "secrets.rotate" => l.t("permission-secrets-rotate"),
        "commands.raw" => l.t("permission-commands-raw"),
        other => other.to_owned(),
    }
}
