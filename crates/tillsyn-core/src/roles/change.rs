//! Making, changing and removing roles.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, args};

use super::check::{Checked, check_in};
use crate::accounts::end_sessions_of_role_in;
use crate::actor::Actor;
use crate::approvals::{self, Asked, Change};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{ApprovalId, OrgUnitId, new_uuid};
use crate::{org, text};

/// What is typed of a role; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoleEdit {
    pub name: Option<String>,
    pub note: Option<String>,
    /// Stable names.
    pub permissions: Option<Vec<String>>,
    /// Whether its accounts must have a second factor.
    pub second_factor: Option<bool>,
}

/// A change of a role, as it may wait for a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum RoleChange {
    Create {
        role_id: String,
        unit_id: OrgUnitId,
        role: RoleEdit,
    },
    Change {
        role_id: String,
        edit: RoleEdit,
        /// When its rights were last changed, as the asker saw them.
        #[serde(default)]
        seen: Option<i64>,
    },
    Remove {
        role_id: String,
    },
}

impl RoleChange {
    /// The role that it is about.
    pub fn role_id(&self) -> &str {
        match self {
            Self::Create { role_id, .. }
            | Self::Change { role_id, .. }
            | Self::Remove { role_id } => role_id,
        }
    }

    /// The same with what the asker sees of the role.
    pub(super) fn seen(mut self, at: Option<i64>) -> Self {
        if let Self::Change { seen, .. } = &mut self {
            *seen = at;
        }
        self
    }

    pub fn act(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Change { .. } => "change",
            Self::Remove { .. } => "remove",
        }
    }
}

/// Makes a role of a unit; the actor's own unit when none is named. Returns its id, and the approval that it
/// waits for, if any.
pub async fn create_role(
    core: &Core,
    actor: &Actor,
    unit: Option<OrgUnitId>,
    role: RoleEdit,
    reason: Option<&str>,
) -> Result<(String, Option<ApprovalId>), Error> {
    let unit_id = match unit {
        Some(id) => id,
        None => org::of_path(core, &actor.unit_path).await?.id,
    };
    let role_id = new_uuid(core.now_ms()).to_string();
    let change = RoleChange::Create {
        role_id: role_id.clone(),
        unit_id,
        role,
    };
    let waits = submit(core, actor, change, reason).await?;
    Ok((role_id, waits))
}

/// Changes a role; what one in use may waits for a second person.
pub async fn change_role(
    core: &Core,
    actor: &Actor,
    id: &str,
    edit: RoleEdit,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let change = RoleChange::Change {
        role_id: id.to_owned(),
        edit,
        seen: None,
    };
    submit(core, actor, change, reason).await
}

/// Removes a role that nobody has.
pub async fn remove_role(
    core: &Core,
    actor: &Actor,
    id: &str,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let change = RoleChange::Remove {
        role_id: id.to_owned(),
    };
    submit(core, actor, change, reason).await
}

async fn submit(
    core: &Core,
    actor: &Actor,
    change: RoleChange,
    reason: Option<&str>,
) -> Result<Option<ApprovalId>, Error> {
    let asked = Asked {
        reason: text::optional("reason", reason.map(str::to_owned), 500)?,
        confirm: None,
    };
    Ok(
        approvals::submit(core, actor, Change::Role { change }, asked)
            .await?
            .waiting(),
    )
}

/// Makes a change that a second person agreed to: what they may not do themselves they cannot agree to. False
/// when the role may something else by now than the asker saw.
pub(crate) async fn carry_in(
    tx: &Tx,
    actor: &Actor,
    change: &RoleChange,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<bool, Error> {
    let checked = check_in(tx, actor, change).await?;
    let now = checked.before.as_ref().map(|before| before.changed_at);
    if let RoleChange::Change { seen, .. } = change
        && *seen != now
    {
        return Ok(false);
    }
    make_in(tx, actor, change, &checked, reason, now_ms).await?;
    Ok(true)
}

pub(super) async fn make_in(
    tx: &Tx,
    actor: &Actor,
    change: &RoleChange,
    checked: &Checked,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO role (id, org_unit_id, name, note, built_in, permissions, \
        second_factor, changed_at, created_at) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $7)";
    const UPDATE: &str = "UPDATE role SET name = $2, note = $3, permissions = $4, second_factor = $5, \
        changed_at = $6 WHERE id = $1";
    const DELETE: &str = "DELETE FROM role WHERE id = $1";
    let (id, unit) = (change.role_id(), checked.unit_id.as_str());
    let after = &checked.after;
    let names = json!(after.rights.names()).to_string();
    let second_factor = i64::from(after.second_factor);
    match (change, &checked.before) {
        (RoleChange::Create { .. }, _) => {
            let values = args![
                id,
                unit,
                after.name.as_str(),
                after.note.as_str(),
                names,
                second_factor,
                now_ms
            ];
            tx.execute(INSERT, values).await?;
            let event = NewEvent::done("role.create", "role", id, unit).with(json!({
                "permissions": after.rights.names(), "second_factor": after.second_factor,
                "reason": reason,
            }));
            events::record(tx, actor, now_ms, event).await?;
        }
        (RoleChange::Remove { .. }, _) => {
            tx.execute(DELETE, args![id]).await?;
            let event = NewEvent::done("role.remove", "role", id, unit).with(json!({
                "before": { "permissions": after.rights.names() }, "reason": reason,
            }));
            events::record(tx, actor, now_ms, event).await?;
        }
        (RoleChange::Change { .. }, Some(before)) => {
            let other = after.rights != before.rights;
            let stored = if before.built_in {
                "[]".to_owned()
            } else {
                names
            };
            let values = args![
                id,
                after.name.as_str(),
                after.note.as_str(),
                stored,
                second_factor,
                if other { now_ms } else { before.changed_at }
            ];
            tx.execute(UPDATE, values).await?;
            if other {
                // Whoever has it begins anew with what it may now (S13).
                end_sessions_of_role_in(tx, id).await?;
            }
            let event = NewEvent::done("role.change", "role", id, unit).with(json!({
                "before": { "permissions": before.permissions, "second_factor": before.second_factor },
                "after": { "permissions": after.rights.names(), "second_factor": after.second_factor },
                "reason": reason,
            }));
            events::record(tx, actor, now_ms, event).await?;
        }
        (RoleChange::Change { .. }, None) => {}
    }
    Ok(())
}
