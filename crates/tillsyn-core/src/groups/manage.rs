//! Making, renaming and removing groups.

use std::collections::BTreeSet;

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::members::{MOST, MemberKind, named};
use super::view::{GroupView, group};
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::directory::{drop_in, refuse_renaming_in};
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{GroupId, OrgUnitId};
use crate::plans::{Change, change_directly};
use crate::units::find_in as unit_in;
use crate::{assignments, org, text};

/// A group to make.
#[derive(Clone, Debug)]
pub struct NewGroup {
    pub name: String,
    pub description: Option<String>,
    /// The top of what the actor reaches when absent.
    pub unit: Option<OrgUnitId>,
}

/// What changes of a group; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct GroupChange {
    pub name: Option<String>,
    /// An empty one is removed.
    pub description: Option<String>,
}

/// Makes an empty group.
pub async fn create_group(core: &Core, actor: &Actor, new: NewGroup) -> Result<GroupView, Error> {
    const INSERT: &str = "INSERT INTO device_group (id, org_unit_id, name, description, created_at, \
        updated_at) VALUES ($1, $2, $3, $4, $5, $5)";
    let unit = match new.unit {
        Some(id) => org::unit(core, &id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::GroupsWrite, &unit.path)?;
    let name = text::required("name", &new.name, 100)?;
    let description = text::optional("description", new.description, 500)?;
    let now = core.now_ms();
    let id = GroupId::new(now);
    let input = (id.clone(), unit.id, name, description, actor.clone(), now);
    core.db()
        .write(input, |tx, (id, unit, name, description, actor, now)| {
            Box::pin(async move {
                let unit = unit_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::GroupsWrite, &unit.path)?;
                refuse_taken(tx, unit.id.as_str(), name, id.as_str()).await?;
                let values = args![id, &unit.id, name.as_str(), description.as_deref(), *now];
                tx.execute(INSERT, values).await?;
                let event = NewEvent::done("group.create", "group", id.as_str(), unit.id.as_str())
                    .with(json!({"after": {"name": name}}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    group(core, actor, &id).await
}

/// Changes name or description.
pub async fn change_group(
    core: &Core,
    actor: &Actor,
    id: &GroupId,
    change: GroupChange,
) -> Result<GroupView, Error> {
    const UPDATE: &str = "UPDATE device_group SET name = $2, description = $3, updated_at = $4 \
        WHERE id = $1";
    let before = group(core, actor, id).await?;
    authorize(actor, Permission::GroupsWrite, &before.unit_path)?;
    let name = match &change.name {
        Some(name) => Some(text::required("name", name, 100)?),
        None => None,
    };
    let cleared = change.description.is_some();
    let description = text::optional("description", change.description, 500)?;
    let input = (
        id.clone(),
        (name, cleared, description),
        actor.clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (id, (name, cleared, text), actor, now)| {
            Box::pin(async move {
                let found = find_in(tx, id).await?;
                authorize(actor, Permission::GroupsWrite, &found.path)?;
                let name = name.as_ref().unwrap_or(&found.name);
                let description = if *cleared { text } else { &found.description };
                if *name == found.name && *description == found.description {
                    return Ok(());
                }
                if *name != found.name {
                    refuse_renaming_in(tx, id).await?;
                }
                refuse_taken(tx, &found.unit, name, id.as_str()).await?;
                let values = args![id, name.as_str(), description.as_deref(), *now];
                tx.execute(UPDATE, values).await?;
                let event =
                    NewEvent::done("group.change", "group", id.as_str(), &found.unit).with(json!({
                        "before": {"name": found.name, "description": found.description},
                        "after": {"name": name, "description": description},
                    }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    group(core, actor, id).await
}

/// Removes a group that nothing is assigned to.
pub async fn remove_group(core: &Core, actor: &Actor, id: &GroupId) -> Result<(), Error> {
    thin_out(core, actor, id).await?;
    let change = Change::DeleteGroup {
        group_id: id.to_string(),
    };
    change_directly(core, actor, change).await?;
    Ok(())
}

/// Takes the members of a group that is to go out of it, until few are left: to delete those of a large one
/// at once would keep every other writer waiting.
pub(crate) async fn thin_out(core: &Core, actor: &Actor, id: &GroupId) -> Result<(), Error> {
    loop {
        let input = (actor.clone(), id.clone(), core.now_ms());
        let taken = core
            .db()
            .write(input, |tx, (actor, id, now)| {
                Box::pin(async move { thin_out_in(tx, actor, id, *now).await })
            })
            .await?;
        if !taken {
            return Ok(());
        }
    }
}

/// One round, when the group has more members than go with it.
async fn thin_out_in(tx: &Tx, actor: &Actor, id: &GroupId, now_ms: i64) -> Result<bool, Error> {
    const NEXT: &str = "SELECT member_kind, member_id FROM group_member WHERE group_id = $1 \
        ORDER BY member_kind, member_id LIMIT $2";
    const DELETE: &str = "DELETE FROM group_member WHERE group_id = $1 AND member_kind = $2 \
        AND member_id {ids}";
    let found = removable_in(tx, actor, id).await?;
    let limit = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let rows = tx.fetch_all(NEXT, args![id, limit]).await?;
    if rows.len() <= MOST {
        return Ok(false);
    }
    let mut gone = BTreeSet::new();
    for row in rows.iter().take(MOST) {
        let kind = MemberKind::parse(row.str(0)?);
        let kind = kind.ok_or_else(|| Error::internal("A stored member has a bad kind."))?;
        gone.insert((kind, row.text(1)?));
    }
    for kind in [MemberKind::Device, MemberKind::Person] {
        let of_kind = gone.iter().filter(|(of, _)| *of == kind);
        let ids: Vec<String> = of_kind.map(|(_, id)| id.clone()).collect();
        if !ids.is_empty() {
            tx.execute_in(DELETE, ids, args![id, kind.as_str()]).await?;
        }
    }
    // Somebody may be about to assign something to who was in it.
    assignments::bump_in(tx).await?;
    let none = named(&BTreeSet::new());
    let event = NewEvent::done("group.members", "group", id.as_str(), &found.unit)
        .with(json!({"added": none, "removed": named(&gone)}));
    events::record(tx, actor, now_ms, event).await?;
    Ok(true)
}

/// The bare removal with its event. Nothing is assigned to it, so no device is to have anything else.
pub(crate) async fn remove_in(
    tx: &Tx,
    actor: &Actor,
    id: &GroupId,
    now_ms: i64,
) -> Result<(), Error> {
    const COUNT: &str = "SELECT count(*) FROM group_member WHERE group_id = $1";
    const MEMBERS: &str = "DELETE FROM group_member WHERE group_id = $1";
    const REMOVE: &str = "DELETE FROM device_group WHERE id = $1";
    let found = removable_in(tx, actor, id).await?;
    let members = tx.fetch_one(COUNT, args![id]).await?.i64(0)?;
    drop_in(tx, id).await?;
    tx.execute(MEMBERS, args![id]).await?;
    tx.execute(REMOVE, args![id]).await?;
    let event = NewEvent::done("group.remove", "group", id.as_str(), &found.unit)
        .with(json!({"before": {"name": found.name, "members": members}}));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// The group, when the actor may remove it.
///
/// # Errors
/// `group_assigned` while assignments name it.
pub(crate) async fn removable_in(tx: &Tx, actor: &Actor, id: &GroupId) -> Result<Found, Error> {
    const ASSIGNED: &str = "SELECT DISTINCT a.id, COALESCE(p.name, a.item_id) FROM assignment_target t \
        JOIN assignment a ON a.id = t.assignment_id LEFT JOIN profile p ON p.id = a.item_id \
        WHERE t.target_kind = 'group' AND t.target_id = $1 ORDER BY 2, 1 LIMIT 20";
    let found = find_in(tx, id).await?;
    authorize(actor, Permission::GroupsWrite, &found.path)?;
    refuse_renaming_in(tx, id).await?;
    let mut assigned = Vec::new();
    for row in tx.fetch_all(ASSIGNED, args![id]).await? {
        assigned.push(json!({"id": row.text(0)?, "name": row.text(1)?}));
    }
    if !assigned.is_empty() {
        let text = "Something is assigned to this group; take it out of those assignments first.";
        return Err(
            Error::conflict("group_assigned", text).with_data(json!({"assignments": assigned}))
        );
    }
    Ok(found)
}

/// A group as a rule needs it.
pub(crate) struct Found {
    pub(super) unit: String,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
}

pub(super) async fn find_in(tx: &Tx, id: &GroupId) -> Result<Found, Error> {
    const FIND: &str = "SELECT g.org_unit_id, u.path, g.name, g.description FROM device_group g \
        JOIN org_unit u ON u.id = g.org_unit_id WHERE g.id = $1";
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("group"))?;
    Ok(Found {
        unit: row.text(0)?,
        path: row.text(1)?,
        name: row.text(2)?,
        description: row.opt_text(3)?,
    })
}

async fn refuse_taken(tx: &Tx, unit: &str, name: &str, id: &str) -> Result<(), Error> {
    const TAKEN: &str =
        "SELECT id FROM device_group WHERE org_unit_id = $1 AND name = $2 AND id <> $3";
    match tx.fetch_optional(TAKEN, args![unit, name, id]).await? {
        None => Ok(()),
        Some(_) => Err(Error::conflict(
            "group_name_taken",
            "Another group of this unit has this name.",
        )),
    }
}
