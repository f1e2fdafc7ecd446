//! The units of an actor's scope, as a tree with what is in each.

use std::collections::{HashMap, HashSet};

use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::OrgUnitId;
use crate::org::OrgUnit;

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    pub devices: i64,
    pub people: i64,
    pub groups: i64,
}

/// One unit with its place and contents.
#[derive(Clone, Debug, serde::Serialize)]
pub struct UnitView {
    pub id: OrgUnitId,
    /// Absent at the top of what the actor reaches.
    pub parent_id: Option<OrgUnitId>,
    pub name: String,
    /// Names from the top of what the actor reaches down to this unit.
    pub names: Vec<String>,
    /// Steps below the top of what the actor reaches.
    pub depth: i64,
    /// In the unit itself.
    pub here: Count,
    /// In the unit and everything below it.
    pub below: Count,
    /// Whether it is the organisation itself.
    pub root: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

struct Node {
    view: UnitView,
    parent: Option<String>,
}

/// One unit by its name and place.
#[derive(Clone, Debug)]
pub struct UnitName {
    pub id: OrgUnitId,
    pub name: String,
    /// Names from the top of what the actor reaches down to this unit.
    pub names: Vec<String>,
}

/// The tree of what the actor reaches with what is in each unit: each directly before those below it, siblings by
/// name. What the actor may not see is not counted.
///
/// # Errors
/// Forbidden for whoever sees nothing that lies in units.
pub async fn list_units(core: &Core, actor: &Actor) -> Result<Vec<UnitView>, Error> {
    const DEVICES: &str = "(SELECT count(*) FROM device d WHERE d.org_unit_id = u.id{own})";
    const PEOPLE: &str =
        "(SELECT count(*) FROM person p WHERE p.org_unit_id = u.id AND p.status <> 'erased')";
    const GROUPS: &str = "(SELECT count(*) FROM device_group g WHERE g.org_unit_id = u.id)";
    let seen = |permission, count: &str| {
        if actor.holds(permission) {
            count.to_owned()
        } else {
            NONE.to_owned()
        }
    };
    let counts = [
        seen(
            Permission::DevicesRead,
            &DEVICES.replace("{own}", actor.platform_filter()),
        ),
        seen(Permission::PeopleRead, PEOPLE),
        seen(Permission::GroupsRead, GROUPS),
    ];
    tree(core, actor, &counts).await
}

/// The same units by their names alone: nothing is counted, so that it costs the same whatever the size of the fleet.
///
/// # Errors
/// Forbidden for whoever sees nothing that lies in units.
pub async fn unit_names(core: &Core, actor: &Actor) -> Result<Vec<UnitName>, Error> {
    let units = tree(core, actor, &[NONE; 3].map(str::to_owned)).await?;
    let name = |unit: UnitView| UnitName {
        id: unit.id,
        name: unit.name,
        names: unit.names,
    };
    Ok(units.into_iter().map(name).collect())
}

/// In place of a count.
const NONE: &str = "CAST(0 AS BIGINT)";

/// The units with three counts in each.
async fn tree(core: &Core, actor: &Actor, counts: &[String; 3]) -> Result<Vec<UnitView>, Error> {
    may_see(actor)?;
    let sql = format!(
        "SELECT u.id, u.parent_id, u.name, u.created_at, u.updated_at, {} FROM org_unit u \
         WHERE u.path >= $1 AND u.path < $2 AND u.removed_at IS NULL",
        counts.join(", ")
    );
    let path = actor.unit_path.as_str();
    let input = (sql, args![path, prefix_end(path)]);
    let rows = core.db().read(input, |tx, (sql, values)| {
        Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
    });
    let rows = rows.await?;
    let nodes = rows.iter().map(node).collect::<Result<Vec<_>, Error>>()?;
    Ok(in_order(nodes))
}

/// How many units the actor reaches.
pub async fn count_units(core: &Core, actor: &Actor) -> Result<i64, Error> {
    const COUNT: &str = "SELECT count(*) FROM org_unit u WHERE u.path >= $1 AND u.path < $2 \
        AND u.removed_at IS NULL";
    may_see(actor)?;
    let path = actor.unit_path.as_str();
    let values = args![path, prefix_end(path)];
    let row = core.db().query_optional(COUNT, values).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// One unit of the actor's scope with what is in it.
///
/// # Errors
/// Not found outside the scope.
pub async fn unit(core: &Core, actor: &Actor, id: &OrgUnitId) -> Result<UnitView, Error> {
    let all = list_units(core, actor).await?;
    all.into_iter()
        .find(|unit| unit.id == *id)
        .ok_or_else(|| Error::not_found("organisational unit"))
}

/// Units are seen by whoever sees something that lies in them.
fn may_see(actor: &Actor) -> Result<(), Error> {
    let any = [
        Permission::DevicesRead,
        Permission::PeopleRead,
        Permission::GroupsRead,
        Permission::UnitsWrite,
    ];
    if any.into_iter().any(|permission| actor.holds(permission)) {
        return Ok(());
    }
    Err(Error::forbidden(
        "permission_missing",
        "This needs the permission devices.read, people.read, groups.read or units.write.",
    ))
}

fn node(row: &Row) -> Result<Node, Error> {
    let parent = row.opt_text(1)?;
    let here = Count {
        devices: row.i64(5)?,
        people: row.i64(6)?,
        groups: row.i64(7)?,
    };
    Ok(Node {
        view: UnitView {
            id: OrgUnitId::from_store(row.text(0)?),
            parent_id: None,
            name: row.text(2)?,
            names: Vec::new(),
            depth: 0,
            here,
            below: here,
            root: parent.is_none(),
            created_at: row.i64(3)?,
            updated_at: row.i64(4)?,
        },
        parent,
    })
}

/// Puts the nodes in the order of the tree and adds up what lies below each.
fn in_order(nodes: Vec<Node>) -> Vec<UnitView> {
    let known: HashSet<String> = nodes.iter().map(|node| node.view.id.to_string()).collect();
    let mut children: HashMap<Option<String>, Vec<UnitView>> = HashMap::new();
    for node in nodes {
        // What lies above the actor's scope is not told.
        let parent = node.parent.filter(|parent| known.contains(parent));
        let mut view = node.view;
        view.parent_id = parent.clone().map(OrgUnitId::from_store);
        children.entry(parent).or_default().push(view);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|unit| (unit.name.to_lowercase(), unit.id.clone()));
    }
    let mut ordered = Vec::new();
    for top in children.remove(&None).unwrap_or_default() {
        descend(top, &[], &mut children, &mut ordered);
    }
    ordered
}

fn descend(
    mut unit: UnitView,
    above: &[String],
    children: &mut HashMap<Option<String>, Vec<UnitView>>,
    ordered: &mut Vec<UnitView>,
) -> Count {
    unit.names = above.to_vec();
    unit.names.push(unit.name.clone());
    unit.depth = i64::try_from(above.len()).unwrap_or(i64::MAX);
    let (names, place) = (unit.names.clone(), ordered.len());
    let mut sum = unit.here;
    let below = children.remove(&Some(unit.id.to_string()));
    ordered.push(unit);
    for child in below.unwrap_or_default() {
        let of_child = descend(child, &names, children, ordered);
        sum.devices += of_child.devices;
        sum.people += of_child.people;
        sum.groups += of_child.groups;
    }
    if let Some(unit) = ordered.get_mut(place) {
        unit.below = sum;
    }
    sum
}

/// A unit that is not removed, in a transaction.
pub(crate) async fn find_in(tx: &Tx, id: &str) -> Result<OrgUnit, Error> {
    const FIND: &str = "SELECT id, name, path FROM org_unit WHERE id = $1 AND removed_at IS NULL";
    let row = tx
        .fetch_optional(FIND, args![id])
        .await?
        .ok_or_else(|| Error::not_found("organisational unit"))?;
    Ok(OrgUnit {
        id: OrgUnitId::from_store(row.text(0)?),
        name: row.text(1)?,
        path: row.text(2)?,
    })
}

/// The range of paths that a list shows: everything that the actor reaches, or one unit of it with
/// everything below.
pub(crate) async fn scope(
    core: &Core,
    actor: &Actor,
    unit: Option<&OrgUnitId>,
) -> Result<(String, String), Error> {
    let path = match unit {
        None => actor.unit_path.clone(),
        Some(id) => {
            let found = crate::org::unit(core, id).await?;
            if !actor.reaches(&found.path) {
                return Err(Error::not_found("organisational unit"));
            }
            found.path
        }
    };
    let end = prefix_end(&path);
    Ok((path, end))
}
