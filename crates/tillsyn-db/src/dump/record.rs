//! The stream: a table with its columns, its rows, the last number that it gave, the next table; at the end
//! how many rows each had. Numbers are big endian, texts and blobs have their length before them.

use std::io::{Read, Write};

use super::{Counts, DumpError};
use crate::Value;

pub(super) enum Record {
    Table { name: String, columns: Vec<String> },
    Row(Vec<Value>),
    Number(i64),
    End(Counts),
}

const TABLE: u8 = b'T';
const ROW: u8 = b'R';
const NUMBER: u8 = b'N';
const END: u8 = b'E';

pub(super) fn put_table(
    out: &mut dyn Write,
    name: &str,
    columns: &[String],
) -> Result<(), DumpError> {
    out.write_all(&[TABLE])?;
    put_bytes(out, name.as_bytes())?;
    put_length(out, columns.len())?;
    for column in columns {
        put_bytes(out, column.as_bytes())?;
    }
    Ok(())
}

/// Writes one row; about how many bytes it has.
pub(super) fn put_row(out: &mut dyn Write, row: &[Value]) -> Result<usize, DumpError> {
    out.write_all(&[ROW])?;
    let mut size = 0;
    for value in row {
        size += 9;
        match value {
            Value::Null => out.write_all(b"0")?,
            Value::Bool(value) => out.write_all(&[b'b', u8::from(*value)])?,
            Value::I64(value) => {
                out.write_all(b"i")?;
                out.write_all(&value.to_be_bytes())?;
            }
            Value::F64(value) => {
                out.write_all(b"f")?;
                out.write_all(&value.to_bits().to_be_bytes())?;
            }
            Value::Text(text) => {
                out.write_all(b"t")?;
                put_bytes(out, text.as_bytes())?;
                size += text.len();
            }
            Value::Blob(bytes) => {
                out.write_all(b"x")?;
                put_bytes(out, bytes)?;
                size += bytes.len();
            }
        }
    }
    Ok(size)
}

pub(super) fn put_number(out: &mut dyn Write, number: i64) -> Result<(), DumpError> {
    out.write_all(&[NUMBER])?;
    Ok(out.write_all(&number.to_be_bytes())?)
}

pub(super) fn put_end(out: &mut dyn Write, counts: &[(String, u64)]) -> Result<(), DumpError> {
    out.write_all(&[END])?;
    put_length(out, counts.len())?;
    for (name, rows) in counts {
        put_bytes(out, name.as_bytes())?;
        out.write_all(&rows.to_be_bytes())?;
    }
    Ok(())
}

fn put_length(out: &mut dyn Write, length: usize) -> Result<(), DumpError> {
    let length = u32::try_from(length)
        .map_err(|_| DumpError::Malformed("a value is larger than 4 GiB".to_owned()))?;
    Ok(out.write_all(&length.to_be_bytes())?)
}

fn put_bytes(out: &mut dyn Write, bytes: &[u8]) -> Result<(), DumpError> {
    put_length(out, bytes.len())?;
    Ok(out.write_all(bytes)?)
}

/// The next record; rows have as many cells as the table has `columns`.
pub(super) fn next(from: &mut dyn Read, columns: usize) -> Result<Record, DumpError> {
    match byte(from)? {
        TABLE => {
            let name = text(from)?;
            let columns = (0..length(from)?)
                .map(|_| text(from))
                .collect::<Result<_, _>>()?;
            Ok(Record::Table { name, columns })
        }
        ROW => {
            let mut row = Vec::with_capacity(columns);
            for _ in 0..columns {
                row.push(value(from)?);
            }
            Ok(Record::Row(row))
        }
        NUMBER => Ok(Record::Number(i64::from_be_bytes(eight(from)?))),
        END => {
            let counts = (0..length(from)?)
                .map(|_| Ok((text(from)?, u64::from_be_bytes(eight(from)?))))
                .collect::<Result<_, DumpError>>()?;
            Ok(Record::End(counts))
        }
        _ => Err(out_of_order()),
    }
}

pub(super) fn out_of_order() -> DumpError {
    DumpError::Malformed("the stream of rows is not one of this program".to_owned())
}

pub(super) fn wrong_counts() -> DumpError {
    DumpError::Malformed("the stream of rows does not hold what its end says".to_owned())
}

fn value(from: &mut dyn Read) -> Result<Value, DumpError> {
    Ok(match byte(from)? {
        b'0' => Value::Null,
        b'b' => Value::Bool(byte(from)? != 0),
        b'i' => Value::I64(i64::from_be_bytes(eight(from)?)),
        b'f' => Value::F64(f64::from_bits(u64::from_be_bytes(eight(from)?))),
        b't' => Value::Text(text(from)?),
        b'x' => Value::Blob(bytes(from)?),
        _ => return Err(out_of_order()),
    })
}

fn byte(from: &mut dyn Read) -> Result<u8, DumpError> {
    let mut one = [0];
    from.read_exact(&mut one)?;
    Ok(one[0])
}

fn eight(from: &mut dyn Read) -> Result<[u8; 8], DumpError> {
    let mut eight = [0; 8];
    from.read_exact(&mut eight)?;
    Ok(eight)
}

fn length(from: &mut dyn Read) -> Result<usize, DumpError> {
    let mut four = [0; 4];
    from.read_exact(&mut four)?;
    usize::try_from(u32::from_be_bytes(four)).map_err(|_| out_of_order())
}

fn bytes(from: &mut dyn Read) -> Result<Vec<u8>, DumpError> {
    let length = length(from)?;
    let mut out = Vec::new();
    // Grows as bytes come: a length is believed only when they are there.
    let limit = u64::try_from(length).map_err(|_| out_of_order())?;
    let read = from.take(limit).read_to_end(&mut out)?;
    if read < length {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    Ok(out)
}

fn text(from: &mut dyn Read) -> Result<String, DumpError> {
    String::from_utf8(bytes(from)?).map_err(|_| out_of_order())
}
