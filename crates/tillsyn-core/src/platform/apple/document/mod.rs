//! A configuration profile as features handle it: opened, checked, edited, compared and shown, without any
//! of Apple's types.

mod conflicts;
mod edit;
mod expected;
mod findings;
mod json;
mod shown;
mod support;
mod upload;

pub(crate) use conflicts::Clash;
use tillsyn_apple::WireError;
use tillsyn_apple::profile::Template;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::ids::new_uuid;
use crate::profiles::{Content, MAX_BYTES, MAX_PAYLOADS, Signer};

/// What stands in the place of a secret.
pub(crate) const MASK: &str = "••••••••";

/// A plain profile.
#[derive(Clone, Debug)]
pub(crate) struct Document(Template);

impl Document {
    /// Opens what we stored or bring along ourselves.
    pub(crate) fn open(plain: &[u8]) -> Result<Self, Error> {
        let template = Template::parse(plain).map_err(|error| {
            Error::internal("A profile of ours cannot be read.").caused_by(error)
        })?;
        Ok(Self(template))
    }

    /// A profile without payloads.
    pub(crate) fn empty(identifier: &str, name: &str, now_ms: i64) -> Result<Self, Error> {
        let mut root = plist::Dictionary::new();
        for (key, value) in [
            ("PayloadType", plist::Value::from("Configuration")),
            ("PayloadVersion", plist::Value::from(1_u64)),
            ("PayloadIdentifier", plist::Value::from(identifier)),
            ("PayloadUUID", plist::Value::from(fresh_uuid(now_ms))),
            ("PayloadDisplayName", plist::Value::from(name)),
            ("PayloadContent", plist::Value::Array(Vec::new())),
        ] {
            root.insert(key.to_owned(), value);
        }
        let template = Template::from_root(root).map_err(refused)?;
        Ok(Self(template))
    }

    /// What devices know it by; an opened profile always has one.
    pub(crate) fn identifier(&self) -> &str {
        self.0.identifier().unwrap_or_default()
    }

    pub(crate) fn set_display_name(&mut self, name: &str) {
        let root = self.0.root_mut();
        root.insert("PayloadDisplayName".to_owned(), plist::Value::from(name));
    }

    /// Makes it a profile of its own: another identifier, and payloads that no other profile has. What
    /// refers to a payload of it still does.
    pub(crate) fn adopt(&mut self, identifier: &str, now_ms: i64) {
        let former = self.identifier().to_owned();
        let mut renamed = Vec::new();
        let root = self.0.root_mut();
        if let Some(plist::Value::Array(payloads)) = root.get_mut("PayloadContent") {
            for (index, payload) in payloads.iter_mut().enumerate() {
                let Some(payload) = payload.as_dictionary_mut() else {
                    continue;
                };
                let text = |key: &str| payload.get(key)?.as_string().map(str::to_owned);
                let (own, uuid) = (text("PayloadIdentifier"), text("PayloadUUID"));
                let rest = own.as_deref().and_then(|own| own.strip_prefix(&former));
                let own = match rest {
                    Some(rest) if rest.starts_with('.') => format!("{identifier}{rest}"),
                    _ => format!("{identifier}.{}", index + 1),
                };
                payload.insert("PayloadIdentifier".to_owned(), plist::Value::from(own));
                let new = fresh_uuid(now_ms);
                match uuid {
                    Some(uuid) if !uuid.is_empty() => renamed.push((uuid, new)),
                    _ => {
                        payload.insert("PayloadUUID".to_owned(), plist::Value::from(new));
                    }
                }
            }
        }
        for value in root.values_mut() {
            rename(value, &renamed);
        }
        self.0.set_identity(identifier, &fresh_uuid(now_ms));
    }

    /// Puts back the secrets of `former` where the mask came back. True when there were any.
    ///
    /// # Errors
    /// Invalid when a mask stands where `former` has no secret.
    pub(crate) fn keep_secrets(&mut self, former: &Self) -> Result<bool, Error> {
        let before = self.0.clone();
        let lost = self.0.merge_secrets(&former.0, MASK);
        if lost.is_empty() {
            return Ok(before != self.0);
        }
        let paths: Vec<String> = lost.iter().map(ToString::to_string).collect();
        Err(Error::invalid(
            "content",
            "masked_secret",
            format!(
                "A mask stands where no secret is known: {}. Type the value.",
                paths.join(", ")
            ),
        )
        .with_data(serde_json::json!({ "paths": paths })))
    }

    /// What is stored of it.
    ///
    /// # Errors
    /// Invalid when it is over a limit.
    pub(crate) fn content(
        &self,
        signer: Option<Signer>,
        original: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Content, Error> {
        self.0.check().map_err(refused)?;
        let plain = Zeroizing::new(self.0.to_plist());
        if plain.len() > MAX_BYTES {
            return Err(too_large());
        }
        let payloads = self.0.payloads().count();
        if payloads > MAX_PAYLOADS {
            return Err(Error::invalid(
                "content",
                "too_many_payloads",
                format!(
                    "A profile has at most {MAX_PAYLOADS} payloads; this has {payloads}. Divide it."
                ),
            ));
        }
        let mut summary = self.summary(&self.check());
        summary.signer = signer;
        Ok(Content {
            original: original.filter(|bytes| **bytes != *plain),
            plain,
            summary,
        })
    }
}

/// A new `PayloadUUID`.
fn fresh_uuid(now_ms: i64) -> String {
    new_uuid(now_ms).to_string().to_uppercase()
}

/// Names payloads anew wherever their UUID stands as a whole value.
fn rename(value: &mut plist::Value, renamed: &[(String, String)]) {
    match value {
        plist::Value::String(text) => {
            if let Some((_, new)) = renamed.iter().find(|(old, _)| old == text) {
                text.clone_from(new);
            }
        }
        plist::Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed)),
        plist::Value::Dictionary(dict) => {
            dict.values_mut().for_each(|item| rename(item, renamed));
        }
        _ => {}
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn refused(error: WireError) -> Error {
    Error::invalid(
        "content",
        "profile",
        format!("This is not a configuration profile: {error}."),
    )
}

fn too_large() -> Error {
    Error::invalid(
        "content",
        "profile_too_large",
        format!("A profile has at most {} MiB.", MAX_BYTES >> 20),
    )
}
