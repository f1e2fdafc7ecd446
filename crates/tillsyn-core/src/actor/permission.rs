//! The permissions: one name for each thing that somebody may do.

/// What a role may contain. Destructive acts and secrets have permissions of their own (S04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    DevicesRead,
    DevicesQuery,
    ProfilesInstall,
    DevicesLock,
    DevicesErase,
    DevicesRetire,
    CommandsCancel,
    CertificatesRenew,
    CertificatesRevoke,
    /// Being the second person of what the guard holds back.
    GuardApprove,
    InvitationsRead,
    InvitationsWrite,
    PeopleRead,
    PushRead,
    PushWrite,
    TokensOwn,
    AccountsWrite,
    AuditRead,
    SettingsWrite,
    /// Moving enrollments in from another server, and out to one.
    EnrollmentsMove,
    DevicesLocate,
    DevicesActivationLock,
    SecretsRevealPins,
    SecretsRevealKeys,
    SecretsRevealTokens,
    /// Restart and shut down.
    DevicesRestart,
    DevicesClearPasscode,
    /// Lost mode with sound and location.
    DevicesLostMode,
    /// Settings, setup, updates and everything else that changes how a device works.
    DevicesConfigure,
    /// The accounts of the people who share a device.
    DevicesUsers,
    /// Setting new passwords and recovery keys.
    SecretsRotate,
    /// Commands of types that are not in our catalogue.
    CommandsRaw,
    /// Making, moving and removing org units.
    UnitsWrite,
    GroupsRead,
    /// Making groups and changing their members, with what follows for devices.
    GroupsWrite,
    PeopleWrite,
    ProfilesRead,
    /// Drafts, versions and archiving; what reaches devices needs `AssignmentsWrite`.
    ProfilesWrite,
    /// Publishing versions and assigning them: everything that changes what devices are to have.
    AssignmentsWrite,
    /// Seeing administrators, roles and everybody's API tokens.
    AccountsRead,
    /// Making and changing own roles.
    RolesWrite,
    /// Taking the audit trail out of the server.
    AuditExport,
    /// Retention, legal hold, and erasing what names a person.
    AuditManage,
    WebhooksRead,
    WebhooksWrite,
    /// Identity providers and the second factor's policy.
    SignInWrite,
}

impl Permission {
    /// All permissions with their stable names.
    pub const ALL: &'static [(Permission, &'static str)] = &[
        (Permission::DevicesRead, "devices.read"),
        (Permission::DevicesQuery, "devices.query"),
        (Permission::ProfilesInstall, "profiles.install"),
        (Permission::DevicesLock, "devices.lock"),
        (Permission::DevicesErase, "devices.erase"),
        (Permission::DevicesRetire, "devices.retire"),
        (Permission::CommandsCancel, "commands.cancel"),
        (Permission::CertificatesRenew, "certificates.renew"),
        (Permission::CertificatesRevoke, "certificates.revoke"),
        (Permission::GuardApprove, "guard.approve"),
        (Permission::InvitationsRead, "invitations.read"),
        (Permission::InvitationsWrite, "invitations.write"),
        (Permission::PeopleRead, "people.read"),
        (Permission::PushRead, "push.read"),
        (Permission::PushWrite, "push.write"),
        (Permission::TokensOwn, "tokens.own"),
        (Permission::AccountsWrite, "accounts.write"),
        (Permission::AuditRead, "audit.read"),
        (Permission::SettingsWrite, "settings.write"),
        (Permission::EnrollmentsMove, "enrollments.move"),
        (Permission::DevicesLocate, "devices.locate"),
        (Permission::DevicesActivationLock, "devices.activation_lock"),
        (Permission::SecretsRevealPins, "secrets.reveal_pins"),
        (Permission::SecretsRevealKeys, "secrets.reveal_keys"),
        (Permission::SecretsRevealTokens, "secrets.reveal_tokens"),
        (Permission::DevicesRestart, "devices.restart"),
        (Permission::DevicesClearPasscode, "devices.clear_passcode"),
        (Permission::DevicesLostMode, "devices.lost_mode"),
        (Permission::DevicesConfigure, "devices.configure"),
        (Permission::DevicesUsers, "devices.users"),
        (Permission::SecretsRotate, "secrets.rotate"),
        (Permission::CommandsRaw, "commands.raw"),
        (Permission::UnitsWrite, "units.write"),
        (Permission::GroupsRead, "groups.read"),
        (Permission::GroupsWrite, "groups.write"),
        (Permission::PeopleWrite, "people.write"),
        (Permission::ProfilesRead, "profiles.read"),
        (Permission::ProfilesWrite, "profiles.write"),
        (Permission::AssignmentsWrite, "assignments.write"),
        (Permission::AccountsRead, "accounts.read"),
        (Permission::RolesWrite, "roles.write"),
        (Permission::AuditExport, "audit.export"),
        (Permission::AuditManage, "audit.manage"),
        (Permission::WebhooksRead, "webhooks.read"),
        (Permission::WebhooksWrite, "webhooks.write"),
        (Permission::SignInWrite, "sign_in.write"),
    ];

    /// The stable name, as in the API and in tokens.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(p, _)| *p == self)
            .map_or("", |(_, name)| name)
    }

    /// Reads a stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, n)| *n == name).map(|(p, _)| *p)
    }
}
