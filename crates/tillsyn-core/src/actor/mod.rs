//! Who acts, and the one function that decides whether they may (security S01).

use crate::error::{Error, Kind};
use crate::ids::AccountId;

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
    GuardRelease,
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
        (Permission::GuardRelease, "guard.release"),
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

/// The built-in roles. `GuardRelease` is in none of them: until approvals come, a release happens on
/// the server itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Owner,
    Administrator,
    HelpDesk,
    Auditor,
    ReadOnly,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Administrator => "administrator",
            Self::HelpDesk => "help_desk",
            Self::Auditor => "auditor",
            Self::ReadOnly => "read_only",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Owner,
            Self::Administrator,
            Self::HelpDesk,
            Self::Auditor,
            Self::ReadOnly,
        ]
        .into_iter()
        .find(|role| role.as_str() == text)
    }

    pub(crate) fn holds(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => permission != P::GuardRelease,
            Self::Administrator => !matches!(
                permission,
                P::GuardRelease
                    | P::AccountsWrite
                    | P::SettingsWrite
                    | P::PushWrite
                    | P::EnrollmentsMove
                    | P::SecretsRevealTokens
                    | P::CommandsRaw
            ),
            Self::HelpDesk => matches!(
                permission,
                P::DevicesRead
                    | P::DevicesQuery
                    | P::DevicesLock
                    | P::CommandsCancel
                    | P::InvitationsRead
                    | P::InvitationsWrite
                    | P::PeopleRead
                    | P::GroupsRead
                    | P::ProfilesRead
                    | P::TokensOwn
                    | P::SecretsRevealPins
                    | P::DevicesRestart
                    | P::DevicesLostMode
            ),
            Self::Auditor => matches!(
                permission,
                P::DevicesRead
                    | P::InvitationsRead
                    | P::PeopleRead
                    | P::GroupsRead
                    | P::ProfilesRead
                    | P::PushRead
                    | P::AuditRead
            ),
            Self::ReadOnly => matches!(
                permission,
                P::DevicesRead
                    | P::InvitationsRead
                    | P::PeopleRead
                    | P::GroupsRead
                    | P::ProfilesRead
                    | P::PushRead
            ),
        }
    }
}

/// How the actor came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person in a browser session.
    Account,
    /// A program with an API token.
    Token,
    /// The server's own work: schedules, first inventory.
    System,
    /// Someone with a shell on the server.
    Server,
    /// A device, for events that its messages cause.
    Device,
    /// A person on an enrollment page.
    Person,
}

impl ActorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Token => "token",
            Self::System => "system",
            Self::Server => "server",
            Self::Device => "device",
            Self::Person => "person",
        }
    }
}

/// Who acts, in which part of the organisation, and how fresh their proof is.
#[derive(Clone, Debug)]
pub struct Actor {
    pub kind: ActorKind,
    /// Id of the account, token, device or `system`.
    pub id: String,
    /// The account behind a session or token.
    pub account_id: Option<AccountId>,
    pub name: String,
    role: Option<Role>,
    /// A token's own narrower set.
    only: Option<Vec<Permission>>,
    /// Path of the unit whose subtree the actor reaches.
    pub unit_path: String,
    /// When the password was last typed; `None` for tokens.
    pub fresh_at: Option<i64>,
    /// Since when the actor has had these rights (S55).
    pub trusted_since: Option<i64>,
    pub address: Option<String>,
    pub request_id: Option<String>,
}

impl Actor {
    /// The server's own work; it may do everything that needs no confirmation.
    pub fn system() -> Self {
        Self::internal(ActorKind::System, "system")
    }

    /// Someone with a shell on the server.
    pub fn server() -> Self {
        Self::internal(ActorKind::Server, "server")
    }

    /// A device, named in events.
    pub fn device(id: &str, address: Option<String>) -> Self {
        Self {
            address,
            ..Self::internal(ActorKind::Device, id)
        }
    }

    /// A person on an enrollment page.
    pub fn person(attempt_or_invitation: &str, address: Option<String>) -> Self {
        Self {
            address,
            ..Self::internal(ActorKind::Person, attempt_or_invitation)
        }
    }

    fn internal(kind: ActorKind, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            account_id: None,
            name: id.to_owned(),
            role: None,
            only: None,
            unit_path: String::new(),
            fresh_at: None,
            trusted_since: None,
            address: None,
            request_id: None,
        }
    }

    /// An account's actor; the role and unit come from the stored account.
    #[expect(
        clippy::too_many_arguments,
        reason = "one constructor for what a session row says"
    )]
    pub(crate) fn account(
        kind: ActorKind,
        id: String,
        account_id: AccountId,
        name: String,
        role: Role,
        only: Option<Vec<Permission>>,
        unit_path: String,
        fresh_at: Option<i64>,
        trusted_since: i64,
    ) -> Self {
        Self {
            kind,
            id,
            account_id: Some(account_id),
            name,
            role: Some(role),
            only,
            unit_path,
            fresh_at,
            trusted_since: Some(trusted_since),
            address: None,
            request_id: None,
        }
    }

    /// The built-in role, for pages that say who one is.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// Whether the permission is held at all, without an object. For hiding what cannot be used.
    pub fn holds(&self, permission: Permission) -> bool {
        match (self.kind, self.role) {
            (ActorKind::System | ActorKind::Server, _) => true,
            (_, Some(role)) => {
                role.holds(permission)
                    && self
                        .only
                        .as_ref()
                        .is_none_or(|only| only.contains(&permission))
            }
            _ => false,
        }
    }

    /// Whether the unit at `path` lies in the actor's subtree.
    pub fn reaches(&self, path: &str) -> bool {
        path.starts_with(&self.unit_path)
    }
}

/// Decides (actor, permission, object's unit). Outside the scope the object does not exist (S02).
///
/// # Errors
/// [`Kind::Forbidden`] without the permission, [`Kind::NotFound`] outside the actor's subtree.
pub fn authorize(actor: &Actor, permission: Permission, unit_path: &str) -> Result<(), Error> {
    may(actor, permission)?;
    if !actor.reaches(unit_path) {
        return Err(Error::new(
            Kind::NotFound,
            "not_found",
            "There is no such object.",
        ));
    }
    Ok(())
}

/// Decides what concerns no single object: lists (filtered by scope afterwards) and new objects in the
/// actor's own unit.
pub fn may(actor: &Actor, permission: Permission) -> Result<(), Error> {
    if actor.holds(permission) {
        return Ok(());
    }
    Err(Error::forbidden(
        "permission_missing",
        format!("This needs the permission {}.", permission.as_str()),
    ))
}

/// How long a typed password counts as fresh (S11).
pub const FRESH_MS: i64 = 10 * crate::clock::MINUTE_MS;

/// Refuses an account whose password was not typed within [`FRESH_MS`]. Tokens cannot confirm freshly;
/// what that costs them is the guard's business.
pub fn require_fresh(actor: &Actor, now_ms: i64) -> Result<(), Error> {
    match (actor.kind, actor.fresh_at) {
        (ActorKind::Account, Some(at)) if now_ms.saturating_sub(at) <= FRESH_MS => Ok(()),
        (ActorKind::Account, _) => Err(Error::new(
            Kind::FreshSignInNeeded,
            "fresh_sign_in_needed",
            "Type your password again first; it counts for ten minutes.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
