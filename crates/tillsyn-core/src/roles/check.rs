//! Whether somebody may change a role so, and whether that needs somebody else: decided on values.

use std::collections::BTreeSet;

use tillsyn_db::{Tx, args};

use super::change::{RoleChange, RoleEdit};
use super::view::{RoleView, find_in};
use crate::actor::{Actor, Permission, Rights, authorize};
use crate::error::{Error, Kind};
use crate::ids::OrgUnitId;
use crate::org::OrgUnit;
use crate::text;
use crate::units::find_in as unit_in;

/// What a change of a role comes to.
pub(crate) struct Checked {
    pub(crate) permission: Permission,
    pub(crate) unit_id: String,
    pub(crate) before: Option<RoleView>,
    pub(crate) after: After,
    pub(crate) second_person: bool,
}

/// The role as it will be; of one that is removed as it was.
pub(crate) struct After {
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) rights: Rights,
    pub(crate) second_factor: bool,
}

/// Checks against what is stored now.
///
/// # Errors
/// Forbidden for what the actor does not hold, not found outside their subtree, invalid input by field,
/// `role_in_use` for a removal.
pub(crate) async fn check_in(
    tx: &Tx,
    actor: &Actor,
    change: &RoleChange,
) -> Result<Checked, Error> {
    match change {
        RoleChange::Create {
            role_id,
            unit_id,
            role,
        } => create_in(tx, actor, (role_id, unit_id), role).await,
        RoleChange::Change { role_id, edit, .. } => change_in(tx, actor, role_id, edit).await,
        RoleChange::Remove { role_id } => remove_in(tx, actor, role_id).await,
    }
}

async fn create_in(
    tx: &Tx,
    actor: &Actor,
    (id, unit): (&str, &OrgUnitId),
    new: &RoleEdit,
) -> Result<Checked, Error> {
    const COUNT: &str = "SELECT count(*) FROM role WHERE built_in = 0";
    /// More own roles than anybody can tell apart.
    const MOST: i64 = 500;
    let unit: OrgUnit = unit_in(tx, unit.as_str()).await?;
    authorize(actor, Permission::RolesWrite, &unit.path)?;
    let rights = known(new.permissions.as_deref().unwrap_or_default())?;
    may_give(actor, rights)?;
    if tx.fetch_one(COUNT, args![]).await?.i64(0)? >= MOST {
        return Err(Error::conflict(
            "roles_many",
            "There are 500 own roles already; remove some first.",
        ));
    }
    let name = text::required("name", new.name.as_deref().unwrap_or_default(), 60)?;
    refuse_taken(tx, unit.id.as_str(), &name, id).await?;
    Ok(Checked {
        permission: Permission::RolesWrite,
        unit_id: unit.id.to_string(),
        before: None,
        after: After {
            name,
            note: text::optional("note", new.note.clone(), 500)?.unwrap_or_default(),
            rights,
            second_factor: new.second_factor.unwrap_or(false),
        },
        // Giving it to somebody is.
        second_person: false,
    })
}

async fn change_in(tx: &Tx, actor: &Actor, id: &str, edit: &RoleEdit) -> Result<Checked, Error> {
    let before = find_in(tx, actor, id).await?;
    let unit_id = owned(tx, actor, &before).await?;
    let content = edit.name.is_some() || edit.note.is_some() || edit.permissions.is_some();
    let permission = if content {
        Permission::RolesWrite
    } else {
        Permission::SignInWrite
    };
    authorize(actor, permission, &path_of(tx, &unit_id).await?)?;
    if edit.second_factor.is_some() && !actor.holds(Permission::SignInWrite) {
        return Err(missing(Permission::SignInWrite));
    }
    if before.built_in && content {
        return Err(Error::conflict(
            "role_built_in",
            "What a built-in role may is the same everywhere; make a role of your own.",
        ));
    }
    // Neither what it may nor what it will.
    may_give(actor, before.rights)?;
    none_beyond(tx, actor, id).await?;
    let rights = match &edit.permissions {
        Some(names) => known(names)?,
        None => before.rights,
    };
    may_give(actor, rights)?;
    let name = match &edit.name {
        Some(name) => text::required("name", name, 60)?,
        None => before.name.clone(),
    };
    refuse_taken(tx, &unit_id, &name, id).await?;
    let note = match &edit.note {
        Some(note) => text::optional("note", Some(note.clone()), 500)?.unwrap_or_default(),
        None => before.note.clone(),
    };
    let second_factor = edit.second_factor.unwrap_or(before.second_factor);
    let loosens = before.second_factor && !second_factor;
    Ok(Checked {
        permission,
        unit_id,
        second_person: used_in(tx, id).await? && (rights != before.rights || loosens),
        before: Some(before),
        after: After {
            name,
            note,
            rights,
            second_factor,
        },
    })
}

async fn remove_in(tx: &Tx, actor: &Actor, id: &str) -> Result<Checked, Error> {
    let before = find_in(tx, actor, id).await?;
    let unit_id = owned(tx, actor, &before).await?;
    authorize(actor, Permission::RolesWrite, &path_of(tx, &unit_id).await?)?;
    if before.built_in {
        return Err(Error::conflict(
            "role_built_in",
            "A built-in role cannot be removed.",
        ));
    }
    may_give(actor, before.rights)?;
    if used_in(tx, id).await? {
        return Err(Error::conflict(
            "role_in_use",
            "Accounts have this role, or sign-in gives it; give them another one first.",
        ));
    }
    Ok(Checked {
        permission: Permission::RolesWrite,
        unit_id,
        second_person: false,
        after: After {
            name: before.name.clone(),
            note: before.note.clone(),
            rights: before.rights,
            second_factor: before.second_factor,
        },
        before: Some(before),
    })
}

/// The unit that decides on the role: its own, of built-in ones the organisation. Whoever only sees it from
/// below hears that they lack the right, not that there is nothing.
async fn owned(tx: &Tx, actor: &Actor, role: &RoleView) -> Result<String, Error> {
    const ROOT: &str = "SELECT id, path FROM org_unit WHERE parent_id IS NULL";
    let (id, path) = if let Some(id) = &role.unit_id {
        (id.clone(), role.unit_path.clone())
    } else {
        let row = tx.fetch_one(ROOT, args![]).await?;
        (row.text(0)?, row.text(1)?)
    };
    if !actor.reaches(&path) {
        return Err(Error::forbidden(
            "role_above",
            "This role belongs to a unit above yours and is changed there.",
        ));
    }
    Ok(id)
}

/// A unit that moved takes its accounts with it: whoever decides on the role reaches them all.
async fn none_beyond(tx: &Tx, actor: &Actor, id: &str) -> Result<(), Error> {
    const PLACES: &str = "SELECT DISTINCT u.path FROM account a \
        JOIN org_unit u ON u.id = a.org_unit_id WHERE a.role = $1";
    for row in tx.fetch_all(PLACES, args![id]).await? {
        if !actor.reaches(row.str(0)?) {
            return Err(Error::forbidden(
                "role_above",
                "Accounts out of your unit have this role; it is changed further up.",
            ));
        }
    }
    Ok(())
}

async fn path_of(tx: &Tx, unit_id: &str) -> Result<String, Error> {
    const PATH: &str = "SELECT path FROM org_unit WHERE id = $1";
    Ok(tx.fetch_one(PATH, args![unit_id]).await?.text(0)?)
}

/// Nobody gives what they do not hold (S04).
pub(crate) fn may_give(actor: &Actor, rights: Rights) -> Result<(), Error> {
    match rights.without(actor.rights()).iter().next() {
        None => Ok(()),
        Some(first) => Err(Error::forbidden(
            "permission_not_held",
            format!("You do not hold the permission {}.", first.as_str()),
        )),
    }
}

fn missing(permission: Permission) -> Error {
    Error::new(
        Kind::Forbidden,
        "permission_missing",
        format!("This needs the permission {}.", permission.as_str()),
    )
}

fn known(names: &[String]) -> Result<Rights, Error> {
    let mut seen = BTreeSet::new();
    for name in names {
        let Some(permission) = Permission::parse(name) else {
            return Err(Error::invalid(
                "permissions",
                "permission_unknown",
                "One of these permissions does not exist.",
            ));
        };
        seen.insert(permission);
    }
    if seen.is_empty() {
        return Err(Error::invalid(
            "permissions",
            "permissions_empty",
            "Choose at least one permission.",
        ));
    }
    Ok(Rights::of(seen))
}

/// Whether anybody has it or gets it by signing in.
async fn used_in(tx: &Tx, id: &str) -> Result<bool, Error> {
    const USED: &str = "SELECT (SELECT count(*) FROM account WHERE role = $1) \
        + (SELECT count(*) FROM oidc_mapping WHERE role = $1)";
    Ok(tx.fetch_one(USED, args![id]).await?.i64(0)? > 0)
}

async fn refuse_taken(tx: &Tx, unit: &str, name: &str, id: &str) -> Result<(), Error> {
    const TAKEN: &str =
        "SELECT id FROM role WHERE org_unit_id = $1 AND lower(name) = $2 AND id <> $3";
    let values = args![unit, name.to_lowercase(), id];
    if tx.fetch_optional(TAKEN, values).await?.is_some() {
        return Err(Error::conflict(
            "role_name_taken",
            "This unit has a role of that name already.",
        ));
    }
    Ok(())
}
