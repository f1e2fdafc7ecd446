//! Asking for a change of an account.

use serde::{Deserialize, Serialize};
use tillsyn_db::args;
use zeroize::Zeroizing;

use super::carry::make_in;
use super::check::{Checked, check_in};
use crate::accounts::{own_password, password};
use crate::actor::{Actor, ActorKind};
use crate::approvals::{self, Asked, Change};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{AccountId, ApprovalId, OrgUnitId};
use crate::{org, text};

/// An account to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    /// A service has no way to sign in, only tokens.
    #[serde(default)]
    pub service: bool,
    pub name: String,
    /// Of a person.
    #[serde(default)]
    pub email: Option<String>,
    /// Id of the role.
    pub role: String,
    /// The actor's own unit when absent.
    #[serde(default)]
    pub unit: Option<OrgUnitId>,
    #[serde(default)]
    pub platform: Option<String>,
    /// Language of the console (`en`, `sv`, `ja`); `None` follows the browser.
    #[serde(default)]
    pub language: Option<String>,
}

/// What changes of an account; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountEdit {
    pub name: Option<String>,
    pub role: Option<String>,
    pub unit: Option<OrgUnitId>,
    /// Empty reaches all platforms.
    pub platform: Option<String>,
}

/// A change of an account, as it may wait for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum AccountChange {
    Create {
        account_id: AccountId,
        account: NewAccount,
        /// The person who asked: they answer for a service.
        #[serde(default)]
        by: Option<AccountId>,
        #[serde(default)]
        seen: Option<Seen>,
    },
    Change {
        account_id: AccountId,
        edit: AccountEdit,
        #[serde(default)]
        seen: Option<Seen>,
    },
    Disable {
        account_id: AccountId,
    },
    Enable {
        account_id: AccountId,
        #[serde(default)]
        seen: Option<Seen>,
    },
    /// Takes the password and the second factors away; a new way in is opened by a one-time link.
    Reset {
        account_id: AccountId,
        #[serde(default)]
        seen: Option<Seen>,
    },
}

/// What the asker saw: when the role's rights and the account's were last changed. With others it has to be
/// asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    role: i64,
    account: Option<i64>,
}

impl Seen {
    pub(super) fn of(checked: &Checked) -> Self {
        Self {
            role: checked.after.role.changed_at,
            account: checked.before.as_ref().map(|before| before.role_changed_at),
        }
    }
}

impl AccountChange {
    /// The account that it is about.
    pub fn account_id(&self) -> &AccountId {
        match self {
            Self::Create { account_id, .. }
            | Self::Change { account_id, .. }
            | Self::Disable { account_id }
            | Self::Enable { account_id, .. }
            | Self::Reset { account_id, .. } => account_id,
        }
    }

    pub fn act(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Change { .. } => "change",
            Self::Disable { .. } => "disable",
            Self::Enable { .. } => "enable",
            Self::Reset { .. } => "reset",
        }
    }

    /// The same with what the asker sees.
    pub(super) fn seen(mut self, now: Seen) -> Self {
        match &mut self {
            Self::Create { seen, .. }
            | Self::Change { seen, .. }
            | Self::Enable { seen, .. }
            | Self::Reset { seen, .. } => *seen = Some(now),
            Self::Disable { .. } => {}
        }
        self
    }

    /// Whether the asker saw something else.
    pub(super) fn moved(&self, now: &Seen) -> bool {
        match self {
            Self::Create { seen, .. }
            | Self::Change { seen, .. }
            | Self::Enable { seen, .. }
            | Self::Reset { seen, .. } => seen.as_ref() != Some(now),
            Self::Disable { .. } => false,
        }
    }
}

/// Makes an account without a way to sign in; [`new_welcome`](super::new_welcome) opens one for a person.
/// Returns its id, and the approval that it waits for, if any.
pub async fn create_account(
    core: &Core,
    actor: &Actor,
    new: NewAccount,
    reason: Option<&str>,
) -> Result<(AccountId, Option<ApprovalId>), Error> {
    let change = creation(core, actor, new).await?;
    let id = change.account_id().clone();
    let waits = submit(core, actor, change, reason).await?;
    Ok((id, waits))
}

async fn creation(core: &Core, actor: &Actor, new: NewAccount) -> Result<AccountChange, Error> {
    let unit = match new.unit {
        Some(unit) => unit,
        None => org::of_path(core, &actor.unit_path).await?.id,
    };
    let by = match &actor.account_id {
        Some(account) => Some(answerable(core, account).await?),
        None => None,
    };
    Ok(AccountChange::Create {
        account_id: AccountId::new(core.now_ms()),
        account: NewAccount {
            unit: Some(unit),
            ..new
        },
        by,
        seen: None,
    })
}

/// The person behind whoever asks: a service answers for nobody.
async fn answerable(core: &Core, account: &AccountId) -> Result<AccountId, Error> {
    let behind = core.db().read(account.clone(), |tx, account| {
        Box::pin(async move { approvals::answerable_in(tx, account.as_str()).await })
    });
    Ok(AccountId::from_store(behind.await?))
}

/// An account of a person with a password, made by the server itself: the first ones of an installation.
///
/// # Errors
/// Forbidden for everybody else.
pub async fn make_account(
    core: &Core,
    actor: &Actor,
    new: NewAccount,
    typed: Zeroizing<String>,
) -> Result<AccountId, Error> {
    const SET: &str = "UPDATE account SET password_hash = $2 WHERE id = $1";
    if actor.kind != ActorKind::Server {
        return Err(Error::forbidden(
            "server_only",
            "Passwords are given to accounts on the server only.",
        ));
    }
    let email = new.email.clone().unwrap_or_default();
    let about = own_password::about(core, &new.name, &email).await?;
    let hash = password::hash_new_password(typed, about).await?;
    let change = creation(core, actor, new).await?;
    let input = (change, hash, actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (change, hash, actor, now)| {
            Box::pin(async move {
                let checked = check_in(tx, actor, change, *now).await?;
                make_in(tx, actor, change, &checked, None, *now).await?;
                tx.execute(SET, args![change.account_id(), hash.as_str()])
                    .await?;
                Ok::<_, Error>(change.account_id().clone())
            })
        })
        .await
}

/// Changes name, role, unit or platform.
pub async fn change_account(
    core: &Core,
    actor: &Actor,
    id: &AccountId,
    edit: AccountEdit,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let change = AccountChange::Change {
        account_id: id.clone(),
        edit,
        seen: None,
    };
    submit(core, actor, change, reason).await
}

/// Ends an account at once: its sessions and tokens with it.
pub async fn disable_account(
    core: &Core,
    actor: &Actor,
    id: &AccountId,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let change = AccountChange::Disable {
        account_id: id.clone(),
    };
    submit(core, actor, change, reason).await
}

/// Lets an ended account in again; its tokens stay ended.
pub async fn enable_account(
    core: &Core,
    actor: &Actor,
    id: &AccountId,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let change = AccountChange::Enable {
        account_id: id.clone(),
        seen: None,
    };
    submit(core, actor, change, reason).await
}

/// Takes the ways to sign in away from an account.
pub async fn reset_account(
    core: &Core,
    actor: &Actor,
    id: &AccountId,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let change = AccountChange::Reset {
        account_id: id.clone(),
        seen: None,
    };
    submit(core, actor, change, reason).await
}

async fn submit(
    core: &Core,
    actor: &Actor,
    change: AccountChange,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let asked = Asked {
        reason: text::optional("reason", reason.map(str::to_owned), 500)?,
        confirm: None,
    };
    Ok(
        approvals::submit(core, actor, Change::Account { change }, asked)
            .await?
            .waiting(),
    )
}
