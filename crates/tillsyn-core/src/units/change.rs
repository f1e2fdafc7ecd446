//! Making, renaming and moving units. Accounts, tokens, people, devices and groups belong to a unit by its
//! id, so they follow where it goes; a move rewrites the paths of its subtree in one statement.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::UnitView;
use super::tree::{find_in, unit};
use crate::actor::{Actor, Permission, authorize};
use crate::assignments::revision::bump_in;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::guard::{Leaving, refuse_leaving_in, remember_in};
use crate::ids::OrgUnitId;
use crate::plans::{Change, change_directly};
use crate::reconcile::request::sweep_in;
use crate::{org, text};

/// Levels of the tree, the organisation itself included. Each makes every path longer.
pub(crate) const LEVELS: usize = 12;
/// Units of an installation: the tree is always read whole.
pub(crate) const UNITS: i64 = 5_000;

/// A unit to make.
#[derive(Clone, Debug)]
pub struct NewUnit {
    pub name: String,
    /// The unit that it belongs to; the top of what the actor reaches when absent.
    pub parent: Option<OrgUnitId>,
}

/// Makes a unit.
pub async fn create_unit(core: &Core, actor: &Actor, new: NewUnit) -> Result<UnitView, Error> {
    const INSERT: &str = "INSERT INTO org_unit (id, parent_id, name, path, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $5)";
    const COUNT: &str = "SELECT count(*) FROM org_unit WHERE removed_at IS NULL";
    let parent = match new.parent {
        Some(id) => id,
        None => org::of_path(core, &actor.unit_path).await?.id,
    };
    let name = text::required("name", &new.name, 100);
    let now = core.now_ms();
    let id = OrgUnitId::new(now);
    let input = (id.clone(), parent, name, actor.clone(), now);
    core.db()
        .write(input, |tx, (id, parent, name, actor, now)| {
            Box::pin(async move {
                let parent = find_in(tx, parent.as_str()).await?;
                authorize(actor, Permission::UnitsWrite, &parent.path)?;
                let name = checked(name)?;
                refuse_taken(tx, parent.id.as_str(), name, id.as_str()).await?;
                if levels(&parent.path) >= LEVELS {
                    return Err(too_deep());
                }
                if tx.fetch_one(COUNT, args![]).await?.i64(0)? >= UNITS {
                    return Err(Error::conflict(
                        "units_full",
                        format!("There are at most {UNITS} organisational units."),
                    ));
                }
                let path = format!("{}{id}/", parent.path);
                tx.execute(INSERT, args![id, &parent.id, name.as_str(), path, *now])
                    .await?;
                let event = NewEvent::done("unit.create", "org_unit", id.as_str(), id.as_str())
                    .with(json!({"parent": parent.id, "after": {"name": name}}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    unit(core, actor, &id).await
}

/// Gives a unit another name. Profiles may name the unit of a device, so its devices are looked at.
pub async fn rename_unit(
    core: &Core,
    actor: &Actor,
    id: &OrgUnitId,
    name: &str,
) -> Result<UnitView, Error> {
    const PARENT: &str = "SELECT parent_id FROM org_unit WHERE id = $1";
    const RENAME: &str = "UPDATE org_unit SET name = $2, updated_at = $3 WHERE id = $1";
    let name = text::required("name", name, 100);
    let input = (id.clone(), name, actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, name, actor, now)| {
            Box::pin(async move {
                let found = find_in(tx, id.as_str()).await?;
                authorize(actor, Permission::UnitsWrite, &found.path)?;
                let name = checked(name)?;
                if *name == found.name {
                    return Ok(());
                }
                if let Some(parent) = tx.fetch_one(PARENT, args![id]).await?.opt_text(0)? {
                    refuse_taken(tx, &parent, name, id.as_str()).await?;
                }
                tx.execute(RENAME, args![id, name.as_str(), *now]).await?;
                let event = NewEvent::done("unit.rename", "org_unit", id.as_str(), id.as_str())
                    .with(json!({"before": {"name": found.name}, "after": {"name": name}}));
                events::record(tx, actor, *now, event).await?;
                bump_in(tx).await?;
                sweep_in(tx, "org_unit", id.as_str(), *now).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    unit(core, actor, id).await
}

/// Puts a unit with everything below it under another one.
///
/// # Errors
/// `plan_required` when somebody should look first; see [`change_directly`].
pub async fn move_unit(
    core: &Core,
    actor: &Actor,
    id: &OrgUnitId,
    parent: &OrgUnitId,
) -> Result<UnitView, Error> {
    let change = Change::MoveUnit {
        unit_id: id.to_string(),
        parent_id: parent.to_string(),
    };
    change_directly(core, actor, change).await?;
    unit(core, actor, id).await
}

/// The bare move with its event; false when the unit is there already.
pub(crate) async fn move_in(
    tx: &Tx,
    actor: &Actor,
    id: &OrgUnitId,
    parent: &OrgUnitId,
    now_ms: i64,
) -> Result<bool, Error> {
    const PLACE: &str = "SELECT parent_id FROM org_unit WHERE id = $1";
    const DEEPEST: &str = "SELECT path FROM org_unit WHERE path >= $1 AND path < $2 \
        AND removed_at IS NULL ORDER BY length(path) DESC LIMIT 1";
    const REPATH: &str = "UPDATE org_unit SET \
        path = CAST($2 AS TEXT) || substr(path, length(CAST($1 AS TEXT)) + 1), \
        parent_id = CASE WHEN id = $4 THEN $5 ELSE parent_id END, \
        updated_at = CASE WHEN id = $4 THEN $6 ELSE updated_at END \
        WHERE path >= $1 AND path < $3";
    let found = find_in(tx, id.as_str()).await?;
    authorize(actor, Permission::UnitsWrite, &found.path)?;
    let target = find_in(tx, parent.as_str()).await?;
    authorize(actor, Permission::UnitsWrite, &target.path)?;
    let Some(before) = tx.fetch_one(PLACE, args![id]).await?.opt_text(0)? else {
        return Err(Error::conflict(
            "unit_is_root",
            "The organisation itself has its place at the top.",
        ));
    };
    if target.path.starts_with(&found.path) {
        return Err(Error::conflict(
            "unit_below_itself",
            "A unit cannot lie below itself.",
        ));
    }
    if before == parent.as_str() {
        return Ok(false);
    }
    refuse_taken(tx, parent.as_str(), &found.name, id.as_str()).await?;
    let (from, along) = (
        std::iter::once(found.path.as_str()),
        Some(found.path.as_str()),
    );
    refuse_leaving_in(tx, actor, from, &target.path, along).await?;
    let end = prefix_end(&found.path);
    let deepest = tx
        .fetch_one(DEEPEST, args![found.path.as_str(), end.as_str()])
        .await?
        .text(0)?;
    if levels(&deepest) - levels(&found.path) + 1 + levels(&target.path) > LEVELS {
        return Err(too_deep());
    }
    let after = format!("{}{id}/", target.path);
    remember_in(tx, Leaving::Below(&found.path), &found.path, &after, now_ms).await?;
    let values = args![found.path.as_str(), after.as_str(), end, id, parent, now_ms];
    tx.execute(REPATH, values).await?;
    let event = NewEvent::done("unit.move", "org_unit", id.as_str(), id.as_str()).with(json!({
        "before": {"parent": before, "path": found.path},
        "after": {"parent": parent, "path": after},
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(true)
}

/// Bad input of an object out of reach is not told: the scope is decided first.
fn checked(name: &Result<String, Error>) -> Result<&String, Error> {
    name.as_ref().map_err(|error| Error {
        field: error.field,
        ..Error::new(error.kind, error.code, error.detail.clone())
    })
}

async fn refuse_taken(tx: &Tx, parent: &str, name: &str, id: &str) -> Result<(), Error> {
    const TAKEN: &str = "SELECT id FROM org_unit WHERE parent_id = $1 AND name = $2 AND id <> $3 \
        AND removed_at IS NULL";
    match tx.fetch_optional(TAKEN, args![parent, name, id]).await? {
        None => Ok(()),
        Some(_) => Err(Error::conflict(
            "unit_name_taken",
            "Another unit at this place has this name.",
        )),
    }
}

fn levels(path: &str) -> usize {
    path.matches('/').count()
}

fn too_deep() -> Error {
    Error::conflict(
        "unit_too_deep",
        format!("The tree has at most {LEVELS} levels."),
    )
}
