//! The cookies of sign-in: the session (security S13), the second step of a sign-in, and what a browser is
//! known by (S12).

use http::{HeaderMap, HeaderValue, header};
use tillsyn_core::Error;

use crate::error::AppError;
use crate::state::WebConfig;

/// A secret of ours in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    Session,
    /// The session of a person at the portal.
    Portal,
    /// The password was right; the second factor is missing.
    Step,
    /// The browser is at an identity provider.
    Provider,
    /// The browser signed in rightly before.
    Known,
}

impl Cookie {
    /// With TLS the `__Host-` prefix keeps a neighbour on the same domain from planting one.
    const fn name(self, config: &WebConfig) -> &'static str {
        match (self, config.secure) {
            (Self::Session, true) => "__Host-tillsyn",
            (Self::Session, false) => "tillsyn",
            (Self::Portal, true) => "__Host-tillsyn-portal",
            (Self::Portal, false) => "tillsyn-portal",
            (Self::Step, true) => "__Host-tillsyn-step",
            (Self::Step, false) => "tillsyn-step",
            (Self::Provider, true) => "__Host-tillsyn-provider",
            (Self::Provider, false) => "tillsyn-provider",
            (Self::Known, true) => "__Host-tillsyn-known",
            (Self::Known, false) => "tillsyn-known",
        }
    }

    /// As long as the server knows its value at most.
    const fn max_age_secs(self) -> u32 {
        match self {
            Self::Session | Self::Portal => 12 * 60 * 60,
            Self::Step | Self::Provider => 10 * 60,
            Self::Known => 400 * 24 * 60 * 60,
        }
    }

    fn build(self, config: &WebConfig, value: &str, max_age_secs: u32) -> String {
        let secure = if config.secure { "; Secure" } else { "" };
        let name = self.name(config);
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_secs}{secure}")
    }

    /// The `Set-Cookie` value that puts a secret into the browser.
    pub fn set(self, config: &WebConfig, secret: &str) -> Result<HeaderValue, AppError> {
        let text = self.build(config, secret, self.max_age_secs());
        let mut value = HeaderValue::try_from(text)
            .map_err(|error| Error::internal("A token is no header text.").caused_by(error))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The `Set-Cookie` value that takes it out again.
    pub fn clear(self, config: &WebConfig) -> HeaderValue {
        HeaderValue::try_from(self.build(config, "", 0))
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// The secret in the request's cookies; `None` when two cookies bear the name.
    pub fn read<'a>(self, config: &WebConfig, headers: &'a HeaderMap) -> Option<&'a str> {
        let wanted = self.name(config);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == wanted)
            .map(|(_, value)| value);
        match (found.next(), found.next()) {
            (Some(token), None) if !token.is_empty() && token.len() <= 128 => Some(token),
            _ => None,
        }
    }
}
