//! From one database into another, with everything as it was: sessions, commands and requests go on.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use tillsyn_db::dump::{self, Counts};
use tillsyn_db::{Db, DbError, Tx, args};

use super::fault::of_dump;
use super::make::root_in;
use super::pipe::{Sender, Taker, pipe};
use super::restore::has_tables;
use super::serving::running;
use super::state::{self, State, refuse_unfinished};
use super::target::{engine_name, prepare};
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::new_uuid;
use crate::keys::KeyStore;
use crate::migrations;
use crate::settings;

/// What was moved.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Transferred {
    /// Rows by table; empty when an earlier run had moved them.
    pub tables: BTreeMap<String, u64>,
    pub rows: u64,
    pub to_engine: String,
    /// An earlier run had moved the rows; this one did the rest.
    pub went_on: bool,
}

/// Which move a database came by.
const MOVED_FROM: &str = "moved_from";

/// Moves everything into an empty database. The source keeps its rows, but no server starts on it any more.
///
/// # Errors
/// Conflicts that say what to do: a server that runs, a target that is not empty, a schema that is not this
/// program's. `force` moves although servers seem to run.
pub async fn transfer(
    source: &Db,
    target: &Db,
    keys: &KeyStore,
    clock: &Clock,
    force: bool,
) -> Result<Transferred, Error> {
    keys.check_against(source).await?;
    let known = migrations::ALL.last().map_or(0, |m| m.version);
    if source.schema_version(migrations::ALL).await? != known {
        let text = "The database has an older schema: run `tillsyn migrate` first.";
        return Err(Error::conflict("backup_schema", text));
    }
    let found = state::read(source).await?;
    let id = match &found {
        Some(State::Moving { id }) => id.clone(),
        Some(_) => {
            refuse_unfinished(source).await?;
            return Err(Error::internal("A database that cannot be moved."));
        }
        None => new_uuid(clock.now_ms()).to_string(),
    };
    // Before anything is touched: a server that runs does not even notice.
    if !force {
        refuse_running(source, clock).await?;
    }
    let moved = arrived(target, &id).await?;
    if !moved {
        prepare(target, known).await?;
    }
    leave(source, clock, &id, found.is_some(), force).await?;
    let counts = if moved {
        Counts::new()
    } else {
        carry(source, target, &id, clock.now_ms()).await?
    };
    let to_engine = engine_name(target.engine());
    let engine = to_engine.clone();
    mark(source, State::Moved { id, engine }, clock).await?;
    Ok(Transferred {
        rows: counts.iter().map(|(_, rows)| rows).sum(),
        tables: counts.into_iter().collect(),
        to_engine,
        went_on: moved,
    })
}

/// Goes back to a database that was moved, or was about to be. False when it was neither.
///
/// # Errors
/// A conflict when it is half restored.
pub async fn undo_transfer(db: &Db) -> Result<bool, Error> {
    match state::read(db).await? {
        None => Ok(false),
        Some(State::Restoring { .. }) => {
            refuse_unfinished(db).await?;
            Ok(false)
        }
        Some(State::Moving { .. } | State::Moved { .. }) => {
            stay(db).await?;
            Ok(true)
        }
    }
}

/// Marks the source and looks for servers once more: one that started since the first look has either said so
/// before the mark, and is seen now, or sees the mark. Nobody writes from here on.
pub(super) async fn leave(
    source: &Db,
    clock: &Clock,
    id: &str,
    marked_before: bool,
    force: bool,
) -> Result<(), Error> {
    mark(source, State::Moving { id: id.to_owned() }, clock).await?;
    if force {
        return Ok(());
    }
    let refused = refuse_running(source, clock).await;
    if refused.is_err() && !marked_before {
        stay(source).await?;
    }
    refused
}

async fn refuse_running(source: &Db, clock: &Clock) -> Result<(), Error> {
    let nodes = running(source, clock.now_ms()).await?;
    if nodes.is_empty() {
        return Ok(());
    }
    Err(Error::conflict(
        "server_running",
        format!(
            "A server works on this database, or did until half a minute ago: {}. Stop it and try again; --force \
             moves all the same, and whatever that server still wants to write is refused.",
            nodes.join(", ")
        ),
    ))
}

async fn mark(db: &Db, state: State, clock: &Clock) -> Result<(), Error> {
    let marked = db.write_locked((state, clock.now_ms()), |tx, (state, now)| {
        Box::pin(async move { state::leave_in(tx, state, *now).await })
    });
    marked.await.map_err(|error| busy(error, "moved"))
}

async fn stay(db: &Db) -> Result<(), Error> {
    let back = db.write_locked((), |tx, ()| Box::pin(state::stay_in(tx)));
    back.await.map_err(|error| busy(error, "taken back"))
}

/// Somebody holds a transaction open: a server that was paused within it, or another program.
fn busy(error: Error, what: &str) -> Error {
    use std::error::Error as _;

    let cause = error.source().and_then(|cause| cause.downcast_ref());
    if cause != Some(&DbError::Busy) {
        return error;
    }
    let text = format!(
        "The database cannot be {what} while a transaction that writes is open on it: a server that hangs or was \
         paused, or another program. End it and run the same again."
    );
    Error::conflict("server_running", text).caused_by(error)
}

/// Whether everything of this move is in the target already.
async fn arrived(target: &Db, id: &str) -> Result<bool, Error> {
    const FIND: &str = "SELECT value FROM setting WHERE name = $1";
    if !has_tables(target).await? {
        return Ok(false);
    }
    let row = target.query_optional(FIND, args![MOVED_FROM]).await?;
    let from: Option<String> = row
        .map(|row| row.text(0))
        .transpose()?
        .and_then(|text| serde_json::from_str(&text).ok());
    Ok(from.as_deref() == Some(id))
}

struct Arriving {
    from: Mutex<Option<Taker>>,
    id: String,
    source_engine: String,
    now_ms: i64,
}

async fn carry(source: &Db, target: &Db, id: &str, now_ms: i64) -> Result<Counts, Error> {
    let (sender, taker) = pipe();
    let from = source.clone();
    // A task of its own: each end waits for the other.
    let reading = tokio::spawn(async move {
        from.read(Mutex::new(Some(sender)), |tx, sender| {
            Box::pin(send_in(tx, sender))
        })
        .await
    });
    let input = Arriving {
        from: Mutex::new(Some(taker)),
        id: id.to_owned(),
        source_engine: engine_name(source.engine()),
        now_ms,
    };
    let loaded = target
        .write_locked(input, |tx, input| Box::pin(arrive_in(tx, input)))
        .await;
    let read = reading
        .await
        .map_err(|error| Error::internal("Reading was interrupted.").caused_by(error))?;
    match (read, loaded) {
        (Ok(()), loaded) => loaded,
        // What broke first is the cause of the other.
        (Err(error), Err(later)) if error.code == "backup_file" => Err(later),
        (Err(error), _) => Err(error),
    }
}

async fn send_in(tx: &Tx, sender: &Mutex<Option<Sender>>) -> Result<(), Error> {
    let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    let mut sender = sender.ok_or_else(again)?;
    dump::read_in(tx, &mut sender).await.map_err(of_dump)?;
    sender.flush().map_err(super::fault::of_io)
}

async fn arrive_in(tx: &Tx, input: &Arriving) -> Result<Counts, Error> {
    // Whoever was at work on the source is not at work here.
    const NODES: &str = "DELETE FROM worker_lease WHERE name LIKE 'serving/%'";
    const LEASES: &str = "UPDATE worker_lease SET holder = '', lease_until = 0";
    let taker = input
        .from
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let mut taker = taker.ok_or_else(again)?;
    let counts = dump::load_in(tx, &mut taker).await.map_err(of_dump)?;
    tx.execute(NODES, args![]).await?;
    tx.execute(LEASES, args![]).await?;
    state::clear_in(tx).await?;
    settings::write_in(tx, MOVED_FROM, &input.id, input.now_ms).await?;
    let unit = root_in(tx).await?;
    let event = NewEvent::done("database.move", "database", &input.id, &unit).with(json!({
        "from": input.source_engine, "to": tx.engine().as_str(),
        "rows": counts.iter().map(|(_, rows)| rows).sum::<u64>(),
    }));
    events::record(tx, &Actor::server(), input.now_ms, event).await?;
    Ok(counts)
}

/// The rows go through the pipe once.
fn again() -> Error {
    Error::new(
        Kind::Unavailable,
        "store_unavailable",
        "The database broke the move off; nothing is in the target. Run it again.",
    )
}
