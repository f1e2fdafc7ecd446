//! `/console/profiles/{id}/versions`: what was published, what differs, and the way back to an older one.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{
    self, DraftChange, ProfileView, SaveDraft, Side, VersionView, compare,
};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Frame, Pager, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::profiles::{
    DiffLine, FindingLine, ProfileHead, ProfileTab, diff_lines, finding_line, profile_id,
};
use crate::console::visitor::Visitor;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, page, urls};

/// Longest comment of a version.
const COMMENT: usize = 500;

#[derive(Template)]
#[template(path = "console/profile_versions.html")]
pub struct VersionsPage {
    pub f: Frame,
    pub head: ProfileHead,
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
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let id = profile_id(&id)?;
    let (head, view) = ProfileHead::load(&visitor, &id, ProfileTab::Versions).await?;
    let after = At::of(&visitor.query);
    let found = profiles::list_versions(core, actor, &id, after.after(), None).await?;
    let draft = view.draft.is_some();
    let newest = view.current_version.unwrap_or(0);
    let sides = |name: &str| visitor.query.get(name).and_then(side);
    let (from, to) = (sides("from"), sides("to"));
    let diff = match (from, to) {
        (Some(from), Some(to)) => Some(diff_lines(&compare(core, actor, &id, from, to).await?)),
        _ => None,
    };
    let last = if draft {
        Side::Draft
    } else {
        Side::Version(newest)
    };
    let before = if draft { newest } else { newest - 1 };
    let comment = if draft && head.may_write {
        let draft = profiles::open_draft(core, actor, &id).await?;
        Some(draft.comment.unwrap_or_default())
    } else {
        None
    };
    let path = urls::profile_versions(id.as_str());
    let shown = VersionsPage {
        rows: found
            .items
            .iter()
            .map(|version| row(&visitor, &view, head.may_write, version))
            .collect(),
        pager: lists::pager(&visitor, &path, found.items.len(), found.next.as_deref()),
        comment,
        from: choices(l, newest, draft, from.unwrap_or(Side::Version(before))),
        to: choices(l, newest, draft, to.unwrap_or(last)),
        diff,
        head,
        f: visitor.frame(Place::Profiles, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
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
    let shown = VersionPage {
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

/// The revision that a change of the draft names: a person here wants what stands there now.
async fn revision(visitor: &Visitor, id: &ProfileId) -> Result<i64, Failure> {
    let view = profiles::find_profile(visitor.core(), visitor.actor(), id).await?;
    Ok(view.draft.map_or(view.revision, |draft| draft.revision))
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// `POST …/versions/{number}/back`: an older version becomes the draft.
pub(crate) async fn back(
    Path((id, number)): Path<(String, String)>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = profile_id(&id)?;
    let save = SaveDraft {
        revision: revision(&visitor, &id).await?,
        change: DraftChange::Version(version_number(&number)?),
        comment: None,
    };
    profiles::save_draft(visitor.core(), visitor.actor(), &id, save).await?;
    let to = urls::profile(id.as_str());
    Ok(go(visitor.state(), &to, Told::OlderTaken))
}

#[derive(Deserialize)]
pub(crate) struct CommentFields {
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
        revision: revision(&visitor, &id).await?,
        change: DraftChange::Nothing,
        comment: Some(comment),
    };
    profiles::save_draft(visitor.core(), visitor.actor(), &id, save).await?;
    let to = urls::profile_versions(id.as_str());
    Ok(go(visitor.state(), &to, Told::CommentSaved))
}
