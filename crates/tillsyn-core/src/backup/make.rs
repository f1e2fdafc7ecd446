//! Making a backup while everything goes on, and checking one without a database.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::json;
use tillsyn_db::dump::{self, Counts};
use tillsyn_db::{Db, Tx, args};
use tillsyn_pki::hash;
use tillsyn_pki::seal::CHUNK_SALT_LEN;

use super::fault::{of_dump, of_io};
use super::file::{Opening, Sealing};
use super::header::Header;
use crate::actor::Actor;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::keys::KeyStore;
use crate::migrations;

/// What was written.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Made {
    pub header: Header,
    /// Rows by table.
    pub tables: BTreeMap<String, u64>,
    pub rows: u64,
    pub bytes: u64,
    /// Of the file up to its last line, which holds it.
    pub sha256: String,
}

/// What a whole file holds.
pub type Checked = Made;

struct Input<W> {
    keys: KeyStore,
    now_ms: i64,
    out: Mutex<Option<W>>,
}

type Written<W> = (ZlibEncoder<Sealing<W>>, Header, Counts);

/// Writes a backup of one moment of the database into `out`, and gives `out` back. Nobody has to wait for it.
///
/// # Errors
/// A schema that is newer than this program's; a full disk; a database that went away.
pub async fn write<W: Write + Send + 'static>(
    db: &Db,
    keys: &KeyStore,
    now_ms: i64,
    out: W,
) -> Result<(W, Made), Error> {
    db.schema_version(migrations::ALL).await?;
    keys.check_against(db).await?;
    let input = Input {
        keys: keys.clone(),
        now_ms,
        out: Mutex::new(Some(out)),
    };
    let (encoder, header, counts): Written<W> = db
        .read(input, |tx, input| Box::pin(write_in(tx, input)))
        .await?;
    let sealing = encoder.finish().map_err(of_io)?;
    let (out, bytes, sha256) = sealing.finish().map_err(of_io)?;
    Ok((out, summary(header, counts, bytes, sha256)))
}

async fn write_in<W: Write + Send>(tx: &Tx, input: &Input<W>) -> Result<Written<W>, Error> {
    // The version as it is in the snapshot.
    const VERSION: &str = "SELECT COALESCE(MAX(version), 0) FROM schema_migration";
    let schema = tx.fetch_one(VERSION, args![]).await?.i64(0)?;
    let out = input
        .out
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let out = out.ok_or_else(|| Error::internal("A backup is written once."))?;
    let key = input.keys.current();
    let made_at = jiff::Timestamp::from_millisecond(input.now_ms);
    let header = Header {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        made_at: made_at.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string(),
        engine: tx.engine().as_str().to_owned(),
        master_key_id: key.id(),
        master_key_fingerprint: key.fingerprint(),
        salt: hash::hex(&hash::random_bytes::<CHUNK_SALT_LEN>()),
    };
    let sealing = Sealing::begin(out, &header, &input.keys)?;
    let mut encoder = ZlibEncoder::new(sealing, Compression::default());
    let counts = dump::read_in(tx, &mut encoder).await.map_err(of_dump)?;
    Ok((encoder, header, counts))
}

fn summary(header: Header, counts: Counts, bytes: u64, sha256: String) -> Made {
    Made {
        header,
        rows: counts.iter().map(|(_, rows)| rows).sum(),
        tables: counts.into_iter().collect(),
        bytes,
        sha256,
    }
}

/// Reads a file from its first to its last byte, without a database.
///
/// # Errors
/// Conflicts that say why it cannot be restored: no backup, a newer format or schema, another master key, torn.
pub fn check(keys: &KeyStore, file: &Path) -> Result<Checked, Error> {
    let (opening, header) = open(keys, file)?;
    let mut plain = BufReader::new(ZlibDecoder::new(opening));
    let counts = dump::check(&mut plain).map_err(of_dump)?;
    let mut rest = Vec::new();
    plain.read_to_end(&mut rest).map_err(of_io)?;
    if !rest.is_empty() {
        return Err(super::fault::torn());
    }
    let (bytes, sha256) = plain.into_inner().into_inner().finish().map_err(of_io)?;
    Ok(summary(header, counts, bytes, sha256))
}

/// Opens a file that this program may load.
pub(super) fn open(
    keys: &KeyStore,
    file: &Path,
) -> Result<(Opening<BufReader<std::fs::File>>, Header), Error> {
    let from = std::fs::File::open(file).map_err(of_io)?;
    let (opening, header) = Opening::begin(BufReader::new(from), keys)?;
    let known = migrations::ALL.last().map_or(0, |m| m.version);
    if header.schema > known {
        return Err(Error::conflict(
            "backup_newer",
            format!(
                "The backup has schema version {}, this program knows {known}: use the version of tillsyn that made \
                 it ({}), or a later one.",
                header.schema, header.version
            ),
        ));
    }
    Ok((opening, header))
}

/// Notes in the audit trail that a backup is where it belongs. False on a database whose schema is not this
/// program's yet: nothing is written into it.
pub async fn note_made(db: &Db, now_ms: i64, made: &Made) -> Result<bool, Error> {
    let known = migrations::ALL.last().map_or(0, |m| m.version);
    if made.header.schema != known {
        return Ok(false);
    }
    let details = json!({
        "schema": made.header.schema, "rows": made.rows, "bytes": made.bytes, "made_at": made.header.made_at,
    });
    db.write((made.sha256.clone(), details, now_ms), |tx, input| {
        Box::pin(async move {
            let (sha256, details, now) = input;
            let unit = root_in(tx).await?;
            let event =
                NewEvent::done("backup.made", "backup", sha256, &unit).with(details.clone());
            events::record(tx, &Actor::server(), *now, event).await?;
            Ok(true)
        })
    })
    .await
}

/// When the last backup was made, as the audit trail has it.
pub async fn last_made(db: &Db) -> Result<Option<i64>, Error> {
    const LAST: &str =
        "SELECT at FROM event WHERE action = 'backup.made' ORDER BY seq DESC LIMIT 1";
    let row = db.query_optional(LAST, args![]).await?;
    Ok(row.map(|row| row.i64(0)).transpose()?)
}

/// The unit that events of the whole installation are placed in.
pub(super) async fn root_in(tx: &Tx) -> Result<String, Error> {
    const ROOT: &str = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    Ok(tx.fetch_one(ROOT, args![]).await?.text(0)?)
}
