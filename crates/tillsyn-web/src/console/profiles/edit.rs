//! `GET` and `POST /console/profiles/{id}`: the draft of one payload, as a form. Every press of a button saves
//! what was typed first; then it does what the button says.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde_json::{Map, Value as Json};
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{
    self, Change, DraftChange, DraftView, Edit, Finding, SaveDraft, Step,
};
use tillsyn_core::{Error, Kind, Permission};

use super::form::{self, Control, Field, Shown, Stranded, Told, Typed, steps_of};
use super::head::{ProfileHead, ProfileTab, profile_id};
use super::sent::Sent;
use super::settings::{DiffLine, PayloadTab, SettingsPage};
use super::words;
use crate::console::failure::Failure;
use crate::console::form::Uploaded;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words::payloads;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{Choice, page, urls};

/// What the page's script sends in place of a button when it saves by itself. It stays on its page, so the
/// answer is the page and leads nowhere.
const AUTOSAVE: &str = "autosave";

/// What of the draft is on the page.
#[derive(Clone, Default)]
pub(super) struct View {
    /// `None`: the profile itself.
    pub(super) payload: Option<usize>,
    pub(super) all: bool,
    pub(super) variant: String,
}

impl View {
    pub(super) fn of(payload: Option<&str>, all: bool, variant: &str) -> Self {
        Self {
            payload: match payload {
                Some("top") => None,
                Some(text) => Some(text.parse().unwrap_or(0)),
                None => Some(0),
            },
            all,
            variant: variant.to_owned(),
        }
    }

    fn url(&self, id: &str) -> String {
        urls::profile_payload(id, self.payload, self.all, &self.variant)
    }

    /// Another payload; of that nothing was chosen yet.
    pub(super) fn at(&self, payload: Option<usize>) -> Self {
        Self {
            payload,
            variant: String::new(),
            ..self.clone()
        }
    }
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = profile_id(&id)?;
    let draft = profiles::open_draft(visitor.core(), visitor.actor(), &id).await?;
    let query = &visitor.query;
    let view = View::of(
        query.get("payload"),
        query.get("all").is_some(),
        query.get("variant").unwrap_or_default(),
    );
    let view = fit(&draft, view);
    let editor = Editor::new(&visitor, &draft, &view, None);
    let shown = editor.page(Marks::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// A payload that there is; the profile itself when there is none.
pub(super) fn fit(draft: &DraftView, view: View) -> View {
    let count = payloads_of(draft).len();
    match view.payload {
        Some(nth) if nth < count => view,
        Some(_) if count > 0 => view.at(Some(0)),
        _ => view.at(None),
    }
}

/// `POST`: saves, then does what the pressed button says.
pub(crate) async fn save(Path(id): Path<String>, form: Uploaded) -> Result<Response, Failure> {
    let (visitor, id) = (&form.visitor, profile_id(&id)?);
    let (core, actor) = (visitor.core(), visitor.actor());
    let draft = profiles::open_draft(core, actor, &id).await?;
    let revision: i64 = form.text("revision").parse().unwrap_or(-1);
    let sent = Sent::read(visitor, &draft, &form, draft.revision != revision);
    let by_itself = form.text("act") == AUTOSAVE;
    let stale = draft.revision != revision;
    // Who only goes elsewhere sees a page of the draft as it is now; nobody else takes over a revision unseen.
    if stale && !(sent.acted.leads && sent.is_empty()) {
        return conflicted(visitor, &draft, sent).await;
    }
    if !sent.reading.wrong.is_empty() {
        let shown = Editor::new(visitor, &draft, &sent.view, Some(&sent.reading.edits))
            .page(sent.marks())
            .await?;
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let mut edits = sent.reading.edits.clone();
    edits.extend(sent.acted.edits.iter().cloned());
    let unchanged = edits.is_empty()
        && sent.comment.as_deref().unwrap_or_default()
            == draft.comment.as_deref().unwrap_or_default();
    if unchanged && by_itself {
        return saved(visitor, &draft, &sent.view).await;
    }
    if unchanged || stale {
        return Ok(Redirect::to(&sent.acted.view.url(id.as_str())).into_response());
    }
    let save = SaveDraft {
        revision,
        change: if edits.is_empty() {
            DraftChange::Nothing
        } else {
            DraftChange::Edits(edits)
        },
        comment: sent.comment.clone(),
    };
    let error = match profiles::save_draft(core, actor, &id, save).await {
        Ok(draft) => {
            let view = fit(&draft, sent.acted.view);
            if by_itself {
                return saved(visitor, &draft, &view).await;
            }
            return Ok(Redirect::to(&view.url(id.as_str())).into_response());
        }
        Err(error) => error,
    };
    if error.code == "draft_changed" {
        let draft = profiles::open_draft(core, actor, &id).await?;
        let sent = Sent::read(visitor, &draft, &form, true);
        return conflicted(visitor, &draft, sent).await;
    }
    let Some(text) = words::refused(visitor.texts, &error) else {
        return Err(error.into());
    };
    let marks = Marks {
        error: text,
        ..sent.marks()
    };
    let shown = Editor::new(visitor, &draft, &sent.view, Some(&sent.reading.edits))
        .page(marks)
        .await?;
    Ok(page(AppError::from(error).status(), &shown))
}

/// The page of just this revision: what is asked for after it may be somebody else's.
async fn saved(visitor: &Visitor, draft: &DraftView, view: &View) -> Result<Response, Failure> {
    let editor = Editor::new(visitor, draft, view, None);
    let shown = editor.page(Marks::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// The draft as somebody else saved it, with what was typed here.
async fn conflicted(visitor: &Visitor, draft: &DraftView, sent: Sent) -> Result<Response, Failure> {
    let marks = Marks {
        conflict: conflict(visitor, &draft.profile_id).await?,
        ..sent.marks()
    };
    let shown = Editor::new(visitor, draft, &sent.view, Some(&sent.reading.edits))
        .page(marks)
        .await?;
    Ok(page(StatusCode::CONFLICT, &shown))
}

/// Name and description as they were typed.
pub(super) type Described = (String, String);

/// The profile's page with the reason why something was not done to it; what is no ordinary refusal stays an
/// error.
pub(super) async fn refused(
    visitor: Visitor,
    id: &ProfileId,
    error: Error,
    described: Option<Described>,
) -> Result<Response, Failure> {
    let visitor = &visitor.at(urls::profile(id.as_str()));
    let Some(text) = refusal(visitor, id, &error).await? else {
        return Err(error.into());
    };
    let draft = profiles::open_draft(visitor.core(), visitor.actor(), id).await?;
    let view = fit(&draft, View::of(None, false, ""));
    let marks = Marks {
        error: text,
        described,
        ..Marks::default()
    };
    let shown = Editor::new(visitor, &draft, &view, None)
        .page(marks)
        .await?;
    Ok(page(AppError::from(error).status(), &shown))
}

/// Why something was not done to a profile that is there; `None` for what is a page of its own.
pub(in crate::console) async fn refusal(
    visitor: &Visitor,
    id: &ProfileId,
    error: &Error,
) -> Result<Option<String>, Error> {
    let l = visitor.texts;
    if error.code == "draft_changed" {
        let who = conflict(visitor, id).await?;
        return Ok(Some(format!("{who} {}", l.t("profile-refused-look"))));
    }
    if error.kind == Kind::NotFound {
        // The draft; a profile that is not there is not found here either.
        let view = profiles::find_profile(visitor.core(), visitor.actor(), id).await?;
        let gone = view.draft.is_none();
        return Ok(gone.then(|| l.t("profile-conflict-gone")));
    }
    Ok(words::refused(l, error))
}

/// Who saved in between, and when.
pub(super) async fn conflict(visitor: &Visitor, id: &ProfileId) -> Result<String, Error> {
    let l = visitor.texts;
    let view = profiles::find_profile(visitor.core(), visitor.actor(), id).await?;
    let Some(draft) = view.draft else {
        return Ok(l.t("profile-conflict-gone"));
    };
    let when = l.ago(draft.updated_at, &visitor.zone).text;
    Ok(match draft.updated_by {
        Some(who) => l.t_args(
            "profile-conflict-by",
            &[("who", who.as_str().into()), ("when", when.as_str().into())],
        ),
        None => l.ta("profile-conflict", when.as_str()),
    })
}

/// What a page says beyond the draft.
#[derive(Default)]
pub(super) struct Marks {
    pub(super) wrong: BTreeMap<String, (String, String)>,
    pub(super) conflict: String,
    pub(super) error: String,
    pub(super) comment: Option<String>,
    /// Typed and not saved.
    pub(super) edits: Vec<Edit>,
    /// The payload that was edited is not there any more.
    pub(super) payload_gone: bool,
    pub(super) stranded: Vec<Stranded>,
    pub(super) described: Option<Described>,
}

pub(super) struct Editor<'a> {
    visitor: &'a Visitor,
    draft: &'a DraftView,
    view: &'a View,
    kind: String,
    /// Of the draft.
    pub(super) values: Map<String, Json>,
    /// With what was typed and not saved.
    typed: Map<String, Json>,
    secrets: BTreeSet<String>,
    certificates: Vec<Choice>,
}

/// What tells a payload from the others, wherever it stands.
fn payload_key(draft: &DraftView, nth: usize) -> String {
    let text = |key: &str| {
        let payload = payloads_of(draft).get(nth);
        let text = payload.and_then(|payload| payload[key].as_str());
        text.filter(|text| !text.is_empty())
    };
    let key = text("PayloadUUID").or_else(|| text("PayloadIdentifier"));
    key.unwrap_or_default().to_owned()
}

/// Where the payload that a form is about stands now; `None` when it is gone.
pub(super) fn placed(draft: &DraftView, nth: usize, key: &str) -> Option<usize> {
    let count = payloads_of(draft).len();
    if key.is_empty() || payload_key(draft, nth) == key {
        return Some(nth).filter(|nth| *nth < count);
    }
    (0..count).find(|nth| payload_key(draft, *nth) == key)
}

fn payloads_of(draft: &DraftView) -> &[Json] {
    draft.fields["payloads"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

impl<'a> Editor<'a> {
    pub(super) fn new(
        visitor: &'a Visitor,
        draft: &'a DraftView,
        view: &'a View,
        typed: Option<&[Edit]>,
    ) -> Self {
        let l = visitor.texts;
        let values = match view.payload {
            Some(nth) => payloads_of(draft).get(nth),
            None => draft.fields.get("top"),
        };
        let values = values
            .and_then(Json::as_object)
            .cloned()
            .unwrap_or_default();
        let kind = match view.payload {
            Some(_) => values
                .get("PayloadType")
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned(),
            None => "TopLevel".to_owned(),
        };
        Self {
            typed: form::overlay(values.clone(), typed.unwrap_or_default()),
            secrets: secrets(draft, view.payload),
            certificates: certificates(l, draft, view.payload),
            visitor,
            draft,
            view,
            kind,
            values,
        }
    }

    /// Whether something stands there in the draft.
    pub(super) fn has(&self, path: &[Step]) -> bool {
        form::find(&self.values, path).is_some()
    }

    pub(super) fn locked(&self) -> bool {
        !self.visitor.may(Permission::ProfilesWrite) || self.draft.summary.encrypted
    }

    pub(super) fn form(&self) -> form::Form {
        form::build(&form::Subject {
            l: self.visitor.texts,
            kind: &self.kind,
            variant: &self.view.variant,
            values: &self.typed,
            stored: &self.values,
            secrets: &self.secrets,
            certificates: &self.certificates,
            all: self.view.all,
            locked: self.locked(),
        })
    }

    async fn page(&self, marks: Marks) -> Result<SettingsPage, Failure> {
        let (visitor, l, draft) = (self.visitor, self.visitor.texts, self.draft);
        let (mut head, profile) =
            ProfileHead::load(visitor, &draft.profile_id, ProfileTab::Settings).await?;
        head.revision = draft.revision;
        let mut form = self.form();
        let comment = draft.comment.clone().unwrap_or_default();
        // What the draft says, whatever is typed over it.
        let shown = if marks.edits.is_empty() {
            Shown::of(&form.sections, &comment)
        } else {
            let plain = Editor::new(visitor, draft, self.view, None).form();
            Shown::of(&plain.sections, &comment)
        };
        self.mark(&mut form, &marks);
        let ids = ids(&form);
        let findings = draft
            .findings
            .iter()
            .filter(|finding| finding.severity != "note")
            .map(|finding| words::finding(l, finding, self.href(finding, &ids)))
            .collect();
        let count = if form.exclusive {
            l.t("profile-one-per-device")
        } else {
            l.t("profile-many-per-device")
        };
        let id = draft.profile_id.as_str();
        let described = marks
            .described
            .unwrap_or_else(|| (head.name.clone(), head.description.clone()));
        Ok(SettingsPage {
            payloads: self.tabs(id),
            current: self
                .view
                .payload
                .map_or_else(|| "top".to_owned(), |nth| nth.to_string()),
            what: match self.view.payload {
                Some(_) if form.known => format!("{}, {count}", self.kind),
                Some(_) => self.kind.clone(),
                None => profile.identifier.clone(),
            },
            about: payloads::payload_about(l, &self.kind).unwrap_or_default(),
            variant: self.view.variant.clone(),
            support: form
                .support
                .filter(|_| self.view.payload.is_some())
                .map(|support| form::tags(l, support, None))
                .unwrap_or_default(),
            variants: form.variants,
            sections: form.sections,
            all: self.view.all,
            keys: form.keys,
            unknown: !form.known,
            encrypted: draft.summary.encrypted,
            findings,
            conflict: marks.conflict,
            error: marks.error,
            diff: diff(draft),
            base: draft
                .base_version
                .map_or_else(String::new, |number| l.number(number)),
            payload_key: self
                .view
                .payload
                .map_or_else(String::new, |nth| payload_key(draft, nth)),
            shown: shown.text(),
            payload_gone: marks.payload_gone,
            lost: marks
                .stranded
                .iter()
                .map(|one| words::stranded(l, &self.kind, one))
                .collect(),
            own_name: described.0,
            own_description: described.1,
            comment: marks.comment.unwrap_or(comment),
            variables: words::variables(l),
            head,
            f: visitor.frame(Place::Profiles, "").await?,
        })
    }

    /// Findings, differences and what could not be taken, beside their fields.
    fn mark(&self, form: &mut form::Form, marks: &Marks) {
        let l = self.visitor.texts;
        let base = self
            .draft
            .base_version
            .map_or_else(String::new, |number| l.number(number));
        let prefix = match self.view.payload {
            Some(nth) => format!("PayloadContent[{nth}]."),
            None => String::new(),
        };
        let typed: BTreeSet<String> = marks
            .edits
            .iter()
            .filter_map(|edit| match edit {
                Edit::Set { path, .. } | Edit::Unset { path, .. } => Some(form::text_of(path)),
                _ => None,
            })
            .collect();
        let mine = |finding: &&Finding| finding.payload == self.view.payload;
        let fields = form.sections.iter_mut().flat_map(|s| &mut s.fields);
        for field in fields {
            field.each_mut(&mut |field: &mut Field| {
                let place = field.place();
                for finding in self.draft.findings.iter().filter(mine) {
                    if about(&finding.path, &place, field) {
                        field.told.push(Told {
                            tone: words::tone(finding),
                            text: words::finding_text(l, finding),
                        });
                    }
                }
                let whole = format!("{prefix}{place}");
                let changes = &self.draft.changes;
                if !place.is_empty() && changes.iter().any(|change| within(&change.path, &whole)) {
                    field.changed.clone_from(&base);
                }
                let unsaved = typed.contains(&place);
                if let Control::Secret { .. } = field.control {
                    // It stands on no page, so what was typed is gone.
                    if unsaved {
                        field.told.push(Told {
                            tone: "bad",
                            text: l.t("profile-secret-again"),
                        });
                    }
                } else if !marks.conflict.is_empty() && unsaved {
                    field.set_theirs(form::find(&self.values, &steps(field)));
                }
                if let Some((typed, why)) = marks.wrong.get(&field.name) {
                    field.told.insert(
                        0,
                        Told {
                            tone: "bad",
                            text: why.clone(),
                        },
                    );
                    keep_typed(field, typed);
                }
            });
        }
    }

    /// The field that a finding is about, on this page or on that of its payload.
    fn href(&self, finding: &Finding, ids: &BTreeMap<String, String>) -> String {
        let here = finding.payload == self.view.payload;
        let id = ids.iter().find(|(place, _)| finding.path == **place);
        if let Some((_, id)) = id.filter(|_| here) {
            return format!("#{id}");
        }
        let view = View {
            all: true,
            ..self.view.at(finding.payload)
        };
        view.url(self.draft.profile_id.as_str())
    }

    fn tabs(&self, id: &str) -> Vec<PayloadTab> {
        let l = self.visitor.texts;
        let tab = |payload: Option<usize>, icon, title| PayloadTab {
            value: payload.map_or_else(|| "top".to_owned(), |nth| nth.to_string()),
            href: self.view.at(payload).url(id),
            icon,
            title,
            current: payload == self.view.payload,
            errors: self
                .draft
                .findings
                .iter()
                .filter(|finding| finding.is_error() && finding.payload == payload)
                .count(),
        };
        let mut tabs = vec![tab(None, "gear", l.t("profile-itself"))];
        let text = |payload: &Json, key: &str| payload[key].as_str().unwrap_or_default().to_owned();
        for (nth, payload) in payloads_of(self.draft).iter().enumerate() {
            let kind = text(payload, "PayloadType");
            let own = text(payload, "PayloadDisplayName");
            let title = if own.is_empty() {
                form::payload_name(l, &kind)
            } else {
                own
            };
            tabs.push(tab(Some(nth), payloads::payload_icon(&kind), title));
        }
        tabs
    }
}

fn steps(field: &Field) -> Vec<Step> {
    steps_of(&field.name).unwrap_or_default()
}

/// What was typed and cannot be used stays in its field.
fn keep_typed(field: &mut Field, typed: &str) {
    match &mut field.control {
        Control::Text { value, .. } | Control::Data { value, .. } | Control::Lines(value) => {
            typed.clone_into(value);
        }
        _ => {}
    }
}

/// Whether a finding belongs beside this field: it stands there, or in what only this field shows.
fn about(path: &str, place: &str, field: &Field) -> bool {
    !place.is_empty() && (path == place || (!field.is_set_of_fields() && inside(path, place)))
}

fn inside(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn within(path: &str, place: &str) -> bool {
    path == place || inside(path, place)
}

fn ids(form: &form::Form) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    for field in form.sections.iter().flat_map(|section| &section.fields) {
        field.each(&mut |field: &Field| {
            ids.insert(field.place(), field.id.clone());
        });
    }
    ids
}

/// Places of the payload's secrets, from the payload on.
fn secrets(draft: &DraftView, payload: Option<usize>) -> BTreeSet<String> {
    let all = draft.fields["secrets"].as_array();
    let steps = |path: &Json| serde_json::from_value::<Vec<Step>>(path.clone()).ok();
    all.into_iter()
        .flatten()
        .filter_map(steps)
        .filter_map(|path| match (payload, path.as_slice()) {
            (Some(nth), [Step::Key(content), Step::Index(at), rest @ ..])
                if content == "PayloadContent" && *at == nth =>
            {
                Some(form::text_of(rest))
            }
            (None, path) => Some(form::text_of(path)),
            _ => None,
        })
        .collect()
}

/// Payloads that bring a certificate, for references to them.
fn certificates(l: Texts, draft: &DraftView, own: Option<usize>) -> Vec<Choice> {
    let all = payloads_of(draft).iter().enumerate();
    all.filter(|(nth, _)| Some(*nth) != own)
        .filter_map(|(_, payload)| {
            let text = |key: &str| payload[key].as_str().filter(|text| !text.is_empty());
            let kind = text("PayloadType").filter(|kind| {
                kind.starts_with("com.apple.security.")
                    || *kind == "com.apple.ADCertificate.managed"
            })?;
            let name = form::payload_name(l, kind);
            Some(Choice {
                value: text("PayloadUUID")?.to_owned(),
                text: match text("PayloadDisplayName") {
                    Some(own) => format!("{own} ({name})"),
                    None => name,
                },
                chosen: false,
            })
        })
        .collect()
}

/// What differs from the version that the draft started from.
fn diff(draft: &DraftView) -> Vec<DiffLine> {
    if draft.base_version.is_none() {
        return Vec::new();
    }
    diff_lines(&draft.changes)
}

/// The differences as lines: where, what was, what is.
pub(in crate::console) fn diff_lines(changes: &[Change]) -> Vec<DiffLine> {
    /// Longer values say nothing more beside a form.
    const LONG: usize = 120;
    let cut = |text: &str| -> String {
        let mut short: String = text.chars().take(LONG).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    };
    let line = |class, sign, text: &str| DiffLine {
        class,
        sign,
        text: cut(text),
    };
    let of = |change: &Change| {
        let mut lines = vec![line("ctx", "", &change.path)];
        lines.extend(change.old.iter().map(|old| line("cut", "−", old)));
        lines.extend(change.new.iter().map(|new| line("add", "+", new)));
        lines
    };
    changes.iter().flat_map(of).collect()
}

impl Typed for Uploaded {
    fn text(&self, name: &str) -> Option<String> {
        self.has(name).then(|| Self::text(self, name))
    }

    fn texts(&self, name: &str) -> Vec<String> {
        self.all(name)
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        let bytes = self.bytes(name);
        (!bytes.is_empty()).then(|| bytes.to_vec())
    }
}
