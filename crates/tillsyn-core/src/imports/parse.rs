//! From the bytes of a file to rows: whatever an office program saves as CSV.

use serde_json::json;

use super::ImportKind;
use super::columns::Column;
use crate::error::Error;

/// The largest file.
pub const MOST_BYTES: usize = 10 << 20;
const MOST_ROWS: usize = 50_000;
/// Fields of a row that are looked at; no file that we know has as many.
const MOST_FIELDS: usize = 64;

/// What a file says.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) kind: ImportKind,
    /// What each field of a row is.
    columns: Vec<Column>,
    pub(super) rows: Vec<Raw>,
}

/// One row as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    /// Where it begins, from 1.
    pub(super) line: u64,
    pub(super) values: Vec<String>,
}

impl Table {
    /// A field of a row without the space around it; empty when the file does not say it.
    pub(super) fn get<'a>(&self, row: &'a Raw, column: Column) -> &'a str {
        let at = self.columns.iter().position(|found| *found == column);
        let value = at.and_then(|at| row.values.get(at));
        value.map_or("", |value| value.trim())
    }

    /// How many fields a row has to have, and has, when that differs. Empty fields at the end are no matter.
    pub(super) fn wrong_width(&self, row: &Raw) -> Option<(usize, usize)> {
        let extra = row.values.iter().skip(self.columns.len());
        let full = extra.filter(|value| !value.trim().is_empty()).count();
        (full > 0).then_some((self.columns.len(), row.values.len()))
    }
}

/// The text of a file: UTF-8, with or without a mark at its beginning, or UTF-16 with one.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Error> {
    if bytes.len() > MOST_BYTES {
        let text = format!("A file has at most {} MiB.", MOST_BYTES >> 20);
        return Err(Error::invalid("file", "import_large", text));
    }
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        bytes => std::str::from_utf8(bytes).ok().map(str::to_owned),
    };
    // A NUL is no text of anybody: UTF-16 without its mark, or no text at all.
    text.filter(|text| !text.contains('\0')).ok_or_else(|| {
        let text = "Save the file as CSV in UTF-8 or as Unicode text.";
        Error::invalid("file", "import_encoding", text)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// Reads the rows below the header.
pub(super) fn parse(kind: ImportKind, text: &str) -> Result<Table, Error> {
    // Excel's own note of the delimiter.
    let (noted, skipped) = match text.split_once('\n') {
        Some((first, _)) if first.trim_end().len() == 5 && first.starts_with("sep=") => {
            (first.as_bytes().get(4).copied(), first.len() + 1)
        }
        _ => (None, 0),
    };
    let text = text.get(skipped..).unwrap_or_default();
    let above = u64::from(skipped > 0);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(noted.unwrap_or_else(|| delimiter(text)))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut columns = None;
    let mut rows = Vec::new();
    let mut lines = Lines { to: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line) + above;
            Error::invalid("file", "import_csv", format!("Line {line} is no CSV."))
        })?;
        if record.iter().all(|value| value.trim().is_empty()) {
            continue;
        }
        if columns.is_none() {
            columns = Some(header(kind, &record)?);
            continue;
        }
        if rows.len() == MOST_ROWS {
            let text = format!("A file has at most {MOST_ROWS} rows.");
            return Err(Error::invalid("file", "import_rows", text));
        }
        rows.push(Raw {
            line: lines.at(text, record.position().map_or(0, csv::Position::byte)) + above,
            values: record.iter().take(MOST_FIELDS).map(str::to_owned).collect(),
        });
    }
    match columns {
        Some(columns) if !rows.is_empty() => Ok(Table {
            kind,
            columns,
            rows,
        }),
        _ => {
            let text = "The file has no rows below its header.";
            Err(Error::invalid("file", "import_empty", text))
        }
    }
}

/// Counts the lines of a file as an editor shows them. The reader's own count falls behind where lines end
/// with two characters, as spreadsheets end them: it takes the second for the next record's.
struct Lines {
    to: usize,
    line: u64,
}

impl Lines {
    /// The line on which the record lies that is read from this byte on; bytes come in order.
    fn at(&mut self, text: &str, byte: u64) -> u64 {
        let bytes = text.as_bytes();
        let from = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).unwrap_or_default();
        let start = from
            + rest
                .iter()
                .take_while(|b| matches!(b, b'\r' | b'\n'))
                .count();
        let passed = bytes.get(self.to..start).unwrap_or_default();
        let mut ends = 0;
        for (at, byte) in passed.iter().enumerate() {
            let pair = *byte == b'\r' && bytes.get(self.to + at + 1) == Some(&b'\n');
            ends += u64::from(matches!(byte, b'\r' | b'\n') && !pair);
        }
        self.to = self.to.max(start);
        self.line += ends;
        self.line
    }
}

fn header(kind: ImportKind, record: &csv::StringRecord) -> Result<Vec<Column>, Error> {
    let allowed: Vec<&str> = Column::of(kind).iter().map(|c| c.as_str(kind)).collect();
    let refuse = |column: &str, text: String| {
        let data = json!({"column": column, "allowed": allowed});
        Error::invalid("file", "import_header", text).with_data(data)
    };
    let mut columns = Vec::new();
    let mut names: Vec<&str> = record.iter().map(str::trim).collect();
    while names.last().is_some_and(|name| name.is_empty()) {
        names.pop();
    }
    for name in names {
        let known = Column::find(kind, name).ok_or_else(|| {
            let text = format!(
                "The first line names columns; `{}` is none of {}.",
                name.chars().take(50).collect::<String>(),
                allowed.join(", ")
            );
            refuse(name, text)
        })?;
        if columns.contains(&known) {
            let text = format!("The column {} is there twice.", known.as_str(kind));
            return Err(refuse(name, text));
        }
        columns.push(known);
    }
    match Column::of(kind).first() {
        Some(first) if !columns.contains(first) => {
            let missing = first.as_str(kind);
            Err(refuse(missing, format!("The column {missing} is missing.")))
        }
        _ => Ok(columns),
    }
}

/// The delimiter that the header uses most, outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            byte if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(found, _)| *found == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    let [comma, semicolon, tab] = counts;
    let best = if semicolon.1 > comma.1 {
        semicolon
    } else {
        comma
    };
    if tab.1 > best.1 { tab.0 } else { best.0 }
}
