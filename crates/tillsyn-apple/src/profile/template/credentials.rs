//! Payloads whose certificate comes from our own network authority: they say so by their
//! variables, so a profile that is moved elsewhere stays readable.

use plist::{Dictionary, Value};

use super::Template;
use super::tree::text;
use super::variables::whole_variable;
use crate::profile::{ScepPayload, subject};

/// As the whole `PayloadContent` of a `com.apple.security.root` payload: the root certificate of
/// the network authority, as data.
pub const ROOT_MARKER: &str = "credential.root";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialMethod {
    Scep,
}

impl CredentialMethod {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scep => "scep",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        (text == Self::Scep.as_str()).then_some(Self::Scep)
    }
}

/// A payload that asks us for a certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CredentialUse {
    /// `PayloadIdentifier`; a credential keeps its identity by it from version to version.
    pub payload: String,
    pub method: CredentialMethod,
}

impl Template {
    pub fn credentials(&self) -> Vec<CredentialUse> {
        self.payloads()
            .filter_map(|(_, payload)| {
                Some(CredentialUse {
                    payload: text(payload, "PayloadIdentifier")?.to_owned(),
                    method: method(payload)?,
                })
            })
            .collect()
    }
}

/// Whom the certificate of a payload is to name, as the payload itself says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CertificateNames {
    /// Attributes in their order: `CN`, `O`, … or dotted object identifiers.
    pub subject: Vec<(String, String)>,
    pub emails: Vec<String>,
    pub dns_names: Vec<String>,
    pub uris: Vec<String>,
    /// `user@domain`, by which Windows servers know people.
    pub principal_names: Vec<String>,
}

impl Template {
    /// The names in a payload that asks for a certificate; of an expanded profile, the real ones.
    // Apple schema mdm/profiles/com.apple.security.scep.yaml
    pub fn certificate_names(&self, payload: &str) -> Option<CertificateNames> {
        let (_, payload) = self
            .payloads()
            .find(|(_, other)| text(other, "PayloadIdentifier") == Some(payload))?;
        let content = payload
            .get("PayloadContent")
            .and_then(Value::as_dictionary)?;
        let subject = subject::read(content).unwrap_or_default();
        let alternative = content.get("SubjectAltName").and_then(Value::as_dictionary);
        let of = |key: &str| match alternative.and_then(|names| names.get(key)) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => many
                .iter()
                .filter_map(|item| item.as_string().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        Some(CertificateNames {
            subject: subject.into_iter().flatten().collect(),
            emails: of("rfc822Name"),
            dns_names: of("dNSName"),
            uris: of("uniformResourceIdentifier"),
            principal_names: of("ntPrincipalName"),
        })
    }
}

/// Whether our network authority issues the certificate of this payload.
pub(in crate::profile) fn is_credential(payload: &Dictionary) -> bool {
    method(payload).is_some()
}

fn method(payload: &Dictionary) -> Option<CredentialMethod> {
    let is = |dict: &Dictionary, key, name| text(dict, key).and_then(whole_variable) == Some(name);
    if text(payload, "PayloadType")? != ScepPayload::TYPE {
        return None;
    }
    let content = payload
        .get("PayloadContent")
        .and_then(Value::as_dictionary)?;
    is(content, "URL", "credential.scep_url").then_some(CredentialMethod::Scep)
}
