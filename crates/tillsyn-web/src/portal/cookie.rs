//! What a browser keeps for the enrollment pages: which attempt it began, and the language.
//!
//! The address of a profile carries a secret. It is shown only to the browser that began the attempt, and
//! never stands in the address of a page, where history and neighbours would read it.

use http::{HeaderMap, HeaderValue, header};
use tillsyn_core::Error;
use tillsyn_core::ids::AttemptId;

use crate::error::AppError;
use crate::i18n::Lang;
use crate::state::WebConfig;
use crate::ui::urls;

/// As long as an attempt; the profile's own time is shorter and counted on the server.
const ATTEMPT_SECS: u32 = 24 * 60 * 60;
const LANGUAGE: &str = "tillsyn-lang";
const LANGUAGE_SECS: u32 = 365 * 24 * 60 * 60;

/// The attempt that this browser began.
pub(super) struct Begun<'h> {
    pub(super) attempt: &'h str,
    pub(super) secret: &'h str,
}

// `__Host-` would need the path `/`, and so send the secret to every page.
fn attempt_name(config: &WebConfig) -> &'static str {
    if config.secure {
        "__Secure-tillsyn-attempt"
    } else {
        "tillsyn-attempt"
    }
}

/// The `Set-Cookie` value for an attempt just begun; sent back only to the pages of its own link.
pub(super) fn set_attempt(
    config: &WebConfig,
    code: &str,
    attempt: &AttemptId,
    secret: &str,
) -> Result<HeaderValue, AppError> {
    let text = format!(
        "{}={attempt}.{secret}; Path={}; HttpOnly; SameSite=Lax; Max-Age={ATTEMPT_SECS}{}",
        attempt_name(config),
        urls::enroll(code),
        secure(config)
    );
    let mut value = HeaderValue::try_from(text)
        .map_err(|error| Error::internal("A cookie is no header text.").caused_by(error))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The attempt that this browser began with this link.
pub(super) fn attempt<'h>(config: &WebConfig, headers: &'h HeaderMap) -> Option<Begun<'h>> {
    let (attempt, secret) = one(headers, attempt_name(config))?.split_once('.')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (secret.len() <= 64 && !secret.is_empty() && secret.chars().all(plain))
        .then_some(Begun { attempt, secret })
}

pub(super) fn set_language(config: &WebConfig, lang: Lang) -> HeaderValue {
    let text = format!(
        "{LANGUAGE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={LANGUAGE_SECS}{}",
        lang.tag(),
        secure(config)
    );
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

pub(super) fn language(headers: &HeaderMap) -> Option<Lang> {
    one(headers, LANGUAGE).and_then(Lang::from_tag)
}

fn secure(config: &WebConfig) -> &'static str {
    if config.secure { "; Secure" } else { "" }
}

/// The cookie of this name; none when two bear it.
fn one<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == wanted)
        .map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}
