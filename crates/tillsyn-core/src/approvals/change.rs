//! What can wait for a second person: one variant per kind. Secrets are kept sealed beside it.

use serde::{Deserialize, Serialize};

use crate::accounts::{AccountChange, ProviderChange};
use crate::push::Replacement;
use crate::roles::RoleChange;
use crate::settings::GuardSettings;

/// A change as it is kept until somebody decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A held batch of commands.
    Commands { batch_id: String },
    /// A plan that takes profiles from many.
    Plan { plan_id: String },
    /// Other figures of the guard.
    Guard { settings: GuardSettings },
    /// Destructive acts are possible again.
    Unfreeze { freeze_id: String },
    /// Another push certificate in place of one on record; its key is sealed.
    PushCertificate {
        topic_id: String,
        replacement: Box<Replacement>,
    },
    /// A fixed list of devices to be erased or retired.
    Campaign { campaign_id: String },
    /// An administrator's account.
    Account { change: AccountChange },
    /// What a role may.
    Role { change: RoleChange },
    /// Where administrators sign in, and what that gives them.
    IdentityProvider { change: Box<ProviderChange> },
}

impl Change {
    /// The stable name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Commands { .. } => "commands",
            Self::Plan { .. } => "plan",
            Self::Guard { .. } => "guard",
            Self::Unfreeze { .. } => "unfreeze",
            Self::PushCertificate { .. } => "push_certificate",
            Self::Campaign { .. } => "campaign",
            Self::Account { .. } => "account",
            Self::Role { .. } => "role",
            Self::IdentityProvider { .. } => "identity_provider",
        }
    }

    /// What it is about; of one subject only one change of a kind can wait.
    pub fn subject(&self) -> &str {
        match self {
            Self::Commands { batch_id } => batch_id,
            Self::Plan { plan_id } => plan_id,
            Self::Guard { .. } => "guard",
            Self::Unfreeze { freeze_id } => freeze_id,
            Self::PushCertificate { topic_id, .. } => topic_id,
            Self::Campaign { campaign_id } => campaign_id,
            Self::Account { change } => change.account_id().as_str(),
            Self::Role { change } => change.role_id(),
            Self::IdentityProvider { change } => change.provider_id().as_str(),
        }
    }
}
