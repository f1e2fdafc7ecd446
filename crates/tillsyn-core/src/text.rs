//! Short texts that people type: names, labels.

use crate::error::Error;

/// A text that may be absent: trimmed, at most `most` characters, on one line.
pub(crate) fn optional(
    field: &'static str,
    value: Option<String>,
    most: usize,
) -> Result<Option<String>, Error> {
    let Some(value) = value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    if value.chars().count() > most || value.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "text_length",
            format!("At most {most} characters, on one line."),
        ));
    }
    Ok(Some(value))
}

/// The same, of a text that must be there.
pub(crate) fn required(field: &'static str, value: &str, most: usize) -> Result<String, Error> {
    optional(field, Some(value.to_owned()), most)?.ok_or_else(|| {
        Error::invalid(
            field,
            "text_missing",
            format!("Type 1 to {most} characters."),
        )
    })
}

/// A pattern for `LIKE … ESCAPE '\'` that finds the text anywhere, in lower case; empty for no text.
pub(crate) fn pattern(search: Option<&str>) -> String {
    let wanted: String = search
        .unwrap_or_default()
        .trim()
        .chars()
        .take(100)
        .collect();
    if wanted.is_empty() {
        return String::new();
    }
    let escaped = wanted
        .to_lowercase()
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}
