//! What is too much, and the words that people write.

use crate::error::Error;

/// Bytes of a profile, as uploaded and as a plain property list.
pub const MAX_BYTES: usize = 2 << 20;
/// Payloads of one profile.
pub const MAX_PAYLOADS: usize = 200;
/// Edits in one save.
pub const MAX_EDITS: usize = 500;
const NAME: usize = 200;
const TEXT: usize = 2_000;

pub(super) fn name(text: &str) -> Result<String, Error> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > NAME || name.contains(char::is_control) {
        return Err(Error::invalid(
            "name",
            "name",
            format!("A name has 1 to {NAME} characters on one line."),
        ));
    }
    Ok(name.to_owned())
}

pub(super) fn comment(text: Option<&str>) -> Result<Option<String>, Error> {
    free("comment", text)
}

/// The trimmed text; an empty one is none.
pub(super) fn free(field: &'static str, text: Option<&str>) -> Result<Option<String>, Error> {
    let Some(text) = text.map(str::trim) else {
        return Ok(None);
    };
    if text.chars().count() > TEXT {
        return Err(Error::invalid(
            field,
            "too_long",
            format!("This text has at most {TEXT} characters."),
        ));
    }
    Ok(Some(text.to_owned()))
}
