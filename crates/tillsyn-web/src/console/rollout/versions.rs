//! `/console/profiles/{id}/versions`: what was published, what differs, and the way back to an older one.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{
    self, DraftChange, DraftView, ProfileView, SaveDraft, Side, VersionView, compare,
};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::profiles::{
    DiffLine, FindingLine, ProfileHead, ProfileTab, diff_lines, finding_line, profile_id, refusal,
};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, page, urls};

/// Longest comment of a version.
const COMMENT: usize = 500;

#[derive(Template)]
#[template(path = "console/profile_versions.html")]
pub struct VersionsPage {
    pub f: Frame,
    pub head: ProfileHead,
    /// Why something was not done.
    pub problem: String,
    /// What taking an older version throws away; empty without a draft.
    pub discards: String,
    pub rows: Vec<VersionRow>,
    pub pager: Pager,
    /// What the next version is described with; `None` without a draft, or for readers.
    pub comment: Option<String>,
    pub from: Vec<Choice>,
    pub to: Vec<Choice>,
    /// The differences asked for.
    pub diff: Option<Vec<DiffLine>>,
}

pub struct VersionRow {
    pub number: i64,
    pub href: String,
    pub title: String,
    pub newest: bool,
    pub comment: String,
    pub by: String,
    pub when: When,
    pub payloads: String,
    /// Where it can be taken as the draft; empty when that makes no sense.
    pub back: String,
}

#[derive(Template)]
#[template(path = "console/profile_version.html")]
pub struct VersionPage {
    pub f: Frame,
    pub head: ProfileHead,
    /// What taking it throws away; empty without a draft.
    pub discards: String,
    pub row: VersionRow,
    pub findings: Vec<FindingLine>,
    /// Against the version before it; `None` for the first.
    pub diff: Option<Vec<DiffLine>>,
    pub before: String,
    pub plist: String,
}

fn row(
    visitor: &Visitor,
    view: &ProfileView,
    may_write: bool,
    version: &VersionView,
) -> VersionRow {
    let l = visitor.texts;
    let id = view.id.as_str();
    let newest = view.current_version == Some(version.number);
    // The newest is what a draft starts from: throwing the draft away leads back to it.
    let back = may_write && !newest;
    VersionRow {
        number: version.number,
        href: urls::profile_version(id, version.number),
        title: l.ta("rollout-version", version.number),
        newest,
        comment: version.comment.clone().unwrap_or_default(),
        by: version
            .created_by
            .clone()
            .unwrap_or_else(|| l.t("by-unknown")),
        when: l.ago(version.created_at, &visitor.zone),
        payloads: l.number(version.summary.payloads.len()),
        back: if back {
            urls::profile_version_back(id, version.number)
        } else {
            String::new()
        },
    }
}

pub(crate) async fn list(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let shown = listed(&visitor, &profile_id(&id)?, None).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// Something that was not done.
#[derive(Default)]
struct Refused {
    problem: String,
    /// As it was typed.
    comment: Option<String>,
}

async fn listed(
    visitor: &Visitor,
    id: &ProfileId,
    refused: Option<Refused>,
) -> Result<VersionsPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let (head, view) = ProfileHead::load(visitor, id, ProfileTab::Versions).await?;
    let refused = refused.unwrap_or_default();
    let after = At::of(&visitor.query);
    let found = profiles::list_versions(core, actor, id, after.after(), None).await?;
    let draft = view.draft.is_some();
    let newest = view.current_version.unwrap_or(0);
    let sides = |name: &str| visitor.query.get(name).and_then(side);
    let (from, to) = (sides("from"), sides("to"));
    let diff = match (from, to) {
        (Some(from), Some(to)) => Some(diff_lines(&compare(core, actor, id, from, to).await?)),
        _ => None,
    };
    let last = if draft {
        Side::Draft
    } else {
        Side::Version(newest)
    };
    let before = if draft { newest } else { newest - 1 };
    let (comment, discards) = match stored(visitor, &view, head.may_write).await? {
        Some(draft) => {
            let discards = discards(visitor, &draft);
            let comment = refused.comment.or(draft.comment);
            (Some(comment.unwrap_or_default()), discards)
        }
        None => (None, String::new()),
    };
    let path = urls::profile_versions(id.as_str());
    Ok(VersionsPage {
        problem: refused.problem,
        discards,
        rows: found
            .items
            .iter()
            .map(|version| row(visitor, &view, head.may_write, version))
            .collect(),
        pager: lists::pager(visitor, &path, found.items.len(), found.next.as_deref()),
        comment,
        from: choices(l, newest, draft, from.unwrap_or(Side::Version(before))),
        to: choices(l, newest, draft, to.unwrap_or(last)),
        diff,
        head,
        f: visitor.frame(Place::Profiles, "").await?,
    })
}

/// The draft, for whoever may change it.
async fn stored(
    visitor: &Visitor,
    view: &ProfileView,
    may_write: bool,
) -> Result<Option<DraftView>, Error> {
    if view.draft.is_none() || !may_write {
        return Ok(None);
    }
    let draft = profiles::open_draft(visitor.core(), visitor.actor(), &view.id).await?;
    Ok(Some(draft).filter(|draft| draft.stored))
}

/// Whose work goes when another version takes the place of the draft, and how much.
fn discards(visitor: &Visitor, draft: &DraftView) -> String {
    let l = visitor.texts;
    let who = draft.updated_by.clone();
    let who = who.unwrap_or_else(|| l.t("by-unknown"));
    let when = draft.updated_at.unwrap_or_default();
    let when = l.ago(when, &visitor.zone).text;
    l.t_args(
        "history-discards",
        &[
            ("n", draft.changes.len().into()),
            ("who", who.as_str().into()),
            ("when", when.as_str().into()),
        ],
    )
}

fn side(text: &str) -> Option<Side> {
    if text == "draft" {
        return Some(Side::Draft);
    }
    text.parse().ok().map(Side::Version)
}

/// The versions that can be compared, newest first; of many the last hundred.
pub(in crate::console) fn choices(l: Texts, newest: i64, draft: bool, chosen: Side) -> Vec<Choice> {
    let draft = draft.then(|| Choice {
        value: "draft".to_owned(),
        text: l.t("profile-draft"),
        chosen: chosen == Side::Draft,
    });
    let versions = (1..=newest).rev().take(100).map(|number| Choice {
        value: number.to_string(),
        text: l.ta("rollout-version", number),
        chosen: chosen == Side::Version(number),
    });
    draft.into_iter().chain(versions).collect()
}

pub(crate) async fn show(
    visitor: Visitor,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let id = profile_id(&id)?;
    let number = version_number(&number)?;
    let found = profiles::find_version(core, actor, &id, number).await?;
    let (head, view) = ProfileHead::load(&visitor, &id, ProfileTab::Versions).await?;
    let diff = if number > 1 {
        let (from, to) = (Side::Version(number - 1), Side::Version(number));
        Some(diff_lines(&compare(core, actor, &id, from, to).await?))
    } else {
        None
    };
    let findings = found.findings.iter();
    let discards = match stored(&visitor, &view, head.may_write).await? {
        Some(draft) if view.current_version != Some(number) => discards(&visitor, &draft),
        _ => String::new(),
    };
    let shown = VersionPage {
        discards,
        row: row(&visitor, &view, head.may_write, &found.version),
        findings: findings
            .map(|finding| finding_line(l, finding, String::new()))
            .collect(),
        diff,
        before: l.ta("rollout-version", number - 1),
        plist: found.plist,
        head,
        f: visitor.frame(Place::Profiles, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn version_number(text: &str) -> Result<i64, Error> {
    text.parse().map_err(|_| Error::not_found("version"))
}

#[derive(Deserialize)]
pub(crate) struct BackFields {
    /// Of the draft that the page showed.
    revision: i64,
}

/// `POST …/versions/{number}/back`: an older version becomes the draft.
pub(crate) async fn back(
    Path((id, number)): Path<(String, String)>,
    form: Filled<BackFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, profile_id(&id)?);
    let save = SaveDraft {
        revision: form.fields.revision,
        change: DraftChange::Version(version_number(&number)?),
        comment: None,
    };
    let to = urls::profile(id.as_str());
    saved(visitor, &id, save, (to, Told::OlderTaken)).await
}

#[derive(Deserialize)]
pub(crate) struct CommentFields {
    /// Of the draft that the page showed.
    revision: i64,
    comment: String,
}

/// `POST …/versions/comment`: what the next version is described with.
pub(crate) async fn comment(
    Path(id): Path<String>,
    form: Filled<CommentFields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = profile_id(&id)?;
    let comment: String = fields.comment.chars().take(COMMENT).collect();
    let save = SaveDraft {
        revision: fields.revision,
        change: DraftChange::Nothing,
        comment: Some(comment),
    };
    let to = urls::profile_versions(id.as_str());
    saved(visitor, &id, save, (to, Told::CommentSaved)).await
}

/// Saves and goes on; what is not done is told on the page of the versions.
async fn saved(
    visitor: Visitor,
    id: &ProfileId,
    save: SaveDraft,
    (to, told): (String, Told),
) -> Result<Response, Failure> {
    let comment = save.comment.clone();
    let done = profiles::save_draft(visitor.core(), visitor.actor(), id, save).await;
    let Err(error) = done else {
        return Ok(go(visitor.state(), &to, told));
    };
    let Some(problem) = refusal(&visitor, id, &error).await? else {
        return Err(error.into());
    };
    let visitor = visitor.at(urls::profile_versions(id.as_str()));
    let refused = Refused { problem, comment };
    let shown = listed(&visitor, id, Some(refused)).await?;
    Ok(page(AppError::from(error).status(), &shown))
}
