//! Sources: where people and groups come from.

use serde_json::{Value as Json, json};
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::hash;

use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::{DirectoryId, OrgUnitId};
use crate::units::find_in as unit_in;
use crate::{org, text};

/// Directories of one installation.
const MOST_SOURCES: i64 = 100;

/// What speaks at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    Ldap,
    Scim,
    Oidc,
}

impl SourceKind {
    pub const ALL: [Self; 3] = [Self::Ldap, Self::Scim, Self::Oidc];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ldap => "ldap",
            Self::Scim => "scim",
            Self::Oidc => "oidc",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Whether a source is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceStatus {
    Active,
    /// Nothing of it is taken; what it brought stays.
    Paused,
    /// Its people are suspended and can be claimed by nobody.
    Removed,
}

impl SourceStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Removed => "removed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused, Self::Removed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// One source.
#[derive(Clone, Debug)]
pub struct SourceView {
    pub id: DirectoryId,
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    pub unit_path: String,
    pub kind: SourceKind,
    pub name: String,
    /// The lowest number owns a field that several sources know.
    pub priority: i64,
    pub status: SourceStatus,
    /// Why it cannot be read at present.
    pub ill_code: Option<String>,
    pub ill_since: Option<i64>,
    /// Attributes that came and are not read: name and how often.
    pub diagnostics: Json,
    pub last_run_at: Option<i64>,
    pub people: i64,
    pub groups: i64,
    /// Things of it that wait for an administrator.
    pub held: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub(super) salt: String,
}

/// A source to add.
#[derive(Clone, Debug)]
pub struct NewSource {
    pub kind: SourceKind,
    pub name: String,
    /// Where its people and groups are made; the top of what the actor reaches when absent.
    pub unit: Option<OrgUnitId>,
    /// 1 to 1000; 100 when absent.
    pub priority: Option<i64>,
}

/// What changes of a source; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct SourceChange {
    pub name: Option<String>,
    pub priority: Option<i64>,
    /// `true` stops listening to it.
    pub paused: Option<bool>,
}

const COLUMNS: &str = "SELECT s.id, s.org_unit_id, u.name, u.path, s.kind, s.name, s.priority, s.status, \
    s.ill_code, s.ill_since, s.diagnostics, s.last_run_at, \
    (SELECT count(*) FROM directory_link l WHERE l.source_id = s.id), \
    (SELECT count(*) FROM directory_group g WHERE g.source_id = s.id), \
    (SELECT count(*) FROM directory_run r WHERE r.source_id = s.id AND r.status = 'held'), \
    s.created_at, s.updated_at, s.salt FROM directory_source s JOIN org_unit u ON u.id = s.org_unit_id";

fn decode(row: &Row) -> Result<SourceView, Error> {
    let bad = || Error::internal("A stored directory cannot be read.");
    Ok(SourceView {
        id: DirectoryId::from_store(row.text(0)?),
        unit_id: OrgUnitId::from_store(row.text(1)?),
        unit_name: row.text(2)?,
        unit_path: row.text(3)?,
        kind: SourceKind::parse(row.str(4)?).ok_or_else(bad)?,
        name: row.text(5)?,
        priority: row.i64(6)?,
        status: SourceStatus::parse(row.str(7)?).ok_or_else(bad)?,
        ill_code: row.opt_text(8)?,
        ill_since: row.opt_i64(9)?,
        diagnostics: serde_json::from_str(row.str(10)?).unwrap_or_default(),
        last_run_at: row.opt_i64(11)?,
        people: row.i64(12)?,
        groups: row.i64(13)?,
        held: row.i64(14)?,
        created_at: row.i64(15)?,
        updated_at: row.i64(16)?,
        salt: row.text(17)?,
    })
}

pub(super) async fn source_in(tx: &Tx, id: &DirectoryId) -> Result<SourceView, Error> {
    let sql = format!("{COLUMNS} WHERE s.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("directory"))?;
    decode(row)
}

/// The source as it is, for the server's own work.
pub(super) async fn find(core: &Core, id: &DirectoryId) -> Result<SourceView, Error> {
    core.db()
        .read(id.clone(), |tx, id| {
            Box::pin(async move { source_in(tx, id).await })
        })
        .await
}

/// One source of the actor's scope.
pub async fn source(core: &Core, actor: &Actor, id: &DirectoryId) -> Result<SourceView, Error> {
    let found = find(core, id).await?;
    authorize(actor, Permission::PeopleRead, &found.unit_path)?;
    if found.status == SourceStatus::Removed {
        return Err(Error::not_found("directory"));
    }
    Ok(found)
}

/// The sources of the actor's scope, the one that owns most first.
pub async fn list_sources(core: &Core, actor: &Actor) -> Result<Vec<SourceView>, Error> {
    may(actor, Permission::PeopleRead)?;
    let sql = format!(
        "{COLUMNS} WHERE u.path >= $1 AND u.path < $2 AND s.status <> 'removed' \
         ORDER BY s.priority, s.name, s.id LIMIT 200"
    );
    let path = actor.unit_path.clone();
    core.db()
        .read((sql, path), |tx, (sql, path)| {
            Box::pin(async move {
                let values = args![path.as_str(), prefix_end(path)];
                let rows = tx.fetch_all_dyn(sql, values).await?;
                rows.iter().map(decode).collect()
            })
        })
        .await
}

fn checked_priority(priority: i64) -> Result<i64, Error> {
    if (1..=1_000).contains(&priority) {
        return Ok(priority);
    }
    let text = "The priority is a number from 1 to 1000; the lowest owns.";
    Err(Error::invalid("priority", "priority", text))
}

async fn refuse_taken(tx: &Tx, unit: &str, name: &str, id: &str) -> Result<(), Error> {
    const TAKEN: &str = "SELECT 1 FROM directory_source WHERE org_unit_id = $1 AND name = $2 \
        AND id <> $3 AND status <> 'removed'";
    match tx.fetch_optional(TAKEN, args![unit, name, id]).await? {
        None => Ok(()),
        Some(_) => Err(Error::conflict(
            "directory_name_taken",
            "Another directory of this unit has this name.",
        )),
    }
}

/// One directory more is refused where there are as many as one installation has.
async fn refuse_many(tx: &Tx) -> Result<(), Error> {
    const COUNT: &str = "SELECT count(*) FROM directory_source WHERE status <> 'removed'";
    if tx.fetch_one(COUNT, args![]).await?.i64(0)? < MOST_SOURCES {
        return Ok(());
    }
    let text =
        format!("There are {MOST_SOURCES} directories, as many as there may be; remove one first.");
    Err(Error::conflict("directories_many", text))
}

/// Adds a source. Whoever controls it controls who there is: it needs the permission for sign-in and a fresh
/// sign-in.
pub async fn create_source(
    core: &Core,
    actor: &Actor,
    new: NewSource,
) -> Result<SourceView, Error> {
    let unit = match &new.unit {
        Some(id) => org::unit(core, id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::SignInWrite, &unit.path)?;
    authorize(actor, Permission::PeopleWrite, &unit.path)?;
    authorize(actor, Permission::GroupsWrite, &unit.path)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    let name = text::required("name", &new.name, 100)?;
    let priority = checked_priority(new.priority.unwrap_or(100))?;
    let id = DirectoryId::new(now);
    let input = (
        id.clone(),
        (unit.id, new.kind, name, priority),
        actor.clone(),
        now,
    );
    core.db()
        .write(input, |tx, (id, (unit, kind, name, priority), actor, now)| {
            Box::pin(async move {
                const INSERT: &str = "INSERT INTO directory_source (id, org_unit_id, kind, name, priority, \
                    status, salt, diagnostics, created_by, created_at, updated_at) \
                    VALUES ($1, $2, $3, $4, $5, 'active', $6, '{}', $7, $8, $8)";
                let unit = unit_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::SignInWrite, &unit.path)?;
                refuse_taken(tx, unit.id.as_str(), name, id.as_str()).await?;
                refuse_many(tx).await?;
                let values = args![
                    id,
                    &unit.id,
                    kind.as_str(),
                    name.as_str(),
                    *priority,
                    hash::random_token(32),
                    actor.id.as_str(),
                    *now
                ];
                tx.execute(INSERT, values).await?;
                let event =
                    NewEvent::done("directory.create", "directory", id.as_str(), unit.id.as_str())
                        .with(json!({"after": {"name": name, "kind": kind.as_str(), "priority": priority}}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    find(core, &id).await
}

/// Changes name, priority, or whether it is listened to.
pub async fn change_source(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
    change: SourceChange,
) -> Result<SourceView, Error> {
    may(actor, Permission::SignInWrite)?;
    require_fresh(actor, core.now_ms())?;
    let name = match &change.name {
        Some(name) => Some(text::required("name", name, 100)?),
        None => None,
    };
    let priority = change.priority.map(checked_priority).transpose()?;
    let input = (
        id.clone(),
        (name, priority, change.paused),
        actor.clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (id, (name, priority, paused), actor, now)| {
            Box::pin(async move {
                const UPDATE: &str = "UPDATE directory_source SET name = $2, priority = $3, status = $4, \
                    updated_at = $5 WHERE id = $1";
                let found = writable_in(tx, actor, id).await?;
                let name = name.as_ref().unwrap_or(&found.name);
                let priority = priority.unwrap_or(found.priority);
                let status = match paused {
                    None => found.status,
                    Some(true) => SourceStatus::Paused,
                    Some(false) => SourceStatus::Active,
                };
                if *name == found.name && priority == found.priority && status == found.status {
                    return Ok(());
                }
                refuse_taken(tx, found.unit_id.as_str(), name, id.as_str()).await?;
                let values = args![id, name.as_str(), priority, status.as_str(), *now];
                tx.execute(UPDATE, values).await?;
                let unit = found.unit_id.as_str();
                let of = |name: &str, priority: i64, status: SourceStatus| {
                    json!({"name": name, "priority": priority, "status": status.as_str()})
                };
                let event = NewEvent::done("directory.change", "directory", id.as_str(), unit)
                    .with(json!({
                        "before": of(&found.name, found.priority, found.status),
                        "after": of(name, priority, status),
                    }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    find(core, id).await
}

/// The source, when the actor may change it.
pub(super) async fn writable_in(
    tx: &Tx,
    actor: &Actor,
    id: &DirectoryId,
) -> Result<SourceView, Error> {
    let found = source_in(tx, id).await?;
    authorize(actor, Permission::SignInWrite, &found.unit_path)?;
    if found.status == SourceStatus::Removed {
        return Err(Error::not_found("directory"));
    }
    Ok(found)
}

/// Removes a source: nothing of it is taken any more and its tokens end. The people stay as they are, with
/// their devices, and their links stay too, so that nobody else can claim them.
pub async fn remove_source(core: &Core, actor: &Actor, id: &DirectoryId) -> Result<(), Error> {
    may(actor, Permission::SignInWrite)?;
    require_fresh(actor, core.now_ms())?;
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                const REMOVE: &str =
                    "UPDATE directory_source SET status = 'removed', updated_at = $2 WHERE id = $1";
                const TOKENS: &str = "UPDATE directory_token SET revoked_at = $2 \
                    WHERE source_id = $1 AND revoked_at IS NULL";
                const HELD: &str = "UPDATE directory_run SET status = 'overtaken' \
                    WHERE source_id = $1 AND status = 'held'";
                const FIELDS: &str = "DELETE FROM person_field WHERE source_id = $1";
                let found = writable_in(tx, actor, id).await?;
                tx.execute(REMOVE, args![id, *now]).await?;
                tx.execute(TOKENS, args![id, *now]).await?;
                tx.execute(HELD, args![id]).await?;
                // From now on they are written here.
                tx.execute(FIELDS, args![id]).await?;
                let unit = found.unit_id.as_str();
                let event = NewEvent::done("directory.remove", "directory", id.as_str(), unit)
                    .with(json!({"before": {"name": found.name, "people": found.people}}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Notes that a source cannot be read, or can again.
pub async fn set_ill(
    core: &Core,
    id: &DirectoryId,
    code: Option<&'static str>,
) -> Result<(), Error> {
    let input = (id.clone(), code, core.now_ms());
    core.db()
        .write(input, |tx, (id, code, now)| {
            Box::pin(async move {
                const UPDATE: &str =
                    "UPDATE directory_source SET ill_code = $2, ill_since = $3 WHERE id = $1";
                let found = source_in(tx, id).await?;
                if found.ill_code.as_deref() == *code {
                    return Ok(());
                }
                let since = code.map(|_| found.ill_since.unwrap_or(*now));
                tx.execute(UPDATE, args![id, *code, since]).await?;
                let action = if code.is_some() {
                    "directory.ill"
                } else {
                    "directory.well"
                };
                let unit = found.unit_id.as_str();
                let event = NewEvent::done(action, "directory", id.as_str(), unit)
                    .with(json!({"code": code, "name": found.name}));
                events::record(tx, &Actor::directory(id, None), *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
