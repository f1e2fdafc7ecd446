//! Settings: push certificate and API tokens.

use askama::Template;

use super::frame::Frame;
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
    pub password: bool,
    pub password_error: String,
}

pub struct PushCertificate {
    pub status: Status,
    pub subject: String,
    pub topic: String,
    pub issuer: String,
    pub serial: String,
    pub since: String,
    pub expires: String,
    /// `12 days`.
    pub left: String,
    pub account: String,
    pub note: String,
    pub uploaded_by: String,
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
    pub fn topic_changed(l: crate::i18n::Texts, old: &str, new: &str, devices: u64) -> Self {
        Self {
            title: l.tn("push-refused-topic", devices),
            text: l.t_args(
                "push-refused-topic-text",
                &[("old", old.into()), ("new", new.into())],
            ),
        }
    }

    pub fn key_mismatch(l: crate::i18n::Texts) -> Self {
        Self {
            title: l.t("push-refused-key"),
            text: l.t("push-refused-key-text"),
        }
    }

    pub fn not_push(l: crate::i18n::Texts) -> Self {
        Self {
            title: l.t("push-refused-kind"),
            text: l.t("push-refused-kind-text"),
        }
    }

    pub fn expired(l: crate::i18n::Texts, date: &str) -> Self {
        Self {
            title: l.ta("push-refused-expired", date),
            text: l.t("push-refused-expired-text"),
        }
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
    pub roles: Vec<Choice>,
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
    /// The visible beginning of the token.
    pub prefix: String,
    pub role: String,
    pub owner: String,
    pub created: When,
    pub expires: String,
    pub used: Option<When>,
    pub status: Status,
    /// Address to revoke it; empty when it is over.
    pub revoke: String,
}
