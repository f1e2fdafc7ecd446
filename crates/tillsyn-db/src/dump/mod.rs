//! A whole database as one stream that knows no engine: what is read on one is loaded on the other.
//!
//! Tables, columns and keys come from the engine's own catalogue, so that no table can be forgotten. The
//! stream is read in one snapshot while others write, and loaded in one transaction.

mod catalogue;
mod load;
mod read;
mod record;

pub use catalogue::{Table, tables};
pub use load::load_in;
pub use read::read_in;

use std::io;

use crate::DbError;

/// Rows by table, in the order of the stream.
pub type Counts = Vec<(String, u64)>;

/// Why a database could not be read into a stream, or loaded from one.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// The stream itself could not be written or read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The stream is not of this schema, or is not one at all.
    #[error("{0}")]
    Malformed(String),
}

/// Reads a stream to its end without a database; the rows that it holds.
///
/// # Errors
/// When it breaks off, or is not one.
pub fn check(from: &mut dyn io::Read) -> Result<Counts, DumpError> {
    let mut counts = Counts::new();
    let mut columns = 0;
    loop {
        match record::next(from, columns)? {
            record::Record::Table { name, columns: of } => {
                columns = of.len();
                counts.push((name, 0));
            }
            record::Record::Row(_) => {
                let last = counts.last_mut().ok_or_else(record::out_of_order)?;
                last.1 += 1;
            }
            record::Record::Number(_) => {}
            record::Record::End(told) if told == counts => return Ok(counts),
            record::Record::End(_) => return Err(record::wrong_counts()),
        }
    }
}

/// An identifier of the catalogue in a statement.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests;
