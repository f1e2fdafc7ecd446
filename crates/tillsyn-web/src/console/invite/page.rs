//! The pages.

use askama::Template;

use crate::console::frame::{Frame, Pager};
use crate::i18n::When;
use crate::ui::{Choice, Status};

/// `GET` and `POST /console/enrollment/send`.
#[derive(Template)]
#[template(path = "console/invite_send.html")]
pub struct SendPage {
    pub f: Frame,
    pub problem: String,
    pub fields: SendFields,
    /// Empty when this person sees no groups, or there are none.
    pub groups: Vec<Choice>,
    /// Nothing can be sent yet.
    pub mail_missing: bool,
    pub push_missing: bool,
    /// How invitations are made, in words.
    pub policy: Vec<String>,
}

/// What was typed.
#[derive(Clone, Default)]
pub struct SendFields {
    /// `people`, `group` or `file`.
    pub to: String,
    pub emails: String,
    pub label: String,
    pub skip_open: bool,
    pub skip_enrolled: bool,
}

/// `GET /console/enrollment/batches`.
#[derive(Template)]
#[template(path = "console/invite_batches.html")]
pub struct BatchesPage {
    pub f: Frame,
    pub rows: Vec<BatchLine>,
    pub pager: Pager,
    pub may_send: bool,
}

/// A batch in the list.
pub struct BatchLine {
    pub href: String,
    pub label: String,
    pub source: String,
    pub unit: String,
    pub status: Status,
    pub people: String,
    pub created: When,
}

/// `GET` and `POST /console/enrollment/batches/{id}`: the preview, the progress, who is where.
#[derive(Template)]
#[template(path = "console/invite_batch.html")]
pub struct BatchPage {
    pub f: Frame,
    pub problem: String,
    pub id: String,
    pub title: String,
    pub unit: String,
    pub status: Status,
    /// Nothing was sent yet.
    pub open: bool,
    pub running: bool,
    pub may_send: bool,
    /// Who will be written to, in words; empty when nobody.
    pub planned: String,
    pub digest: String,
    pub position: i64,
    pub total: i64,
    pub progress: String,
    pub failed: String,
    /// All of them, then each step at which somebody is.
    pub steps: Vec<StepLink>,
    /// How many PINs somebody is to hand over, in words; empty when none.
    pub pins: String,
    /// Steps whose people can be written to again.
    pub stuck: Vec<StepLink>,
    pub rows: Vec<PersonLine>,
    pub pager: Pager,
}

/// A step with how many are there.
pub struct StepLink {
    pub value: &'static str,
    pub href: String,
    pub text: String,
    pub current: bool,
}

/// Somebody in a batch.
pub struct PersonLine {
    /// Empty for somebody who is not there yet.
    pub href: String,
    pub name: String,
    pub email: String,
    pub unit: String,
    pub step: Status,
    /// Why, and what is wrong with a row.
    pub words: Vec<String>,
    /// Their invitation; empty when there is none.
    pub invitation: String,
}

/// `POST /console/enrollment/batches/{id}/pins`: the answer shows them, this once.
#[derive(Template)]
#[template(path = "console/invite_pins.html")]
pub struct PinsPage {
    pub f: Frame,
    pub title: String,
    pub back: String,
    pub until: String,
    pub rows: Vec<PinLine>,
}

/// A PIN with whom it is for.
pub struct PinLine {
    pub name: String,
    pub email: String,
    pub pin: String,
}

/// `GET` and `POST /console/settings/invitations`.
#[derive(Template)]
#[template(path = "console/invite_policy.html")]
pub struct PolicyPage {
    pub f: Frame,
    pub units: Vec<Choice>,
    pub unit_id: String,
    pub unit_name: String,
    /// Somebody above may set what this unit leaves open.
    pub inherits: bool,
    pub pins: Vec<Choice>,
    pub ownerships: Vec<Choice>,
    pub accounts: Vec<Choice>,
    pub days: String,
    pub days_hint: String,
    pub days_error: String,
    pub after: String,
    pub after_hint: String,
    pub after_error: String,
    pub before: String,
    pub before_hint: String,
    pub before_error: String,
    pub limit: String,
    pub limit_hint: String,
    pub limit_error: String,
    /// What is in force, in words.
    pub effective: Vec<String>,
    /// Units that set something of their own.
    pub others: Vec<PolicyLine>,
    pub may_change: bool,
}

/// A unit that sets something of its own.
pub struct PolicyLine {
    pub href: String,
    pub name: String,
    pub words: Vec<String>,
}
