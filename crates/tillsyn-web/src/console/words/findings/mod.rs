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
    let shown_found = found(l, finding.found.as_deref().unwrap_or_default());
    let shown_allowed = allowed(l, payload, finding);
    let args: [(&'static str, Arg<'_>); 3] = [
        ("a", Arg::from(&key)),
        ("found", Arg::from(&shown_found)),
        ("allowed", Arg::from(&shown_allowed)),
    ];
    match finding.code.as_str() {
        "required" if shown_allowed.is_empty() => l.ta("finding-required", &key),
        "required" => l.t_args("finding-required-on", &args),
        "type" => l.t_args("finding-type", &args),
        "value" => l.t_args("finding-value", &args),
        "range" => l.t_args("finding-range", &args),
        "repetition" => l.t_args("finding-count", &args),
        "format" => l.t_args("finding-format", &args),
        "variable" => l.ta("finding-variable", &key),
        "unknown_key" => l.ta("finding-unknown-key", &key),
        "unknown_payload" => l.t("finding-unknown-payload"),
        "no_payloads" => l.t("finding-empty"),
        "duplicate_uuid" => l.t("finding-duplicate-uuid"),
        "duplicate_identifier" => l.t("finding-duplicate-identifier"),
        "exclusive" => l.t_args("finding-exclusive", &args),
        "reference" => l.ta("finding-reference", &key),
        "mdm_payload" => l.t("finding-mdm"),
        "encrypted" => l.t("finding-encrypted"),
        "too_deep" => l.ta("finding-deep", &key),
        _ => finding.text.clone(),
    }
}

/// Why a device would refuse or ignore something, by the code; the detail is the version that brought or
/// took it.
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
        ("unreadable", _) => l.t("support-unreadable"),
        (other, _) => super::incapable(l, other),
    }
}

/// Why an item is not as desired, by the code and the detail that stand with it.
pub fn item_reason(l: Texts, code: &str, detail: Option<&Json>) -> String {
    let field = |name: &str| detail.and_then(|detail| detail.get(name));
    match code {
        "variable_missing" => {
            let names = field("variables").and_then(Json::as_array);
            let names = names.into_iter().flatten().filter_map(Json::as_str);
            let names = names.collect::<Vec<_>>().join(", ");
            if names.is_empty() {
                l.t("reason-variable-unnamed")
            } else {
                l.ta("reason-variable", &names)
            }
        }
        "unsupported" => {
            let code = field("support").and_then(Json::as_str);
            support_reason(l, code.unwrap_or_default(), None)
        }
        "refused_by_device" => l.t("reason-device"),
        "withdrawn" | "cancelled" => l.t("reason-withdrawn"),
        "restored" => l.t("hop-restored"),
        "not_now" => l.t("reason-not-now"),
        "queue_full" => l.t("reason-queue"),
        "overtaken" | "not_wanted" => l.t("reason-overtaken"),
        code => support_reason(l, code, field("version").and_then(Json::as_str)),
    }
}

/// Why a plan says that something is refused or ignored, by the code; the detail is the version that brought
/// or took it.
pub fn plan_reason(l: Texts, code: &str, version: Option<&str>) -> String {
    match code {
        "variable_missing" | "unsupported" => item_reason(l, code, None),
        code => support_reason(l, code, version),
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

/// What stands there: the check says it in few English words, texts in quotes.
fn found(l: Texts, found: &str) -> String {
    if let Some(count) = found.strip_prefix("a list of ") {
        return l.ta("found-list", count);
    }
    match found {
        "a dictionary" => l.t("kind-dictionary"),
        "a date" => l.t("kind-date"),
        "a value that is not shown" => l.t("found-hidden"),
        data if data == "data" || data.starts_with("data (") => l.t("kind-data"),
        other => other.to_owned(),
    }
}

/// The allowed values, limits or kind of a finding, in short.
fn allowed(l: Texts, payload: &str, finding: &Finding) -> String {
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let of = |name: &str| finding.allowed.get(name).filter(|value| !value.is_null());
    let limit = |name: &str, other: &str| of(name).or_else(|| of(other)).map(text);
    match (limit("min", "least"), limit("max", "most")) {
        (Some(min), Some(max)) if min == max => return min,
        (Some(min), Some(max)) => return format!("{min}–{max}"),
        (Some(min), None) => return format!("≥ {min}"),
        (None, Some(max)) => return format!("≤ {max}"),
        (None, None) => {}
    }
    if let Some(Json::Array(values)) = of("values").or_else(|| of("systems")) {
        let words = values.iter().map(text).map(|value| {
            match value_label(l, payload, &finding.path, &value) {
                Some(label) => format!("{label} ({value})"),
                None => value,
            }
        });
        return words.collect::<Vec<_>>().join(", ");
    }
    match (of("type").map(text), of("format").map(text)) {
        (Some(kind), _) => kind_word(l, &kind).unwrap_or(kind),
        (None, Some(format)) => match format.as_str() {
            "url" => l.t("format-url"),
            "hostname" => l.t("format-hostname"),
            _ => format,
        },
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests;
