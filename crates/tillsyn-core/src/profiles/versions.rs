//! The published versions of a profile: list, one, and what differs between two.

use tillsyn_db::{Row, args};

use super::store::{self, StoredVersion};
use super::{Change, Finding, Summary};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{ProfileId, ProfileVersionId};
use crate::paging::{Cursor, Page, page_size};
use crate::platform::apple::Document;

/// One version, without its content.
#[derive(Clone, Debug, serde::Serialize)]
pub struct VersionView {
    pub id: ProfileVersionId,
    pub number: i64,
    pub comment: Option<String>,
    /// Name of the account that published it.
    pub created_by: Option<String>,
    pub created_at: i64,
    pub summary: Summary,
    /// Whether the upload is kept as it came, beside the plain property list.
    pub has_original: bool,
}

/// One version with its content, secrets masked.
#[derive(Clone, Debug, serde::Serialize)]
pub struct VersionContent {
    pub version: VersionView,
    pub findings: Vec<Finding>,
    pub fields: serde_json::Value,
    /// The whole as a property list.
    pub plist: String,
}

const COLUMNS: &str = "SELECT v.id, v.number, v.comment, a.name, v.created_at, v.summary, \
    CASE WHEN v.original_sealed IS NULL THEN 0 ELSE 1 END FROM profile_version v \
    LEFT JOIN account a ON a.id = v.created_by";

fn decode(row: &Row) -> Result<VersionView, Error> {
    Ok(VersionView {
        id: ProfileVersionId::from_store(row.text(0)?),
        number: row.i64(1)?,
        comment: row.opt_text(2)?,
        created_by: row.opt_text(3)?,
        created_at: row.i64(4)?,
        summary: Summary::of_text(&row.text(5)?),
        has_original: row.i64(6)? != 0,
    })
}

/// The versions, newest first.
pub async fn list_versions(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<VersionView>, Error> {
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_i64()?,
        None => i64::MAX,
    };
    let input = (actor.clone(), id.clone(), before, limit);
    let rows = core
        .db()
        .read(input, |tx, (actor, id, before, limit)| {
            Box::pin(async move {
                store::load_in(tx, actor, Permission::ProfilesRead, id).await?;
                let sql = format!(
                    "{COLUMNS} WHERE v.profile_id = $1 AND v.number < $2 ORDER BY v.number DESC LIMIT $3"
                );
                let rows = tx.fetch_all_dyn(&sql, args![id, *before, *limit + 1]);
                Ok::<_, Error>(rows.await?)
            })
        })
        .await?;
    let whole = usize::try_from(limit).unwrap_or(0);
    let items = rows
        .iter()
        .take(whole)
        .map(decode)
        .collect::<Result<Vec<_>, _>>()?;
    let last = items.last().filter(|_| rows.len() > whole);
    let next = last.map(|last| Cursor::of_i64(last.number).encode());
    Ok(Page { items, next })
}

/// One version with its content.
///
/// # Errors
/// Not found outside the actor's scope, and for a number that there is not.
pub async fn find_version(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    number: i64,
) -> Result<VersionContent, Error> {
    let input = (core.keys().clone(), actor.clone(), id.clone(), number);
    let (version, stored) = core
        .db()
        .read(input, |tx, (keys, actor, id, number)| {
            Box::pin(async move {
                store::load_in(tx, actor, Permission::ProfilesRead, id).await?;
                let stored = store::version_in(tx, keys, id, *number).await?;
                let sql = format!("{COLUMNS} WHERE v.id = $1");
                let rows = tx.fetch_all_dyn(&sql, args![&stored.id]).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("version"))?;
                Ok::<_, Error>((decode(row)?, stored))
            })
        })
        .await?;
    let document = Document::open(&stored.content.plain)?;
    Ok(VersionContent {
        version,
        findings: document.check(),
        fields: document.fields(),
        plist: document.masked_text(),
    })
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Draft,
    Version(i64),
}

/// What changed from one to the other; secrets are masked, that they changed is told.
///
/// # Errors
/// Not found when one of them is not there.
pub async fn compare(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    from: Side,
    to: Side,
) -> Result<Vec<Change>, Error> {
    let input = (core.keys().clone(), actor.clone(), id.clone(), [from, to]);
    let [from, to] = core
        .db()
        .read(input, |tx, (keys, actor, id, sides)| {
            Box::pin(async move {
                store::load_in(tx, actor, Permission::ProfilesRead, id).await?;
                let mut plain = Vec::with_capacity(2);
                for side in sides {
                    plain.push(match side {
                        Side::Draft => {
                            let draft = store::draft_in(tx, keys, id).await?;
                            let draft =
                                draft.ok_or_else(|| Error::not_found("draft of this profile"))?;
                            draft.content.plain
                        }
                        Side::Version(number) => {
                            let version: StoredVersion =
                                store::version_in(tx, keys, id, *number).await?;
                            version.content.plain
                        }
                    });
                }
                <[_; 2]>::try_from(plain).map_err(|_| Error::internal("Two sides are compared."))
            })
        })
        .await?;
    Ok(Document::open(&from)?.changes_to(&Document::open(&to)?))
}
