use tillsyn_core::Permission as P;

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
        "units.write" => l.t("permission-units-write"),
        "groups.read" => l.t("permission-groups-read"),
        "groups.write" => l.t("permission-groups-write"),
        "people.write" => l.t("permission-people-write"),
        "profiles.read" => l.t("permission-profiles-read"),
        "profiles.write" => l.t("permission-profiles-write"),
        "assignments.write" => l.t("permission-assignments-write"),
        "guard.approve" => l.t("permission-guard-approve"),
        "accounts.read" => l.t("permission-accounts-read"),
        "roles.write" => l.t("permission-roles-write"),
        "audit.export" => l.t("permission-audit-export"),
        "audit.manage" => l.t("permission-audit-manage"),
        "webhooks.read" => l.t("permission-webhooks-read"),
        "webhooks.write" => l.t("permission-webhooks-write"),
        "sign_in.write" => l.t("permission-sign-in-write"),
        other => other.to_owned(),
    }
}

/// All permissions by what they are about: an id for the page, a title, the permissions.
pub fn permission_groups(l: Texts) -> Vec<(&'static str, String, &'static [P])> {
    vec![
        ("look", l.t("permissions-look"), LOOK),
        ("devices", l.t("permissions-devices"), DEVICES),
        ("destroy", l.t("permissions-destroy"), DESTROY),
        ("secrets", l.t("permissions-secrets"), SECRETS),
        ("rollout", l.t("permissions-rollout"), ROLLOUT),
        (
            "organisation",
            l.t("permissions-organisation"),
            ORGANISATION,
        ),
        (
            "administration",
            l.t("permissions-administration"),
            ADMINISTRATION,
        ),
        ("audit", l.t("permissions-audit"), AUDIT),
    ]
}

const LOOK: &[P] = &[
    P::DevicesRead,
    P::PeopleRead,
    P::GroupsRead,
    P::ProfilesRead,
    P::InvitationsRead,
    P::PushRead,
];
const DEVICES: &[P] = &[
    P::DevicesQuery,
    P::DevicesRestart,
    P::DevicesConfigure,
    P::DevicesUsers,
    P::DevicesLocate,
    P::CertificatesRenew,
    P::CommandsCancel,
    P::CommandsRaw,
];
const DESTROY: &[P] = &[
    P::DevicesLock,
    P::DevicesLostMode,
    P::DevicesClearPasscode,
    P::DevicesErase,
    P::DevicesRetire,
    P::DevicesActivationLock,
    P::CertificatesRevoke,
    P::GuardApprove,
];
const SECRETS: &[P] = &[
    P::SecretsRevealPins,
    P::SecretsRevealKeys,
    P::SecretsRevealTokens,
    P::SecretsRotate,
];
const ROLLOUT: &[P] = &[
    P::ProfilesInstall,
    P::ProfilesWrite,
    P::AssignmentsWrite,
    P::InvitationsWrite,
    P::EnrollmentsMove,
];
const ORGANISATION: &[P] = &[P::PeopleWrite, P::GroupsWrite, P::UnitsWrite];
const ADMINISTRATION: &[P] = &[
    P::AccountsRead,
    P::AccountsWrite,
    P::RolesWrite,
    P::SignInWrite,
    P::TokensOwn,
    P::SettingsWrite,
    P::PushWrite,
    P::WebhooksRead,
    P::WebhooksWrite,
];
const AUDIT: &[P] = &[P::AuditRead, P::AuditExport, P::AuditManage];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn every_permission_has_words_and_stands_in_one_group() {
        let l = Texts::new(Lang::default());
        let mut grouped: Vec<P> = permission_groups(l)
            .iter()
            .flat_map(|(_, _, members)| members.iter().copied())
            .collect();
        grouped.sort_unstable();
        let mut all: Vec<P> = P::ALL.iter().map(|(found, _)| *found).collect();
        all.sort_unstable();
        assert_eq!(grouped, all);
        for (_, name) in P::ALL {
            for l in Lang::ALL.map(Texts::new) {
                assert_ne!(permission(l, name), *name);
            }
        }
    }
}
