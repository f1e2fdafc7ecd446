//! Files that an import gives back: what is wrong with a file, and an empty one to fill in.

use super::ImportKind;
use super::columns::Column;
use super::row::Outcome;
use super::store::import;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::ids::ImportId;
use crate::lists::csv_file;

/// The errors of a preview, row by row, as CSV.
pub async fn errors_csv(core: &Core, actor: &Actor, id: &ImportId) -> Result<Vec<u8>, Error> {
    let found = import(core, actor, id).await?;
    let mut lines = vec![["line", "name", "code", "column", "found", "allowed"].map(str::to_owned)];
    for row in found.preview(core)? {
        if row.outcome != Outcome::Error {
            continue;
        }
        for error in row.errors {
            lines.push([
                row.line.to_string(),
                row.name.clone(),
                error.code,
                error.field,
                error.found,
                error.allowed,
            ]);
        }
    }
    for failure in found.failures {
        let (line, none) = (failure.line.to_string(), String::new);
        lines.push([line, none(), failure.code, none(), none(), none()]);
    }
    csv_file(&lines)
}

/// An example of a file with every column.
pub fn template(kind: ImportKind) -> Result<Vec<u8>, Error> {
    let header = Column::of(kind).iter().map(|c| c.as_str(kind).to_owned());
    let rows: &[&[&str]] = match kind {
        ImportKind::People => &[&[
            "Elin Hedström",
            "elin@example.org",
            "Science/Physics",
            "sv",
            "active",
        ]],
        ImportKind::Groups => &[
            &["Loan iPads", "Library", "Room 3", "C02EXAMPLE1", ""],
            &["Loan iPads", "Library", "", "", "elin@example.org"],
        ],
        ImportKind::Units => &[&["Science"], &["Science/Physics"]],
    };
    let mut lines = vec![header.collect::<Vec<_>>()];
    lines.extend(
        rows.iter()
            .map(|row| row.iter().map(|v| (*v).to_owned()).collect()),
    );
    csv_file(&lines)
}

/// A spreadsheet takes what begins so for a formula, and runs it; some take the wide signs, too, and pass
/// over spaces before them. Where the decimal sign is a comma, a cell ends at a semicolon as well.
pub fn harmless(text: &str) -> String {
    let cells: Vec<String> = text.split(';').map(harmless_cell).collect();
    cells.join(";")
}

fn harmless_cell(text: &str) -> String {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if text.trim_start().starts_with(SIGNS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
