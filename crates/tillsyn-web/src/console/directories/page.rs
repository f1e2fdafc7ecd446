//! The pages.

use askama::Template;

use crate::console::frame::Frame;
use crate::console::organisation::Problem;
use crate::i18n::When;
use crate::ui::{Choice, Status};

/// `GET` and `POST /console/settings/directories`.
#[derive(Template)]
#[template(path = "console/directories.html")]
pub struct DirectoriesPage {
    pub f: Frame,
    pub rows: Vec<DirectoryRow>,
    pub problem: Problem,
    pub name: String,
    pub kinds: Vec<Choice>,
    pub units: Vec<Choice>,
    pub may_add: bool,
}

pub struct DirectoryRow {
    pub href: String,
    pub name: String,
    pub kind: String,
    pub unit: String,
    pub people: String,
    pub groups: String,
    pub status: Status,
}

/// `GET /console/settings/directories/{id}`.
#[derive(Template)]
#[template(path = "console/directory.html")]
pub struct DirectoryPage {
    pub f: Frame,
    pub id: String,
    pub name: String,
    pub status: Status,
    pub facts: DirectoryFacts,
    pub problem: Problem,
    /// A new token, this once.
    pub made: String,
    pub held: Vec<HeldCard>,
    pub runs: Vec<RunRow>,
    pub tokens: Vec<TokenRow>,
    pub suggestions: Vec<SuggestionRow>,
    pub leavers: Vec<LeaverRow>,
    pub form: LeaversForm,
    pub scim: bool,
    /// Read by LDAP: its settings are on a page of their own.
    pub ldap: bool,
    pub paused: bool,
    pub may_write: bool,
    pub may_people: bool,
}

/// What is known of it.
#[derive(Default)]
pub struct DirectoryFacts {
    pub kind: String,
    pub unit: String,
    pub priority: String,
    pub people: String,
    pub groups: String,
    /// The address for SCIM clients; empty for others.
    pub address: String,
    pub ill: String,
    pub last: Option<When>,
    pub ignored: String,
}

/// Something that waits.
pub struct HeldCard {
    pub id: String,
    pub reasons: Vec<String>,
    pub effect: Vec<String>,
    pub when: When,
    /// The plan that shows what devices lose.
    pub plan: String,
    pub release: String,
    pub decline: String,
}

pub struct RunRow {
    pub when: When,
    pub status: Status,
    pub text: String,
}

pub struct TokenRow {
    pub id: String,
    pub created: When,
    pub expires: String,
    pub expiring: bool,
    pub used: Option<When>,
    pub revoke: String,
}

/// An entry whose address somebody else has.
pub struct SuggestionRow {
    pub entry: String,
    pub person: String,
    pub href: String,
    pub person_id: String,
    pub act: String,
}

pub struct LeaverRow {
    pub href: String,
    pub name: String,
    pub status: Status,
    pub since: When,
    pub next: String,
    pub devices: String,
}

/// What becomes of devices.
#[derive(Default)]
pub struct LeaversForm {
    pub grace_days: String,
    pub retire_personal: bool,
    pub lock_corporate: bool,
    pub suspended_days: String,
    pub own: bool,
}
