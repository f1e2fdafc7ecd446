//! Roles as lists and pages show them.

use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, Rights, Role, may, rights_of};
use crate::core::Core;
use crate::error::Error;

/// One role.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RoleView {
    /// The word of a built-in role, else a UUID.
    pub id: String,
    pub name: String,
    pub note: String,
    pub built_in: bool,
    /// Where an own role belongs; it can be given there and below.
    pub unit_id: Option<String>,
    /// Absent where it lies above what the reader reaches.
    pub unit_name: Option<String>,
    #[serde(skip)]
    pub unit_path: String,
    pub permissions: Vec<&'static str>,
    #[serde(skip)]
    pub rights: Rights,
    /// Whether its accounts must have a second factor.
    pub second_factor: bool,
    /// Active accounts that have it, within what the reader reaches.
    pub accounts: i64,
    pub created_at: i64,
    pub changed_at: i64,
}

impl RoleView {
    /// Whether the role can be given to an account of the unit at `path`.
    pub fn serves(&self, path: &str) -> bool {
        path.starts_with(&self.unit_path)
    }
}

const COLUMNS: &str = "SELECT r.id, r.name, r.note, r.built_in, u.id, u.name, COALESCE(u.path, ''), \
    r.permissions, r.second_factor, (SELECT count(*) FROM account a JOIN org_unit au \
    ON au.id = a.org_unit_id WHERE a.role = r.id AND a.status = 'active' \
    AND substr(au.path, 1, length($1)) = $1), r.created_at, r.changed_at \
    FROM role r LEFT JOIN org_unit u ON u.id = r.org_unit_id";

fn decode(row: &Row, actor: &Actor) -> Result<RoleView, Error> {
    let (id, path) = (row.text(0)?, row.text(6)?);
    let rights = rights_of(&id, row.str(7)?);
    Ok(RoleView {
        id,
        name: row.text(1)?,
        note: row.text(2)?,
        built_in: row.i64(3)? != 0,
        unit_id: row.opt_text(4)?,
        unit_name: row.opt_text(5)?.filter(|_| actor.reaches(&path)),
        unit_path: path,
        permissions: rights.names(),
        rights,
        second_factor: row.i64(8)? != 0,
        accounts: row.i64(9)?,
        created_at: row.i64(10)?,
        changed_at: row.i64(11)?,
    })
}

/// Seen by those who could be given it, and by those who reach where it belongs.
fn visible(actor: &Actor, role: &RoleView) -> bool {
    role.serves(&actor.unit_path) || actor.reaches(&role.unit_path)
}

/// One role, in a transaction; what is not visible to the actor does not exist.
pub(crate) async fn find_in(tx: &Tx, actor: &Actor, id: &str) -> Result<RoleView, Error> {
    // Nobody gives or changes that of people's own accounts.
    let sql = format!("{COLUMNS} WHERE r.id = $2 AND r.id <> 'portal'");
    let rows = tx
        .fetch_all_dyn(&sql, args![actor.unit_path.as_str(), id])
        .await?;
    let row = rows.first().ok_or_else(|| Error::not_found("role"))?;
    let role = decode(row, actor)?;
    if !visible(actor, &role) {
        return Err(Error::not_found("role"));
    }
    Ok(role)
}

/// One role of those that the actor sees.
pub async fn role(core: &Core, actor: &Actor, id: &str) -> Result<RoleView, Error> {
    may(actor, Permission::AccountsRead)?;
    core.db()
        .read((actor.clone(), id.to_owned()), |tx, (actor, id)| {
            Box::pin(async move { find_in(tx, actor, id).await })
        })
        .await
}

/// Whether a role exists for the actor; what may be done with it is decided where it is done.
///
/// # Errors
/// Not found when there is none, or not for this actor.
pub async fn reach(core: &Core, actor: &Actor, id: &str) -> Result<(), Error> {
    core.db()
        .read((actor.clone(), id.to_owned()), |tx, (actor, id)| {
            Box::pin(async move { find_in(tx, actor, id).await.map(drop) })
        })
        .await
}

/// The roles that the actor sees: the built-in ones from the mightiest down, then own ones by name.
pub async fn list_roles(core: &Core, actor: &Actor) -> Result<Vec<RoleView>, Error> {
    may(actor, Permission::AccountsRead)?;
    let sql = format!("{COLUMNS} WHERE r.id <> 'portal' ORDER BY r.name, r.id");
    core.db()
        .read((sql, actor.clone()), |tx, (sql, actor)| {
            Box::pin(async move {
                let rows = tx
                    .fetch_all_dyn(sql, args![actor.unit_path.as_str()])
                    .await?;
                let mut found = Vec::new();
                for row in &rows {
                    let role = decode(row, actor)?;
                    if visible(actor, &role) {
                        found.push(role);
                    }
                }
                found.sort_by_key(|role| place(&role.id));
                Ok::<_, Error>(found)
            })
        })
        .await
}

fn place(id: &str) -> usize {
    let built_in = Role::ALL.iter().position(|role| role.as_str() == id);
    built_in.unwrap_or(Role::ALL.len())
}
