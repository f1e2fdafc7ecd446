//! The draft: one per profile, changed by a whole property list or by edits, checked at every save. Whoever
//! saves says which revision they saw; somebody else's change in between is a conflict, and nothing is lost.

use serde_json::json;
use zeroize::Zeroizing;

use super::publish::refuse_archived;
use super::store::{self, Content, Stored, StoredDraft};
use super::{Change, Edit, Finding, Summary, limits, paths_of};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::ProfileId;
use crate::keys::KeyStore;
use crate::platform::apple::Document;

/// A draft as shown: secrets masked.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DraftView {
    pub profile_id: ProfileId,
    /// To be given back when saving or publishing.
    pub revision: i64,
    /// False while nothing differs from the newest version: the first save makes the draft.
    pub stored: bool,
    pub base_version: Option<i64>,
    pub comment: Option<String>,
    /// Name of the account; `None` when it is not stored.
    pub updated_by: Option<String>,
    pub updated_at: Option<i64>,
    pub summary: Summary,
    pub findings: Vec<Finding>,
    /// What differs from the version that it started from.
    pub changes: Vec<Change>,
    pub fields: serde_json::Value,
    /// The whole as a property list.
    pub plist: String,
}

/// How the draft is to change.
pub enum DraftChange {
    /// A whole profile in place of it: plain or signed, XML or binary. What is masked in it keeps its value.
    Whole(Vec<u8>),
    Edits(Vec<Edit>),
    /// What an older version said.
    Version(i64),
    /// Only the comment.
    Nothing,
}

/// What a save needs.
pub struct SaveDraft {
    /// As [`DraftView::revision`] said.
    pub revision: i64,
    pub change: DraftChange,
    /// What the next version is to be described with; `None` leaves it.
    pub comment: Option<String>,
}

/// What the profile is and says before a change.
struct Before {
    profile: Stored,
    draft: Option<StoredDraft>,
    /// Of the version that the draft started from, or would.
    base: Option<(i64, Zeroizing<Vec<u8>>)>,
    wanted: Option<Content>,
}

impl Before {
    fn revision(&self) -> i64 {
        let draft = self.draft.as_ref();
        draft.map_or(self.profile.revision, |draft| draft.revision)
    }

    fn plain(&self) -> Result<&[u8], Error> {
        let draft = self.draft.as_ref().map(|draft| &draft.content.plain);
        let plain = draft.or(self.base.as_ref().map(|(_, plain)| plain));
        let plain = plain.ok_or_else(|| Error::internal("A profile has no content."))?;
        Ok(plain)
    }

    fn view(&self) -> Result<DraftView, Error> {
        let document = Document::open(self.plain()?)?;
        let findings = document.check();
        let changes = match &self.base {
            Some((_, plain)) => Document::open(plain)?.changes_to(&document),
            None => Vec::new(),
        };
        let draft = self.draft.as_ref();
        let mut summary = document.summary(&findings);
        summary.signer = draft.and_then(|draft| draft.content.summary.signer.clone());
        Ok(DraftView {
            profile_id: self.profile.id.clone(),
            revision: self.revision(),
            stored: draft.is_some(),
            base_version: self.base.as_ref().map(|(number, _)| *number),
            comment: draft.and_then(|draft| draft.comment.clone()),
            updated_by: draft.and_then(|draft| draft.updated_by.clone()),
            updated_at: draft.map(|draft| draft.updated_at),
            summary,
            changes,
            fields: document.fields(),
            plist: document.masked_text(),
            findings,
        })
    }
}

/// The draft; where there is none, what it would start as.
///
/// # Errors
/// Not found outside the actor's scope.
pub async fn open_draft(core: &Core, actor: &Actor, id: &ProfileId) -> Result<DraftView, Error> {
    let before = load(core, actor, Permission::ProfilesRead, id, None).await?;
    before.view()
}

async fn load(
    core: &Core,
    actor: &Actor,
    permission: Permission,
    id: &ProfileId,
    wanted: Option<i64>,
) -> Result<Before, Error> {
    let input = (core.keys().clone(), actor.clone(), permission, id.clone());
    core.db()
        .read(input, move |tx, (keys, actor, permission, id)| {
            Box::pin(async move {
                let mut before = load_in(tx, keys, actor, *permission, id).await?;
                if let Some(number) = wanted {
                    let version = store::version_in(tx, keys, id, number).await?;
                    before.wanted = Some(version.content);
                }
                Ok::<_, Error>(before)
            })
        })
        .await
}

async fn load_in(
    tx: &tillsyn_db::Tx,
    keys: &KeyStore,
    actor: &Actor,
    permission: Permission,
    id: &ProfileId,
) -> Result<Before, Error> {
    let profile = store::load_in(tx, actor, permission, id).await?;
    let draft = store::draft_in(tx, keys, id).await?;
    let base = match &draft {
        Some(draft) => draft.base_version,
        None => profile.current_version,
    };
    let base = match base {
        Some(number) => {
            let version = store::version_in(tx, keys, id, number).await?;
            Some((number, version.content.plain))
        }
        None => None,
    };
    Ok(Before {
        profile,
        draft,
        base,
        wanted: None,
    })
}

/// Saves the draft and says what the check finds in it. What says nothing new changes nothing.
///
/// # Errors
/// Conflict `draft_changed` when somebody saved in between (`data` says who and when); invalid for what is no
/// profile, belongs to another identifier, or is over a limit.
pub async fn save_draft(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    save: SaveDraft,
) -> Result<DraftView, Error> {
    let wanted = match save.change {
        DraftChange::Version(number) => Some(number),
        _ => None,
    };
    let before = load(core, actor, Permission::ProfilesWrite, id, wanted).await?;
    refuse_archived(&before.profile)?;
    if before.revision() != save.revision {
        return Err(match &before.draft {
            Some(draft) => changed(draft),
            None => gone(&before.profile),
        });
    }
    let comment = limits::comment(save.comment.as_deref())?;
    let former = Document::open(before.plain()?)?;
    let (document, mut content) = apply(&before, &former, save.change, core.now_ms())?;
    let changes = former.changes_to(&document);
    let same_comment = comment.is_none()
        || comment.as_deref() == before.draft.as_ref().and_then(|d| d.comment.as_deref());
    if changes.is_empty() && same_comment {
        return before.view();
    }
    if changes.is_empty() && content.original.is_none() {
        let draft = before.draft.as_ref();
        content.original = draft.and_then(|draft| draft.content.original.clone());
        content.summary.signer = draft.and_then(|draft| draft.content.summary.signer.clone());
    }
    let work = Work {
        keys: core.keys().clone(),
        actor: actor.clone(),
        id: id.clone(),
        seen: save.revision,
        base: before.base.as_ref().map(|(number, _)| *number),
        comment: comment.or_else(|| before.draft.as_ref().and_then(|d| d.comment.clone())),
        paths: paths_of(&changes),
        content,
        now_ms: core.now_ms(),
    };
    let after = core.db().write(work, |tx, work| {
        Box::pin(async move {
            work.run(tx).await?;
            // Read where it is written: what somebody saves right after is another revision.
            load_in(
                tx,
                &work.keys,
                &work.actor,
                Permission::ProfilesWrite,
                &work.id,
            )
            .await
        })
    });
    after.await?.view()
}

/// The new content of the draft.
fn apply(
    before: &Before,
    former: &Document,
    change: DraftChange,
    now_ms: i64,
) -> Result<(Document, Content), Error> {
    let (mut signer, mut original) = (None, None);
    let document = match change {
        DraftChange::Whole(bytes) => {
            let upload = Document::upload(bytes)?;
            let mut document = upload.document;
            same_identifier(&before.profile, &document)?;
            let masked = document.keep_secrets(former)?;
            // Bytes with a mask in them are no upload of anybody's.
            (signer, original) = (upload.signer, upload.original.filter(|_| !masked));
            document
        }
        DraftChange::Edits(edits) => {
            let mut document = former.clone();
            document.edit(&edits, now_ms)?;
            document.keep_secrets(former)?;
            document
        }
        DraftChange::Version(_) => {
            let content = before.wanted.as_ref();
            let content = content.ok_or_else(|| Error::not_found("version of this profile"))?;
            signer.clone_from(&content.summary.signer);
            original.clone_from(&content.original);
            Document::open(&content.plain)?
        }
        DraftChange::Nothing => former.clone(),
    };
    let content = document.content(signer, original)?;
    Ok((document, content))
}

/// What a device knows a profile by never changes: another identifier is another profile.
fn same_identifier(profile: &Stored, document: &Document) -> Result<(), Error> {
    let found = document.identifier();
    if found == profile.identifier {
        return Ok(());
    }
    Err(Error::conflict(
        "identifier_differs",
        format!(
            "This upload has the identifier {found}, the profile has {}. Devices would take it for another \
             profile: upload it as a new one, or give it this PayloadIdentifier.",
            profile.identifier
        ),
    )
    .with_data(json!({ "identifier": profile.identifier, "found": found })))
}

/// What the transaction needs; it may run more than once.
struct Work {
    keys: KeyStore,
    actor: Actor,
    id: ProfileId,
    seen: i64,
    base: Option<i64>,
    content: Content,
    comment: Option<String>,
    paths: Vec<String>,
    now_ms: i64,
}

impl Work {
    async fn run(&self, tx: &tillsyn_db::Tx) -> Result<(), Error> {
        let (id, actor) = (&self.id, &self.actor);
        let profile = store::load_in(tx, actor, Permission::ProfilesWrite, id).await?;
        refuse_archived(&profile)?;
        match store::draft_in(tx, &self.keys, id).await? {
            Some(draft) if draft.revision != self.seen => return Err(changed(&draft)),
            None if profile.revision != self.seen => return Err(gone(&profile)),
            _ => {}
        }
        let revision = store::touch_in(tx, &profile, self.now_ms).await?;
        let new = store::NewDraft {
            profile_id: id,
            base_version: self.base,
            content: &self.content,
            comment: self.comment.as_deref(),
            revision,
            by: &store::author(actor),
            now_ms: self.now_ms,
        };
        store::put_draft_in(tx, &self.keys, new).await?;
        let event = NewEvent::done("profile.draft", "profile", id.as_str(), &profile.unit_id).with(
            json!({ "before": self.seen, "after": revision, "base": self.base, "paths": self.paths,
                "findings": self.content.summary.findings }),
        );
        events::record(tx, actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// Throws the draft away.
///
/// # Errors
/// Not found when there is none; conflict when it changed since, or when nothing else is there of the profile.
pub async fn discard_draft(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    revision: i64,
) -> Result<(), Error> {
    let input = (
        core.keys().clone(),
        actor.clone(),
        id.clone(),
        revision,
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (keys, actor, id, seen, now)| {
            Box::pin(async move {
                let profile = store::load_in(tx, actor, Permission::ProfilesWrite, id).await?;
                let draft = store::draft_in(tx, keys, id).await?;
                let draft = draft.ok_or_else(|| Error::not_found("draft of this profile"))?;
                if draft.revision != *seen {
                    return Err(changed(&draft));
                }
                if profile.current_version.is_none() {
                    return Err(Error::conflict(
                        "only_draft",
                        "This profile was never published: there is nothing but its draft. Delete the \
                         profile instead.",
                    ));
                }
                store::drop_draft_in(tx, id).await?;
                store::touch_in(tx, &profile, *now).await?;
                let event = NewEvent::done(
                    "profile.draft_discard",
                    "profile",
                    id.as_str(),
                    &profile.unit_id,
                )
                .with(json!({ "before": seen, "base": draft.base_version }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Somebody saved the draft in between.
pub(super) fn changed(draft: &StoredDraft) -> Error {
    Error::conflict(
        "draft_changed",
        "Somebody else changed this draft in between. Look at it, then save again.",
    )
    .with_data(json!({
        "revision": draft.revision, "updated_by": draft.updated_by, "updated_at": draft.updated_at,
    }))
}

/// The draft that was edited is no more, or the profile changed since it was looked at.
fn gone(profile: &Stored) -> Error {
    Error::conflict(
        "draft_changed",
        "The profile changed since you looked: its draft was published or thrown away, or it was \
         described anew. Look at it, then save again.",
    )
    .with_data(json!({ "revision": profile.revision, "updated_by": null, "updated_at": null }))
}
