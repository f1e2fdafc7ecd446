//! One row of a result. Cells are decoded when asked for, and only into the type asked for.

use tokio_postgres::types::{FromSql, Type};

use crate::{DbError, Value, sql};

/// One row, read by column index from 0.
pub struct Row {
    pub(crate) sql: &'static str,
    pub(crate) cells: Cells,
}

pub(crate) enum Cells {
    Sqlite(SqliteCells),
    Postgres(tokio_postgres::Row),
}

/// A whole SQLite row in two allocations: texts and blobs lie behind one another in `bytes`.
pub(crate) struct SqliteCells {
    pub(crate) cells: Box<[SqliteCell]>,
    pub(crate) bytes: Box<[u8]>,
}

#[derive(Clone, Copy)]
pub(crate) enum SqliteCell {
    Null,
    I64(i64),
    F64(f64),
    Text(u32, u32),
    Blob(u32, u32),
}

/// A cell with both engines' types folded into one set.
enum Cell<'a> {
    Null,
    Bool(bool),
    I64(i64),
    F64(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
    Foreign(&'a str),
}

impl Cell<'_> {
    fn kind(&self) -> &str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "boolean",
            Self::I64(_) => "integer",
            Self::F64(_) => "float",
            Self::Text(_) => "text",
            Self::Blob(_) => "blob",
            Self::Foreign(name) => name,
        }
    }
}

macro_rules! getters {
    ($($get:ident, $opt:ident -> $type:ty, $expected:literal, $from:expr;)*) => {
        $(
            #[doc = concat!("Column `index` as ", $expected, ", which must not be NULL.")]
            pub fn $get(&self, index: usize) -> Result<$type, DbError> {
                let cell = self.cell(index)?;
                let decode: fn(&Cell<'_>) -> Option<$type> = $from;
                decode(&cell).ok_or_else(|| self.mismatch(index, $expected, &cell))
            }

            #[doc = concat!("Column `index` as ", $expected, " or NULL.")]
            pub fn $opt(&self, index: usize) -> Result<Option<$type>, DbError> {
                let cell = self.cell(index)?;
                if let Cell::Null = cell {
                    return Ok(None);
                }
                let decode: fn(&Cell<'_>) -> Option<$type> = $from;
                decode(&cell).map(Some).ok_or_else(|| self.mismatch(index, $expected, &cell))
            }
        )*
    };
}

impl Row {
    getters! {
        text, opt_text -> String, "text", |cell| match cell {
            Cell::Text(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
            _ => None,
        };
        i64, opt_i64 -> i64, "an integer", |cell| match cell {
            Cell::I64(value) => Some(*value),
            Cell::Bool(value) => Some(i64::from(*value)),
            _ => None,
        };
        bool, opt_bool -> bool, "a boolean", |cell| match cell {
            Cell::Bool(value) => Some(*value),
            Cell::I64(0) => Some(false),
            Cell::I64(1) => Some(true),
            _ => None,
        };
        f64, opt_f64 -> f64, "a float", |cell| match cell {
            Cell::F64(value) => Some(*value),
            // SQLite keeps a whole number as an integer when the column has no REAL affinity.
            #[expect(clippy::cast_precision_loss, reason = "asked for as a float")]
            Cell::I64(value) => Some(*value as f64),
            _ => None,
        };
        blob, opt_blob -> Vec<u8>, "a blob", |cell| match cell {
            Cell::Blob(bytes) => Some(bytes.to_vec()),
            _ => None,
        };
    }

    /// Column `index` as text without a copy.
    pub fn str(&self, index: usize) -> Result<&str, DbError> {
        let cell = self.cell(index)?;
        match cell {
            Cell::Text(bytes) => std::str::from_utf8(bytes)
                .map_err(|_| self.mismatch(index, "text", &Cell::Foreign("invalid UTF-8"))),
            _ => Err(self.mismatch(index, "text", &cell)),
        }
    }

    /// Column `index` as it is, whatever it is.
    pub fn value(&self, index: usize) -> Result<Value, DbError> {
        let cell = self.cell(index)?;
        Ok(match cell {
            Cell::Null => Value::Null,
            Cell::Bool(value) => Value::Bool(value),
            Cell::I64(value) => Value::I64(value),
            Cell::F64(value) => Value::F64(value),
            Cell::Text(_) => Value::Text(self.text(index)?),
            Cell::Blob(bytes) => Value::Blob(bytes.to_vec()),
            Cell::Foreign(_) => return Err(self.mismatch(index, "a value", &cell)),
        })
    }

    /// True if column `index` is NULL.
    pub fn is_null(&self, index: usize) -> Result<bool, DbError> {
        Ok(matches!(self.cell(index)?, Cell::Null))
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        match &self.cells {
            Cells::Sqlite(row) => row.cells.len(),
            Cells::Postgres(row) => row.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>, DbError> {
        let missing = || self.mismatch(index, "a column", &Cell::Foreign("none"));
        match &self.cells {
            Cells::Sqlite(row) => {
                let cell = row.cells.get(index).ok_or_else(missing)?;
                let slice =
                    |from: u32, to: u32| row.bytes.get(from as usize..to as usize).unwrap_or(&[]);
                Ok(match *cell {
                    SqliteCell::Null => Cell::Null,
                    SqliteCell::I64(value) => Cell::I64(value),
                    SqliteCell::F64(value) => Cell::F64(value),
                    SqliteCell::Text(from, to) => Cell::Text(slice(from, to)),
                    SqliteCell::Blob(from, to) => Cell::Blob(slice(from, to)),
                })
            }
            Cells::Postgres(row) => {
                let column = row.columns().get(index).ok_or_else(missing)?;
                let raw: Option<Raw<'_>> = row
                    .try_get(index)
                    .map_err(|_| self.mismatch(index, "a value", &Cell::Foreign("none")))?;
                Ok(raw.map_or(Cell::Null, |raw| pg_cell(column.type_(), raw.0)))
            }
        }
    }

    fn mismatch(&self, column: usize, expected: &'static str, found: &Cell<'_>) -> DbError {
        DbError::Decode {
            sql: sql::first_words(self.sql),
            column,
            expected,
            found: found.kind().to_owned(),
        }
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({} columns)", self.len())
    }
}

/// The bytes of a PostgreSQL cell of whatever type.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn pg_cell<'a>(kind: &'a Type, raw: &'a [u8]) -> Cell<'a> {
    let cell = match *kind {
        Type::INT8 => raw
            .try_into()
            .ok()
            .map(|b| Cell::I64(i64::from_be_bytes(b))),
        Type::INT4 => raw
            .try_into()
            .ok()
            .map(|b| Cell::I64(i32::from_be_bytes(b).into())),
        Type::INT2 => raw
            .try_into()
            .ok()
            .map(|b| Cell::I64(i16::from_be_bytes(b).into())),
        Type::BOOL => raw.first().map(|b| Cell::Bool(*b != 0)),
        Type::FLOAT8 => raw
            .try_into()
            .ok()
            .map(|b| Cell::F64(f64::from_be_bytes(b))),
        Type::FLOAT4 => raw
            .try_into()
            .ok()
            .map(|b| Cell::F64(f32::from_be_bytes(b).into())),
        Type::BYTEA => Some(Cell::Blob(raw)),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::UNKNOWN => {
            Some(Cell::Text(raw))
        }
        // The first byte is the version of the format.
        Type::JSONB => raw.get(1..).map(Cell::Text),
        _ => None,
    };
    cell.unwrap_or(Cell::Foreign(kind.name()))
}
