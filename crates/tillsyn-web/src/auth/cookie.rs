//! The session cookie (security S13).

use http::{HeaderMap, HeaderValue, header};
use tillsyn_core::Error;

use crate::error::AppError;
use crate::state::WebConfig;

/// As long as a session lives at most.
const MAX_AGE_SECS: u32 = 12 * 60 * 60;

/// With TLS the `__Host-` prefix keeps a neighbour on the same domain from planting one.
fn name(config: &WebConfig) -> &'static str {
    if config.secure {
        "__Host-tillsyn"
    } else {
        "tillsyn"
    }
}

fn build(config: &WebConfig, value: &str, max_age_secs: u32) -> String {
    let secure = if config.secure { "; Secure" } else { "" };
    let name = name(config);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_secs}{secure}")
}

/// The `Set-Cookie` value that begins a session in the browser.
pub fn session_cookie(config: &WebConfig, token: &str) -> Result<HeaderValue, AppError> {
    let mut value = HeaderValue::try_from(build(config, token, MAX_AGE_SECS))
        .map_err(|error| Error::internal("A session token is no header text.").caused_by(error))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The `Set-Cookie` value that ends it.
pub fn clear_session_cookie(config: &WebConfig) -> HeaderValue {
    HeaderValue::try_from(build(config, "", 0)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The token in the request's cookies; `None` when two cookies bear the name.
pub fn session_token<'a>(config: &WebConfig, headers: &'a HeaderMap) -> Option<&'a str> {
    let wanted = name(config);
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
