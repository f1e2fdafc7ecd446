//! The Settings tab.

use askama::Template;

use super::form::{Section, Tag};
use super::head::ProfileHead;
use super::page::FindingLine;
use crate::console::frame::Frame;
use crate::ui::Choice;

/// `GET /console/profiles/{id}`: the draft as a form.
#[derive(Template)]
#[template(path = "console/profile.html")]
pub struct SettingsPage {
    pub f: Frame,
    pub head: ProfileHead,
    pub payloads: Vec<PayloadTab>,
    /// The number of the payload that is shown; `top` for the profile itself.
    pub current: String,
    /// What tells it from the others, wherever it stands by the time that the form comes back.
    pub payload_key: String,
    /// What the form shows, as hashes, to tell what was changed in it.
    pub shown: String,
    /// Its type with the vendor's name, and how many a device takes.
    pub what: String,
    pub about: String,
    /// Forms of the same type to choose from.
    pub variants: Vec<Choice>,
    pub variant: String,
    pub support: Vec<Tag>,
    pub sections: Vec<Section>,
    pub all: bool,
    pub keys: usize,
    /// The keys are in no catalogue.
    pub unknown: bool,
    pub encrypted: bool,
    /// Errors and warnings of the whole draft.
    pub findings: Vec<FindingLine>,
    /// Somebody else saved meanwhile: who and when.
    pub conflict: String,
    /// The payload that was edited is not there any more.
    pub payload_gone: bool,
    /// What was typed and has no place any more: the field and the text.
    pub lost: Vec<(String, String)>,
    pub error: String,
    /// Name and description in their form.
    pub own_name: String,
    pub own_description: String,
    pub diff: Vec<DiffLine>,
    /// What it is compared with.
    pub base: String,
    pub comment: String,
    /// Names of variables and what they are.
    pub variables: Vec<(String, String)>,
}

pub struct PayloadTab {
    pub value: String,
    pub href: String,
    pub icon: &'static str,
    pub title: String,
    pub current: bool,
    /// Errors in it.
    pub errors: usize,
}

impl SettingsPage {
    /// The payload can be moved and removed; the profile itself not.
    pub fn is_payload(&self) -> bool {
        self.current != "top" && !self.current.is_empty()
    }

    /// How many payloads there are, not counting the profile itself.
    pub fn payload_count(&self) -> usize {
        self.payloads.len().saturating_sub(1)
    }

    pub fn is_first(&self) -> bool {
        self.current == "0"
    }

    pub fn is_last(&self) -> bool {
        self.current
            .parse::<usize>()
            .is_ok_and(|nth| nth + 1 >= self.payload_count())
    }
}

/// One line of the differences.
pub struct DiffLine {
    /// `ctx`, `add` or `cut`.
    pub class: &'static str,
    pub sign: &'static str,
    pub text: String,
}
