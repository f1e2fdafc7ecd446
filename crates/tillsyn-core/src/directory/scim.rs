//! What SCIM clients keep here: users of one connector, each change in one transaction. How the protocol reads and
//! writes them is the web layer's; nothing here reaches beyond the connector.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tillsyn_db::{Row, Tx, args};

use super::follow::follow;
use super::groups::work_out_in;
use super::life::LifeState;
use super::model::{Counts, FIELDS, Fields, PersonEntry, login_key, many_of};
use super::person::{Outcome, Step, settle_in, take_in};
use super::run::{Held, NewRun, RunStatus, keep_in};
use super::source::SourceView;
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DirectoryId, GroupId, PersonId, new_uuid};

/// People who are suspended within this time count together.
const MANY_MS: i64 = 10 * MINUTE_MS;
/// Users of one connector, those who left lately included.
const MOST_USERS: i64 = 100_000;
/// A user as the client sent it, with what only we know.
#[derive(Clone, Debug)]
pub struct ScimUser {
    pub id: String,
    /// As it was sent.
    pub resource: Json,
    pub active: bool,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A member of a group, or a group of a user: kind (`person` or `group`), id, name.
#[derive(Clone, Debug)]
pub struct ScimMember {
    pub group: bool,
    pub id: String,
    pub name: String,
}

/// The one indexed attribute that a filter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Narrow {
    All,
    Id(String),
    ExternalId(String),
    /// `userName` of a user, `displayName` of a group.
    Name(String),
}

impl Narrow {
    fn parts(&self) -> (i64, String) {
        match self {
            Self::All => (0, String::new()),
            Self::Id(text) => (1, text.clone()),
            Self::ExternalId(text) => (2, text.clone()),
            Self::Name(text) => (3, text.clone()),
        }
    }
}

/// The name that a filter asks for, as `key` keeps names.
pub(super) fn asked(narrow: &Narrow, key: impl Fn(&str) -> String) -> (i64, String) {
    let (by, text) = narrow.parts();
    match narrow {
        Narrow::Name(name) => (by, key(name)),
        _ => (by, text),
    }
}

/// What is to be kept of a user.
#[derive(Clone, Debug, Default)]
pub struct UserWrite {
    pub user_name: String,
    pub external_id: Option<String>,
    pub active: bool,
    /// What the resource says of the person; a field that it does not have is not in it.
    pub fields: Fields,
    pub resource: Json,
}

fn user(row: &Row) -> Result<ScimUser, Error> {
    Ok(ScimUser {
        id: row.text(0)?,
        resource: serde_json::from_str(row.str(1)?).unwrap_or_default(),
        active: row.str(2)? == "active",
        version: row.i64(3)?,
        created_at: row.i64(4)?,
        updated_at: row.i64(5)?,
    })
}

const USER: &str = "SELECT id, COALESCE(resource, '{}'), state, version, created_at, updated_at \
    FROM directory_link WHERE source_id = $1 AND state <> 'leaving' AND resource IS NOT NULL AND id = $2";

pub(super) fn missing(what: &'static str) -> Error {
    Error::not_found(what)
}

async fn user_in(tx: &Tx, source: &DirectoryId, id: &str) -> Result<ScimUser, Error> {
    let row = tx.fetch_optional(USER, args![source, id]).await?;
    user(&row.ok_or_else(|| missing("user"))?)
}

/// One user of the connector.
pub async fn scim_user(core: &Core, source: &SourceView, id: &str) -> Result<ScimUser, Error> {
    let row = core
        .db()
        .query_optional(USER, args![&source.id, id])
        .await?;
    user(&row.ok_or_else(|| missing("user"))?)
}

/// Users in the order in which they were made, from an offset on, and how many there are.
pub async fn scim_users(
    core: &Core,
    source: &SourceView,
    narrow: &Narrow,
    offset: i64,
    limit: i64,
) -> Result<(i64, Vec<ScimUser>), Error> {
    const COUNT: &str = "SELECT count(*) FROM directory_link WHERE source_id = $1 AND state <> 'leaving' \
        AND resource IS NOT NULL AND ($2 = 0 OR ($2 = 1 AND id = $3) OR ($2 = 2 AND external_id = $3) \
        OR ($2 = 3 AND login = $3))";
    const LIST: &str = "SELECT id, COALESCE(resource, '{}'), state, version, created_at, updated_at \
        FROM directory_link WHERE source_id = $1 AND state <> 'leaving' AND resource IS NOT NULL \
        AND ($2 = 0 OR ($2 = 1 AND id = $3) OR ($2 = 2 AND external_id = $3) OR ($2 = 3 AND login = $3)) \
        ORDER BY created_at, id LIMIT $4 OFFSET $5";
    let (by, text) = asked(narrow, str::to_lowercase);
    let values = args![&source.id, by, text.as_str()];
    let row = core.db().query_optional(COUNT, values).await?;
    let total = row.map_or(Ok(0), |row| row.i64(0))?;
    if limit == 0 {
        return Ok((total, Vec::new()));
    }
    let values = args![&source.id, by, text, limit, offset];
    let rows = core.db().query_all(LIST, values).await?;
    Ok((total, rows.iter().map(user).collect::<Result<_, _>>()?))
}

/// The groups that these users are direct members of, by the user's id.
pub async fn scim_groups_of(
    core: &Core,
    source: &SourceView,
    users: Vec<String>,
) -> Result<Vec<(String, ScimMember)>, Error> {
    const GROUPS: &str = "SELECT m.member_id, g.id, g.name FROM directory_group_member m \
        JOIN directory_group g ON g.id = m.directory_group_id WHERE g.source_id = $1 \
        AND g.missing_since IS NULL AND m.member_kind = 'person' AND m.member_id {ids}";
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let input = (source.id.clone(), users);
    let rows = core.db().read(input, |tx, (source, users)| {
        Box::pin(async move {
            let rows = tx
                .fetch_all_in(GROUPS, users.clone(), args![source])
                .await?;
            Ok::<_, Error>(rows)
        })
    });
    let mut found = Vec::new();
    for row in rows.await? {
        let member = ScimMember {
            group: true,
            id: row.text(1)?,
            name: row.text(2)?,
        };
        found.push((row.text(0)?, member));
    }
    Ok(found)
}

pub(super) fn taken(id: &str, what: &str) -> Error {
    Error::conflict("scim_uniqueness", format!("{what}, id {id}."))
        .with_data(json!({ "existing": id }))
}

pub(super) fn moved() -> Error {
    Error::conflict(
        "scim_version",
        "The resource has changed since; read it again.",
    )
}

/// One more is refused where a connector has as many as it may have.
pub(super) async fn refuse_many(
    tx: &Tx,
    source: &SourceView,
    (count, what, most): (&'static str, &str, i64),
) -> Result<(), Error> {
    if tx.fetch_one(count, args![&source.id]).await?.i64(0)? < most {
        return Ok(());
    }
    let text = format!("This connector has {most} {what}, as many as one may have.");
    Err(Error::forbidden("scim_many", text))
}

/// Makes a user, or changes one: `at` names it with the version that the change stands on. Somebody who left
/// this connector less than thirty days ago and comes with the same `externalId` is the same person.
///
/// # Errors
/// `scim_uniqueness` with the id of the other; `scim_version` when it moved; `scim_many` beyond what one connector
/// may have; not found.
pub async fn put_scim_user(
    core: &Core,
    source: &SourceView,
    at: Option<(&str, i64)>,
    write: UserWrite,
) -> Result<ScimUser, Error> {
    let at = at.map(|(id, version)| (id.to_owned(), version));
    let input = (source.clone(), at, write, core.now_ms());
    let (id, groups) = core
        .db()
        .write(input, |tx, (source, at, write, now)| {
            Box::pin(async move { put_user_in(tx, source, at.as_ref(), write, *now).await })
        })
        .await?;
    follow_soon(core, &groups).await;
    scim_user(core, source, &id).await
}

async fn put_user_in(
    tx: &Tx,
    source: &SourceView,
    at: Option<&(String, i64)>,
    write: &UserWrite,
    now_ms: i64,
) -> Result<(String, Vec<GroupId>), Error> {
    const OTHER: &str =
        "SELECT id, state FROM directory_link WHERE source_id = $1 AND login = $2 AND id <> $3";
    const EXTERNAL: &str = "SELECT id, state FROM directory_link WHERE source_id = $1 AND external_id = $2 \
        AND id <> $3 ORDER BY state, updated_at DESC";
    const KNOWN: &str = "SELECT fields FROM directory_link WHERE id = $1";
    const NO_EXTERNAL: &str = "UPDATE directory_link SET external_id = NULL WHERE id = $1";
    let own = at.map_or("", |(id, _)| id.as_str());
    if let Some((id, version)) = at
        && user_in(tx, &source.id, id).await?.version != *version
    {
        return Err(moved());
    }
    let login = login_key(Some(&write.user_name));
    if let Some(row) = tx
        .fetch_optional(OTHER, args![&source.id, login, own])
        .await?
    {
        return Err(taken(&row.text(0)?, "Another user has this userName"));
    }
    let mut key = own.to_owned();
    if let Some(external) = &write.external_id {
        for row in tx
            .fetch_all(EXTERNAL, args![&source.id, external.as_str(), own])
            .await?
        {
            let id = row.text(0)?;
            if row.str(1)? != "leaving" {
                return Err(taken(&id, "Another user has this externalId"));
            }
            if key.is_empty() {
                key = id;
            }
        }
    }
    let mut fields = write.fields.clone();
    if key.is_empty() {
        const COUNT: &str = "SELECT count(*) FROM directory_link WHERE source_id = $1";
        refuse_many(tx, source, (COUNT, "users", MOST_USERS)).await?;
        key = new_uuid(now_ms).to_string();
    } else {
        // What the resource no longer has is empty from now on; what it never had is not known.
        let row = tx.fetch_one(KNOWN, args![key.as_str()]).await?;
        let known: Fields = serde_json::from_str(row.str(0)?).unwrap_or_default();
        for field in FIELDS.iter().filter(|field| known.contains_key(**field)) {
            fields.entry((*field).to_owned()).or_insert(None);
        }
        if write.external_id.is_none() {
            tx.execute(NO_EXTERNAL, args![key.as_str()]).await?;
        }
    }
    let entry = PersonEntry {
        key: key.clone(),
        login: Some(write.user_name.clone()),
        external_id: write.external_id.clone(),
        fields,
        active: Some(write.active),
        raw_state: Some(format!("active {}", write.active)),
    };
    let run = new_uuid(now_ms).to_string();
    let step = Step {
        source,
        run_id: &run,
        now_ms,
    };
    let done = take_in(tx, &step, &entry, Some(&write.resource.to_string())).await?;
    if done.outcome == Outcome::Erased {
        let text = "This person was erased here and is not made again.";
        return Err(Error::conflict("scim_uniqueness", text));
    }
    if done.moved == Some(LifeState::Suspended) {
        hold_many_in(tx, source, now_ms).await?;
    }
    Ok((key, Vec::new()))
}

/// Many people at once who may not work any more: their sign-in is stopped, as the client said, and nothing
/// happens to their devices before an administrator looked.
async fn hold_many_in(tx: &Tx, source: &SourceView, now_ms: i64) -> Result<(), Error> {
    const RECENT: &str = "SELECT person_id FROM person_life WHERE source_id = $1 \
        AND state IN ('suspended', 'leaving') AND since > $2 AND released_at IS NULL ORDER BY person_id";
    const ACTIVE: &str =
        "SELECT count(*) FROM directory_link WHERE source_id = $1 AND state = 'active'";
    const HELD: &str = "SELECT id FROM directory_run WHERE source_id = $1 AND kind = 'suspensions' \
        AND status = 'held'";
    const WAITS: &str = "SELECT person_id FROM person_life WHERE held_run_id = $1";
    const MORE: &str = "UPDATE directory_run SET held = $2 WHERE id = $1";
    const WAIT: &str = "UPDATE person_life SET held_run_id = $2 WHERE source_id = $1 \
        AND state IN ('suspended', 'leaving') AND since > $3 AND held_run_id IS NULL \
        AND released_at IS NULL";
    let since = now_ms - MANY_MS;
    let rows = tx.fetch_all(RECENT, args![&source.id, since]).await?;
    let active = tx.fetch_one(ACTIVE, args![&source.id]).await?.i64(0)?;
    let all = usize::try_from(active).unwrap_or(0) + rows.len();
    if rows.len() <= many_of(all) {
        return Ok(());
    }
    let mut people = Vec::new();
    for row in &rows {
        people.push(row.text(0)?);
    }
    let held = Held {
        reasons: vec!["many_suspended".to_owned()],
        suspend: people,
        of: all,
        ..Held::default()
    };
    let run = if let Some(row) = tx.fetch_optional(HELD, args![&source.id]).await? {
        let id = row.text(0)?;
        // Whoever agrees sees everybody whom that frees, not only the newest.
        let mut held = held;
        for row in tx.fetch_all(WAITS, args![id.as_str()]).await? {
            held.suspend.push(row.text(0)?);
        }
        held.suspend.sort_unstable();
        held.suspend.dedup();
        let text = json!(held).to_string();
        tx.execute(MORE, args![id.as_str(), text]).await?;
        id
    } else {
        let id = new_uuid(now_ms).to_string();
        let run = NewRun {
            id: &id,
            kind: "suspensions",
            status: RunStatus::Held,
            complete: false,
            counts: &Counts::default(),
            held: Some(&held),
            plan_id: None,
        };
        keep_in(tx, source, &run, now_ms).await?;
        id
    };
    tx.execute(WAIT, args![&source.id, run, since]).await?;
    Ok(())
}

/// What cannot follow now is finished by the job of every minute.
pub(super) async fn follow_soon(core: &Core, groups: &[GroupId]) {
    for group in groups {
        if let Err(error) = follow(core, group, None, false).await {
            tracing::warn!(group.id = %group, error = %error, "a group does not follow its directory yet");
        }
    }
}

/// The user is gone: the person is leaving, the name is free again.
pub async fn delete_scim_user(
    core: &Core,
    source: &SourceView,
    id: &str,
    version: Option<i64>,
) -> Result<(), Error> {
    let input = (source.clone(), (id.to_owned(), version), core.now_ms());
    let groups = core
        .db()
        .write(input, |tx, (source, (id, version), now)| {
            Box::pin(async move {
                const PERSON: &str = "SELECT person_id FROM directory_link WHERE id = $1";
                const LEAVE: &str = "UPDATE directory_link SET state = 'leaving', raw_state = 'deleted', \
                    login = NULL, resource = NULL, digest = '', version = version + 1, updated_at = $2 \
                    WHERE id = $1";
                const GROUPS: &str = "SELECT directory_group_id FROM directory_group_member \
                    WHERE member_kind = 'person' AND member_id = $1";
                const OUT: &str = "DELETE FROM directory_group_member WHERE member_kind = 'person' \
                    AND member_id = $1";
                let found = user_in(tx, &source.id, id).await?;
                if version.is_some_and(|version| version != found.version) {
                    return Err(moved());
                }
                let person = tx.fetch_one(PERSON, args![id.as_str()]).await?.text(0)?;
                tx.execute(LEAVE, args![id.as_str(), *now]).await?;
                let mut changed = BTreeSet::new();
                for row in tx.fetch_all(GROUPS, args![id.as_str()]).await? {
                    changed.insert(row.text(0)?);
                }
                tx.execute(OUT, args![id.as_str()]).await?;
                let run = new_uuid(*now).to_string();
                let step = Step {
                    source,
                    run_id: &run,
                    now_ms: *now,
                };
                let person = PersonId::from_store(person);
                settle_in(tx, &step.actor(), &person, Some(&run), *now).await?;
                hold_many_in(tx, source, *now).await?;
                work_out_in(tx, &source.id, &changed).await
            })
        })
        .await?;
    follow_soon(core, &groups).await;
    Ok(())
}
