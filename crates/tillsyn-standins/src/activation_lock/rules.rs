//! What a request must be.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, Uri, header};

/// A request that broke a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub rule: &'static str,
}

/// A request that kept them.
pub(super) struct Checked {
    pub(super) serial: String,
    pub(super) code: String,
}

pub(super) const MAX_BODY_BYTES: usize = 4096;
const PATH: &str = "/deviceservicesworkers/escrowKeyUnlock";
const QUERY: [&str; 5] = ["serial", "productType", "imei", "imei2", "meid"];
const FORM: [&str; 3] = ["orgName", "guid", "escrowKey"];
const ALPHABET: &str = "0123456789ACDEFGHJKLMNPQRTUVWXYZ";

const fn refuse(status: u16, rule: &'static str) -> Refusal {
    Refusal { status, rule }
}

/// Address and headers, before the body is read.
pub(super) fn check_head(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<String, Refusal> {
    if uri.path() != PATH {
        return Err(refuse(404, "path"));
    }
    if method != Method::POST {
        return Err(refuse(405, "method"));
    }
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value == "application/x-www-form-urlencoded");
    if !is_form {
        return Err(refuse(415, "content type"));
    }
    let query = pairs(uri.query().unwrap_or_default())?;
    if query.keys().any(|name| !QUERY.contains(&name.as_str())) {
        return Err(refuse(400, "unknown query parameter"));
    }
    let serial = given(&query, "serial", "serial missing")?;
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    if !plain(&serial) || !(8..=14).contains(&serial.len()) {
        return Err(refuse(400, "serial odd"));
    }
    let product = given(&query, "productType", "product type missing")?;
    // `iPhone17,3`: a model name would be taken for one by a careless client.
    let numbered = product
        .split_once(',')
        .is_some_and(|(name, minor)| plain(name) && minor.bytes().all(|b| b.is_ascii_digit()));
    if !numbered {
        return Err(refuse(400, "product type odd"));
    }
    for name in ["imei", "imei2"] {
        let odd = |value: &String| value.len() != 15 || !value.bytes().all(|b| b.is_ascii_digit());
        if query.get(name).is_some_and(odd) {
            return Err(refuse(400, "imei odd"));
        }
    }
    Ok(serial)
}

pub(super) fn check_body(serial: String, body: &[u8]) -> Result<Checked, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| refuse(400, "body no text"))?;
    let form = pairs(text)?;
    if form.keys().any(|name| !FORM.contains(&name.as_str())) {
        return Err(refuse(400, "unknown form field"));
    }
    given(&form, "orgName", "organisation missing")?;
    given(&form, "guid", "requester missing")?;
    let code = given(&form, "escrowKey", "code missing")?;
    let groups: Vec<usize> = code.split('-').map(str::len).collect();
    if groups != [5, 5, 4, 4, 4, 4] || !code.chars().all(|c| c == '-' || ALPHABET.contains(c)) {
        return Err(refuse(400, "code odd"));
    }
    Ok(Checked { serial, code })
}

fn given(
    pairs: &BTreeMap<String, String>,
    name: &str,
    rule: &'static str,
) -> Result<String, Refusal> {
    let value = pairs.get(name).filter(|value| !value.trim().is_empty());
    value.cloned().ok_or(refuse(400, rule))
}

/// `a=b&c=d`, each name once.
fn pairs(text: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let mut found = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or(refuse(400, "pair without ="))?;
        if found.insert(decode(name)?, decode(value)?).is_some() {
            return Err(refuse(400, "name twice"));
        }
    }
    Ok(found)
}

fn decode(text: &str) -> Result<String, Refusal> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let hex = text.get(at + 1..at + 3);
                let value = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
                out.push(value.ok_or(refuse(400, "bad escape"))?);
                at += 2;
            }
            other => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8(out).map_err(|_| refuse(400, "bad escape"))
}
