//! The pages.

use askama::Template;

use crate::console::frame::{Frame, Pager};
use crate::i18n::When;
use crate::ui::{Choice, Status};

/// `GET` and `POST /console/settings/push`.
#[derive(Template)]
#[template(path = "console/push.html")]
pub struct PushPage {
    pub f: Frame,
    pub current: Option<PushCertificate>,
    /// All of them, when there are several.
    pub topics: Vec<PushLine>,
    /// Requests that somebody should finish.
    pub requests: Vec<PushLine>,
    /// Why the last upload was refused; names the number of devices for a changed topic.
    pub refused: Option<Refusal>,
    pub certificate_error: String,
    pub key_error: String,
    pub account: String,
    pub note: String,
    pub account_error: String,
    /// The upload may stand beside, or in place of, the one shown.
    pub further: bool,
    pub change_topic: bool,
    /// The person may upload one.
    pub may_upload: bool,
    pub password: bool,
    pub password_error: String,
}

pub struct PushCertificate {
    pub id: String,
    pub status: Status,
    /// What to do about it, and until when.
    pub next: String,
    pub unit: String,
    pub owner: String,
    pub purposes: Vec<Choice>,
    pub for_new: bool,
    /// Pushes that wait to be sent.
    pub waiting: String,
    /// Why APNs refuses many pushes, in Apple's words; empty while it does not.
    pub alarm: String,
    /// Address of this certificate's page; its acts are below it.
    pub here: String,
    pub past: Vec<PastLine>,
    pub report: Option<Report>,
    pub subject: String,
    pub topic: String,
    pub serial: String,
    pub expires: String,
    /// `12 days`.
    pub left: String,
    pub account: String,
    pub note: String,
    pub uploaded: When,
    /// Why Apple refuses it, in Apple's words; empty while it does not.
    pub stopped: String,
    /// Devices that are reached through it.
    pub devices: String,
    pub ladder: Vec<LadderStep>,
}

/// One warning of the ladder 60, 30, 14, 7, 1 days.
pub struct LadderStep {
    pub when: String,
    pub text: String,
    pub past: bool,
}

pub struct Refusal {
    pub title: String,
    pub text: String,
}

impl Refusal {
    /// Another topic would cut these devices off: their enrollment names the old one for ever.
    pub fn topic_changed(l: crate::i18n::Texts, old: &str, devices: u64) -> Self {
        Self {
            title: l.tn("push-refused-topic", devices),
            text: l.ta("push-refused-topic-text", old),
        }
    }

    /// By the stable code of the error; `None` when it is about a field alone.
    pub fn of(l: crate::i18n::Texts, code: &str) -> Option<Self> {
        let (title, text) = match code {
            "push_key_mismatch" => (l.t("push-refused-key"), l.t("push-refused-key-text")),
            "push_topic_missing" => (l.t("push-refused-kind"), l.t("push-refused-kind-text")),
            "push_certificate_use" => (l.t("push-refused-use"), l.t("push-refused-use-text")),
            "push_certificate_expired" => (
                l.t("push-refused-expired"),
                l.t("push-refused-expired-text"),
            ),
            _ => return None,
        };
        Some(Self { title, text })
    }
}

/// `GET /console/settings/push/new`: the first step.
#[derive(Template)]
#[template(path = "console/push_new.html")]
pub struct PushNewPage {
    pub f: Frame,
    pub renews: Vec<Choice>,
    pub name: String,
    pub email: String,
    pub country: String,
    pub refused: Option<Refusal>,
}

/// `GET /console/settings/push/requests/{id}`: the steps after it.
#[derive(Template)]
#[template(path = "console/push_request.html")]
pub struct PushRequestPage {
    pub f: Frame,
    /// Id and topic of the certificate that it renews; empty for a new one.
    pub renews: String,
    pub topic: String,
    /// The Apple Account on record.
    pub account: String,
    /// There are certificates beside which this one would stand.
    pub others: bool,
    pub name: String,
    pub email: String,
    pub country: String,
    pub created: When,
    pub signed: bool,
    /// Subject of a vendor certificate that can sign here; empty without one.
    pub vendor: String,
    /// Address of this page.
    pub here: String,
    pub refused: Option<Refusal>,
    pub may_change: bool,
    pub password: bool,
}

/// `GET /console/settings/push/vendor`.
#[derive(Template)]
#[template(path = "console/push_vendor.html")]
pub struct PushVendorPage {
    pub f: Frame,
    pub current: Option<VendorFacts>,
    pub refused: Option<Refusal>,
    pub may_change: bool,
    pub password: bool,
    pub password_error: String,
}

pub struct VendorFacts {
    pub status: Status,
    pub subject: String,
    pub expires: String,
}

/// A line that leads somewhere, with a status.
pub struct PushLine {
    pub href: String,
    pub text: String,
    pub note: String,
    pub status: Option<Status>,
}

/// A certificate that the topic has had.
pub struct PastLine {
    pub serial: String,
    pub expires: String,
    pub uploaded: When,
    pub in_use: bool,
}

/// What a rehearsal found.
pub struct Report {
    pub passed: bool,
    pub when: When,
    pub responsible: String,
    pub lines: Vec<CheckLine>,
}

pub struct CheckLine {
    /// Class of the status text.
    pub tone: &'static str,
    pub icon: &'static str,
    pub text: String,
    /// Passed, failed or left out.
    pub word: String,
    pub why: String,
}

/// `GET` and `POST /console/settings/tokens`.
#[derive(Template)]
#[template(path = "console/tokens.html")]
pub struct TokensPage {
    pub f: Frame,
    /// Whether those of all can be shown, and are.
    pub may_all: bool,
    pub all: bool,
    pub pager: Pager,
    /// Units that a new one can be limited to.
    pub units: Vec<Choice>,
    pub created: Option<CreatedToken>,
    pub rows: Vec<TokenRow>,
    pub name: String,
    pub name_error: String,
    pub days: Vec<Choice>,
    pub permissions: Vec<Choice>,
    pub permissions_error: String,
    pub password: bool,
    pub password_error: String,
}

/// Shown once.
pub struct CreatedToken {
    pub name: String,
    pub secret: String,
}

pub struct TokenRow {
    pub name: String,
    /// Whose it is and where it is limited to; empty for one's own.
    pub owner: String,
    /// What it may do, in words.
    pub permissions: String,
    pub created: When,
    pub expires: String,
    pub used: Option<When>,
    pub status: Status,
    /// Address to revoke it; empty when it is over.
    pub revoke: String,
}
