use super::{
    BIT_STRING, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Oid, PRINTABLE_STRING, SEQUENCE,
    SET, UTF8_STRING,
};

/// One DER element.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len().saturating_add(6));
    out.push(tag);
    push_len(&mut out, content.len());
    out.extend_from_slice(content);
    out
}

pub(crate) fn push_len(out: &mut Vec<u8>, len: usize) {
    match u8::try_from(len) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let digits = len.to_be_bytes();
            let significant = digits.iter().skip_while(|d| **d == 0);
            let count = significant.clone().count();
            out.push(0x80 | u8::try_from(count).unwrap_or(0x7f));
            out.extend(significant);
        }
    }
}

/// A constructed element from its finished children.
pub(crate) fn constructed(tag: u8, children: &[&[u8]]) -> Vec<u8> {
    tlv(tag, &children.concat())
}

pub(crate) fn sequence(children: &[&[u8]]) -> Vec<u8> {
    constructed(SEQUENCE, children)
}

/// Content of a SET OF in DER order.
// X.690 §11.6; comparing whole encodings is the same as comparing padded ones, because a
// complete encoding is never a proper prefix of another.
pub(crate) fn sorted(mut items: Vec<Vec<u8>>) -> Vec<u8> {
    items.sort();
    items.concat()
}

pub(crate) fn set_of(items: Vec<Vec<u8>>) -> Vec<u8> {
    tlv(SET, &sorted(items))
}

pub(crate) fn oid(value: &Oid) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, value.content())
}

pub(crate) fn octets(value: &[u8]) -> Vec<u8> {
    tlv(OCTET_STRING, value)
}

pub(crate) fn bits(value: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], value].concat())
}

pub(crate) fn null() -> Vec<u8> {
    vec![NULL, 0]
}

/// A non-negative integer from big-endian bytes of any padding.
pub(crate) fn unsigned(value: &[u8]) -> Vec<u8> {
    let start = value.iter().position(|b| *b != 0).unwrap_or(value.len());
    let digits = value.get(start..).unwrap_or_default();
    match digits.first() {
        None => tlv(INTEGER, &[0]),
        Some(first) if first & 0x80 != 0 => tlv(INTEGER, &[&[0], digits].concat()),
        Some(_) => tlv(INTEGER, digits),
    }
}

pub(crate) fn small(value: u8) -> Vec<u8> {
    unsigned(&[value])
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    vec![0x01, 1, if value { 0xff } else { 0 }]
}

pub(crate) fn utf8(value: &str) -> Vec<u8> {
    tlv(UTF8_STRING, value.as_bytes())
}

pub(crate) fn printable(value: &str) -> Vec<u8> {
    tlv(PRINTABLE_STRING, value.as_bytes())
}
