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
use tillsyn_core::{Error, Permission};

use super::form::{self, Control, Field, Told, Typed, steps_of};
use super::head::{ProfileHead, ProfileTab, profile_id};
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

/// What of the draft is on the page.
#[derive(Clone, Default)]
struct View {
    /// `None`: the profile itself.
    payload: Option<usize>,
    all: bool,
    variant: String,
}

impl View {
    fn of(payload: Option<&str>, all: bool, variant: &str) -> Self {
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
    fn at(&self, payload: Option<usize>) -> Self {
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
fn fit(draft: &DraftView, view: View) -> View {
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
    let payload = form.text("payload");
    let view = View::of(Some(&payload), form.ticked("all"), &form.text("variant"));
    let view = fit(&draft, view);
    // Every key: whatever was on the page has its field then.
    let all = View {
        all: true,
        ..view.clone()
    };
    let editor = Editor::new(visitor, &draft, &all, None);
    let made = editor.form();
    let reading = form::read(
        visitor.texts,
        view.payload,
        &editor.values,
        &made.sections,
        &form,
    );
    let revision: i64 = form.text("revision").parse().unwrap_or(-1);
    let act = form.text("act");
    let acted = act_edits(&act, &view, &made.sections, &editor);
    let mut edits = reading.edits.clone();
    edits.extend(acted.edits);
    let comment = form.has("comment").then(|| form.text("comment"));
    let marks = |conflict: String, error: String| Marks {
        wrong: reading.wrong.clone(),
        conflict,
        error,
        comment: comment.clone(),
        edits: reading.edits.clone(),
        revision: None,
    };
    if !reading.wrong.is_empty() {
        let shown = Editor::new(visitor, &draft, &view, Some(&reading.edits))
            .page(Marks {
                revision: Some(revision),
                ..marks(String::new(), String::new())
            })
            .await?;
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let unchanged = edits.is_empty()
        && comment.as_deref().unwrap_or_default() == draft.comment.as_deref().unwrap_or_default();
    if unchanged {
        return Ok(Redirect::to(&acted.view.url(id.as_str())).into_response());
    }
    let save = SaveDraft {
        revision,
        change: if edits.is_empty() {
            DraftChange::Nothing
        } else {
            DraftChange::Edits(edits)
        },
        comment: comment.clone(),
    };
    match profiles::save_draft(core, actor, &id, save).await {
        Ok(saved) => {
            let view = fit(&saved, acted.view);
            Ok(Redirect::to(&view.url(id.as_str())).into_response())
        }
        Err(error) => {
            let (conflict, text) = if error.code == "draft_changed" {
                (conflict(visitor, &id).await?, String::new())
            } else if let Some(text) = words::refused(visitor.texts, &error) {
                (String::new(), text)
            } else {
                return Err(error.into());
            };
            let marks = marks(conflict, text);
            let shown = Editor::new(visitor, &draft, &view, Some(&reading.edits))
                .page(marks)
                .await?;
            Ok(page(AppError::from(error).status(), &shown))
        }
    }
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

/// What a button does beside saving, and where it leads.
struct Acted {
    edits: Vec<Edit>,
    view: View,
}

fn act_edits(act: &str, view: &View, sections: &[form::Section], editor: &Editor<'_>) -> Acted {
    let stay = |edits| Acted {
        edits,
        view: view.clone(),
    };
    let (verb, what) = act.split_once('.').unwrap_or((act, ""));
    match (verb, view.payload) {
        ("go", _) => Acted {
            edits: Vec::new(),
            view: view.at(what.parse().ok()),
        },
        ("all", _) => Acted {
            edits: Vec::new(),
            view: View {
                all: what == "1",
                ..view.clone()
            },
        },
        ("variant", _) => Acted {
            edits: Vec::new(),
            view: View {
                variant: what.to_owned(),
                ..view.clone()
            },
        },
        ("cut", payload) => {
            let path = steps_of(what).filter(|path| editor.has(path));
            stay(
                path.map(|path| Edit::Unset { payload, path })
                    .into_iter()
                    .collect(),
            )
        }
        ("more", payload) => {
            let mut found = None;
            for field in sections.iter().flat_map(|section| &section.fields) {
                field.each(&mut |field: &Field| {
                    if field.name == what {
                        found = field.one_more(payload);
                    }
                });
            }
            stay(found.into_iter().collect())
        }
        ("remove", Some(payload)) => Acted {
            edits: vec![Edit::RemovePayload { payload }],
            view: view.at(Some(payload.saturating_sub(1))),
        },
        ("move", Some(payload)) => {
            let to = if what == "up" {
                payload.saturating_sub(1)
            } else {
                payload + 1
            };
            Acted {
                edits: vec![Edit::MovePayload { payload, to }],
                view: View {
                    payload: Some(to),
                    ..view.clone()
                },
            }
        }
        _ => stay(Vec::new()),
    }
}

/// What a page says beyond the draft.
#[derive(Default)]
struct Marks {
    wrong: BTreeMap<String, (String, String)>,
    conflict: String,
    error: String,
    comment: Option<String>,
    edits: Vec<Edit>,
    revision: Option<i64>,
}

struct Editor<'a> {
    visitor: &'a Visitor,
    draft: &'a DraftView,
    view: &'a View,
    kind: String,
    /// Of the draft.
    values: Map<String, Json>,
    /// With what was typed and not saved.
    typed: Map<String, Json>,
    secrets: BTreeSet<String>,
    certificates: Vec<Choice>,
}

fn payloads_of(draft: &DraftView) -> &[Json] {
    draft.fields["payloads"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

impl<'a> Editor<'a> {
    fn new(
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
    fn has(&self, path: &[Step]) -> bool {
        form::find(&self.values, path).is_some()
    }

    fn locked(&self) -> bool {
        !self.visitor.may(Permission::ProfilesWrite) || self.draft.summary.encrypted
    }

    fn form(&self) -> form::Form {
        form::build(&form::Subject {
            l: self.visitor.texts,
            kind: &self.kind,
            variant: &self.view.variant,
            values: &self.typed,
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
        if let Some(revision) = marks.revision {
            head.revision = revision;
        } else {
            head.revision = draft.revision;
        }
        let mut form = self.form();
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
            comment: marks
                .comment
                .or_else(|| draft.comment.clone())
                .unwrap_or_default(),
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
                if !marks.conflict.is_empty() && typed.contains(&place) {
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
