//! Links as they are shown, and one made by an administrator: equal addresses are a suggestion and never more.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tillsyn_db::{Row, Tx, args};

use super::follow::follow;
use super::groups::work_out_in;
use super::model::Fields;
use super::person::settle_in;
use super::source::{SourceKind, SourceStatus, SourceView, source, source_in};
use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{DirectoryId, GroupId, PersonId};
use crate::ldap;
use crate::paging::{Cursor, Page, page_size};
use crate::search::people;

/// One link.
#[derive(Clone, Debug)]
pub struct LinkView {
    pub id: String,
    pub source_id: DirectoryId,
    pub source_name: String,
    pub external_key: String,
    pub person_id: PersonId,
    pub person_name: String,
    pub login: Option<String>,
    pub external_id: Option<String>,
    /// `active`, `suspended` or `leaving`, as the source has it.
    pub state: String,
    pub raw_state: Option<String>,
    pub missing_since: Option<i64>,
    pub fields: Fields,
    /// Somebody else with the same mail address, who may be the same person.
    pub suggested: Option<(PersonId, String)>,
    pub created_at: i64,
    pub updated_at: i64,
}

const COLUMNS: &str = "SELECT l.id, l.source_id, s.name, l.external_key, l.person_id, p.name, l.login, \
    l.external_id, l.state, l.raw_state, l.missing_since, l.fields, l.suggested_person_id, q.name, \
    l.created_at, l.updated_at, u.path, v.path FROM directory_link l JOIN directory_source s ON s.id = l.source_id \
    JOIN person p ON p.id = l.person_id JOIN org_unit u ON u.id = p.org_unit_id \
    LEFT JOIN person q ON q.id = l.suggested_person_id LEFT JOIN org_unit v ON v.id = q.org_unit_id";

/// Somebody whom the actor does not reach is not named to them.
fn decode(row: &Row, actor: &Actor) -> Result<LinkView, Error> {
    let suggested = match (row.opt_text(12)?, row.opt_text(13)?) {
        (Some(id), Some(name))
            if actor.reaches(row.opt_text(17)?.as_deref().unwrap_or_default()) =>
        {
            Some((PersonId::from_store(id), name))
        }
        _ => None,
    };
    Ok(LinkView {
        id: row.text(0)?,
        source_id: DirectoryId::from_store(row.text(1)?),
        source_name: row.text(2)?,
        external_key: row.text(3)?,
        person_id: PersonId::from_store(row.text(4)?),
        person_name: row.text(5)?,
        login: row.opt_text(6)?,
        external_id: row.opt_text(7)?,
        state: row.text(8)?,
        raw_state: row.opt_text(9)?,
        missing_since: row.opt_i64(10)?,
        fields: serde_json::from_str(row.str(11)?).unwrap_or_default(),
        suggested,
        created_at: row.i64(14)?,
        updated_at: row.i64(15)?,
    })
}

/// The links of a source in the order in which they came; only those with a suggestion when `suggested`.
pub async fn links_of(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
    suggested: bool,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<LinkView>, Error> {
    source(core, actor, id).await?;
    let limit = page_size(limit)?;
    let (at, last) = match after {
        None => (i64::MIN, String::new()),
        Some(after) => match Cursor::decode(after)?.values() {
            [at, Json::String(id)] if at.is_i64() => (at.as_i64().unwrap_or(i64::MIN), id.clone()),
            _ => {
                let text = "This cursor is not one of ours; start without it.";
                return Err(Error::invalid("after", "cursor", text));
            }
        },
    };
    let sql = format!(
        "{COLUMNS} WHERE l.source_id = $1 AND ($2 = 0 OR l.suggested_person_id IS NOT NULL) \
         AND (l.created_at > $3 OR (l.created_at = $3 AND l.id > $4)) \
         AND substr(u.path, 1, length($5)) = $5 ORDER BY l.created_at, l.id LIMIT $6"
    );
    let reach = actor.unit_path.as_str();
    let values = args![id, i64::from(suggested), at, last, reach, limit + 1];
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let keep = usize::try_from(limit).unwrap_or(usize::MAX);
    let items = rows
        .iter()
        .take(keep)
        .map(|row| decode(row, actor))
        .collect::<Result<Vec<_>, Error>>()?;
    let next = items
        .last()
        .filter(|_| rows.len() > keep)
        .map(|link| Cursor::new(vec![json!(link.created_at), json!(link.id)]).encode());
    Ok(Page { items, next })
}

/// The links of one person, the source that owns most first.
pub async fn links_of_person(
    core: &Core,
    actor: &Actor,
    id: &PersonId,
) -> Result<Vec<LinkView>, Error> {
    crate::people::person(core, actor, id).await?;
    let sql = format!(
        "{COLUMNS} WHERE l.person_id = $1 AND s.status <> 'removed' ORDER BY s.priority, s.created_at, s.id"
    );
    core.db()
        .read((sql, id.clone(), actor.clone()), |tx, (sql, id, actor)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![id]).await?;
                rows.iter().map(|row| decode(row, actor)).collect()
            })
        })
        .await
}

async fn find_in(tx: &Tx, actor: &Actor, id: &str) -> Result<LinkView, Error> {
    let sql = format!("{COLUMNS} WHERE l.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("link"))?;
    let link = decode(row, actor)?;
    authorize(actor, Permission::PeopleWrite, row.str(16)?)?;
    let of = source_in(tx, &link.source_id).await?;
    authorize(actor, Permission::PeopleWrite, &of.unit_path)?;
    if of.status == SourceStatus::Removed {
        return Err(Error::not_found("link"));
    }
    Ok(link)
}

/// Says that an entry of a source and a person here are the same: the link moves to that person, and the one
/// that the source brought goes, when they have nothing yet. Without a person, the suggestion is refused and
/// the two stay apart.
///
/// Where the source lets people in, that needs the permission for sign-in too: the entry's password opens the
/// person's account from then on.
///
/// # Errors
/// `link_taken` when the source has another entry for that person; `link_in_use` when the person that the
/// source brought has devices, invitations or an account.
pub async fn link_person(
    core: &Core,
    actor: &Actor,
    link: &str,
    person: Option<&PersonId>,
) -> Result<LinkView, Error> {
    may(actor, Permission::PeopleWrite)?;
    require_fresh(actor, core.now_ms())?;
    let input = (
        actor.clone(),
        link.to_owned(),
        person.cloned(),
        core.now_ms(),
    );
    let (link, groups) = core
        .db()
        .write(input, |tx, (actor, id, person, now)| {
            Box::pin(async move {
                const CLEAR: &str =
                    "UPDATE directory_link SET suggested_person_id = NULL WHERE id = $1";
                let link = find_in(tx, actor, id).await?;
                let groups = match person {
                    None => {
                        tx.execute(CLEAR, args![id.as_str()]).await?;
                        Vec::new()
                    }
                    Some(person) if *person == link.person_id => Vec::new(),
                    Some(person) => move_in(tx, actor, &link, person, *now).await?,
                };
                Ok::<_, Error>((find_in(tx, actor, id).await?, groups))
            })
        })
        .await?;
    for group in &groups {
        // What cannot follow now is finished by the job of every minute.
        if let Err(error) = follow(core, group, None, false).await {
            tracing::warn!(group.id = %group, error = %error, "a group does not follow its directory yet");
        }
    }
    Ok(link)
}

/// Whether the source lets people in: then whoever says who an entry is gives somebody the account of another.
async fn signs_people_in(tx: &Tx, source: &SourceView) -> Result<bool, Error> {
    const SETTINGS: &str = "SELECT settings FROM ldap_source WHERE source_id = $1";
    if source.kind == SourceKind::Oidc {
        return Ok(true);
    }
    let Some(row) = tx.fetch_optional(SETTINGS, args![&source.id]).await? else {
        return Ok(false);
    };
    Ok(ldap::signs_in(row.str(0)?))
}

/// Whoever has something here does not vanish into another.
async fn refuse_used_in(tx: &Tx, old: &PersonId) -> Result<(), Error> {
    const USED: [&str; 4] = [
        "SELECT 1 FROM enrollment WHERE person_id = $1 LIMIT 1",
        "SELECT 1 FROM device_summary WHERE person_id = $1 LIMIT 1",
        "SELECT 1 FROM invitation WHERE person_id = $1 LIMIT 1",
        "SELECT 1 FROM account WHERE person_id = $1 LIMIT 1",
    ];
    for sql in USED {
        if tx.fetch_optional(sql, args![old]).await?.is_some() {
            let text = "The person that the directory brought has devices, invitations or an account; \
                move those first.";
            return Err(Error::conflict("link_in_use", text));
        }
    }
    Ok(())
}

async fn move_in(
    tx: &Tx,
    actor: &Actor,
    link: &LinkView,
    person: &PersonId,
    now_ms: i64,
) -> Result<Vec<GroupId>, Error> {
    const FIND: &str = "SELECT u.path, u.id FROM person p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.id = $1 AND p.status <> 'erased'";
    const TAKEN: &str = "SELECT 1 FROM directory_link WHERE source_id = $1 AND person_id = $2";
    const OTHERS: &str = "SELECT 1 FROM directory_link WHERE person_id = $1 AND id <> $2";
    const MOVE: &str = "UPDATE directory_link SET person_id = $2, suggested_person_id = NULL, digest = '', \
        version = version + 1, updated_at = $3 WHERE id = $1";
    const GROUPS: &str = "UPDATE group_member SET member_id = $2 WHERE member_kind = 'person' \
        AND member_id = $1 AND group_id NOT IN (SELECT m.group_id FROM group_member m \
        WHERE m.member_kind = 'person' AND m.member_id = $2)";
    const EFFECTIVE: &str = "UPDATE directory_effective SET person_id = $2 WHERE person_id = $1 \
        AND group_id NOT IN (SELECT e.group_id FROM directory_effective e WHERE e.person_id = $2)";
    const WITHIN: &str = "SELECT directory_group_id FROM directory_group_member \
        WHERE member_kind = 'person' AND member_id = $1";
    const GONE: [&str; 9] = [
        people::FORGET,
        "DELETE FROM directory_removal WHERE person_id = $1",
        "DELETE FROM person_email_notice WHERE person_id = $1",
        "DELETE FROM group_member WHERE member_kind = 'person' AND member_id = $1",
        "DELETE FROM directory_effective WHERE person_id = $1",
        "DELETE FROM person_field WHERE person_id = $1",
        "DELETE FROM person_alias WHERE person_id = $1",
        "DELETE FROM person_life WHERE person_id = $1",
        "UPDATE person SET name = '', email = NULL, language = NULL, status = 'erased' WHERE id = $1",
    ];
    let row = tx
        .fetch_optional(FIND, args![person])
        .await?
        .ok_or_else(|| Error::not_found("person"))?;
    authorize(actor, Permission::PeopleWrite, row.str(0)?)?;
    let of = source_in(tx, &link.source_id).await?;
    if signs_people_in(tx, &of).await? {
        authorize(actor, Permission::SignInWrite, &of.unit_path)?;
        authorize(actor, Permission::SignInWrite, row.str(0)?)?;
    }
    if tx
        .fetch_optional(TAKEN, args![&link.source_id, person])
        .await?
        .is_some()
    {
        let text = "This directory has another entry for that person.";
        return Err(Error::conflict("link_taken", text));
    }
    let old = &link.person_id;
    let alone = tx
        .fetch_optional(OTHERS, args![old, link.id.as_str()])
        .await?
        .is_none();
    if alone {
        refuse_used_in(tx, old).await?;
    }
    tx.execute(MOVE, args![link.id.as_str(), person, now_ms])
        .await?;
    if alone {
        tx.execute(GROUPS, args![old, person]).await?;
        tx.execute(EFFECTIVE, args![old, person]).await?;
        for sql in GONE {
            tx.execute(sql, args![old]).await?;
        }
    }
    let directory = Actor::directory(&link.source_id, None);
    if !alone {
        // What the others say of them; this one says it of somebody else now.
        settle_in(tx, &directory, old, None, now_ms).await?;
    }
    settle_in(tx, &directory, person, None, now_ms).await?;
    let mut within = BTreeSet::new();
    for row in tx.fetch_all(WITHIN, args![link.id.as_str()]).await? {
        within.insert(row.text(0)?);
    }
    let groups = work_out_in(tx, &link.source_id, &within).await?;
    // Who stands in which group reaches other devices now.
    crate::assignments::bump_in(tx).await?;
    let devices = tx
        .fetch_all(
            "SELECT device_id FROM device_summary WHERE person_id = $1 OR person_id = $2",
            args![person, old],
        )
        .await?;
    let devices = devices
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<Vec<_>, _>>()?;
    crate::reconcile::request_in(tx, devices, now_ms).await?;
    let unit = row.text(1)?;
    let event = NewEvent::done("directory.link", "person", person.as_str(), &unit).with(json!({
        "directory": link.source_id, "link": link.id, "before": {"person": old},
        "after": {"person": person},
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(groups)
}
