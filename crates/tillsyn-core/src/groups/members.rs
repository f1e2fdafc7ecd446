//! Who is in a group: all of a change or nothing of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, Value, args};

use super::manage::find_in;
use super::view::{GroupView, group};
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::directory::refuse_by_hand_in;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::GroupId;
use crate::plans::{Change, change_directly};

/// Members that one change names.
pub(super) const MOST: usize = 1_000;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    Device,
    /// Every device that the person has.
    Person,
}

impl MemberKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Person => "person",
        }
    }

    /// What whoever sees such members has to hold.
    pub(super) fn read(self) -> Permission {
        match self {
            Self::Device => Permission::DevicesRead,
            Self::Person => Permission::PeopleRead,
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "device" => Some(Self::Device),
            "person" => Some(Self::Person),
            _ => None,
        }
    }
}

/// One member, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    pub kind: MemberKind,
    pub id: String,
}

/// Takes members in and out. Who is in already, or out already, is passed over.
///
/// # Errors
/// `plan_required` when somebody should look first; see [`change_directly`].
pub async fn change_members(
    core: &Core,
    actor: &Actor,
    id: &GroupId,
    add: Vec<Member>,
    remove: Vec<Member>,
) -> Result<GroupView, Error> {
    let change = Change::GroupMembers {
        group_id: id.to_string(),
        add,
        remove,
    };
    change_directly(core, actor, change).await?;
    group(core, actor, id).await
}

/// Whether somebody or something is in the group now.
pub async fn is_member(
    core: &Core,
    actor: &Actor,
    id: &GroupId,
    member: &Member,
) -> Result<bool, Error> {
    const ONE: &str = "SELECT 1 FROM group_member WHERE group_id = $1 AND member_kind = $2 \
        AND member_id = $3";
    group(core, actor, id).await?;
    let input = (id.clone(), member.clone());
    core.db()
        .read(input, |tx: &Tx, (id, member)| {
            Box::pin(async move {
                let args = args![id, member.kind.as_str(), member.id.as_str()];
                Ok(tx.fetch_optional(ONE, args).await?.is_some())
            })
        })
        .await
}

/// The bare change with its event; answers the devices that it concerns, `None` when it is so already. A member to add must lie in the
/// group's unit or below it, and within reach of the actor.
pub(crate) async fn change_members_in(
    tx: &Tx,
    actor: &Actor,
    id: &GroupId,
    add: &[Member],
    remove: &[Member],
    now_ms: i64,
) -> Result<Option<Vec<String>>, Error> {
    const INSERT: &str =
        "INSERT INTO group_member (group_id, member_kind, member_id, added_by, added_at)";
    const DELETE: &str = "DELETE FROM group_member WHERE group_id = $1 AND member_kind = $2 \
        AND member_id {ids}";
    const TOUCH: &str = "UPDATE device_group SET updated_at = $2 WHERE id = $1";
    let found = find_in(tx, id).await?;
    authorize(actor, Permission::GroupsWrite, &found.path)?;
    if add.len() + remove.len() > MOST {
        return Err(Error::invalid(
            "add",
            "members_many",
            format!("One change names at most {MOST} members."),
        ));
    }
    refuse_by_hand_in(tx, id, add, remove).await?;
    let mut added = BTreeSet::new();
    let mut removed = BTreeSet::new();
    for kind in [MemberKind::Device, MemberKind::Person] {
        let present = present_in(tx, id, kind).await?;
        let ids = of_kind(add, kind);
        refuse_outside(tx, actor, kind, &ids, &found.path).await?;
        let new: Vec<&String> = ids.iter().filter(|id| !present.contains(*id)).collect();
        let rows: Vec<Vec<Value>> = new
            .iter()
            .map(|member| {
                args![
                    id,
                    kind.as_str(),
                    member.as_str(),
                    actor.id.as_str(),
                    now_ms
                ]
            })
            .collect();
        tx.insert_many(INSERT, 5, rows, "").await?;
        added.extend(new.into_iter().map(|id| (kind, id.clone())));
        let gone: Vec<String> = of_kind(remove, kind)
            .into_iter()
            .filter(|member| present.contains(member) && !ids.contains(member))
            .collect();
        if !gone.is_empty() {
            tx.execute_in(DELETE, gone.clone(), args![id, kind.as_str()])
                .await?;
        }
        removed.extend(gone.into_iter().map(|id| (kind, id)));
    }
    if added.is_empty() && removed.is_empty() {
        return Ok(None);
    }
    tx.execute(TOUCH, args![id, now_ms]).await?;
    let event = NewEvent::done("group.members", "group", id.as_str(), &found.unit)
        .with(json!({"added": named(&added), "removed": named(&removed)}));
    events::record(tx, actor, now_ms, event).await?;
    let devices = concerned_in(tx, added.into_iter().chain(removed)).await?;
    Ok(Some(devices))
}

fn of_kind(members: &[Member], kind: MemberKind) -> BTreeSet<String> {
    members
        .iter()
        .filter(|member| member.kind == kind)
        .map(|member| member.id.clone())
        .collect()
}

/// What the event keeps: all of a small change, counts and a digest of a large one.
pub(super) fn named(members: &BTreeSet<(MemberKind, String)>) -> serde_json::Value {
    let of = |wanted: MemberKind| -> Vec<&str> {
        members
            .iter()
            .filter(|(kind, _)| *kind == wanted)
            .map(|(_, id)| id.as_str())
            .collect()
    };
    let (devices, people) = (of(MemberKind::Device), of(MemberKind::Person));
    if members.len() <= 100 {
        return json!({"devices": devices, "people": people});
    }
    let all: Vec<&str> = members.iter().map(|(_, id)| id.as_str()).collect();
    json!({
        "devices": devices.len(), "people": people.len(),
        "digest": tillsyn_pki::hash::sha256_hex(all.join("\n").as_bytes()),
    })
}

async fn present_in(tx: &Tx, id: &GroupId, kind: MemberKind) -> Result<BTreeSet<String>, Error> {
    const LIST: &str =
        "SELECT member_id FROM group_member WHERE group_id = $1 AND member_kind = $2";
    let rows = tx.fetch_all(LIST, args![id, kind.as_str()]).await?;
    Ok(rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?)
}

/// Members that do not exist for the actor, or lie outside the group's unit, are named; nothing is done.
async fn refuse_outside(
    tx: &Tx,
    actor: &Actor,
    kind: MemberKind,
    ids: &BTreeSet<String>,
    unit_path: &str,
) -> Result<(), Error> {
    const DEVICES: &str = "SELECT d.id, u.path, d.platform FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE d.id {ids}";
    const PEOPLE: &str = "SELECT p.id, u.path, '' FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.id {ids}";
    if ids.is_empty() {
        return Ok(());
    }
    let sql = match kind {
        MemberKind::Device => DEVICES,
        MemberKind::Person => PEOPLE,
    };
    let mut unknown = ids.clone();
    let mut outside = Vec::new();
    let wanted: Vec<String> = ids.iter().cloned().collect();
    for row in tx.fetch_all_in(sql, wanted, args![]).await? {
        let (id, path) = (row.text(0)?, row.text(1)?);
        let reached = match kind {
            MemberKind::Device => actor.reaches_device(&path, row.str(2)?),
            MemberKind::Person => actor.reaches(&path),
        };
        if reached {
            unknown.remove(&id);
            if !path.starts_with(unit_path) {
                outside.push(id);
            }
        }
    }
    if let Some(error) = unknown_members(&unknown.into_iter().collect::<Vec<_>>()) {
        return Err(error);
    }
    if outside.is_empty() {
        return Ok(());
    }
    let text = "A member lies in the group's unit or below it; these do not.";
    Err(Error::invalid("add", "members_outside", text).with_data(json!({"outside": outside})))
}

/// The refusal that names who was not found.
pub(super) fn unknown_members(unknown: &[String]) -> Option<Error> {
    if unknown.is_empty() {
        return None;
    }
    let text = "Some of these are no device or person here; nothing was changed.";
    let error = Error::invalid("add", "members_unknown", text);
    Some(error.with_data(json!({"unknown": unknown})))
}

/// Devices behind members: themselves, or those that the person has.
async fn concerned_in(
    tx: &Tx,
    members: impl Iterator<Item = (MemberKind, String)>,
) -> Result<Vec<String>, Error> {
    const OF_PEOPLE: &str = "SELECT device_id FROM device_summary WHERE person_id {ids}";
    let mut devices = BTreeSet::new();
    let mut people = Vec::new();
    for (kind, id) in members {
        match kind {
            MemberKind::Device => {
                devices.insert(id);
            }
            MemberKind::Person => people.push(id),
        }
    }
    if !people.is_empty() {
        for row in tx.fetch_all_in(OF_PEOPLE, people, args![]).await? {
            devices.insert(row.text(0)?);
        }
    }
    Ok(devices.into_iter().collect())
}
