//! Rows as people read them.

use serde_json::Value;

/// A column: its title and where its value stands.
pub(super) type Column = (&'static str, &'static str);

/// A table with a line of titles; empty columns stay, so that scripts may count them.
pub(super) fn table(columns: &[Column], rows: &[Value]) -> String {
    let mut lines: Vec<Vec<String>> = vec![
        columns
            .iter()
            .map(|(title, _)| (*title).to_owned())
            .collect(),
    ];
    lines.extend(rows.iter().map(|row| {
        columns
            .iter()
            .map(|(_, key)| cell(row, key))
            .collect::<Vec<_>>()
    }));
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            let width = |line: &Vec<String>| line.get(at).map_or(0, |text| text.chars().count());
            lines.iter().map(width).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for line in lines {
        let mut row = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            row.push_str(cell);
            row.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

fn cell(row: &Value, key: &str) -> String {
    let text = plain(row.pointer(key).unwrap_or(&Value::Null));
    if text.is_empty() {
        "-".to_owned()
    } else {
        text
    }
}

/// A value as text: times without seconds, and nothing that a terminal would obey, since a device
/// chooses its name itself.
pub(super) fn plain(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => short_time(text).unwrap_or_else(|| text.clone()),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    text.chars()
        .map(|c| {
            if c.is_control() || is_invisible(c) {
                '·'
            } else {
                c
            }
        })
        .collect()
}

/// Marks that turn the direction of text around.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// `2026-01-31T08:00:12.345Z` as `2026-01-31 08:00Z`.
fn short_time(text: &str) -> Option<String> {
    let (day, rest) = text.split_once('T')?;
    let is_time = text.len() == 24 && text.ends_with('Z') && day.len() == 10;
    let minute = rest.get(..5).filter(|_| is_time)?;
    Some(format!("{day} {minute}Z"))
}
