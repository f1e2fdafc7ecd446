//! The pages.

use askama::Template;

use crate::console::frame::{Emptiness, Frame, Pager};
use crate::console::organisation::Problem;
use crate::console::overview::Activity;
use crate::i18n::When;
use crate::ui::Choice;

/// `GET /console/audit`.
#[derive(Template)]
#[template(path = "console/audit.html")]
pub struct AuditPage {
    pub f: Frame,
    pub chain: ChainState,
    pub find: String,
    /// Days as the browser's date fields have them.
    pub from: String,
    pub to: String,
    pub actions: Vec<Choice>,
    pub results: Vec<Choice>,
    pub units: Vec<Choice>,
    pub problem: Problem,
    pub rows: Vec<AuditRow>,
    pub pager: Pager,
    pub empty: Emptiness,
    pub may_export: bool,
    pub may_manage: bool,
    /// Name of the zone in which times and days are meant.
    pub zone: String,
}

/// How the chain stands, in words.
pub struct ChainState {
    pub sealed: String,
    pub signed: String,
    pub verified: String,
    /// Whether the last verification found something.
    pub broken: bool,
    /// What it found first, in the verifier's own words.
    pub finding: String,
    pub cut: String,
}

pub struct AuditRow {
    pub activity: Activity,
    pub address: String,
    pub unit: String,
    pub refused: bool,
    /// Names and values of the ids.
    pub ids: Vec<(String, String)>,
    /// Names and values of the details.
    pub details: Vec<(String, String)>,
}

/// `GET /console/audit/settings`.
#[derive(Template)]
#[template(path = "console/audit_settings.html")]
pub struct AuditSettingsPage {
    pub f: Frame,
    pub problem: Problem,
    pub days: String,
    pub holds: Vec<HoldRow>,
    pub subject: String,
    pub reason: String,
}

pub struct HoldRow {
    /// Id of the subject; empty for everything.
    pub subject: String,
    pub reason: String,
    pub placed: When,
    pub ended: Option<When>,
    /// Where to end it; empty when it is over.
    pub end: String,
}
