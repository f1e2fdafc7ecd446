//! From a file into an empty database.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::read::ZlibDecoder;
use tillsyn_db::{Db, Tx, dump};

use super::fault::{of_dump, of_io};
use super::header::Header;
use super::make::{self, Checked};
use super::settle::{self, Settled};
use super::state::{self, State};
use super::target;
use crate::clock::Clock;
use crate::error::Error;
use crate::keys::KeyStore;
use crate::migrations;

/// What a restore did.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Restored {
    pub header: Header,
    pub rows: u64,
    pub sha256: String,
    /// Version of the schema now.
    pub schema: i64,
    /// An earlier run had loaded the rows; this one did the rest.
    pub went_on: bool,
    pub settled: Settled,
}

/// Restores a backup into an empty database of either engine. The file is read to its end before anything is
/// changed, its rows are loaded in one transaction, and until all is done no server starts on the database: after
/// a crash the same call goes on.
///
/// # Errors
/// Conflicts that say what to do: a torn file, another master key, a newer schema, a database that is not empty.
pub async fn restore(
    db: &Db,
    keys: &KeyStore,
    clock: &Clock,
    file: &Path,
    end_grants: bool,
) -> Result<Restored, Error> {
    let (input, path) = (keys.clone(), file.to_owned());
    let checked = tokio::task::spawn_blocking(move || make::check(&input, &path))
        .await
        .map_err(|error| {
            Error::internal("Checking the backup was interrupted.").caused_by(error)
        })??;
    let went_on = is_loaded(db, &checked).await?;
    if !went_on {
        target::prepare(db, checked.header.schema).await?;
        load(db, keys, file, &checked, clock.now_ms()).await?;
    }
    let schema = db.migrate(migrations::ALL).await?.to;
    keys.check_against(db).await?;
    let settled = settle::settle(db, clock.now_ms(), &checked, end_grants).await?;
    Ok(Restored {
        header: checked.header,
        rows: checked.rows,
        sha256: checked.sha256,
        schema,
        went_on,
        settled,
    })
}

/// Whether the rows of this very backup are there already, from a restore that broke off behind them.
async fn is_loaded(db: &Db, checked: &Checked) -> Result<bool, Error> {
    if !has_tables(db).await? {
        return Ok(false);
    }
    match state::read(db).await? {
        Some(State::Restoring { sha256 }) if sha256 == checked.sha256 => Ok(true),
        Some(State::Restoring { .. }) => Err(Error::conflict(
            "restore_unfinished",
            "The restore of another backup into this database broke off. Finish that one, or make a new database \
             for this one.",
        )),
        _ => Ok(false),
    }
}

/// Whether the settings are there to be asked.
pub(super) async fn has_tables(db: &Db) -> Result<bool, Error> {
    db.read((), |tx, ()| {
        Box::pin(async move {
            let tables = dump::tables(tx).await?;
            Ok(tables.iter().any(|table| table.name == "setting"))
        })
    })
    .await
}

struct Input {
    keys: KeyStore,
    file: PathBuf,
    sha256: String,
    now_ms: i64,
}

async fn load(
    db: &Db,
    keys: &KeyStore,
    file: &Path,
    checked: &Checked,
    now_ms: i64,
) -> Result<(), Error> {
    let input = Input {
        keys: keys.clone(),
        file: file.to_owned(),
        sha256: checked.sha256.clone(),
        now_ms,
    };
    db.write_locked(input, |tx, input| Box::pin(load_file_in(tx, input)))
        .await
}

async fn load_file_in(tx: &Tx, input: &Input) -> Result<(), Error> {
    let (opening, _) = make::open(&input.keys, &input.file)?;
    let mut plain = BufReader::new(ZlibDecoder::new(opening));
    dump::load_in(tx, &mut plain).await.map_err(of_dump)?;
    let (_, sha256) = plain.into_inner().into_inner().finish().map_err(of_io)?;
    if sha256 != input.sha256 {
        return Err(super::fault::torn());
    }
    let sha256 = input.sha256.clone();
    state::set_in(tx, &State::Restoring { sha256 }, input.now_ms).await
}
