use std::io::Cursor;

use plist::Value;

use super::{Limits, binary, xml};
use crate::WireError;

pub(super) const BINARY_MAGIC: &[u8] = b"bplist00";

/// Reads an XML or binary plist within the limits. The old text format is refused.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Value, WireError> {
    if bytes.len() > limits.bytes {
        return Err(WireError::TooLarge {
            what: "plist bytes",
            limit: limits.bytes,
        });
    }
    if bytes.starts_with(BINARY_MAGIC) {
        binary::check(bytes, limits)?;
        Value::from_reader(Cursor::new(bytes)).map_err(|_| WireError::malformed("binary plist"))
    } else {
        let text = xml::check(bytes, limits)?;
        Value::from_reader_xml(text.as_bytes()).map_err(|_| WireError::malformed("XML plist"))
    }
}
