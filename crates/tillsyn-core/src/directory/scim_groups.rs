//! What SCIM clients keep here: groups of one connector, each change in one transaction.

use std::collections::BTreeSet;

use tillsyn_db::{Row, Tx, args};

use super::groups::{change_direct_in, create_in, rename_in, set_members_in, work_out_in};
use super::model::folded;
use super::scim::{Narrow, ScimMember, asked, follow_soon, missing, moved, refuse_many, taken};
use super::source::SourceView;
use crate::core::Core;
use crate::error::Error;
use crate::ids::{GroupId, new_uuid};

/// Groups of one connector.
const MOST_GROUPS: i64 = 10_000;
/// Members that one read names.
const MOST_MEMBERS: i64 = 50_000;

/// A group of the connector.
#[derive(Clone, Debug)]
pub struct ScimGroup {
    pub id: String,
    pub name: String,
    pub external_id: Option<String>,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

/// One change of the members of a group.
#[derive(Clone, Debug)]
pub enum MemberChange {
    Add(Vec<String>),
    Remove(Vec<String>),
    Replace(Vec<String>),
}

/// What changes of a group; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct GroupWrite {
    pub name: Option<String>,
    pub external_id: Option<Option<String>>,
    pub members: Vec<MemberChange>,
}

fn group(row: &Row) -> Result<ScimGroup, Error> {
    Ok(ScimGroup {
        id: row.text(0)?,
        name: row.text(1)?,
        external_id: row.opt_text(2)?,
        version: row.i64(3)?,
        created_at: row.i64(4)?,
        updated_at: row.i64(5)?,
    })
}

const GROUP: &str = "SELECT id, name, external_id, version, created_at, updated_at FROM directory_group \
    WHERE source_id = $1 AND missing_since IS NULL AND id = $2";

/// One group of the connector.
pub async fn scim_group(core: &Core, source: &SourceView, id: &str) -> Result<ScimGroup, Error> {
    let row = core
        .db()
        .query_optional(GROUP, args![&source.id, id])
        .await?;
    group(&row.ok_or_else(|| missing("group"))?)
}

/// Groups in the order in which they were made, from an offset on, and how many there are.
pub async fn scim_groups(
    core: &Core,
    source: &SourceView,
    narrow: &Narrow,
    offset: i64,
    limit: i64,
) -> Result<(i64, Vec<ScimGroup>), Error> {
    const COUNT: &str = "SELECT count(*) FROM directory_group WHERE source_id = $1 \
        AND missing_since IS NULL AND ($2 = 0 OR ($2 = 1 AND id = $3) OR ($2 = 2 AND external_id = $3) \
        OR ($2 = 3 AND name_key = $3))";
    const LIST: &str = "SELECT id, name, external_id, version, created_at, updated_at FROM directory_group \
        WHERE source_id = $1 AND missing_since IS NULL AND ($2 = 0 OR ($2 = 1 AND id = $3) \
        OR ($2 = 2 AND external_id = $3) OR ($2 = 3 AND name_key = $3)) \
        ORDER BY created_at, id LIMIT $4 OFFSET $5";
    let (by, text) = asked(narrow, folded);
    let values = args![&source.id, by, text.as_str()];
    let row = core.db().query_optional(COUNT, values).await?;
    let total = row.map_or(Ok(0), |row| row.i64(0))?;
    if limit == 0 {
        return Ok((total, Vec::new()));
    }
    let values = args![&source.id, by, text, limit, offset];
    let rows = core.db().query_all(LIST, values).await?;
    Ok((total, rows.iter().map(group).collect::<Result<_, _>>()?))
}

/// The direct members of a group.
pub async fn scim_members(core: &Core, id: &str) -> Result<Vec<ScimMember>, Error> {
    const MEMBERS: &str = "SELECT m.member_kind, m.member_id, COALESCE(p.name, g.name, '') \
        FROM directory_group_member m LEFT JOIN directory_link l ON l.id = m.member_id \
        AND m.member_kind = 'person' LEFT JOIN person p ON p.id = l.person_id \
        LEFT JOIN directory_group g ON g.id = m.member_id AND m.member_kind = 'group' \
        WHERE m.directory_group_id = $1 ORDER BY m.member_kind, m.member_id LIMIT $2";
    let mut found = Vec::new();
    for row in core
        .db()
        .query_all(MEMBERS, args![id, MOST_MEMBERS])
        .await?
    {
        found.push(ScimMember {
            group: row.str(0)? == "group",
            id: row.text(1)?,
            name: row.text(2)?,
        });
    }
    Ok(found)
}

/// Makes a group, or changes one, all or nothing.
///
/// # Errors
/// `scim_uniqueness`, `scim_version`; `scim_member` when a member to add is nobody of the connector.
pub async fn put_scim_group(
    core: &Core,
    source: &SourceView,
    at: Option<(&str, Option<i64>)>,
    write: GroupWrite,
) -> Result<ScimGroup, Error> {
    let at = at.map(|(id, version)| (id.to_owned(), version));
    let input = (source.clone(), at, write, core.now_ms());
    let (id, groups) = core
        .db()
        .write(input, |tx, (source, at, write, now)| {
            Box::pin(async move { put_group_in(tx, source, at.as_ref(), write, *now).await })
        })
        .await?;
    follow_soon(core, &groups).await;
    scim_group(core, source, &id).await
}

async fn put_group_in(
    tx: &Tx,
    source: &SourceView,
    at: Option<&(String, Option<i64>)>,
    write: &GroupWrite,
    now_ms: i64,
) -> Result<(String, Vec<GroupId>), Error> {
    const OTHER: &str = "SELECT id FROM directory_group WHERE source_id = $1 AND missing_since IS NULL \
        AND name_key = $2 AND id <> $3";
    const EXTERNAL: &str = "UPDATE directory_group SET external_id = $2, version = version + 1, \
        updated_at = $3 WHERE id = $1 AND COALESCE(external_id, '') <> COALESCE($2, '')";
    const TOUCH: &str =
        "UPDATE directory_group SET version = version + 1, updated_at = $2 WHERE id = $1";
    let run = new_uuid(now_ms).to_string();
    let own = at.map_or("", |(id, _)| id.as_str());
    if let Some(name) = &write.name
        && let Some(row) = tx
            .fetch_optional(OTHER, args![&source.id, folded(name), own])
            .await?
    {
        return Err(taken(&row.text(0)?, "Another group has this displayName"));
    }
    let id = if let Some((id, version)) = at {
        let row = tx
            .fetch_optional(GROUP, args![&source.id, id.as_str()])
            .await?;
        let found = group(&row.ok_or_else(|| missing("group"))?)?;
        if version.is_some_and(|version| version != found.version) {
            return Err(moved());
        }
        if let Some(name) = &write.name {
            rename_in(tx, source, &run, (id, name), now_ms).await?;
        }
        id.clone()
    } else {
        const COUNT: &str =
            "SELECT count(*) FROM directory_group WHERE source_id = $1 AND missing_since IS NULL";
        refuse_many(tx, source, (COUNT, "groups", MOST_GROUPS)).await?;
        let name = write.name.as_deref().unwrap_or_default();
        let key = new_uuid(now_ms).to_string();
        create_in(tx, source, &run, (&key, name, None), now_ms).await?
    };
    if let Some(external) = &write.external_id {
        tx.execute(EXTERNAL, args![id.as_str(), external.as_deref(), now_ms])
            .await?;
    }
    let mut changed = false;
    for change in &write.members {
        changed |= members_in(tx, source, &id, change, now_ms).await?;
    }
    if !changed {
        return Ok((id, Vec::new()));
    }
    tx.execute(TOUCH, args![id.as_str(), now_ms]).await?;
    let groups = work_out_in(tx, &source.id, &BTreeSet::from([id.clone()])).await?;
    Ok((id, groups))
}

async fn members_in(
    tx: &Tx,
    source: &SourceView,
    id: &str,
    change: &MemberChange,
    now_ms: i64,
) -> Result<bool, Error> {
    match change {
        MemberChange::Add(ids) => {
            let add: Vec<_> = known_in(tx, source, ids).await?.into_iter().collect();
            change_direct_in(tx, id, &add, &[]).await?;
            Ok(!add.is_empty())
        }
        MemberChange::Remove(ids) => {
            let of = |kind: &str| {
                let kind = kind.to_owned();
                ids.iter().map(move |id| (kind.clone(), id.clone()))
            };
            let gone: Vec<_> = of("person").chain(of("group")).collect();
            change_direct_in(tx, id, &[], &gone).await?;
            Ok(!gone.is_empty())
        }
        MemberChange::Replace(ids) => {
            let wanted = known_in(tx, source, ids).await?;
            set_members_in(tx, id, &wanted, 0, now_ms).await
        }
    }
}

/// Users and groups of the connector by their ids; one that is neither refuses the whole change.
async fn known_in(
    tx: &Tx,
    source: &SourceView,
    ids: &[String],
) -> Result<BTreeSet<(String, String)>, Error> {
    const USERS: &str = "SELECT id FROM directory_link WHERE source_id = $1 AND state <> 'leaving' \
        AND id {ids}";
    const GROUPS: &str = "SELECT id FROM directory_group WHERE source_id = $1 AND missing_since IS NULL \
        AND id {ids}";
    let wanted: BTreeSet<String> = ids.iter().cloned().collect();
    if wanted.is_empty() {
        return Ok(BTreeSet::new());
    }
    let list: Vec<String> = wanted.iter().cloned().collect();
    let mut found = BTreeSet::new();
    let mut unknown = wanted;
    for (kind, sql) in [("person", USERS), ("group", GROUPS)] {
        for part in list.chunks(1_000) {
            for row in tx
                .fetch_all_in(sql, part.to_vec(), args![&source.id])
                .await?
            {
                let id = row.text(0)?;
                unknown.remove(&id);
                found.insert((kind.to_owned(), id));
            }
        }
    }
    if unknown.is_empty() {
        return Ok(found);
    }
    Err(Error::invalid(
        "members",
        "scim_member",
        "A member is neither a user nor a group of this connector.",
    ))
}

/// The group is gone there: it is emptied here, and stays for what is assigned to it.
pub async fn delete_scim_group(
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
                const GONE: &str = "UPDATE directory_group SET missing_since = $2, external_id = NULL, \
                    version = version + 1, updated_at = $2 WHERE id = $1";
                const WITHIN: &str = "DELETE FROM directory_group_member WHERE member_kind = 'group' \
                    AND member_id = $1";
                const ABOVE: &str = "SELECT directory_group_id FROM directory_group_member \
                    WHERE member_kind = 'group' AND member_id = $1";
                let row = tx.fetch_optional(GROUP, args![&source.id, id.as_str()]).await?;
                let found = group(&row.ok_or_else(|| missing("group"))?)?;
                if version.is_some_and(|version| version != found.version) {
                    return Err(moved());
                }
                let mut changed = BTreeSet::from([id.clone()]);
                for row in tx.fetch_all(ABOVE, args![id.as_str()]).await? {
                    changed.insert(row.text(0)?);
                }
                tx.execute(WITHIN, args![id.as_str()]).await?;
                set_members_in(tx, id, &BTreeSet::new(), 0, *now).await?;
                tx.execute(GONE, args![id.as_str(), *now]).await?;
                work_out_in(tx, &source.id, &changed).await
            })
        })
        .await?;
    follow_soon(core, &groups).await;
    Ok(())
}
