//! Parameters in the type that PostgreSQL inferred for them.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::Statement;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::sqlite::refuse_nul;
use crate::tx::{Args, Sql};
use crate::value::Value;
use crate::{DbError, sql};

#[derive(Debug)]
pub(crate) enum Param<'a> {
    Value(&'a Value),
    Ids(&'a [String]),
}

/// The parameters of `statement`, counted.
pub(crate) fn params<'a>(
    statement: &Statement,
    text: Sql<'_>,
    args: &'a Args,
) -> Result<Vec<Param<'a>>, DbError> {
    let mut params = Vec::with_capacity(args.values.len() + 1);
    for value in &args.values {
        if let Value::Text(value) = value {
            refuse_nul(value)?;
        }
        params.push(Param::Value(value));
    }
    if let Some(ids) = &args.ids {
        params.push(Param::Ids(ids));
    }
    if params.len() == statement.params().len() {
        return Ok(params);
    }
    Err(DbError::Other(format!(
        "`{} …` takes {} parameters, {} given",
        sql::first_words(text.name()),
        statement.params().len(),
        params.len()
    )))
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Ids(ids) => ids.to_sql(kind, out),
            Self::Value(value) => value_to_sql(value, kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn value_to_sql(
    value: &Value,
    kind: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
    match (value, kind) {
        (Value::Null, _) => return Ok(IsNull::Yes),
        (Value::Bool(value), &Type::BOOL) => return value.to_sql(kind, out),
        (Value::Bool(value), _) => return integer(i64::from(*value), kind, out),
        (Value::I64(value), _) => return integer(*value, kind, out),
        (Value::F64(value), &Type::FLOAT8) => return value.to_sql(kind, out),
        #[expect(clippy::cast_possible_truncation, reason = "the column is that narrow")]
        (Value::F64(value), &Type::FLOAT4) => return (*value as f32).to_sql(kind, out),
        (
            Value::Text(value),
            &Type::TEXT
            | &Type::VARCHAR
            | &Type::BPCHAR
            | &Type::NAME
            | &Type::UNKNOWN
            | &Type::JSON,
        ) => out.extend_from_slice(value.as_bytes()),
        (Value::Text(value), &Type::JSONB) => {
            // The version of the format.
            out.extend_from_slice(&[1]);
            out.extend_from_slice(value.as_bytes());
        }
        (Value::Blob(value), &Type::BYTEA) => out.extend_from_slice(value),
        _ => return mismatch(value, kind),
    }
    Ok(IsNull::No)
}

fn integer(
    value: i64,
    kind: &Type,
    out: &mut BytesMut,
) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
    match *kind {
        Type::INT8 => value.to_sql(kind, out),
        Type::INT4 => i32::try_from(value)?.to_sql(kind, out),
        Type::INT2 => i16::try_from(value)?.to_sql(kind, out),
        Type::BOOL if value == 0 || value == 1 => (value == 1).to_sql(kind, out),
        #[expect(clippy::cast_precision_loss, reason = "the column is a float")]
        Type::FLOAT8 => (value as f64).to_sql(kind, out),
        _ => mismatch(&Value::I64(value), kind),
    }
}

fn mismatch(value: &Value, kind: &Type) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
    Err(format!(
        "a {} is given where {} is expected",
        value.kind(),
        kind.name()
    )
    .into())
}
