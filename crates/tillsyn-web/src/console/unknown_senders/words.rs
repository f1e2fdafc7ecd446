//! What a sender is called, and why one is not taken in.

use tillsyn_core::unknown_senders::UnknownSender;

use super::page::KnownSender;
use crate::i18n::Texts;
use crate::ui::urls;

/// So much of a certificate tells it from others.
const SHORT: usize = 12;

pub(super) fn short(certificate: &str) -> String {
    certificate.chars().take(SHORT).collect()
}

/// Why a certificate is not taken in.
pub(super) fn refusal(l: Texts, code: &str) -> String {
    match code {
        "certificate_refused" => l.t("unknown-refused-certificate"),
        "certificate_known" => l.t("unknown-refused-known"),
        "sender_contradicts" => l.t("unknown-refused-contradicts"),
        "sender_rivals" => l.t("unknown-refused-rivals"),
        "device_managed" => l.t("unknown-refused-managed"),
        "sender_changed" => l.t("unknown-refused-changed"),
        "ownership_personal" => l.t("unknown-refused-ownership"),
        "push_certificate_missing" => l.t("unknown-refused-push"),
        "readopt_failed" => l.t("unknown-refused-failed"),
        _ => l.t("unknown-refused-gone"),
    }
}

pub(super) fn sender(certificate: &str, known: Option<&UnknownSender>) -> KnownSender {
    let (name, udid, device) = match known {
        Some(known) => (
            known.device_name.clone(),
            known.udid.clone().or_else(|| known.enrollment_id.clone()),
            known.device_id.as_deref(),
        ),
        None => (None, None, None),
    };
    KnownSender {
        name: name
            .or_else(|| udid.clone())
            .unwrap_or_else(|| short(certificate)),
        href: device.map_or_else(String::new, urls::device),
        udid: udid.unwrap_or_default(),
        certificate: certificate.to_owned(),
    }
}
