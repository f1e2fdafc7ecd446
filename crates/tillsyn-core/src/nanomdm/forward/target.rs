//! Where a question goes.

use std::fmt::Write as _;

use tillsyn_upstream::webhook::NoTarget;

use crate::core::Core;
use crate::error::Error;

/// Longer identifiers no declaration has. Apple schema declarative/declarations/declarationbase.yaml: 64 octets.
const IDENTIFIER_LIMIT: usize = 256;

/// A base address: `https://…/`, where it may go. NanoMDM resolves the endpoint against its address as a link
/// (RFC 3986 §5.2), which drops what stands behind the last slash; so the address has to end with one, and both mean
/// the same.
pub(super) fn checked_url(core: &Core, url: &str) -> Result<String, Error> {
    let url = url.trim();
    let wrong = |text: &str| Error::invalid("url", "forward_url", text);
    if url.len() > 2_000 {
        return Err(wrong("The address has at most 2,000 characters."));
    }
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'\\');
    match core.config().webhook_targets.check_url(url) {
        Ok(()) if url.bytes().all(plain) && url.ends_with('/') => Ok(url.to_owned()),
        Ok(()) | Err(NoTarget::Form) => Err(wrong(
            "Give an address that begins with https:// and ends with /, without a user name, ? and #.",
        )),
        Err(NoTarget::Private) => Err(Error::invalid(
            "url",
            "forward_url_private",
            "This address is not of the public internet. `webhooks.allow` in the server's configuration \
             can open it.",
        )),
    }
}

/// The address of a known endpoint below the base. `None` for a declaration whose identifier would lead out of it, or
/// is none at all: no server has that one.
pub(crate) fn endpoint_url(base: &str, endpoint: &str) -> Option<String> {
    let mut parts = endpoint.splitn(3, '/');
    let (Some(first), Some(kind), Some(identifier)) = (parts.next(), parts.next(), parts.next())
    else {
        return Some(format!("{base}{endpoint}"));
    };
    if identifier.len() > IDENTIFIER_LIMIT {
        return None;
    }
    // A device may write it encoded or not.
    let identifier = decoded(identifier)?;
    if identifier.split('/').any(|part| matches!(part, "." | "..")) {
        return None;
    }
    let mut url = format!("{base}{first}/{kind}/");
    for byte in identifier.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    Some(url)
}

/// What stands behind a `%` and is no number stands for itself.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        let escaped = (*byte == b'%').then(|| escape(behind)).flatten();
        let (value, after) = escaped.unwrap_or((*byte, behind));
        bytes.push(value);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// Two digits, and what follows them.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, after) = text.split_at_checked(2)?;
    let digits = std::str::from_utf8(digits).ok()?;
    let are_digits = digits.bytes().all(|b| b.is_ascii_hexdigit());
    let value = u8::from_str_radix(digits, 16).ok()?;
    are_digits.then_some((value, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_stay_below_the_base() {
        let url = |endpoint: &str| endpoint_url("https://dm.example.org/a/", endpoint);
        for (endpoint, expected) in [
            ("tokens", "tokens"),
            ("declaration-items", "declaration-items"),
            (
                "declaration/configuration/org.example.a",
                "declaration/configuration/org.example.a",
            ),
            ("declaration/asset/a/b", "declaration/asset/a/b"),
            ("declaration/asset/a%2Fb", "declaration/asset/a/b"),
            ("declaration/asset/50%", "declaration/asset/50%25"),
            (
                "declaration/asset/a b?c#d",
                "declaration/asset/a%20b%3Fc%23d",
            ),
            ("declaration/asset/å", "declaration/asset/%C3%A5"),
        ] {
            let expected = format!("https://dm.example.org/a/{expected}");
            assert_eq!(url(endpoint), Some(expected), "{endpoint}");
        }
        for endpoint in [
            "declaration/asset/..",
            "declaration/asset/a/../../../v1/sets",
            "declaration/asset/%2e%2E/tokens",
            "declaration/asset/..%2f..%2fv1",
            "declaration/asset/%FF",
        ] {
            assert_eq!(url(endpoint), None, "{endpoint}");
        }
        assert_eq!(url(&format!("declaration/asset/{}", "x".repeat(257))), None);
    }
}
