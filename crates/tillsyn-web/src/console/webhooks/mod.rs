//! Webhooks: where events are sent to, and what became of them.

mod acts;
mod list;
mod show;

pub use list::{MadeKey, WebhookFields, WebhookRow, WebhooksPage};
pub use show::{DeliveryRow, WebhookPage};

pub(super) use acts::{pause, remove, renew_key, resume, retry, send_test};
pub(super) use list::{create, list};
pub(super) use show::{change, show};

use http::StatusCode;
use tillsyn_core::webhooks::{Format, WebhookStatus};
use tillsyn_core::{Error, Kind};

use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{Choice, Status, Tone};

/// What a webhook may send.
pub(super) fn formats(l: Texts, chosen: &str) -> Vec<Choice> {
    let choice = |format: Format, text: String| Choice {
        value: format.as_str().to_owned(),
        text,
        chosen: chosen == format.as_str(),
    };
    vec![
        choice(Format::Tillsyn, l.t("webhook-format-events")),
        choice(Format::Nanomdm, l.t("webhook-format-raw")),
    ]
}

/// Whether it sends, and whether what it sends arrives.
pub(super) fn standing(l: Texts, status: WebhookStatus, failures: i64) -> Status {
    let (tone, icon, text) = match (status, failures) {
        (WebhookStatus::Paused, _) => (Tone::Idle, "dash", l.t("webhook-paused")),
        (WebhookStatus::Active, 0) => (Tone::Ok, "check", l.t("webhook-active")),
        (WebhookStatus::Active, _) => (Tone::Warn, "alert", l.t("webhook-failing")),
    };
    Status::new(tone, icon, text)
}

/// Why a try failed, in words.
pub(super) fn reason(l: Texts, error: &str) -> String {
    match error {
        "timeout" => l.t("webhook-error-timeout"),
        "connect" => l.t("webhook-error-connect"),
        "tls" => l.t("webhook-error-tls"),
        "address_forbidden" => l.t("webhook-error-address"),
        "unreadable" => l.t("webhook-error-unreadable"),
        "paused" => l.t("webhook-error-paused"),
        other => match other.strip_prefix("status_") {
            Some(status) => l.ta("webhook-error-status", status),
            None => l.t("webhook-error-transport"),
        },
    }
}

/// Puts an error beside its field and says the answer's status; gives back what belongs to none.
fn place(l: Texts, fields: &mut WebhookFields, error: Error) -> Result<StatusCode, Error> {
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("name"), _) => fields.name_error = FieldError::Required.text(l),
        (Kind::Invalid, Some("url"), "webhook_url_private") => {
            fields.url_error = l.t("webhook-url-private");
        }
        (Kind::Invalid, Some("url"), _) => fields.url_error = l.t("webhook-url-wrong"),
        (Kind::Invalid, Some("events"), _) => fields.events_error = l.t("webhook-events-wrong"),
        (Kind::Invalid, Some("password"), _) => {
            fields.password = true;
            fields.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, ..) => {
            fields.password = true;
            fields.password_error = FieldError::Required.text(l);
        }
        _ => return Err(error),
    }
    Ok(AppError::from(error).status())
}
