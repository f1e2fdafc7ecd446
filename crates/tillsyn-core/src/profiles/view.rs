//! Profiles as API and console list and show them, and the changes of what describes them.

use serde_json::{Value as Json, json};
use tillsyn_db::{Row, args};

use super::store;
use super::{Summary, limits};
use crate::actor::{Actor, Permission, authorize, may};
use crate::assignments;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::{OrgUnitId, ProfileId};
use crate::paging::{Cursor, Page, page_size};

/// One profile.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ProfileView {
    pub id: ProfileId,
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    pub platform: String,
    pub name: String,
    pub description: Option<String>,
    /// What devices know it by.
    pub identifier: String,
    pub archived: bool,
    pub current_version: Option<i64>,
    pub revision: i64,
    /// Name of the account that made it.
    pub created_by: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
    /// Of the newest version, or of the draft when there is none.
    pub summary: Summary,
    pub draft: Option<DraftNote>,
}

/// That a profile has a draft.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DraftNote {
    pub revision: i64,
    pub updated_by: Option<String>,
    pub updated_at: i64,
    pub summary: Summary,
}

/// Which profiles.
#[derive(Clone, Debug, Default)]
pub struct ProfileFilter {
    /// Part of name or identifier.
    pub search: Option<String>,
    /// Those in use, or those archived; all of them when not said.
    pub archived: Option<bool>,
    /// Those whose newest version has a payload of this type.
    pub payload_type: Option<String>,
}

const SELECT: &str = "SELECT p.id, p.org_unit_id, u.name, u.path, p.platform, p.name, p.description, \
    p.identifier, p.status, p.current_version, p.revision, a.name, p.created_at, p.updated_at, \
    v.summary, d.revision, b.name, d.updated_at, d.summary FROM profile p \
    JOIN org_unit u ON u.id = p.org_unit_id LEFT JOIN account a ON a.id = p.created_by \
    LEFT JOIN profile_version v ON v.profile_id = p.id AND v.number = p.current_version \
    LEFT JOIN profile_draft d ON d.profile_id = p.id LEFT JOIN account b ON b.id = d.updated_by";

fn decode(row: &Row) -> Result<ProfileView, Error> {
    let draft = match row.opt_i64(15)? {
        Some(revision) => Some(DraftNote {
            revision,
            updated_by: row.opt_text(16)?,
            updated_at: row.i64(17)?,
            summary: Summary::of_text(&row.text(18)?),
        }),
        None => None,
    };
    let summary = row.opt_text(14)?.map(|text| Summary::of_text(&text));
    let of_draft = || draft.as_ref().map(|draft| draft.summary.clone());
    Ok(ProfileView {
        id: ProfileId::from_store(row.text(0)?),
        unit_id: OrgUnitId::from_store(row.text(1)?),
        unit_name: row.text(2)?,
        platform: row.text(4)?,
        name: row.text(5)?,
        description: row.opt_text(6)?,
        identifier: row.text(7)?,
        archived: row.text(8)? == "archived",
        current_version: row.opt_i64(9)?,
        revision: row.i64(10)?,
        created_by: row.opt_text(11)?,
        created_at: row.i64(12)?,
        updated_at: row.i64(13)?,
        summary: summary.or_else(of_draft).unwrap_or_default(),
        draft,
    })
}

/// The profiles of the actor's scope, by name.
pub async fn list_profiles(
    core: &Core,
    actor: &Actor,
    filter: &ProfileFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<ProfileView>, Error> {
    may(actor, Permission::ProfilesRead)?;
    let limit = page_size(limit)?;
    let (name, id) = match after {
        None => (String::new(), String::new()),
        Some(text) => place(&Cursor::decode(text)?)?,
    };
    let status = match filter.archived {
        None => "",
        Some(true) => "archived",
        Some(false) => "active",
    };
    let sql = format!(
        "{SELECT} WHERE u.path >= $1 AND u.path < $2 AND (p.name > $3 OR (p.name = $3 AND p.id > $4)) \
         AND ($5 = '' OR p.status = $5) \
         AND ($6 = '' OR lower(p.name) LIKE $6 ESCAPE '\\' OR lower(p.identifier) LIKE $6 ESCAPE '\\') \
         AND ($7 = '' OR v.summary LIKE $7 ESCAPE '\\') ORDER BY p.name, p.id LIMIT $8"
    );
    let payload = filter.payload_type.as_deref().unwrap_or_default();
    // As it stands in the summary: the key in front of it keeps other fields out.
    let payload = like(&format!("\"type\":\"{payload}\""), payload.is_empty());
    let search = filter
        .search
        .as_deref()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let values = args![
        actor.unit_path.as_str(),
        prefix_end(&actor.unit_path),
        name,
        id,
        status,
        like(&search, search.is_empty()),
        payload,
        limit + 1
    ];
    let rows = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let whole = usize::try_from(limit).unwrap_or(0);
    let items = rows
        .iter()
        .take(whole)
        .map(decode)
        .collect::<Result<Vec<_>, _>>()?;
    let next = items
        .last()
        .filter(|_| rows.len() > whole)
        .map(|last| Cursor::new(vec![json!(last.name), json!(last.id)]).encode());
    Ok(Page { items, next })
}

fn like(text: &str, none: bool) -> String {
    if none {
        return String::new();
    }
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

fn place(cursor: &Cursor) -> Result<(String, String), Error> {
    match cursor.values() {
        [Json::String(name), Json::String(id)] => Ok((name.clone(), id.clone())),
        _ => Err(Error::invalid(
            "after",
            "cursor",
            "This cursor is not one of ours; start without it.",
        )),
    }
}

/// One profile.
///
/// # Errors
/// Not found outside the actor's scope.
pub async fn find_profile(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
) -> Result<ProfileView, Error> {
    may(actor, Permission::ProfilesRead)?;
    let sql = format!("{SELECT} WHERE p.id = $1");
    let rows = core
        .db()
        .read((sql, id.clone()), |tx, (sql, id)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, args![id]).await?) })
        })
        .await?;
    let row = rows.first().ok_or_else(|| Error::not_found("profile"))?;
    authorize(actor, Permission::ProfilesRead, &row.text(3)?)
        .map_err(|_| Error::not_found("profile"))?;
    decode(row)
}

/// Whether the actor reaches this profile at all.
///
/// # Errors
/// Not found when they do not.
pub async fn reach(core: &Core, actor: &Actor, id: &ProfileId) -> Result<(), Error> {
    const PATH: &str = "SELECT u.path FROM profile p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.id = $1";
    let row = core.db().query_optional(PATH, args![id]).await?;
    match row {
        Some(row) if actor.reaches(&row.text(0)?) => Ok(()),
        _ => Err(Error::not_found("profile")),
    }
}

/// What describes a profile here; devices see none of it. What is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Describe {
    pub name: Option<String>,
    /// An empty text takes it away.
    pub description: Option<String>,
}

/// Changes name and description.
///
/// # Errors
/// Not found outside the actor's scope; invalid for a name that cannot be used.
pub async fn describe_profile(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    describe: Describe,
) -> Result<(), Error> {
    const SET: &str = "UPDATE profile SET name = $2, description = $3 WHERE id = $1";
    let name = describe.name.as_deref().map(limits::name).transpose()?;
    let description = limits::free("description", describe.description.as_deref())?;
    let input = (actor.clone(), id.clone(), name, description, core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, name, description, now)| {
            Box::pin(async move {
                let profile = store::load_in(tx, actor, Permission::ProfilesWrite, id).await?;
                let name = name.as_ref().unwrap_or(&profile.name);
                let text = description.as_ref().or(profile.description.as_ref());
                let text = text.filter(|text| !text.is_empty());
                if *name == profile.name && text == profile.description.as_ref() {
                    return Ok(());
                }
                tx.execute(SET, args![id, name.as_str(), text.map(String::as_str)])
                    .await?;
                store::touch_in(tx, &profile, *now).await?;
                // Nodes hold names in memory.
                if *name != profile.name {
                    assignments::bump_in(tx).await?;
                }
                let event =
                    NewEvent::done("profile.change", "profile", id.as_str(), &profile.unit_id)
                        .with(json!({
                            "before": { "name": profile.name, "description": profile.description },
                            "after": { "name": name, "description": text },
                        }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Removes a profile that was never published or assigned.
///
/// # Errors
/// Conflict `profile_published` or `profile_assigned`: archive it instead.
pub async fn delete_profile(core: &Core, actor: &Actor, id: &ProfileId) -> Result<(), Error> {
    const ASSIGNED: &str =
        "SELECT count(*) FROM assignment WHERE kind = 'profile' AND item_id = $1";
    const VERSIONS: &str = "SELECT count(*) FROM profile_version WHERE profile_id = $1";
    const DELETE: &str = "DELETE FROM profile WHERE id = $1";
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                let profile = store::load_in(tx, actor, Permission::ProfilesWrite, id).await?;
                if tx.fetch_one(VERSIONS, args![id]).await?.i64(0)? > 0 {
                    return Err(Error::conflict(
                        "profile_published",
                        "This profile was published, so its versions stay on record. Archive it instead.",
                    ));
                }
                if tx.fetch_one(ASSIGNED, args![id]).await?.i64(0)? > 0 {
                    return Err(Error::conflict(
                        "profile_assigned",
                        "This profile is assigned. Remove its assignments first.",
                    ));
                }
                store::drop_draft_in(tx, id).await?;
                tx.execute(DELETE, args![id]).await?;
                let event =
                    NewEvent::done("profile.delete", "profile", id.as_str(), &profile.unit_id)
                        .with(json!({ "identifier": profile.identifier }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
