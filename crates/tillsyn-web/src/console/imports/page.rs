//! The pages.

use askama::Template;

use crate::console::frame::{Frame, Pager};
use crate::i18n::When;
use crate::ui::{Link, Status};

/// `GET` and `POST /console/imports`.
#[derive(Template)]
#[template(path = "console/imports.html")]
pub struct ImportsPage {
    pub f: Frame,
    pub problem: String,
    /// Empty when this person may import nothing.
    pub kinds: Vec<KindCard>,
    pub rows: Vec<ImportLine>,
    pub pager: Pager,
}

/// What a file can list.
pub struct KindCard {
    pub value: &'static str,
    pub text: String,
    pub chosen: bool,
    pub template: String,
    /// The columns, in our own names.
    pub columns: String,
}

/// An import in the list.
pub struct ImportLine {
    pub href: String,
    pub kind: String,
    pub status: Status,
    pub when: When,
    pub rows: String,
    pub unit: String,
}

/// `GET` and `POST /console/imports/{id}`.
#[derive(Template)]
#[template(path = "console/import.html")]
pub struct ImportPage {
    pub f: Frame,
    pub problem: String,
    pub id: String,
    pub title: String,
    pub unit: String,
    pub status: Status,
    /// Nothing was made yet.
    pub open: bool,
    pub running: bool,
    pub groups: bool,
    pub digest: String,
    /// How many rows have errors, in words; empty when none has.
    pub wrong: String,
    pub position: i64,
    pub steps: i64,
    pub progress: String,
    pub outcomes: Vec<OutcomeLink>,
    pub rows: Vec<ImportRowLine>,
    pub pager: Pager,
    pub plans: Vec<Link>,
    /// Rows that could not be carried out any more.
    pub failures: Vec<String>,
    pub failed: String,
}

/// Rows with one outcome.
pub struct OutcomeLink {
    pub href: String,
    pub text: String,
    pub current: bool,
}

/// A row of the preview.
pub struct ImportRowLine {
    pub line: String,
    pub name: String,
    pub outcome: Status,
    pub words: Vec<String>,
}
