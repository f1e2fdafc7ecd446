//! The little ASN.1 that X.509, CMS and SCEP need: a reader that borrows and keeps the raw bytes
//! (signatures are made over them), and a DER writer. Not a general ASN.1 library.
//! Source: X.690.

pub(crate) mod oid;
pub(crate) mod reader;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod writer;

pub(crate) use oid::Oid;
pub(crate) use reader::{Element, Reader};

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const T61_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// `[n]` primitive.
pub(crate) const fn context(n: u8) -> u8 {
    0x80 | n
}

/// `[n]` constructed.
pub(crate) const fn context_constructed(n: u8) -> u8 {
    0xa0 | n
}

/// Nesting bound for every ASN.1 value.
pub(crate) const MAX_DEPTH: u8 = 32;
