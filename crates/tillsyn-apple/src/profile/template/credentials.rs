//! Payloads whose certificate comes from our own network authority: they say so by their
//! variables, so a profile that is moved elsewhere stays readable.

use plist::{Dictionary, Value};

use super::Template;
use super::tree::text;
use super::variables::whole_variable;
use crate::profile::{AcmePayload, ScepPayload};

/// As the whole `PayloadContent` of a `com.apple.security.root` payload: the root certificate of
/// the network authority, as data.
pub const ROOT_MARKER: &str = "credential.root";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialMethod {
    Scep,
    Acme,
}

impl CredentialMethod {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scep => "scep",
            Self::Acme => "acme",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Scep, Self::Acme]
            .into_iter()
            .find(|method| method.as_str() == text)
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

fn method(payload: &Dictionary) -> Option<CredentialMethod> {
    let is = |dict: &Dictionary, key, name| text(dict, key).and_then(whole_variable) == Some(name);
    match text(payload, "PayloadType")? {
        ScepPayload::TYPE => {
            let content = payload
                .get("PayloadContent")
                .and_then(Value::as_dictionary)?;
            is(content, "URL", "credential.scep_url").then_some(CredentialMethod::Scep)
        }
        AcmePayload::TYPE => is(payload, "DirectoryURL", "credential.acme_directory")
            .then_some(CredentialMethod::Acme),
        _ => None,
    }
}
