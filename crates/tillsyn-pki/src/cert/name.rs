use std::fmt::Write as _;

use crate::asn1::{Oid, Reader, text as strings};
use crate::error::Result;

const WHAT: &str = "distinguished name";

/// The attributes of a DER Name in the order of the encoding.
fn attributes(name: &[u8]) -> Result<Vec<(Oid, String)>> {
    let mut found = Vec::new();
    let mut relative_names = Reader::der(name).sequence(WHAT)?;
    while !relative_names.is_empty() {
        let mut set = relative_names.any(WHAT)?.children(WHAT)?;
        while !set.is_empty() {
            let mut attribute = set.sequence(WHAT)?;
            let oid = attribute.oid(WHAT)?;
            let value = attribute.any(WHAT)?;
            // A value that is no text is shown, never a reason to refuse the certificate.
            let value = strings::decode(&value, WHAT).unwrap_or_else(|_| "?".to_owned());
            found.push((oid, value));
        }
    }
    Ok(found)
}

/// The first attribute of this type.
pub(crate) fn attribute(name: &[u8], oid: &Oid) -> Option<String> {
    attributes(name)
        .ok()?
        .into_iter()
        .find(|(o, _)| o == oid)
        .map(|(_, value)| value)
}

/// The name for people, most specific part first, as RFC 4514 writes it.
pub(crate) fn text(name: &[u8]) -> String {
    let mut out = String::new();
    for (oid, value) in attributes(name).unwrap_or_default().into_iter().rev() {
        if !out.is_empty() {
            out.push(',');
        }
        let _ = match oid.short_name() {
            Some(short) => write!(out, "{short}="),
            None => write!(out, "{oid}="),
        };
        for c in value.chars() {
            if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
                out.push('\\');
            }
            out.push(if c.is_control() { '\u{fffd}' } else { c });
        }
    }
    out
}
