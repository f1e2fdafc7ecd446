//! The settings of a provider as they are sent, and whether they can be.

use std::fmt;

use serde::{Deserialize, Serialize};
use tillsyn_pki::id_token::TokenAlgorithm;
use zeroize::Zeroizing;

use super::clients::is_issuer;
use super::provider::Mapping;
use crate::error::Error;
use crate::ids::OrgUnitId;

const MAX_MAPPINGS: usize = 200;
const MAX_WORDS: usize = 20;

/// A provider to make, or what one becomes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderInput {
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    /// `None` keeps the one that is there, an empty one removes it. Kept sealed, beside the rest.
    #[serde(skip)]
    pub client_secret: Option<Zeroizing<String>>,
    pub scopes: Vec<String>,
    pub algorithms: Vec<String>,
    pub hosts: Vec<String>,
    pub groups_claim: String,
    pub trusts_second_factor: bool,
    pub second_factor_values: Vec<String>,
    pub links_existing: bool,
    #[serde(default)]
    pub people: bool,
    #[serde(default)]
    pub makes_people_in: Option<OrgUnitId>,
    pub enabled: bool,
    pub mappings: Vec<Mapping>,
}

impl fmt::Debug for ProviderInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderInput")
            .field("name", &self.name)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Default for ProviderInput {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        Self {
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            client_secret: None,
            scopes: words(&["openid", "email", "profile"]),
            // What every provider must be able to. OpenID Connect Core §15.1.
            algorithms: words(&["RS256"]),
            hosts: Vec::new(),
            groups_claim: "groups".to_owned(),
            trusts_second_factor: false,
            second_factor_values: words(&["mfa"]),
            links_existing: false,
            people: false,
            makes_people_in: None,
            enabled: true,
            mappings: Vec::new(),
        }
    }
}

/// Which settings differ, by name.
pub(super) fn changes(before: &ProviderInput, after: &ProviderInput) -> Vec<&'static str> {
    let fields = [
        ("name", before.name != after.name),
        ("issuer", before.issuer != after.issuer),
        ("client_id", before.client_id != after.client_id),
        ("client_secret", after.client_secret.is_some()),
        ("scopes", before.scopes != after.scopes),
        ("algorithms", before.algorithms != after.algorithms),
        ("hosts", before.hosts != after.hosts),
        ("groups_claim", before.groups_claim != after.groups_claim),
        (
            "trusts_second_factor",
            before.trusts_second_factor != after.trusts_second_factor,
        ),
        (
            "second_factor_values",
            before.second_factor_values != after.second_factor_values,
        ),
        (
            "links_existing",
            before.links_existing != after.links_existing,
        ),
        ("people", before.people != after.people),
        (
            "makes_people_in",
            before.makes_people_in != after.makes_people_in,
        ),
        ("enabled", before.enabled != after.enabled),
        ("mappings", before.mappings != after.mappings),
    ];
    let changed = fields.into_iter().filter(|(_, changed)| *changed);
    changed.map(|(name, _)| name).collect()
}

/// The same without spaces around, or what is wrong with it.
pub(super) fn checked(input: ProviderInput) -> Result<ProviderInput, Error> {
    let name = trimmed("name", &input.name, 100)?;
    let issuer = trimmed("issuer", &input.issuer, 500)?;
    if !is_issuer(&issuer) {
        return Err(Error::invalid(
            "issuer",
            "issuer_address",
            "The issuer is an address with https:// and a host, as the provider writes it.",
        ));
    }
    let client_id = trimmed("client_id", &input.client_id, 500)?;
    let groups_claim = trimmed("groups_claim", &input.groups_claim, 100)?;
    let mut scopes = list("scopes", &input.scopes, |scope| {
        // RFC 6749 §3.3.
        let legal = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        scope.bytes().all(legal)
    })?;
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    let algorithms = list("algorithms", &input.algorithms, |name| {
        TokenAlgorithm::from_name(name).is_some()
    })?;
    if algorithms.is_empty() {
        return Err(Error::invalid(
            "algorithms",
            "algorithms_none",
            "Choose at least one of RS256, PS256, ES256 and ES384.",
        ));
    }
    let hosts = list("hosts", &input.hosts, |host| {
        host.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    })?;
    let second_factor_values = list("second_factor_values", &input.second_factor_values, |_| {
        true
    })?;
    let client_secret = match input.client_secret {
        Some(secret) if secret.len() > 1000 => {
            return Err(Error::invalid(
                "client_secret",
                "too_long",
                "The secret is longer than 1000 characters.",
            ));
        }
        Some(secret) => Some(Zeroizing::new(secret.trim().to_owned())),
        None => None,
    };
    if input.mappings.len() > MAX_MAPPINGS {
        return Err(Error::invalid(
            "mappings",
            "too_many",
            format!("At most {MAX_MAPPINGS} groups can be mapped."),
        ));
    }
    let mut mappings = input.mappings;
    for mapping in &mut mappings {
        mapping.group = trimmed("mappings", &mapping.group, 300)?;
    }
    Ok(ProviderInput {
        name,
        issuer,
        client_id,
        client_secret,
        scopes,
        algorithms,
        hosts,
        groups_claim,
        second_factor_values,
        mappings,
        ..input
    })
}

fn trimmed(field: &'static str, text: &str, max: usize) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > max || text.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "length",
            format!("This has 1 to {max} characters."),
        ));
    }
    Ok(text.to_owned())
}

fn list(
    field: &'static str,
    words: &[String],
    legal: impl Fn(&str) -> bool,
) -> Result<Vec<String>, Error> {
    let words: Vec<String> = words
        .iter()
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    let odd =
        |word: &String| word.len() > 200 || word.contains(char::is_whitespace) || !legal(word);
    if words.len() > MAX_WORDS || words.iter().any(odd) {
        return Err(Error::invalid(
            field,
            "words",
            format!("At most {MAX_WORDS} words that this setting knows."),
        ));
    }
    Ok(words)
}
