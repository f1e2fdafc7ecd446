//! The built-in roles and what they may.

use super::{Permission, Rights};

/// The roles that every installation has. Own roles are rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Owner,
    Administrator,
    HelpDesk,
    Auditor,
    ReadOnly,
}

/// The role behind an actor: its stable id (the word of a built-in one) and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleName {
    pub id: String,
    pub name: String,
}

impl Role {
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Administrator,
        Self::HelpDesk,
        Self::Auditor,
        Self::ReadOnly,
    ];

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
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// What the role may.
    pub fn rights(self) -> Rights {
        Rights::of(
            Permission::ALL
                .iter()
                .map(|(permission, _)| *permission)
                .filter(|permission| self.holds(*permission)),
        )
    }

    fn holds(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Administrator => !matches!(
                permission,
                P::AccountsWrite
                    | P::RolesWrite
                    | P::SignInWrite
                    | P::SettingsWrite
                    | P::PushWrite
                    | P::EnrollmentsMove
                    | P::SecretsRevealTokens
                    | P::CommandsRaw
                    | P::AuditManage
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
                    | P::AccountsRead
                    | P::AuditRead
                    | P::AuditExport
                    | P::WebhooksRead
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

/// What the role of a `role` row may: built-in ones by the code, own ones by their stored list.
pub(crate) fn rights_of(id: &str, permissions: &str) -> Rights {
    match Role::parse(id) {
        Some(role) => role.rights(),
        None => Rights::stored(permissions, id),
    }
}
