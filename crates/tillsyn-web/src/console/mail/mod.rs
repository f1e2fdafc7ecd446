//! The organisation's mail server, and what was handed to it.

mod acts;
mod page;

#[cfg(any(test, feature = "testing"))]
pub(super) use page::tls_choices;
pub use page::{MailFields, MailPage, MailRow};

pub(super) use acts::{remove, send_test};
pub(super) use page::{change, show};

use crate::i18n::Texts;

/// Which text a message has, in words.
pub(super) fn what(l: Texts, template: &str) -> String {
    match template {
        "test" => l.t("mail-what-test"),
        "invitation" => l.t("mail-what-invitation"),
        "invitation_reminder" | "invitation_unfinished" => l.t("mail-what-invitation-reminder"),
        "invitation_pin" => l.t("mail-what-invitation-pin"),
        _ => l.t("mail-what-notification"),
    }
}

/// Why a try failed, in words.
pub(super) fn reason(l: Texts, error: &str) -> String {
    let (reason, code) = match error.rsplit_once('_') {
        Some((reason, code)) if code.bytes().all(|b| b.is_ascii_digit()) => (reason, code),
        _ => (error, ""),
    };
    match reason {
        "bounced" => l.t("mail-error-bounced"),
        "withdrawn" => l.t("mail-error-withdrawn"),
        "refused" if code.is_empty() => l.t("mail-error-invalid"),
        "refused" => l.ta("mail-error-refused", code),
        "busy" => l.ta("mail-error-busy", code),
        "login" => l.ta("mail-error-login", code),
        "not_offered" => l.t("mail-error-offer"),
        "timeout" => l.t("mail-error-timeout"),
        "tls" => l.t("mail-error-tls"),
        "connect" => l.t("mail-error-connect"),
        _ => l.t("mail-error-other"),
    }
}
