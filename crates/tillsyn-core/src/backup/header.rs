//! The two readable lines that a backup begins with.

use std::io::Read;

use serde::{Deserialize, Serialize};
use tillsyn_pki::hash;
use tillsyn_pki::seal::CHUNK_SALT_LEN;

use super::fault::{of_io, torn};
use crate::error::Error;

/// The first line, up to the number of the format.
const MARK: &str = "tillsyn backup ";
const FORMAT: u32 = 1;
/// A header has a few hundred bytes.
const LINE_LIMIT: usize = 4_096;

/// What can be read of a backup without the master key. It is part of what the seal covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the program that made it.
    pub version: String,
    /// Version of its schema.
    pub schema: i64,
    /// RFC 3339, UTC.
    pub made_at: String,
    /// `sqlite` or `postgres`; it can be restored into either.
    pub engine: String,
    /// Which master key opens it; of the key itself nothing is here.
    pub master_key_id: u32,
    pub master_key_fingerprint: String,
    /// Makes the key of this file alone.
    pub salt: String,
}

impl Header {
    pub(super) fn lines(&self) -> Result<Vec<u8>, Error> {
        let json = serde_json::to_string(self)
            .map_err(|error| Error::internal("A header cannot be written.").caused_by(error))?;
        Ok(format!("{MARK}{FORMAT}\n{json}\n").into_bytes())
    }

    /// The header and its bytes.
    pub(super) fn read(from: &mut dyn Read) -> Result<(Self, Vec<u8>), Error> {
        let mut bytes = Vec::new();
        line(from, &mut bytes)?;
        let first = String::from_utf8_lossy(&bytes).into_owned();
        let format = first.strip_prefix(MARK).map(str::trim_end);
        let format: u32 = format.and_then(|text| text.parse().ok()).ok_or_else(|| {
            Error::conflict(
                "backup_format",
                "This file is no backup made by `tillsyn backup`.",
            )
        })?;
        if format != FORMAT {
            return Err(Error::conflict(
                "backup_newer",
                format!(
                    "The backup has format {format}, this program knows {FORMAT}: use the version of tillsyn that \
                     made it, or a later one."
                ),
            ));
        }
        let from_here = bytes.len();
        line(from, &mut bytes)?;
        let json = bytes.get(from_here..).unwrap_or_default();
        let header = serde_json::from_slice(json).map_err(|_| torn())?;
        Ok((header, bytes))
    }

    pub(super) fn salt(&self) -> Result<[u8; CHUNK_SALT_LEN], Error> {
        let bytes = hash::from_hex(&self.salt).ok_or_else(torn)?;
        bytes.try_into().map_err(|_| torn())
    }
}

fn line(from: &mut dyn Read, into: &mut Vec<u8>) -> Result<(), Error> {
    let mut one = [0];
    let end = into.len() + LINE_LIMIT;
    while into.len() < end {
        from.read_exact(&mut one)
            .map_err(|error| match into.len() {
                0 => Error::conflict(
                    "backup_format",
                    "This file is no backup made by `tillsyn backup`.",
                ),
                _ => of_io(error),
            })?;
        into.push(one[0]);
        if one[0] == b'\n' {
            return Ok(());
        }
    }
    Err(Error::conflict(
        "backup_format",
        "This file is no backup made by `tillsyn backup`.",
    ))
}
