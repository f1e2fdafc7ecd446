use super::{BMP_STRING, Element, IA5_STRING, PRINTABLE_STRING, T61_STRING, UTF8_STRING};
use crate::error::{Error, Result};

/// The text of a DirectoryString or IA5String.
pub(crate) fn decode(element: &Element<'_>, what: &'static str) -> Result<String> {
    let bytes = element.content;
    match element.tag {
        UTF8_STRING | PRINTABLE_STRING | IA5_STRING => {
            let text = std::str::from_utf8(bytes).map_err(|_| Error::malformed(what))?;
            Ok(text.to_owned())
        }
        // In practice Latin-1, whatever T.61 says.
        T61_STRING => Ok(bytes.iter().map(|b| char::from(*b)).collect()),
        BMP_STRING => {
            let (pairs, odd) = bytes.as_chunks::<2>();
            if !odd.is_empty() {
                return Err(Error::malformed(what));
            }
            let units: Vec<u16> = pairs.iter().map(|p| u16::from_be_bytes(*p)).collect();
            String::from_utf16(&units).map_err(|_| Error::malformed(what))
        }
        _ => Err(Error::malformed(what)),
    }
}

/// Whether PrintableString can carry the text. X.680 §41.4.
pub(crate) fn is_printable(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&b))
}
