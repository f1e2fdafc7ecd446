//! The bare changes that alter what devices are to have. Plans foresee their effect and make them, each in
//! one transaction with the change's consequences; nothing else calls them.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::store::{self, Stored};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{ProfileId, ProfileVersionId};
use crate::keys::KeyStore;
use crate::plans::{self, Change};
use crate::platform::apple::Document;

/// A draft to be published.
#[derive(Clone, Debug)]
pub(crate) struct Publish {
    pub(crate) profile_id: ProfileId,
    /// Of the draft that was looked at.
    pub(crate) draft_revision: i64,
    pub(crate) comment: Option<String>,
    /// What the version is to be called: chosen beforehand, because desired hashes cover it.
    pub(crate) version_id: ProfileVersionId,
}

/// What became of a draft.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) number: i64,
    pub(crate) version_id: ProfileVersionId,
}

/// Makes the draft the newest version.
///
/// # Errors
/// Conflict when there is no draft, it changed since, it says the same as the newest version, or the profile
/// is archived; not capable while the check finds errors (they are in `data`).
pub(crate) async fn publish_in(
    tx: &Tx,
    keys: &KeyStore,
    actor: &Actor,
    publish: &Publish,
    now_ms: i64,
) -> Result<Published, Error> {
    const RAISE: &str = "UPDATE profile SET current_version = $2 WHERE id = $1";
    const LAST: &str = "SELECT COALESCE(MAX(number), 0) FROM profile_version WHERE profile_id = $1";
    let id = &publish.profile_id;
    let profile = store::load_in(tx, actor, Permission::AssignmentsWrite, id).await?;
    refuse_archived(&profile)?;
    let draft = store::draft_in(tx, keys, id)
        .await?
        .ok_or_else(|| Error::conflict("no_draft", "This profile has no draft to publish."))?;
    if draft.revision != publish.draft_revision {
        return Err(super::draft::changed(&draft));
    }
    let document = Document::open(&draft.content.plain)?;
    let findings = document.check();
    if findings.iter().any(super::Finding::is_error) {
        return Err(Error::new(
            Kind::NotCapable,
            "profile_errors",
            "The draft has errors; a version is published without any.",
        )
        .with_data(json!({ "findings": findings })));
    }
    let before = profile.current_version;
    let mut paths = Vec::new();
    if let Some(number) = before {
        let current = store::version_in(tx, keys, id, number).await?;
        let changes = Document::open(&current.content.plain)?.changes_to(&document);
        if changes.is_empty() {
            return Err(Error::conflict(
                "nothing_changed",
                "The draft says the same as the newest version.",
            ));
        }
        paths = super::paths_of(&changes);
    }
    let number = tx.fetch_one(LAST, args![id]).await?.i64(0)? + 1;
    let comment = publish.comment.as_deref().or(draft.comment.as_deref());
    let new = store::NewVersion {
        id: &publish.version_id,
        profile_id: id,
        number,
        content: &draft.content,
        comment,
        by: &store::author(actor),
        now_ms,
    };
    store::add_version_in(tx, keys, new).await?;
    store::drop_draft_in(tx, id).await?;
    tx.execute(RAISE, args![id, number]).await?;
    store::touch_in(tx, &profile, now_ms).await?;
    let event = NewEvent::done("profile.publish", "profile", id.as_str(), &profile.unit_id).with(
        json!({ "before": before, "after": number, "comment": comment, "paths": paths,
            "signer": draft.content.summary.signer }),
    );
    events::record(tx, actor, now_ms, event).await?;
    Ok(Published {
        number,
        version_id: publish.version_id.clone(),
    })
}

/// Takes the profile out of use: whatever assigns it, no device is to have it.
pub(crate) async fn archive_in(
    tx: &Tx,
    actor: &Actor,
    id: &ProfileId,
    now_ms: i64,
) -> Result<(), Error> {
    set_status_in(tx, actor, id, true, now_ms).await
}

/// Takes it back into use, with the assignments that it still has.
pub(crate) async fn restore_in(
    tx: &Tx,
    actor: &Actor,
    id: &ProfileId,
    now_ms: i64,
) -> Result<(), Error> {
    set_status_in(tx, actor, id, false, now_ms).await
}

async fn set_status_in(
    tx: &Tx,
    actor: &Actor,
    id: &ProfileId,
    archive: bool,
    now_ms: i64,
) -> Result<(), Error> {
    const SET: &str = "UPDATE profile SET status = $2 WHERE id = $1";
    let profile = store::load_in(tx, actor, Permission::AssignmentsWrite, id).await?;
    if profile.archived == archive {
        return Err(Error::conflict("nothing_changed", "It is so already."));
    }
    let (status, action) = if archive {
        ("archived", "profile.archive")
    } else {
        ("active", "profile.restore")
    };
    tx.execute(SET, args![id, status]).await?;
    store::touch_in(tx, &profile, now_ms).await?;
    let event = NewEvent::done(action, "profile", id.as_str(), &profile.unit_id)
        .with(json!({ "version": profile.current_version }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

pub(super) fn refuse_archived(profile: &Stored) -> Result<(), Error> {
    if profile.archived {
        return Err(Error::conflict(
            "profile_archived",
            "This profile is archived; restore it first.",
        ));
    }
    Ok(())
}

/// Makes the draft the newest version, where that needs no look beforehand.
///
/// # Errors
/// As [`publish_in`]; conflict `plan_required` when it takes something from devices.
pub async fn publish(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    draft_revision: i64,
    comment: Option<String>,
) -> Result<i64, Error> {
    let comment = super::limits::comment(comment.as_deref())?.filter(|text| !text.is_empty());
    let change = Change::PublishVersion {
        profile_id: id.to_string(),
        draft_revision,
        comment,
        version_id: None,
    };
    plans::change_directly(core, actor, change).await?;
    let published = super::find_profile(core, actor, id).await?;
    Ok(published.current_version.unwrap_or_default())
}

/// Takes a profile out of use, or back into it, where that needs no look beforehand.
///
/// # Errors
/// Conflict when it is so already, and `plan_required` when it takes something from devices.
pub async fn set_archived(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    archived: bool,
) -> Result<(), Error> {
    let profile_id = id.to_string();
    let change = if archived {
        Change::ArchiveProfile { profile_id }
    } else {
        Change::RestoreProfile { profile_id }
    };
    plans::change_directly(core, actor, change).await?;
    Ok(())
}
