//! Keys whose text is the UUID of another payload of the same profile.

use std::collections::BTreeSet;

use plist::Value;

use super::Code;
use super::finding::{Finding, Severity};
use super::found::quoted;
use super::profile::{Checked, whole};
use crate::profile::template::{KeyPath, has_variable};

/// Of a payload that the schema knows: each of these is the `PayloadUUID` of a certificate, an identity or an
/// authority. Sorted.
// Apple schema mdm/profiles/*.yaml
const REFERENCES: [&str; 18] = [
    "AuthenticationCertificateUUID",
    "CertificateAnchorUUID",
    "CheckInURLPinningCertificateUUIDs",
    "ControllerCACertificateUUIDs",
    "ControllerCertificateUUID",
    "DeviceCACertificateUUIDs",
    "DeviceCertificateUUID",
    "EncryptCertPayloadUUID",
    "IdentityCertificateUUID",
    "LeaderPayloadCertificateAnchorUUID",
    "MemberPayloadCertificateAnchorUUID",
    "PayloadCertificateAnchorUUID",
    "PayloadCertificateUUID",
    "ResourcePayloadCertificateUUID",
    "SMIMEEncryptionCertificateUUID",
    "SMIMESigningCertificateUUID",
    "ServerURLPinningCertificateUUIDs",
    "certificateUUID",
];

pub(super) fn check(checked: &[Checked<'_>]) -> Vec<Finding> {
    let text = |of: &Checked<'_>| {
        of.1.get("PayloadUUID")
            .and_then(Value::as_string)
            .map(str::to_uppercase)
    };
    let known: BTreeSet<String> = checked.iter().filter_map(text).collect();
    let mut findings = Vec::new();
    for (at, dict, form) in checked {
        if form.is_none() {
            continue;
        }
        for (name, value) in *dict {
            let mut missing = Vec::new();
            let path = KeyPath::default().key(name);
            walk(value, is_reference(name), &path, &known, &mut missing);
            findings.extend(missing.into_iter().map(|(path, text)| Finding {
                path,
                found: Some(quoted(&text)),
                ..whole(at, Severity::Error, Code::ReferenceMissing)
            }));
        }
    }
    findings
}

fn is_reference(name: &str) -> bool {
    REFERENCES.binary_search(&name).is_ok()
}

/// What stands below a reference is one too: some keys hold lists.
fn walk(
    value: &Value,
    reference: bool,
    path: &KeyPath,
    known: &BTreeSet<String>,
    missing: &mut Vec<(KeyPath, String)>,
) {
    match value {
        Value::String(text)
            if reference
                && !text.is_empty()
                && !has_variable(text)
                && !known.contains(&text.to_uppercase()) =>
        {
            missing.push((path.clone(), text.clone()));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, reference, &path.index(index), known, missing);
            }
        }
        Value::Dictionary(dict) => {
            for (name, item) in dict {
                walk(item, is_reference(name), &path.key(name), known, missing);
            }
        }
        _ => {}
    }
}
