//! What the form of a payload says when it comes back: what was typed, what a button asks for beside, and,
//! where somebody else saved meanwhile, only what the reader changed.

use tillsyn_core::profiles::{DraftView, Edit};

use super::edit::{Editor, Marks, View, fit, placed};
use super::form::{self, Field, Shown, Stranded, Touched, steps_of};
use crate::console::form::Uploaded;
use crate::console::visitor::Visitor;

pub(super) struct Sent {
    /// The payload that it is about, where it stands now.
    pub(super) view: View,
    pub(super) reading: form::Reading,
    pub(super) acted: Acted,
    /// `None`: it was not on the page, or not changed.
    pub(super) comment: Option<String>,
    payload_gone: bool,
    stranded: Vec<Stranded>,
}

impl Sent {
    /// `stale`: the draft is another one than the form shows.
    pub(super) fn read(visitor: &Visitor, draft: &DraftView, form: &Uploaded, stale: bool) -> Self {
        let payload = form.text("payload");
        let mut view = View::of(Some(&payload), form.ticked("all"), &form.text("variant"));
        let mut payload_gone = false;
        if let (true, Some(nth)) = (stale, view.payload) {
            match placed(draft, nth, &form.text("key")) {
                Some(now) => view.payload = Some(now),
                None => payload_gone = true,
            }
        }
        let view = fit(draft, view);
        // Every key: whatever was on the page has its field then.
        let all = View {
            all: true,
            ..view.clone()
        };
        let editor = Editor::new(visitor, draft, &all, None);
        let mut sections = editor.form().sections;
        if payload_gone {
            sections.clear();
        }
        let shown = Shown::parse(&form.text("shown")).filter(|_| stale);
        let touched = Touched::new(shown.as_ref(), form, &sections);
        let l = visitor.texts;
        let reading = form::read(l, view.payload, &editor.values, &sections, &touched);
        let stranded = if stale && !editor.locked() {
            touched.stranded(form.names(), &sections)
        } else {
            Vec::new()
        };
        let comment = form.has("comment") && touched.is_touched("comment");
        Self {
            acted: act_edits(&form.text("act"), &view, &sections, &editor),
            reading,
            comment: comment.then(|| form.text("comment")),
            payload_gone,
            stranded,
            view,
        }
    }

    /// Nothing was changed, and nothing asked for that changes something.
    pub(super) fn is_empty(&self) -> bool {
        self.reading.edits.is_empty()
            && self.reading.wrong.is_empty()
            && self.acted.edits.is_empty()
            && self.comment.is_none()
            && self.stranded.is_empty()
    }

    pub(super) fn marks(&self) -> Marks {
        Marks {
            wrong: self.reading.wrong.clone(),
            comment: self.comment.clone(),
            edits: self.reading.edits.clone(),
            payload_gone: self.payload_gone,
            stranded: self.stranded.clone(),
            ..Marks::default()
        }
    }
}

/// What a button does beside saving, and where it leads.
pub(super) struct Acted {
    pub(super) edits: Vec<Edit>,
    pub(super) view: View,
    /// To another page of the draft, and nothing else.
    pub(super) leads: bool,
}

fn act_edits(act: &str, view: &View, sections: &[form::Section], editor: &Editor<'_>) -> Acted {
    let stay = |edits| Acted {
        edits,
        view: view.clone(),
        leads: false,
    };
    let lead = |view| Acted {
        edits: Vec::new(),
        view,
        leads: true,
    };
    let (verb, what) = act.split_once('.').unwrap_or((act, ""));
    match (verb, view.payload) {
        ("go", _) => lead(view.at(what.parse().ok())),
        ("all", _) => lead(View {
            all: what == "1",
            ..view.clone()
        }),
        ("variant", _) => lead(View {
            variant: what.to_owned(),
            ..view.clone()
        }),
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
            leads: false,
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
                leads: false,
            }
        }
        _ => stay(Vec::new()),
    }
}
