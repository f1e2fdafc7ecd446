//! Words for profiles: who has them, what was found in them, why something was refused.

use tillsyn_core::profiles::variables::VARIABLES;
use tillsyn_core::profiles::{Finding, Usage};
use tillsyn_core::{Error, Kind};

use super::form::{self, Stranded, steps_of, text_of};
use super::page::FindingLine;
use crate::console::words::{self as all, payloads};
use crate::i18n::Texts;

/// States of items in the order in which they need somebody.
pub(super) const WORST_FIRST: [&str; 6] = [
    "refused",
    "to_remove",
    "behind",
    "to_install",
    "unverified",
    "as_desired",
];

/// Who is to have it.
pub(super) fn assigned(l: Texts, usage: &Usage) -> String {
    let count = |kind: &str| usage.targets.get(kind).copied().unwrap_or(0);
    let mut parts = Vec::new();
    for (kind, key) in [
        ("org_unit", "profiles-assigned-units"),
        ("group", "profiles-assigned-groups"),
        ("device", "profiles-assigned-devices"),
    ] {
        if count(kind) > 0 {
            parts.push(counted(l, key, count(kind)));
        }
    }
    if usage.excluded > 0 {
        parts.push(l.tn("profiles-assigned-but", usage.excluded));
    }
    parts.join(", ")
}

fn counted(l: Texts, key: &str, count: i64) -> String {
    match key {
        "profiles-assigned-units" => l.tn("profiles-assigned-units", count),
        "profiles-assigned-groups" => l.tn("profiles-assigned-groups", count),
        _ => l.tn("profiles-assigned-devices", count),
    }
}

pub(super) fn tone(finding: &Finding) -> &'static str {
    match finding.severity.as_str() {
        "error" => "bad",
        "warning" => "warn",
        _ => "info",
    }
}

/// What was found, and where in words of ours.
pub(in crate::console) fn finding(l: Texts, finding: &Finding, href: String) -> FindingLine {
    let payload = finding
        .payload_type
        .as_deref()
        .map(|kind| form::payload_name(l, kind));
    let kind = finding.payload_type.as_deref().unwrap_or("TopLevel");
    let key = payloads::key_label(l, kind, &finding.path).unwrap_or_else(|| finding.path.clone());
    let parts: Vec<String> = payload
        .into_iter()
        .chain(Some(key).filter(|key| !key.is_empty()))
        .collect();
    FindingLine {
        tone: tone(finding),
        text: finding_text(l, finding),
        place: parts.join(" · "),
        href,
    }
}

/// In words of the reader's language.
pub(super) fn finding_text(l: Texts, finding: &Finding) -> String {
    all::finding(l, finding)
}

/// What can stand in texts, and what takes its place.
pub(super) fn variables(l: Texts) -> Vec<(String, String)> {
    VARIABLES
        .iter()
        .map(|variable| {
            let text = match variable.name {
                "person.name" => l.t("variable-person-name"),
                "person.email" => l.t("variable-person-email"),
                "person.user_name" => l.t("variable-person-user-name"),
                "device.name" => l.t("variable-device-name"),
                "device.serial_number" => l.t("variable-device-serial"),
                "device.udid" => l.t("variable-device-udid"),
                "device.imei" => l.t("variable-device-imei"),
                "device.model" => l.t("variable-device-model"),
                "device.id" => l.t("variable-device-id"),
                "unit.name" => l.t("variable-unit-name"),
                "organisation.name" => l.t("variable-organisation-name"),
                "user.short_name" => l.t("variable-user-short"),
                "user.long_name" => l.t("variable-user-long"),
                "credential.scep_url" => l.t("variable-scep-url"),
                "credential.challenge" => l.t("variable-challenge"),
                "credential.root" => l.t("variable-root"),
                _ => variable.meaning.to_owned(),
            };
            (format!("{{{{{}}}}}", variable.name), text)
        })
        .collect()
}

/// Why an upload or a change was not taken, beside the field that it came from; `None` for what is a page of
/// its own.
pub(super) fn refused(l: Texts, error: &Error) -> Option<String> {
    if !matches!(
        error.kind,
        Kind::Invalid | Kind::Conflict | Kind::NotCapable
    ) {
        return None;
    }
    Some(match error.code {
        "profile" => l.t("profile-refused-profile"),
        "signature" => l.t("profile-refused-signature"),
        "profile_too_large" => l.t("profile-refused-size"),
        "too_many_payloads" => l.t("profile-refused-payloads"),
        "identifier_missing" => l.t("profile-refused-no-identifier"),
        "identifier_taken" => l.t("profile-refused-identifier-taken"),
        "identifier_differs" => l.t("profile-refused-identifier-differs"),
        "masked_secret" => l.t("profile-refused-masked"),
        "name" => l.t("profile-refused-name"),
        "only_draft" => l.t("profile-refused-only-draft"),
        "value" | "edit" => l.t("profile-refused-value"),
        "too_long" => l.t("profile-refused-long"),
        code => return all::known_refusal(l, code),
    })
}

/// A field that is not there any more, and what was typed in it.
pub(super) fn stranded(l: Texts, kind: &str, one: &Stranded) -> (String, String) {
    let place = steps_of(&one.name).map_or_else(|| one.name.clone(), |path| text_of(&path));
    let label = payloads::key_label(l, kind, &place).unwrap_or(place);
    let typed = match one.typed.as_deref() {
        None => l.t("profile-secret-again"),
        Some("") => l.t("profile-theirs-none"),
        Some(text) => text.to_owned(),
    };
    (label, typed)
}
