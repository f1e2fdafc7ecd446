//! Whether somebody may change an account so, and whether that needs somebody else.

use tillsyn_db::{Tx, args};

use super::change::{AccountChange, AccountEdit, NewAccount};
use super::view::{AccountDetail, PLATFORMS, load_in};
use crate::actor::{Actor, ActorKind, Permission, Rights, authorize};
use crate::error::Error;
use crate::guard::DESTRUCTIVE;
use crate::ids::AccountId;
use crate::org::OrgUnit;
use crate::people::{language, normal_email};
use crate::roles::{RoleView, find_in as role_in, may_give};
use crate::text;
use crate::units::find_in as unit_in;

/// What a change of an account comes to.
pub(crate) struct Checked {
    /// Where the account is, and where it goes.
    pub(crate) units: Vec<OrgUnit>,
    pub(crate) before: Option<AccountDetail>,
    pub(crate) after: After,
    pub(crate) second_person: bool,
}

/// The account as it will be.
pub(crate) struct After {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) role: RoleView,
    pub(crate) unit: OrgUnit,
    pub(crate) platform: Option<String>,
}

/// Checks against what is stored now.
///
/// # Errors
/// Forbidden for what the actor does not hold, not found outside their subtree, invalid input by field.
pub(crate) async fn check_in(
    tx: &Tx,
    actor: &Actor,
    change: &AccountChange,
    now_ms: i64,
) -> Result<Checked, Error> {
    match change {
        AccountChange::Create {
            account_id,
            account,
            ..
        } => create_in(tx, actor, account_id, account).await,
        AccountChange::Change {
            account_id, edit, ..
        } => {
            let before = reach_in(tx, actor, account_id, now_ms).await?;
            change_in(tx, actor, before, edit).await
        }
        AccountChange::Disable { account_id }
        | AccountChange::Enable { account_id, .. }
        | AccountChange::Reset { account_id, .. } => {
            let before = reach_in(tx, actor, account_id, now_ms).await?;
            if matches!(change, AccountChange::Reset { .. }) && before.kind != "person" {
                return Err(Error::conflict(
                    "account_is_service",
                    "A service has no way to sign in; revoke its tokens.",
                ));
            }
            let second_person = match change {
                AccountChange::Enable { .. } => true,
                // Whoever resets it could come in as somebody else: to ask, and agree as themselves, or the
                // other way round. A program cannot confirm that it is meant.
                AccountChange::Reset { .. } => {
                    weighs(before.rights) || actor.kind != ActorKind::Account
                }
                // A stolen account is stopped by anybody who may.
                _ => false,
            };
            let edit = AccountEdit::default();
            let checked = change_in(tx, actor, before, &edit).await?;
            Ok(Checked {
                second_person: second_person && actor.kind != ActorKind::Server,
                ..checked
            })
        }
    }
}

/// Whether somebody with these rights can destroy something, or cause it, or decides on others who can.
fn weighs(rights: Rights) -> bool {
    const BESIDE: [Permission; 10] = [
        Permission::GuardApprove,
        Permission::AccountsWrite,
        Permission::RolesWrite,
        Permission::SignInWrite,
        Permission::SettingsWrite,
        Permission::PushWrite,
        Permission::EnrollmentsMove,
        Permission::UnitsWrite,
        Permission::GroupsWrite,
        Permission::PeopleWrite,
    ];
    DESTRUCTIVE
        .iter()
        .chain(&BESIDE)
        .any(|permission| rights.holds(*permission))
}

/// The account, if the actor may change it: within their subtree and platform, and holding no more than they.
pub(crate) async fn reach_in(
    tx: &Tx,
    actor: &Actor,
    id: &AccountId,
    now_ms: i64,
) -> Result<AccountDetail, Error> {
    let found = load_in(tx, id, now_ms).await?;
    authorize(actor, Permission::AccountsWrite, &found.unit_path)?;
    may_give(actor, found.rights)?;
    same_platform(actor, found.platform.as_deref())?;
    Ok(found)
}

async fn create_in(
    tx: &Tx,
    actor: &Actor,
    id: &AccountId,
    new: &NewAccount,
) -> Result<Checked, Error> {
    const TAKEN: &str = "SELECT id FROM account WHERE email = $1 AND id <> $2";
    let unit = match &new.unit {
        Some(unit) => unit_in(tx, unit.as_str()).await?,
        None => return Err(Error::not_found("organisational unit")),
    };
    authorize(actor, Permission::AccountsWrite, &unit.path)?;
    let name = text::required("name", &new.name, 100)?;
    let email = match (&new.email, new.service) {
        (_, true) => None,
        (Some(email), false) => Some(normal_email(email)?),
        (None, false) => Some(normal_email("")?),
    };
    let language = language(new.language.clone())?;
    let role = role_for(tx, actor, &new.role, &unit).await?;
    let platform = platform_for(actor, new.platform.as_deref())?;
    if let Some(email) = &email
        && tx
            .fetch_optional(TAKEN, args![email.as_str(), id])
            .await?
            .is_some()
    {
        return Err(Error::conflict(
            "email_taken",
            "An account with this mail address exists already.",
        ));
    }
    Ok(Checked {
        units: vec![unit.clone()],
        before: None,
        after: After {
            name,
            email,
            language,
            role,
            unit,
            platform,
        },
        second_person: actor.kind != ActorKind::Server,
    })
}

async fn change_in(
    tx: &Tx,
    actor: &Actor,
    before: AccountDetail,
    edit: &AccountEdit,
) -> Result<Checked, Error> {
    let old_unit = unit_in(tx, before.unit_id.as_str()).await?;
    let unit = match &edit.unit {
        Some(id) if *id != before.unit_id => unit_in(tx, id.as_str()).await?,
        _ => old_unit.clone(),
    };
    authorize(actor, Permission::AccountsWrite, &unit.path)?;
    let role_id = edit.role.as_ref().unwrap_or(&before.role_id);
    let role = role_for(tx, actor, role_id, &unit).await?;
    let platform = match edit.platform.as_deref() {
        None => before.platform.clone(),
        Some(word) => platform_for(actor, Some(word))?,
    };
    let name = match &edit.name {
        Some(name) => text::required("name", name, 100)?,
        None => before.name.clone(),
    };
    let other =
        role.id != before.role_id || unit.id != before.unit_id || platform != before.platform;
    Ok(Checked {
        units: vec![old_unit, unit.clone()],
        after: After {
            name,
            email: before.email.clone(),
            language: None,
            role,
            unit,
            platform,
        },
        second_person: other && actor.kind != ActorKind::Server,
        before: Some(before),
    })
}

/// A role that exists for the unit and that the actor may give there.
async fn role_for(tx: &Tx, actor: &Actor, id: &str, unit: &OrgUnit) -> Result<RoleView, Error> {
    let role = match role_in(tx, actor, id).await {
        Ok(role) if role.serves(&unit.path) => role,
        _ => {
            return Err(Error::invalid(
                "role",
                "role_unknown",
                "There is no such role in this unit.",
            ));
        }
    };
    may_give(actor, role.rights)?;
    Ok(role)
}

fn platform_for(actor: &Actor, word: Option<&str>) -> Result<Option<String>, Error> {
    let word = word.filter(|word| !word.is_empty());
    if word.is_some_and(|word| !PLATFORMS.contains(&word)) {
        return Err(Error::invalid(
            "platform",
            "platform_unknown",
            "There is no such platform.",
        ));
    }
    same_platform(actor, word)?;
    Ok(word.map(str::to_owned))
}

/// Whoever is limited to a platform gives and touches nothing beyond it.
pub(crate) fn same_platform(actor: &Actor, platform: Option<&str>) -> Result<(), Error> {
    match actor.platform.as_deref() {
        Some(own) if platform != Some(own) => Err(Error::forbidden(
            "platform_beyond",
            "Your account is limited to one platform, and this is beyond it.",
        )),
        _ => Ok(()),
    }
}
