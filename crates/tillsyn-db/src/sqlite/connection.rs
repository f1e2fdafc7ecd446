//! One SQLite connection and its statements.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ToSql, ffi};

use crate::row::{Cells, SqliteCell, SqliteCells};
use crate::sql::Texts;
use crate::tx::{Args, Sql};
use crate::value::Value;
use crate::{DbError, Engine, Row, fence, sql};

pub(crate) struct Connection {
    pub(crate) raw: rusqlite::Connection,
    texts: RefCell<Texts>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Read,
}

impl Connection {
    pub(crate) fn open(path: &Path, mode: Mode) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let raw = rusqlite::Connection::open_with_flags(path, flags).map_err(|e| error(&e, ""))?;
        let setup = || -> rusqlite::Result<()> {
            raw.busy_timeout(Duration::from_secs(5))?;
            raw.pragma_update(None, "journal_mode", "WAL")?;
            // Group commit makes FULL as cheap as NORMAL, and an answer means it is on disk.
            raw.pragma_update(None, "synchronous", "FULL")?;
            raw.pragma_update(None, "foreign_keys", true)?;
            raw.pragma_update(None, "mmap_size", 0)?;
            if mode == Mode::Read {
                raw.pragma_update(None, "query_only", true)?;
            }
            raw.set_prepared_statement_cache_capacity(256);
            Ok(())
        };
        setup().map_err(|e| error(&e, "PRAGMA"))?;
        Ok(Self {
            raw,
            texts: RefCell::default(),
        })
    }

    fn prepare(&self, text: Sql<'_>) -> Result<CachedStatement<'_>, DbError> {
        let source = self.texts.borrow_mut().get(text, Engine::Sqlite);
        self.raw
            .prepare_cached(&source)
            .map_err(|e| error(&e, text.name()))
    }

    pub(crate) fn execute(&self, text: Sql<'_>, args: &Args) -> Result<u64, DbError> {
        let mut statement = self.prepare(text)?;
        bind(&mut statement, text, args)?;
        let changed = statement
            .raw_execute()
            .map_err(|e| error(&e, text.name()))?;
        Ok(changed as u64)
    }

    pub(crate) fn fetch(&self, text: Sql<'_>, args: &Args) -> Result<Vec<Row>, DbError> {
        let mut statement = self.prepare(text)?;
        bind(&mut statement, text, args)?;
        let columns = statement.column_count();
        let mut out = Vec::new();
        let mut bytes = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| error(&e, text.name()))? {
            let mut cells = Vec::with_capacity(columns);
            bytes.clear();
            for index in 0..columns {
                let cell = row.get_ref(index).map_err(|e| error(&e, text.name()))?;
                cells.push(match cell {
                    ValueRef::Null => SqliteCell::Null,
                    ValueRef::Integer(value) => SqliteCell::I64(value),
                    ValueRef::Real(value) => SqliteCell::F64(value),
                    ValueRef::Text(data) => {
                        let (from, to) = append(&mut bytes, data)?;
                        SqliteCell::Text(from, to)
                    }
                    ValueRef::Blob(data) => {
                        let (from, to) = append(&mut bytes, data)?;
                        SqliteCell::Blob(from, to)
                    }
                });
            }
            let cells = SqliteCells {
                cells: cells.into(),
                bytes: bytes.as_slice().into(),
            };
            out.push(Row {
                sql: text.name(),
                cells: Cells::Sqlite(cells),
            });
        }
        Ok(out)
    }

    /// A statement of the transaction machinery itself.
    pub(crate) fn control(&self, text: &'static str) -> Result<(), DbError> {
        let run = || self.raw.prepare_cached(text)?.raw_execute();
        run().map(|_| ()).map_err(|e| error(&e, text))
    }
}

fn append(bytes: &mut Vec<u8>, data: &[u8]) -> Result<(u32, u32), DbError> {
    let too_large = |_| DbError::Other("a row is larger than 4 GiB".to_owned());
    let from = u32::try_from(bytes.len()).map_err(too_large)?;
    bytes.extend_from_slice(data);
    Ok((from, u32::try_from(bytes.len()).map_err(too_large)?))
}

fn bind(statement: &mut CachedStatement<'_>, text: Sql<'_>, args: &Args) -> Result<(), DbError> {
    let given = args.values.len() + usize::from(args.ids.is_some());
    let wanted = statement.parameter_count();
    if given != wanted {
        return Err(DbError::Other(format!(
            "`{} …` takes {wanted} parameters, {given} given",
            sql::first_words(text.name())
        )));
    }
    for (index, value) in args.values.iter().enumerate() {
        if let Value::Text(value) = value {
            refuse_nul(value)?;
        }
        statement
            .raw_bind_parameter(index + 1, value)
            .map_err(|e| error(&e, text.name()))?;
    }
    if let Some(ids) = &args.ids {
        let list = serde_json::Value::from(ids.as_slice()).to_string();
        statement
            .raw_bind_parameter(given, list)
            .map_err(|e| error(&e, text.name()))?;
    }
    Ok(())
}

/// PostgreSQL cannot store U+0000 in a text; SQLite must not accept what PostgreSQL refuses.
pub(crate) fn refuse_nul(text: &str) -> Result<(), DbError> {
    if text.as_bytes().contains(&0) {
        return Err(DbError::Other(
            "a text parameter contains U+0000".to_owned(),
        ));
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer((*value).into()),
            Self::I64(value) => ValueRef::Integer(*value),
            Self::F64(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

thread_local! {
    /// The connection of the body that this thread is polling.
    static CURRENT: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Makes `connection` the one that bodies polled inside `run` use, and gives it back.
pub(crate) fn with_current<R>(
    connection: Connection,
    run: impl FnOnce() -> R,
) -> (Option<Connection>, R) {
    CURRENT.with(|current| current.replace(Some(connection)));
    let result = run();
    (CURRENT.with(RefCell::take), result)
}

/// The connection of the running body.
pub(crate) fn current<R>(
    run: impl FnOnce(&Connection) -> Result<R, DbError>,
) -> Result<R, DbError> {
    CURRENT.with_borrow(|current| match current {
        Some(connection) => run(connection),
        None => Err(DbError::Other(
            "a transaction was used outside its own body".to_owned(),
        )),
    })
}

pub(crate) fn current_execute(sql: Sql<'_>, args: &Args) -> Result<u64, DbError> {
    current(|connection| connection.execute(sql, args))
}

pub(crate) fn current_fetch(sql: Sql<'_>, args: &Args) -> Result<Vec<Row>, DbError> {
    current(|connection| connection.fetch(sql, args))
}

pub(crate) fn current_batch(sql: &str) -> Result<(), DbError> {
    current(|connection| {
        connection
            .raw
            .execute_batch(sql)
            .map_err(|e| error(&e, sql))
    })
}

/// SQLite's messages name tables and columns, never values.
pub(crate) fn error(error: &rusqlite::Error, sql: &str) -> DbError {
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(code, message) => (code, message.clone()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error, Some(msg.clone())),
        other => {
            return DbError::Other(format!("`{} …`: {}", sql::first_words(sql), kind(other)));
        }
    };
    let message = message.unwrap_or_else(|| code.to_string());
    let constraint = || {
        let (_, name) = message.split_once("failed: ").unwrap_or(("", &message));
        name.strip_prefix("index ")
            .unwrap_or(name)
            .trim_matches('\'')
            .to_owned()
    };
    match (code.code, code.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => DbError::Unique {
            constraint: constraint(),
        },
        (_, ffi::SQLITE_CONSTRAINT_TRIGGER) if message == fence::MESSAGE => DbError::Fenced,
        (ErrorCode::ConstraintViolation, _) => DbError::Constraint {
            constraint: constraint(),
        },
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => DbError::Busy,
        (
            ErrorCode::DiskFull
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::OutOfMemory,
            _,
        ) => DbError::Unavailable(message),
        _ => DbError::Other(format!("`{} …`: {message}", sql::first_words(sql))),
    }
}

/// rusqlite's other errors may quote values, so only their kind is told.
fn kind(error: &rusqlite::Error) -> &'static str {
    match error {
        rusqlite::Error::ExecuteReturnedResults => "it returns rows, fetch them",
        rusqlite::Error::MultipleStatement => "more than one statement",
        rusqlite::Error::InvalidParameterCount(..) => "wrong number of parameters",
        rusqlite::Error::InvalidPath(_) => "the path cannot be used",
        _ => "not understood",
    }
}
