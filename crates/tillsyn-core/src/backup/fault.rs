//! Why a file cannot be used, in words that say what to do.

use std::io::{self, ErrorKind};

use tillsyn_db::dump::DumpError;

use crate::error::{Error, Kind};

/// Not whole, or not as it was written.
pub(super) fn torn() -> Error {
    Error::conflict(
        "backup_torn",
        "The backup is torn or was changed: it is not what was written. Use another one; a copy of it may be \
         whole.",
    )
}

/// What makes [`torn`] out of reading.
pub(super) fn damage() -> io::Error {
    ErrorKind::InvalidData.into()
}

pub(super) fn of_io(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => torn(),
        _ => {
            let text = format!("The backup cannot be read or written: {error}");
            Error::new(Kind::Unavailable, "backup_file", text).caused_by(error)
        }
    }
}

pub(super) fn of_dump(error: DumpError) -> Error {
    match error {
        DumpError::Db(error) => error.into(),
        DumpError::Io(error) => of_io(error),
        DumpError::Malformed(text) => Error::conflict(
            "backup_schema",
            format!("The backup does not fit this program's database: {text}."),
        ),
    }
}
