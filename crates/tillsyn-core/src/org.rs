//! Organisational units: the tree that scopes everything. An installation begins with its root.

use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::ids::OrgUnitId;

/// One unit. `path` holds the ids from the root to this unit, each followed by a slash.
#[derive(Clone, Debug)]
pub struct OrgUnit {
    pub id: OrgUnitId,
    pub name: String,
    pub path: String,
}

const FIND_ROOT: &str = "SELECT id, name, path FROM org_unit WHERE parent_id IS NULL";
const FIND_BY_PATH: &str =
    "SELECT id, name, path FROM org_unit WHERE path = $1 AND removed_at IS NULL";
const FIND: &str = "SELECT id, name, path FROM org_unit WHERE id = $1 AND removed_at IS NULL";
const INSERT: &str =
    "INSERT INTO org_unit (id, parent_id, name, path, created_at) VALUES ($1, NULL, $2, $3, $4)";

fn decode(row: &tillsyn_db::Row) -> Result<OrgUnit, Error> {
    Ok(OrgUnit {
        id: OrgUnitId::from_store(row.text(0)?),
        name: row.text(1)?,
        path: row.text(2)?,
    })
}

/// The organisation itself.
pub async fn root(core: &Core) -> Result<OrgUnit, Error> {
    match core.db().query_optional(FIND_ROOT, args![]).await? {
        Some(row) => decode(&row),
        None => Err(Error::conflict(
            "not_initialised",
            "This installation has no organisation yet; run `tillsyn init`.",
        )),
    }
}

/// A unit by its id, if the actor reaches it.
pub async fn reached(core: &Core, actor: &Actor, id: &OrgUnitId) -> Result<Option<OrgUnit>, Error> {
    let found = core.db().query_optional(FIND, args![id]).await?;
    let unit = found.map(|row| decode(&row)).transpose()?;
    Ok(unit.filter(|unit| actor.reaches(&unit.path)))
}

/// The unit whose subtree the actor's path names; new objects of the actor go there.
pub(crate) async fn of_path(core: &Core, path: &str) -> Result<OrgUnit, Error> {
    if path.is_empty() {
        return root(core).await;
    }
    match core.db().query_optional(FIND_BY_PATH, args![path]).await? {
        Some(row) => decode(&row),
        None => Err(Error::not_found("organisational unit")),
    }
}

/// Makes the root unit when there is none; returns it.
pub(crate) async fn ensure_root_in(tx: &Tx, name: &str, now_ms: i64) -> Result<OrgUnit, Error> {
    if let Some(row) = tx.fetch_optional(FIND_ROOT, args![]).await? {
        return decode(&row);
    }
    let id = OrgUnitId::new(now_ms);
    let path = format!("{id}/");
    tx.execute(INSERT, args![&id, name, path.as_str(), now_ms])
        .await?;
    Ok(OrgUnit {
        id,
        name: name.to_owned(),
        path,
    })
}

/// A unit by its id.
pub(crate) async fn unit(core: &Core, id: &OrgUnitId) -> Result<OrgUnit, Error> {
    match core.db().query_optional(FIND, args![id]).await? {
        Some(row) => decode(&row),
        None => Err(Error::not_found("organisational unit")),
    }
}
