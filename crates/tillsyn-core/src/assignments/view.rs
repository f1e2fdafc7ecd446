//! Assignments as they are shown, with the names of their targets.

use std::collections::HashMap;

use tillsyn_db::{Tx, args};

use super::model::TargetKind;
use crate::actor::{Actor, Permission, authorize, may};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{AssignmentId, ProfileId};
use crate::paging::{Cursor, Page, page_size};

/// One assignment.
#[derive(Clone, Debug)]
pub struct AssignmentView {
    pub id: AssignmentId,
    pub kind: String,
    pub item_id: String,
    pub item_name: String,
    pub channel: String,
    /// Fixed; `None` follows the newest.
    pub version: Option<i64>,
    pub include: Vec<TargetView>,
    pub exclude: Vec<TargetView>,
    pub revision: i64,
    pub created_by: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A target by name. What the reader does not reach has none.
#[derive(Clone, Debug)]
pub struct TargetView {
    pub kind: &'static str,
    pub id: String,
    pub name: Option<String>,
    /// Devices that it stands for; of a group also those of its people.
    pub devices: i64,
}

const COLUMNS: &str = "SELECT a.id, a.kind, a.item_id, p.name, a.channel, a.version, a.revision, \
    a.created_by, a.created_at, a.updated_at FROM assignment a JOIN org_unit u ON u.id = a.org_unit_id \
    JOIN profile p ON p.id = a.item_id WHERE a.kind = 'profile' ";

/// The assignments of the actor's scope, newest first.
pub async fn list_assignments(
    core: &Core,
    actor: &Actor,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<AssignmentView>, Error> {
    may(actor, Permission::ProfilesRead)?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let input = (actor.clone(), before, limit);
    core.db()
        .read(input, |tx, (actor, before, limit)| {
            Box::pin(async move {
                let sql = format!(
                    "{COLUMNS} AND u.path >= $1 AND u.path < $2 AND a.id < $3 \
                     ORDER BY a.id DESC LIMIT $4"
                );
                let path = actor.unit_path.as_str();
                let args = args![path, prefix_end(path), before.as_str(), *limit + 1];
                let mut items = views_in(tx, actor, &sql, args).await?;
                let shown = usize::try_from(*limit).unwrap_or(0);
                let more = items.len() > shown;
                items.truncate(shown);
                let next = items
                    .last()
                    .filter(|_| more)
                    .map(|last| Cursor::of_text(last.id.as_str()).encode());
                Ok(Page { items, next })
            })
        })
        .await
}

/// The assignments of one profile, in the order in which they were made.
pub async fn assignments_of_profile(
    core: &Core,
    actor: &Actor,
    profile: &ProfileId,
) -> Result<Vec<AssignmentView>, Error> {
    const FIND: &str = "SELECT u.path FROM profile p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.id = $1";
    let input = (actor.clone(), profile.clone());
    core.db()
        .read(input, |tx, (actor, profile)| {
            Box::pin(async move {
                let row = tx
                    .fetch_optional(FIND, args![profile])
                    .await?
                    .ok_or_else(|| Error::not_found("profile"))?;
                authorize(actor, Permission::ProfilesRead, row.str(0)?)?;
                let sql = format!("{COLUMNS} AND a.item_id = $1 ORDER BY a.id");
                views_in(tx, actor, &sql, args![profile]).await
            })
        })
        .await
}

/// One assignment.
pub async fn assignment(
    core: &Core,
    actor: &Actor,
    id: &AssignmentId,
) -> Result<AssignmentView, Error> {
    const FIND: &str = "SELECT u.path FROM assignment a JOIN org_unit u ON u.id = a.org_unit_id \
        WHERE a.id = $1";
    let input = (actor.clone(), id.clone());
    core.db()
        .read(input, |tx, (actor, id)| {
            Box::pin(async move {
                let missing = || Error::not_found("assignment");
                let row = tx.fetch_optional(FIND, args![id]).await?;
                let path = row.ok_or_else(missing)?.text(0)?;
                authorize(actor, Permission::ProfilesRead, &path)?;
                let sql = format!("{COLUMNS} AND a.id = $1");
                let mut found = views_in(tx, actor, &sql, args![id]).await?;
                found.pop().ok_or_else(missing)
            })
        })
        .await
}

async fn views_in(
    tx: &Tx,
    actor: &Actor,
    sql: &str,
    values: Vec<tillsyn_db::Value>,
) -> Result<Vec<AssignmentView>, Error> {
    const TARGETS: &str = "SELECT assignment_id, mode, target_kind, target_id \
        FROM assignment_target WHERE assignment_id {ids} ORDER BY target_kind, target_id";
    let mut views = Vec::new();
    for row in tx.fetch_all_dyn(sql, values).await? {
        views.push(AssignmentView {
            id: AssignmentId::from_store(row.text(0)?),
            kind: row.text(1)?,
            item_id: row.text(2)?,
            item_name: row.text(3)?,
            channel: row.text(4)?,
            version: row.opt_i64(5)?,
            include: Vec::new(),
            exclude: Vec::new(),
            revision: row.i64(6)?,
            created_by: row.text(7)?,
            created_at: row.i64(8)?,
            updated_at: row.i64(9)?,
        });
    }
    if views.is_empty() {
        return Ok(views);
    }
    let ids = views.iter().map(|view| view.id.to_string()).collect();
    let rows = tx.fetch_all_in(TARGETS, ids, args![]).await?;
    let mut named: HashMap<TargetKind, Vec<String>> = HashMap::new();
    for row in &rows {
        if let Some(kind) = TargetKind::parse(row.str(2)?) {
            named.entry(kind).or_default().push(row.text(3)?);
        }
    }
    let mut names = HashMap::new();
    for (kind, ids) in named {
        names.insert(kind, names_in(tx, actor, kind, ids).await?);
    }
    for row in &rows {
        let Some(kind) = TargetKind::parse(row.str(2)?) else {
            continue;
        };
        let id = row.text(3)?;
        let (name, devices) = names
            .get(&kind)
            .and_then(|names| names.get(&id))
            .cloned()
            .unwrap_or_default();
        let target = TargetView {
            kind: kind.as_str(),
            id,
            name,
            devices,
        };
        let assignment = row.str(0)?;
        if let Some(view) = views.iter_mut().find(|view| view.id.as_str() == assignment) {
            match row.str(1)? {
                "exclude" => view.exclude.push(target),
                _ => view.include.push(target),
            }
        }
    }
    Ok(views)
}

type Names = HashMap<String, (Option<String>, i64)>;

/// Names of targets that the actor reaches, and how many devices each stands for.
async fn names_in(
    tx: &Tx,
    actor: &Actor,
    kind: TargetKind,
    ids: Vec<String>,
) -> Result<Names, Error> {
    const DEVICES: &str = "SELECT d.device_id, d.name, u.path, 1, d.serial_number FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id {ids}";
    const GROUPS: &str = "SELECT g.id, g.name, u.path, (SELECT count(*) FROM ( \
        SELECT m.member_id FROM group_member m WHERE m.group_id = g.id AND m.member_kind = 'device' \
        UNION SELECT s.device_id FROM group_member m JOIN device_summary s ON s.person_id = m.member_id \
        WHERE m.group_id = g.id AND m.member_kind = 'person') members), NULL \
        FROM device_group g JOIN org_unit u ON u.id = g.org_unit_id WHERE g.id {ids}";
    const UNITS: &str = "SELECT t.id, t.name, t.path, (SELECT count(*) FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE u.path >= t.path AND u.path < t.path || '~'), \
        NULL FROM org_unit t WHERE t.id {ids}";
    let sql = match kind {
        TargetKind::Device => DEVICES,
        TargetKind::Group => GROUPS,
        TargetKind::OrgUnit => UNITS,
    };
    let mut names = Names::new();
    for row in tx.fetch_all_in(sql, ids, args![]).await? {
        if !actor.reaches(row.str(2)?) {
            continue;
        }
        let id = row.text(0)?;
        let name = row.opt_text(1)?;
        let name = match kind {
            TargetKind::Device => {
                let serial = row.opt_text(4)?;
                Some(shown_name(name.as_deref(), serial.as_deref(), &id))
            }
            _ => name,
        };
        names.insert(id, (name, row.i64(3)?));
    }
    Ok(names)
}
