//! A list as a file: what every such file has in common.

use serde_json::Value as Json;

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::imports::harmless;
use crate::org;

/// Records that somebody takes a list out of the server; `details` names its filter and columns.
///
/// # Errors
/// Forbidden without the permission that the list itself needs.
pub async fn record_export(
    core: &Core,
    actor: &Actor,
    permission: Permission,
    list: &'static str,
    details: Json,
) -> Result<(), Error> {
    may(actor, permission)?;
    let unit = org::of_path(core, &actor.unit_path).await?;
    let input = (actor.clone(), unit.id.to_string(), details, core.now_ms());
    core.db()
        .write(input, move |tx, (actor, unit, details, now)| {
            Box::pin(async move {
                let event = NewEvent::done("list.export", "list", list, unit).with(details.clone());
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Rows as lines of CSV. Nothing that is in a cell becomes a formula of the program that opens the file.
///
/// # Errors
/// Internal, when a line cannot be written.
pub fn csv_lines<R: AsRef<[String]>>(rows: &[R]) -> Result<Vec<u8>, Error> {
    written(Vec::new(), rows)
}

/// The same as a whole file that every office program reads: the mark at the beginning tells that it is UTF-8.
///
/// # Errors
/// Internal, when a line cannot be written.
pub fn csv_file<R: AsRef<[String]>>(rows: &[R]) -> Result<Vec<u8>, Error> {
    written("\u{feff}".as_bytes().to_vec(), rows)
}

fn written<R: AsRef<[String]>>(begin: Vec<u8>, rows: &[R]) -> Result<Vec<u8>, Error> {
    let failed = |error: csv::Error| Error::internal("A CSV cannot be written.").caused_by(error);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(begin);
    for row in rows {
        let cells = row.as_ref().iter().map(|cell| harmless(cell));
        writer
            .write_record(cells.collect::<Vec<_>>())
            .map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::internal("A CSV cannot be written.").caused_by(error.into_error()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn no_cell_of_a_file_is_a_formula() {
        let rows = [["name", "=1+1"].map(str::to_owned)];
        let file = csv_file(&rows).expect("it is written");
        assert_eq!(file, "\u{feff}name,'=1+1\n".as_bytes());
        let lines = csv_lines(&rows).expect("they are written");
        assert_eq!(lines, b"name,'=1+1\n");
    }
}
