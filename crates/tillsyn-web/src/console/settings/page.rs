//! The pages.

use askama::Template;

use crate::console::frame::Frame;
use crate::i18n::When;
use crate::ui::{Choice, Status};

/// `GET` and `POST /console/settings/push`.
#[derive(Template)]
#[template(path = "console/push.html")]
pub struct PushPage {
    pub f: Frame,
    pub current: Option<PushCertificate>,
    /// Why the last upload was refused; names the number of devices for a changed topic.
    pub refused: Option<Refusal>,
    pub certificate_error: String,
    pub key_error: String,
    pub account: String,
    pub note: String,
    pub account_error: String,
    /// The person may upload one.
    pub may_upload: bool,
    pub password: bool,
    pub password_error: String,
}

pub struct PushCertificate {
    pub status: Status,
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

/// `GET` and `POST /console/settings/tokens`.
#[derive(Template)]
#[template(path = "console/tokens.html")]
pub struct TokensPage {
    pub f: Frame,
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
    /// What it may do, in words.
    pub permissions: String,
    pub created: When,
    pub expires: String,
    pub used: Option<When>,
    pub status: Status,
    /// Address to revoke it; empty when it is over.
    pub revoke: String,
}
