//! Codes of certificates in words.

use serde_json::Value as Json;
use tillsyn_core::certificates::{CertificateView, Consequence};

use crate::i18n::{Texts, Zone};

pub(super) fn method(l: Texts, method: &str) -> String {
    match method {
        "acme" => l.t("certificate-method-acme"),
        "acme_attested" => l.t("certificate-method-attested"),
        _ => l.t("certificate-method-scep"),
    }
}

/// What somebody should know beside the status.
pub(super) fn note(l: Texts, zone: &Zone, view: &CertificateView) -> String {
    if let Some(reason) = view
        .revoke_reason
        .as_deref()
        .filter(|_| view.revoked_at.is_some())
    {
        return match reason {
            "renewed" => l.t("certificate-replaced"),
            "enrollment_ended" => l.t("certificate-ended"),
            _ => l.t("certificate-by-administrator"),
        };
    }
    if let Some(until) = view.revoke_after {
        return l.ta("certificate-grace", &l.date(until, zone));
    }
    match view.renewal_problem.as_deref().filter(|_| view.in_use) {
        Some("refused") => l.t("certificate-late-refused"),
        Some("not_used") => l.t("certificate-late-not-used"),
        Some("not_fetched" | "not_fetched_in_time") => l.t("certificate-late-not-fetched"),
        Some(_) => l.t("certificate-late-not-asked"),
        None if view.in_use => l.t("certificate-in-use"),
        None => l.t("certificate-not-in-use"),
    }
}

pub(super) fn consequence(l: Texts, consequence: Consequence) -> String {
    match consequence {
        Consequence::DeviceLost => l.t("revoke-device-lost"),
        Consequence::EnrollmentStops => l.t("revoke-enrollment-stops"),
        Consequence::Nothing => l.t("revoke-nothing"),
    }
}

/// What Apple said of the device, as label and value.
pub(super) fn attested(l: Texts, facts: Option<&Json>) -> Vec<(String, String)> {
    let Some(facts) = facts else {
        return Vec::new();
    };
    let text = |name: &str| facts.get(name).and_then(Json::as_str).map(str::to_owned);
    let yes_no = |name: &str, yes: fn(Texts) -> String, no: fn(Texts) -> String| {
        let value = facts.get(name).and_then(Json::as_bool)?;
        Some(if value { yes(l) } else { no(l) })
    };
    let secure_boot = text("secure_boot").map(|level| match level.as_str() {
        "full" => l.t("attested-boot-full"),
        "reduced" => l.t("attested-boot-reduced"),
        _ => l.t("attested-boot-permissive"),
    });
    [
        (l.t("serial"), text("serial_number")),
        (l.t("attested-os"), text("os_version")),
        (
            l.t("attested-sip"),
            yes_no(
                "sip_enabled",
                |l| l.t("attested-on"),
                |l| l.t("attested-off"),
            ),
        ),
        (l.t("attested-boot"), secure_boot),
        (
            l.t("attested-kexts"),
            yes_no(
                "kexts_allowed",
                |l| l.t("attested-allowed"),
                |l| l.t("attested-not-allowed"),
            ),
        ),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value?)))
    .collect()
}
