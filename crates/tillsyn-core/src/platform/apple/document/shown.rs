//! What is shown of a profile: summary, findings, differences, and the whole with its secrets masked.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tillsyn_apple::profile::template::{KeyPath, Step};
use tillsyn_apple::profile::{Template, catalogue};

use super::{Document, MASK, json as values};
use crate::profiles::{Change, CredentialUse, Finding, FindingCounts, PayloadSummary, Summary};

impl Document {
    /// In short, with the findings counted; the signer is for whoever knows it.
    pub(crate) fn summary(&self, findings: &[Finding]) -> Summary {
        let root = self.0.root();
        let text =
            |dict: &plist::Dictionary, key: &str| dict.get(key)?.as_string().map(str::to_owned);
        let flag = |key: &str| root.get(key).and_then(plist::Value::as_boolean) == Some(true);
        let payloads: Vec<PayloadSummary> = self
            .0
            .payloads()
            .map(|(_, payload)| PayloadSummary {
                payload_type: text(payload, "PayloadType").unwrap_or_default(),
                identifier: text(payload, "PayloadIdentifier"),
                display_name: text(payload, "PayloadDisplayName"),
            })
            .collect();
        let unknown: BTreeSet<&str> = payloads
            .iter()
            .map(|payload| payload.payload_type.as_str())
            .filter(|kind| catalogue::variants(kind).is_empty())
            .collect();
        let variables: BTreeSet<String> = self
            .0
            .variables()
            .into_iter()
            .map(|variable| variable.name)
            .filter(|name| !name.starts_with("credential."))
            .collect();
        let credentials = self.0.credentials().into_iter().map(|used| CredentialUse {
            payload: used.payload,
            method: used.method.as_str().to_owned(),
        });
        let removal = root.get("RemovalDate").and_then(plist::Value::as_date);
        let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
        Summary {
            display_name: text(root, "PayloadDisplayName"),
            unknown: unknown.into_iter().map(str::to_owned).collect(),
            variables: variables.into_iter().collect(),
            credentials: credentials.collect(),
            scope: text(root, "PayloadScope"),
            removal_disallowed: flag("PayloadRemovalDisallowed"),
            removal_date: removal.and_then(values::date_ms),
            encrypted: flag("IsEncrypted"),
            has_secrets: !self.0.secret_paths().is_empty(),
            signer: None,
            size_bytes: self.0.to_plist().len(),
            findings: FindingCounts {
                errors: count("error"),
                warnings: count("warning"),
                notes: count("note"),
            },
            payloads,
        }
    }

    /// What differs in a newer one. The UUID of the whole is left out: each delivery has its own.
    pub(crate) fn changes_to(&self, newer: &Self) -> Vec<Change> {
        let uuid = KeyPath::default().key("PayloadUUID");
        self.0
            .diff(&newer.0)
            .into_iter()
            .filter(|change| change.path != uuid)
            .map(|change| Change {
                path: change.path.to_string(),
                kind: change.kind.as_str().to_owned(),
                old: change.old,
                new: change.new,
            })
            .collect()
    }

    /// The whole as a property list, secrets masked.
    pub(crate) fn masked_text(&self) -> String {
        String::from_utf8_lossy(&self.masked().to_plist()).into_owned()
    }

    /// The values as JSON, secrets masked: `top` without the payloads, and the payloads in their order. Data
    /// is Base64, dates are RFC 3339.
    pub(crate) fn fields(&self) -> Json {
        let masked = self.masked();
        let top = masked
            .root()
            .iter()
            .filter(|(key, _)| *key != "PayloadContent")
            .map(|(key, value)| (key.clone(), values::to_json(value)))
            .collect::<serde_json::Map<_, _>>();
        let payloads: Vec<Json> = masked
            .payloads()
            .map(|(_, payload)| values::dict_to_json(payload))
            .collect();
        let secrets: Vec<Json> = self.0.secret_paths().iter().map(steps).collect();
        json!({ "top": top, "payloads": payloads, "secrets": secrets })
    }

    fn masked(&self) -> Template {
        self.0.masked(MASK)
    }
}

/// A path as edits write it, from the top of the profile.
fn steps(path: &KeyPath) -> Json {
    let steps = path.0.iter().map(|step| match step {
        Step::Key(key) => json!(key),
        Step::Index(index) => json!(index),
    });
    Json::Array(steps.collect())
}
