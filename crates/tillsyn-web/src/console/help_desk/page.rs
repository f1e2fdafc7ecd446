//! The pages.

use askama::Template;

use super::act::{Advice, DeskAct};
use crate::console::frame::Frame;
use crate::i18n::When;
use crate::ui::{Link, Status};

/// `GET /console/help-desk`.
#[derive(Template)]
#[template(path = "console/help_desk.html")]
pub struct HelpDeskPage {
    pub f: Frame,
    pub find: String,
    pub error: String,
    /// `None` before anything was looked for.
    pub hits: Option<Vec<HitRow>>,
}

/// One of those that were found.
#[derive(Clone, Debug, Default)]
pub struct HitRow {
    pub icon: &'static str,
    pub kind: String,
    pub href: String,
    pub name: String,
    pub detail: String,
}

/// `GET /console/people/{id}/desk`.
#[derive(Template)]
#[template(path = "console/desk.html")]
pub struct DeskPage {
    pub f: Frame,
    pub id: String,
    pub name: String,
    pub email: String,
    pub unit: String,
    pub account: Status,
    /// When they last signed in, or what keeps them out.
    pub account_note: String,
    /// What may be done about it.
    pub account_acts: Vec<DeskAct>,
    pub next: Advice,
    /// `None` when the reader does not see devices.
    pub devices: Option<Vec<DeskDeviceRow>>,
    /// `None` when the reader does not see invitations.
    pub invitations: Option<Vec<DeskInvitationRow>>,
    pub attempts: Option<Vec<DeskAttemptRow>>,
}

pub struct DeskDeviceRow {
    pub link: Link,
    /// Model and system.
    pub what: String,
    pub status: Status,
    pub seen: Option<When>,
    pub acts: Vec<DeskAct>,
}

pub struct DeskInvitationRow {
    pub link: Link,
    pub status: Status,
    /// Until when, how often used, a locked PIN.
    pub note: String,
    pub acts: Vec<DeskAct>,
}

pub struct DeskAttemptRow {
    pub link: Link,
    pub status: Status,
    pub when: When,
    pub failure: Option<DeskFailure>,
}

/// Why it failed, as both sides read it.
pub struct DeskFailure {
    pub cause: String,
    pub remedy: String,
    pub person_lang: &'static str,
    pub person_cause: String,
    pub person_remedy: String,
}
