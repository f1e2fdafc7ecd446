//! What a form shows.

use askama::Template;
use serde_json::Value as Json;
use tillsyn_apple::profile::catalogue::Kind;
use tillsyn_core::profiles::Step;

use super::support::Tag;
use crate::i18n::Texts;
use crate::ui::{Choice, Html};

/// Fields that belong together.
pub struct Section {
    pub id: String,
    pub title: String,
    pub fields: Vec<Field>,
}

/// One key of a payload.
#[derive(Template)]
#[template(path = "console/profile_field.html")]
pub struct Field {
    pub l: Texts,
    pub id: String,
    pub name: String,
    pub label: String,
    /// The vendor's name for it, from the payload on.
    pub key: String,
    pub help: String,
    /// What the device assumes without it.
    pub default: String,
    pub control: Control,
    pub support: Vec<Tag>,
    pub told: Vec<Told>,
    pub required: bool,
    pub present: bool,
    /// Differs from the version that the draft started from; its number, empty when not.
    pub changed: String,
    /// What somebody else's save made of it meanwhile.
    pub theirs: String,
    /// Nobody may change it here.
    pub locked: bool,
    pub(super) path: Vec<Step>,
    pub(super) kind: Kind,
    /// What stands in it, of an array.
    pub(super) item: Option<Kind>,
    pub(super) was: Option<Json>,
    /// A device cannot do without it, and what it lies in is there.
    pub(super) needed: bool,
}

/// Something to know about a field.
pub struct Told {
    /// `bad`, `warn` or `info`.
    pub tone: &'static str,
    pub text: String,
}

/// How a field is filled in.
pub enum Control {
    Text {
        value: String,
        lines: bool,
        numeric: bool,
    },
    Switch {
        on: bool,
    },
    Choice(Vec<Choice>),
    /// Several of these.
    Many(Vec<Choice>),
    /// One value a line.
    Lines(String),
    Data {
        value: String,
        size: String,
    },
    Secret {
        set: bool,
        data: bool,
    },
    /// Any number of the same.
    Group(Vec<Item>),
    /// Names and values, whatever the names are.
    Pairs(Vec<Field>),
    /// Shown as it is and kept.
    Raw(String),
}

/// One of a group.
pub struct Item {
    pub title: String,
    pub name: String,
    pub fields: Vec<Field>,
}

impl Field {
    /// In its place on the page; fields lie in fields.
    pub fn html(&self) -> Html {
        Html::from_trusted(self.render().unwrap_or_default())
    }

    pub fn invalid(&self) -> bool {
        self.told.iter().any(|told| told.tone == "bad")
    }

    /// Ids of what is said about it.
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if !self.help.is_empty() || !self.default.is_empty() {
            ids.push(format!("{}-h", self.id));
        }
        if !self.told.is_empty() {
            ids.push(format!("{}-e", self.id));
        }
        ids.join(" ")
    }

    pub fn can_leave_out(&self) -> bool {
        self.present && !self.locked
    }

    pub fn is_set_of_fields(&self) -> bool {
        matches!(self.control, Control::Group(_) | Control::Pairs(_))
    }

    /// Itself and all that lies in it.
    pub(in crate::console) fn each(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        match &self.control {
            Control::Group(items) => {
                for field in items.iter().flat_map(|item| &item.fields) {
                    field.each(visit);
                }
            }
            Control::Pairs(fields) => fields.iter().for_each(|field| field.each(visit)),
            _ => {}
        }
    }

    pub(in crate::console) fn each_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        visit(self);
        match &mut self.control {
            Control::Group(items) => {
                for field in items.iter_mut().flat_map(|item| &mut item.fields) {
                    field.each_mut(visit);
                }
            }
            Control::Pairs(fields) => fields.iter_mut().for_each(|field| field.each_mut(visit)),
            _ => {}
        }
    }

    /// As findings and differences write its place.
    pub(in crate::console) fn place(&self) -> String {
        super::path::text_of(&self.path)
    }

    pub(in crate::console) fn set_theirs(&mut self, value: Option<&Json>) {
        self.theirs = match value {
            None => self.l.t("profile-theirs-none"),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
    }
}
