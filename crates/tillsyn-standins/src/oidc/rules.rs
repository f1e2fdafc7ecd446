//! What a client's requests must be.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use tillsyn_pki::hash;

/// What a rule says that was broken.
pub(super) type Broken = &'static str;

/// A request for a sign-in that kept the rules.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) challenge: String,
    /// Whether the person must sign in anew.
    pub(super) anew: bool,
}

/// OpenID Connect Core §3.1.2.1, RFC 7636 §4.3.
pub(super) fn authorization(
    query: &str,
    client_id: &str,
    redirect_uri: &str,
) -> Result<Asked, Broken> {
    let fields = pairs(query)?;
    let get = |name: &str| fields.get(name).map(String::as_str);
    let long = |name: &str| get(name).filter(|value| value.len() >= 22);
    if get("client_id") != Some(client_id) {
        return Err("client_id");
    }
    if get("redirect_uri") != Some(redirect_uri) {
        return Err("redirect_uri");
    }
    if get("response_type") != Some("code") {
        return Err("response_type");
    }
    let scopes: Vec<&str> = get("scope").unwrap_or_default().split(' ').collect();
    if !scopes.contains(&"openid") {
        return Err("scope");
    }
    if get("code_challenge_method") != Some("S256") {
        return Err("code_challenge_method");
    }
    let challenge = get("code_challenge").filter(|value| value.len() == 43);
    let anew = match (get("prompt"), get("max_age")) {
        (None, None) => false,
        (Some("login"), Some("0")) => true,
        _ => return Err("prompt and max_age"),
    };
    Ok(Asked {
        redirect_uri: redirect_uri.to_owned(),
        // 128 bits at least.
        state: long("state").ok_or("state")?.to_owned(),
        nonce: long("nonce").ok_or("nonce")?.to_owned(),
        challenge: challenge.ok_or("code_challenge")?.to_owned(),
        anew,
    })
}

/// RFC 6749 §2.3.1, §4.1.3. Gives the code and its verifier.
pub(super) fn token(
    headers: &HeaderMap,
    body: &str,
    client_id: &str,
    client_secret: &str,
    redirect_uri: &str,
) -> Result<(String, String), Broken> {
    let form = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == "application/x-www-form-urlencoded");
    if !form {
        return Err("content type");
    }
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let basic = BASE64_STANDARD
        .decode(basic.ok_or("no client authentication")?)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let basic = basic.ok_or("client authentication odd")?;
    let (id, secret) = basic.split_once(':').ok_or("client authentication odd")?;
    if decode(id)? != client_id || decode(secret)? != client_secret {
        return Err("client authentication wrong");
    }
    let fields = pairs(body)?;
    let get = |name: &str| fields.get(name).map(String::as_str);
    if get("grant_type") != Some("authorization_code") {
        return Err("grant_type");
    }
    if get("client_secret").is_some() {
        return Err("two client authentications");
    }
    if get("redirect_uri") != Some(redirect_uri) {
        return Err("redirect_uri");
    }
    let verifier = get("code_verifier").filter(|value| (43..=128).contains(&value.len()));
    Ok((
        get("code").ok_or("code")?.to_owned(),
        verifier.ok_or("code_verifier")?.to_owned(),
    ))
}

/// RFC 7636 §4.6.
pub(super) fn fits(challenge: &str, verifier: &str) -> bool {
    BASE64_URL_SAFE_NO_PAD.encode(hash::sha256(verifier.as_bytes())) == challenge
}

fn pairs(text: &str) -> Result<BTreeMap<String, String>, Broken> {
    let mut found = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or("pair without =")?;
        if found.insert(decode(name)?, decode(value)?).is_some() {
            return Err("name twice");
        }
    }
    Ok(found)
}

fn decode(text: &str) -> Result<String, Broken> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let hex = text.get(at + 1..at + 3);
                let value = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
                out.push(value.ok_or("bad escape")?);
                at += 2;
            }
            other => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8(out).map_err(|_| "bad escape")
}

pub(super) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
