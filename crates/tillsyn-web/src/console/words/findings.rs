//! What the check says of a profile, why a device does not apply or take something, and where two profiles
//! do not go together. Each has a stable code; a code without words here is told in the server's English.

use serde_json::Value as Json;
use tillsyn_core::profiles::Finding;

use super::payloads::{key_label, value_label};
use crate::i18n::{Arg, Texts};

/// One finding, as a sentence. Payload and key are named by our own words where there are any.
pub fn finding(l: Texts, finding: &Finding) -> String {
    let payload = finding.payload_type.as_deref().unwrap_or("TopLevel");
    let last = finding.path.rsplit('.').next().unwrap_or_default();
    let label = key_label(l, payload, &finding.path);
    let key = label.unwrap_or_else(|| last.to_owned());
    let found = finding.found.as_deref().unwrap_or_default();
    let shown_found = kind_word(l, found)
        .or_else(|| value_label(l, payload, &finding.path, found))
        .unwrap_or_else(|| found.to_owned());
    let shown_allowed = allowed(l, payload, finding);
    let args: [(&'static str, Arg<'_>); 3] = [
        ("a", Arg::from(&key)),
        ("found", Arg::from(&shown_found)),
        ("allowed", Arg::from(&shown_allowed)),
    ];
    match finding.code.as_str() {
        "required" => l.t_args("finding-required", &args),
        "type" => l.t_args("finding-type", &args),
        "value" => l.t_args("finding-value", &args),
        "range" => l.t_args("finding-range", &args),
        "repetition" => l.t_args("finding-count", &args),
        "format" => l.t_args("finding-format", &args),
        "unknown_key" => l.t_args("finding-unknown-key", &args),
        "unknown_payload" => l.t("finding-unknown-payload"),
        "duplicate_uuid" => l.t("finding-duplicate-uuid"),
        "duplicate_identifier" => l.t("finding-duplicate-identifier"),
        "exclusive" => l.t("finding-exclusive"),
        "reference" => l.t_args("finding-reference", &args),
        "mdm_payload" => l.t("finding-mdm"),
        "encrypted" => l.t("finding-encrypted"),
        "variable" => l.t_args("finding-variable", &args),
        "unknown_variable" => l.t_args("finding-unknown-variable", &args),
        _ => finding.text.clone(),
    }
}

/// Why a device would refuse or ignore something, by the code; the detail is a system and its version.
pub fn support_reason(l: Texts, code: &str, detail: Option<&str>) -> String {
    match (code, detail.filter(|detail| !detail.is_empty())) {
        ("system", _) => l.t("support-system"),
        ("introduced", Some(version)) => l.ta("support-introduced-at", version),
        ("introduced", None) => l.t("support-introduced"),
        ("removed", Some(version)) => l.ta("support-removed-at", version),
        ("removed", None) => l.t("support-removed"),
        ("supervised", _) => l.t("support-supervised"),
        ("ade", _) => l.t("support-ade"),
        ("user_approved", _) => l.t("support-user-approved"),
        ("user_enrollment", _) => l.t("support-user-enrollment"),
        ("channel", _) => l.t("support-channel"),
        ("shared_ipad", _) => l.t("support-shared-ipad"),
        ("nothing_applies", _) => l.t("support-nothing"),
        (other, _) => super::incapable(l, other),
    }
}

/// Why an item is not as desired, by the code that stands with it. The detail is for a missing variable its
/// name, for support a system and its version.
pub fn item_reason(l: Texts, code: &str, detail: Option<&str>) -> String {
    match (code, detail.filter(|detail| !detail.is_empty())) {
        ("variable_missing", Some(name)) => l.ta("reason-variable", name),
        ("variable_missing", None) => l.t("reason-variable-unnamed"),
        ("refused_by_device", _) => l.t("reason-device"),
        ("withdrawn" | "cancelled", _) => l.t("reason-withdrawn"),
        ("not_now", _) => l.t("reason-not-now"),
        ("queue_full", _) => l.t("reason-queue"),
        ("overtaken" | "not_wanted", _) => l.t("reason-overtaken"),
        (code, detail) => support_reason(l, code, detail),
    }
}

/// Why two profiles on the same device do not go together. `combined` is what the device is foreseen to use.
pub fn conflict(l: Texts, code: &str, combined: Option<&str>) -> String {
    match (code, combined) {
        ("exclusive", _) => l.t("conflict-exclusive"),
        ("same_network", _) => l.t("conflict-network"),
        ("same_identity", _) => l.t("conflict-identity"),
        ("same_account", _) => l.t("conflict-account"),
        ("duplicate", _) => l.t("conflict-duplicate"),
        ("value", Some(combined)) => l.ta("conflict-value-combined", combined),
        ("value", None) => l.t("conflict-value"),
        _ => l.t("conflict-other"),
    }
}

/// What a plan does on a device.
pub fn effect(l: Texts, effect: &str) -> String {
    match effect {
        "install" => l.t("effect-install"),
        "replace" => l.t("effect-replace"),
        "remove" => l.t("effect-remove"),
        "withdraw" => l.t("effect-withdraw"),
        "refused" => l.t("effect-refused"),
        _ => l.t("effect-none"),
    }
}

/// What kind of value a key takes.
pub fn kind_word(l: Texts, kind: &str) -> Option<String> {
    Some(match kind {
        "string" => l.t("kind-string"),
        "integer" => l.t("kind-integer"),
        "real" => l.t("kind-real"),
        "boolean" => l.t("kind-boolean"),
        "date" => l.t("kind-date"),
        "data" => l.t("kind-data"),
        "array" => l.t("kind-array"),
        "dictionary" => l.t("kind-dictionary"),
        "any" => l.t("kind-any"),
        _ => return None,
    })
}

/// The allowed values, limits or kind of a finding, in short.
fn allowed(l: Texts, payload: &str, finding: &Finding) -> String {
    let plain = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let name = |value: &Json| {
        let value = plain(value);
        kind_word(l, &value)
            .or_else(|| value_label(l, payload, &finding.path, &value))
            .unwrap_or(value)
    };
    let list = |values: &[Json]| values.iter().map(name).collect::<Vec<_>>().join(", ");
    match &finding.allowed {
        Json::Null => String::new(),
        Json::Array(values) => list(values),
        Json::Object(of) => {
            if let Some(Json::Array(values)) = of.get("values") {
                return list(values);
            }
            let limit = |name| of.get(name).filter(|value| !value.is_null()).map(plain);
            match (limit("min"), limit("max")) {
                (Some(min), Some(max)) => format!("{min}–{max}"),
                (Some(min), None) => format!("≥ {min}"),
                (None, Some(max)) => format!("≤ {max}"),
                (None, None) => of.values().map(name).collect::<Vec<_>>().join(", "),
            }
        }
        other => name(other),
    }
}
