//! Values of Apple's attestation extensions. Texts come as plain UTF-8 where X.509 would have a
//! DER string, numbers as DER INTEGER; both forms are read for both. Blank and unreadable values
//! mean that Apple could not tell: unknown.

use crate::asn1::{
    Element, IA5_STRING, INTEGER, OCTET_STRING, PRINTABLE_STRING, Reader, UTF8_STRING,
};

const WHAT: &str = "attested property";
const MAX_TEXT: usize = 256;

/// The only element of the value.
fn element(value: &[u8]) -> Option<Element<'_>> {
    let mut reader = Reader::der(value);
    let element = reader.any(WHAT).ok()?;
    reader.is_empty().then_some(element)
}

pub(super) fn text(value: &[u8]) -> Option<String> {
    let string = [UTF8_STRING, PRINTABLE_STRING, IA5_STRING, OCTET_STRING];
    let bytes = match element(value) {
        Some(element) if string.contains(&element.tag) => element.content,
        _ => value,
    };
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let readable =
        !text.is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control);
    readable.then(|| text.to_owned())
}

/// A small number; anything large counts as its lowest 64 bits being all set.
pub(super) fn number(value: &[u8]) -> Option<u64> {
    if let Some(element) = element(value)
        && element.tag == INTEGER
        && !element.content.is_empty()
    {
        let magnitude = element.content.iter().skip_while(|b| **b == 0);
        return Some(magnitude.fold(0u64, |n, digit| {
            n.checked_mul(256)
                .map_or(u64::MAX, |n| n.saturating_add(u64::from(*digit)))
        }));
    }
    text(value)?.parse().ok()
}

/// The bytes of a freshness code in the two forms that it may have been sent in.
pub(super) fn octets(value: &[u8]) -> [Option<&[u8]>; 2] {
    let wrapped = element(value).filter(|element| element.tag == OCTET_STRING);
    [Some(value), wrapped.map(|element| element.content)]
}
