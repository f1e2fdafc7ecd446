//! The rows of profiles, drafts and versions. Content is sealed for its own row.

use tillsyn_db::{Row, Tx, args};
use zeroize::Zeroizing;

use super::Summary;
use crate::actor::{Actor, Permission, authorize};
use crate::error::Error;
use crate::ids::{ProfileId, ProfileVersionId};
use crate::keys::KeyStore;

/// A profile's row.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: ProfileId,
    pub(crate) unit_id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) identifier: String,
    pub(crate) archived: bool,
    pub(crate) current_version: Option<i64>,
    pub(crate) revision: i64,
}

/// Content in the open, with what is told of it.
#[derive(Clone)]
pub(crate) struct Content {
    /// The template, a plain property list.
    pub(crate) plain: Zeroizing<Vec<u8>>,
    /// The upload as it came, when it differs.
    pub(crate) original: Option<Zeroizing<Vec<u8>>>,
    pub(crate) summary: Summary,
}

/// The draft of a profile, in the open.
#[derive(Clone)]
pub(crate) struct StoredDraft {
    pub(crate) base_version: Option<i64>,
    pub(crate) content: Content,
    pub(crate) comment: Option<String>,
    pub(crate) revision: i64,
    /// Name of the account.
    pub(crate) updated_by: Option<String>,
    pub(crate) updated_at: i64,
}

/// A published version, in the open.
#[derive(Clone)]
pub(crate) struct StoredVersion {
    pub(crate) id: ProfileVersionId,
    pub(crate) content: Content,
}

/// Loads a profile for an act that needs `permission`.
///
/// # Errors
/// Forbidden without the permission; not found when it is not there or outside the actor's scope.
pub(crate) async fn load_in(
    tx: &Tx,
    actor: &Actor,
    permission: Permission,
    id: &ProfileId,
) -> Result<Stored, Error> {
    const FIND: &str = "SELECT p.id, p.org_unit_id, u.path, p.name, p.description, \
        p.identifier, p.status, p.current_version, p.revision FROM profile p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1";
    crate::actor::may(actor, permission)?;
    let row = tx.fetch_optional(FIND, args![id]).await?;
    let row = row.ok_or_else(|| Error::not_found("profile"))?;
    authorize(actor, permission, &row.text(2)?).map_err(|_| Error::not_found("profile"))?;
    Ok(Stored {
        id: ProfileId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        name: row.text(3)?,
        description: row.opt_text(4)?,
        identifier: row.text(5)?,
        archived: row.text(6)? == "archived",
        current_version: row.opt_i64(7)?,
        revision: row.i64(8)?,
    })
}

/// The draft; `None` when there is none.
pub(crate) async fn draft_in(
    tx: &Tx,
    keys: &KeyStore,
    id: &ProfileId,
) -> Result<Option<StoredDraft>, Error> {
    const FIND: &str = "SELECT content_sealed, original_sealed, summary, base_version, comment, \
        revision, (SELECT name FROM account WHERE id = updated_by), updated_at \
        FROM profile_draft WHERE profile_id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![id]).await? else {
        return Ok(None);
    };
    Ok(Some(StoredDraft {
        content: open(&row, keys, "profile_draft", id.as_str())?,
        base_version: row.opt_i64(3)?,
        comment: row.opt_text(4)?,
        revision: row.i64(5)?,
        updated_by: row.opt_text(6)?,
        updated_at: row.i64(7)?,
    }))
}

/// One version of a profile.
///
/// # Errors
/// Not found when there is none of this number.
pub(crate) async fn version_in(
    tx: &Tx,
    keys: &KeyStore,
    id: &ProfileId,
    number: i64,
) -> Result<StoredVersion, Error> {
    const FIND: &str = "SELECT content_sealed, original_sealed, summary, id \
        FROM profile_version WHERE profile_id = $1 AND number = $2";
    let row = tx.fetch_optional(FIND, args![id, number]).await?;
    let row = row.ok_or_else(|| Error::not_found("version of this profile"))?;
    let version = row.text(3)?;
    Ok(StoredVersion {
        content: open(&row, keys, "profile_version", &version)?,
        id: ProfileVersionId::from_store(version),
    })
}

fn open(row: &Row, keys: &KeyStore, table: &str, id: &str) -> Result<Content, Error> {
    let original = match row.opt_blob(1)? {
        Some(sealed) => Some(keys.open(&sealed, table, "original_sealed", id)?),
        None => None,
    };
    Ok(Content {
        plain: keys.open(&row.blob(0)?, table, "content_sealed", id)?,
        original,
        summary: Summary::of_text(&row.text(2)?),
    })
}

/// What a draft is to be.
pub(crate) struct NewDraft<'a> {
    pub(crate) profile_id: &'a ProfileId,
    pub(crate) base_version: Option<i64>,
    pub(crate) content: &'a Content,
    pub(crate) comment: Option<&'a str>,
    pub(crate) revision: i64,
    pub(crate) by: &'a str,
    pub(crate) now_ms: i64,
}

/// Writes the draft, in place of the one that is there.
pub(crate) async fn put_draft_in(tx: &Tx, keys: &KeyStore, new: NewDraft<'_>) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO profile_draft (profile_id, base_version, content_sealed, \
        original_sealed, summary, comment, revision, updated_by, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (profile_id) DO UPDATE SET \
        base_version = excluded.base_version, content_sealed = excluded.content_sealed, \
        original_sealed = excluded.original_sealed, summary = excluded.summary, \
        comment = excluded.comment, revision = excluded.revision, \
        updated_by = excluded.updated_by, updated_at = excluded.updated_at";
    let (table, row) = ("profile_draft", new.profile_id.as_str());
    let original = new.content.original.as_ref();
    let values = args![
        new.profile_id,
        new.base_version,
        keys.seal(&new.content.plain, table, "content_sealed", row),
        original.map(|bytes| keys.seal(bytes, table, "original_sealed", row)),
        new.content.summary.to_text(),
        new.comment,
        new.revision,
        new.by,
        new.now_ms
    ];
    tx.execute(PUT, values).await?;
    Ok(())
}

/// What a version is to be.
pub(crate) struct NewVersion<'a> {
    pub(crate) id: &'a ProfileVersionId,
    pub(crate) profile_id: &'a ProfileId,
    pub(crate) number: i64,
    pub(crate) content: &'a Content,
    pub(crate) comment: Option<&'a str>,
    pub(crate) by: &'a str,
    pub(crate) now_ms: i64,
}

pub(crate) async fn add_version_in(
    tx: &Tx,
    keys: &KeyStore,
    new: NewVersion<'_>,
) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO profile_version (id, profile_id, number, content_sealed, \
        original_sealed, summary, comment, created_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (table, row) = ("profile_version", new.id.as_str());
    let original = new.content.original.as_ref();
    let values = args![
        new.id,
        new.profile_id,
        new.number,
        keys.seal(&new.content.plain, table, "content_sealed", row),
        original.map(|bytes| keys.seal(bytes, table, "original_sealed", row)),
        new.content.summary.to_text(),
        new.comment,
        new.by,
        new.now_ms
    ];
    tx.execute(ADD, values).await?;
    Ok(())
}

/// Removes the draft; false when there was none.
pub(crate) async fn drop_draft_in(tx: &Tx, id: &ProfileId) -> Result<bool, Error> {
    const DROP: &str = "DELETE FROM profile_draft WHERE profile_id = $1";
    Ok(tx.execute(DROP, args![id]).await? > 0)
}

/// Counts a change of the profile; the answer is its new revision.
pub(crate) async fn touch_in(tx: &Tx, profile: &Stored, now_ms: i64) -> Result<i64, Error> {
    const TOUCH: &str = "UPDATE profile SET revision = revision + 1, updated_at = $2 WHERE id = $1";
    tx.execute(TOUCH, args![&profile.id, now_ms]).await?;
    Ok(profile.revision + 1)
}

/// Whom a change is put down to: sessions and tokens of one person alike.
pub(crate) fn author(actor: &Actor) -> String {
    let account = actor.account_id.as_ref();
    account.map_or_else(|| actor.id.clone(), ToString::to_string)
}
