//! Groups as lists and pages show them.

use std::collections::HashMap;

use serde_json::Value as Json;
use tillsyn_db::{Row, Tx, args};

use super::members::MemberKind;
use crate::actor::{Actor, Permission, authorize, authorize_device, may};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{DeviceId, GroupId, OrgUnitId, PersonId};
use crate::paging::{Cursor, Page, page_size};
use crate::text;
use crate::units::scope;

/// One group.
#[derive(Clone, Debug, serde::Serialize)]
pub struct GroupView {
    pub id: GroupId,
    pub name: String,
    pub description: Option<String>,
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    #[serde(skip)]
    pub unit_path: String,
    /// Members that are devices.
    pub devices: i64,
    /// Members that are people.
    pub people: i64,
    /// Devices that are in it now: members, and those of people, in the group's unit or below.
    pub reached: i64,
    /// Assignments that name it.
    pub assignments: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Which groups.
#[derive(Clone, Debug, Default)]
pub struct GroupFilter {
    /// Part of name or description.
    pub search: Option<String>,
    /// In this unit or below.
    pub unit: Option<OrgUnitId>,
}

/// A group that a device or person is in.
#[derive(Clone, Debug, serde::Serialize)]
pub struct GroupRef {
    pub id: GroupId,
    pub name: String,
    pub unit_name: String,
    /// `device`, or `person` for a device that is in it by its person.
    pub through: String,
    /// Not so while the device lies outside the group's unit.
    pub counts: bool,
}

/// A member as the group's page shows it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct MemberView {
    pub kind: MemberKind,
    pub id: String,
    pub name: String,
    /// Serial number or mail address.
    pub detail: Option<String>,
    pub unit_name: String,
    /// Moved out of the group's unit since: the membership does not count.
    pub outside: bool,
    /// Devices that stand behind it.
    pub devices: i64,
    pub added_at: i64,
}

/// `$1` is the path of what the reader reaches: who moved out of it since is not counted; `{own}` what they
/// reach of platforms.
const COLUMNS: &str = "SELECT g.id, g.name, g.description, u.id, u.name, u.path, \
    (SELECT count(*) FROM group_member m JOIN device md ON md.id = m.member_id \
    JOIN org_unit mu ON mu.id = md.org_unit_id WHERE m.group_id = g.id \
    AND m.member_kind = 'device' AND substr(mu.path, 1, length($1)) = $1{own}), \
    (SELECT count(*) FROM group_member m JOIN person mp ON mp.id = m.member_id \
    JOIN org_unit mu ON mu.id = mp.org_unit_id WHERE m.group_id = g.id \
    AND m.member_kind = 'person' AND substr(mu.path, 1, length($1)) = $1), \
    (SELECT count(*) FROM assignment_target t WHERE t.target_kind = 'group' AND t.target_id = g.id), \
    g.created_at, g.updated_at FROM device_group g JOIN org_unit u ON u.id = g.org_unit_id";

fn columns(actor: &Actor) -> String {
    COLUMNS.replace("{own}", &actor.platform_filter_of("md.platform"))
}

fn decode(row: &Row) -> Result<GroupView, Error> {
    Ok(GroupView {
        id: GroupId::from_store(row.text(0)?),
        name: row.text(1)?,
        description: row.opt_text(2)?,
        unit_id: OrgUnitId::from_store(row.text(3)?),
        unit_name: row.text(4)?,
        unit_path: row.text(5)?,
        devices: row.i64(6)?,
        people: row.i64(7)?,
        reached: 0,
        assignments: row.i64(8)?,
        created_at: row.i64(9)?,
        updated_at: row.i64(10)?,
    })
}

/// One group of the actor's scope.
pub async fn group(core: &Core, actor: &Actor, id: &GroupId) -> Result<GroupView, Error> {
    let sql = format!("{} WHERE g.id = $2", columns(actor));
    core.db()
        .read((sql, id.clone(), actor.clone()), |tx, (sql, id, actor)| {
            Box::pin(async move {
                let values = args![actor.unit_path.as_str(), id];
                let rows = tx.fetch_all_dyn(sql, values).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("group"))?;
                let mut found = vec![decode(row)?];
                authorize(actor, Permission::GroupsRead, &row.text(5)?)?;
                count_reached_in(tx, actor, &mut found).await?;
                found.pop().ok_or_else(|| Error::not_found("group"))
            })
        })
        .await
}

/// How many groups the actor sees.
pub async fn count_groups(core: &Core, actor: &Actor) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM device_group g JOIN org_unit u ON u.id = g.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2";
    may(actor, Permission::GroupsRead)?;
    let path = actor.unit_path.as_str();
    let row = core
        .db()
        .query_optional(COUNT, args![path, prefix_end(path)])
        .await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// The groups of the actor's scope by name.
pub async fn list_groups(
    core: &Core,
    actor: &Actor,
    filter: &GroupFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<GroupView>, Error> {
    may(actor, Permission::GroupsRead)?;
    let limit = page_size(limit)?;
    let (from, to) = scope(core, actor, filter.unit.as_ref()).await?;
    let (name, id) = place(after)?;
    let sql = format!(
        "{} WHERE u.path >= $2 AND u.path < $3 AND ($4 = '' OR lower(g.name) LIKE $4 ESCAPE '\\' \
         OR lower(g.description) LIKE $4 ESCAPE '\\') AND (g.name > $5 OR (g.name = $5 AND g.id > $6)) \
         ORDER BY g.name, g.id LIMIT $7",
        columns(actor)
    );
    let search = text::pattern(filter.search.as_deref());
    let reach = actor.unit_path.as_str();
    let values = args![reach, from, to, search, name, id, limit + 1];
    core.db()
        .read(
            (sql, values, limit, actor.clone()),
            |tx, (sql, values, limit, actor)| {
                Box::pin(async move {
                    let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                    let found = rows.iter().map(decode).collect::<Result<Vec<_>, Error>>()?;
                    let mut page = cut(found, *limit, |group| (&group.name, group.id.as_str()));
                    count_reached_in(tx, actor, &mut page.items).await?;
                    Ok::<_, Error>(page)
                })
            },
        )
        .await
}

/// Counts the devices that are in each of these groups now, of the platforms that the actor sees.
async fn count_reached_in(tx: &Tx, actor: &Actor, groups: &mut [GroupView]) -> Result<(), Error> {
    const REACHED: &str = "SELECT x.group_id, count(*) FROM (SELECT m.group_id AS group_id, \
        m.member_id AS device_id FROM group_member m WHERE m.member_kind = 'device' \
        AND m.group_id {ids} UNION SELECT m.group_id, s.device_id FROM group_member m \
        JOIN device_summary s ON s.person_id = m.member_id WHERE m.member_kind = 'person' \
        AND m.group_id {ids}) x JOIN device d ON d.id = x.device_id \
        JOIN org_unit du ON du.id = d.org_unit_id JOIN device_group g ON g.id = x.group_id \
        JOIN org_unit gu ON gu.id = g.org_unit_id \
        WHERE substr(du.path, 1, length(gu.path)) = gu.path AND ($1 = '' OR $1 = \
        CASE WHEN d.platform IN ('android', 'windows') THEN d.platform ELSE 'apple' END) \
        GROUP BY x.group_id";
    let ids: Vec<String> = groups.iter().map(|group| group.id.to_string()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let own = actor.platform.as_deref().unwrap_or_default();
    let mut counts = HashMap::new();
    for row in tx.fetch_all_in(REACHED, ids, args![own]).await? {
        counts.insert(row.text(0)?, row.i64(1)?);
    }
    for group in groups {
        group.reached = counts.get(group.id.as_str()).copied().unwrap_or(0);
    }
    Ok(())
}

/// The members of a group by name, those that the actor reaches.
pub async fn list_members(
    core: &Core,
    actor: &Actor,
    id: &GroupId,
    kind: Option<MemberKind>,
    search: Option<&str>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<MemberView>, Error> {
    const LIST: &str = "SELECT x.kind, x.id, x.name, x.detail, x.unit, x.path, x.devices, x.added_at \
        FROM (SELECT 'device' AS kind, m.member_id AS id, \
        COALESCE(s.name, s.serial_number, m.member_id) AS name, s.serial_number AS detail, \
        u.name AS unit, u.path AS path, 1 AS devices, m.added_at AS added_at FROM group_member m \
        JOIN device_summary s ON s.device_id = m.member_id JOIN org_unit u ON u.id = s.org_unit_id \
        WHERE m.group_id = $1 AND m.member_kind = 'device'{own} UNION ALL \
        SELECT 'person', p.id, p.name, p.email, u.name, u.path, (SELECT count(*) \
        FROM device_summary s JOIN org_unit su ON su.id = s.org_unit_id WHERE s.person_id = p.id \
        AND su.path >= $2 AND su.path < $3{own}), m.added_at FROM group_member m \
        JOIN person p ON p.id = m.member_id JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE m.group_id = $1 AND m.member_kind = 'person') x \
        WHERE x.path >= $2 AND x.path < $3 AND ($4 = '' OR x.kind = $4) \
        AND ($5 = '' OR lower(x.name) LIKE $5 ESCAPE '\\' OR lower(x.detail) LIKE $5 ESCAPE '\\') \
        AND (x.name > $6 OR (x.name = $6 AND x.id > $7)) ORDER BY x.name, x.id LIMIT $8";
    let limit = page_size(limit)?;
    let of = group(core, actor, id).await?;
    let shown = |kind: MemberKind| actor.holds(kind.read());
    let kind = match kind {
        Some(kind) if shown(kind) => kind.as_str(),
        None if shown(MemberKind::Device) && shown(MemberKind::Person) => "",
        None if shown(MemberKind::Device) => MemberKind::Device.as_str(),
        None if shown(MemberKind::Person) => MemberKind::Person.as_str(),
        _ => {
            return Ok(cut(Vec::new(), limit, |member: &MemberView| {
                (&member.name, member.id.as_str())
            }));
        }
    };
    let (name, last) = place(after)?;
    let path = actor.unit_path.as_str();
    let values = args![
        id,
        path,
        prefix_end(path),
        kind,
        text::pattern(search),
        name,
        last,
        limit + 1
    ];
    let sql = LIST.replace("{own}", &actor.platform_filter_of("s.platform"));
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = row.text(1)?;
        found.push(MemberView {
            kind: MemberKind::parse(&row.text(0)?).unwrap_or(MemberKind::Device),
            name: row.text(2)?,
            detail: row.opt_text(3)?,
            unit_name: row.text(4)?,
            outside: !row.text(5)?.starts_with(&of.unit_path),
            devices: row.i64(6)?,
            added_at: row.i64(7)?,
            id,
        });
    }
    let mut page = cut(found, limit, |member| (&member.name, member.id.as_str()));
    for member in &mut page.items {
        if member.kind == MemberKind::Device {
            member.name = shown_name(Some(&member.name), None, &member.id);
        }
    }
    Ok(page)
}

/// The groups that a device is in, itself or by its person, as far as the actor sees them.
pub async fn groups_of_device(
    core: &Core,
    actor: &Actor,
    id: &DeviceId,
) -> Result<Vec<GroupRef>, Error> {
    const PLACE: &str = "SELECT u.path, s.person_id, s.platform FROM device_summary s \
        JOIN org_unit u ON u.id = s.org_unit_id WHERE s.device_id = $1";
    may(actor, Permission::GroupsRead)?;
    let row = core
        .db()
        .query_optional(PLACE, args![id])
        .await?
        .ok_or_else(|| Error::not_found("device"))?;
    let path = row.text(0)?;
    authorize_device(actor, Permission::GroupsRead, &path, row.str(2)?)?;
    let person = row.opt_text(1)?.unwrap_or_default();
    of_members(core, actor, [id.as_str(), &person], Some(&path)).await
}

/// The groups that a person is in, as far as the actor sees them.
pub async fn groups_of_person(
    core: &Core,
    actor: &Actor,
    id: &PersonId,
) -> Result<Vec<GroupRef>, Error> {
    const PLACE: &str = "SELECT u.path FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.id = $1";
    may(actor, Permission::GroupsRead)?;
    let row = core
        .db()
        .query_optional(PLACE, args![id])
        .await?
        .ok_or_else(|| Error::not_found("person"))?;
    authorize(actor, Permission::GroupsRead, &row.text(0)?)?;
    of_members(core, actor, ["", id.as_str()], None).await
}

async fn of_members(
    core: &Core,
    actor: &Actor,
    [device, person]: [&str; 2],
    device_path: Option<&str>,
) -> Result<Vec<GroupRef>, Error> {
    const LIST: &str = "SELECT g.id, g.name, u.name, u.path, m.member_kind FROM group_member m \
        JOIN device_group g ON g.id = m.group_id JOIN org_unit u ON u.id = g.org_unit_id \
        WHERE ((m.member_kind = 'device' AND m.member_id = $1) \
        OR (m.member_kind = 'person' AND m.member_id = $2)) AND u.path >= $3 AND u.path < $4 \
        ORDER BY g.name, g.id, m.member_kind LIMIT 1000";
    let scope = actor.unit_path.as_str();
    let values = args![device, person, scope, prefix_end(scope)];
    let mut found: Vec<GroupRef> = Vec::new();
    for row in core.db().query_all(LIST, values).await? {
        let id = GroupId::from_store(row.text(0)?);
        // In it twice, as itself and by its person: once is enough.
        if found.last().is_some_and(|last| last.id == id) {
            continue;
        }
        let path = row.text(3)?;
        found.push(GroupRef {
            id,
            name: row.text(1)?,
            unit_name: row.text(2)?,
            through: row.text(4)?,
            counts: device_path.is_none_or(|device| device.starts_with(&path)),
        });
    }
    Ok(found)
}

/// The place behind the last row of a list by name.
pub(crate) fn place(after: Option<&str>) -> Result<(String, String), Error> {
    let Some(after) = after else {
        return Ok(Default::default());
    };
    match Cursor::decode(after)?.values() {
        [Json::String(name), Json::String(id)] => Ok((name.clone(), id.clone())),
        _ => Err(Error::invalid(
            "after",
            "cursor",
            "This cursor is not one of ours; start without it.",
        )),
    }
}

/// The page of rows of which one more than its size was read.
pub(crate) fn cut<T>(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> (&String, &str)) -> Page<T> {
    let keep = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > keep;
    rows.truncate(keep);
    let next = rows.last().filter(|_| more).map(|last| {
        let (name, id) = key(last);
        Cursor::new(vec![Json::from(name.as_str()), Json::from(id)]).encode()
    });
    Page { items: rows, next }
}
