//! Runs: what changed every quarter of an hour, everything once a day. One at a time for each directory.

use std::time::Duration;

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::change::{self, DeltaState};
use super::connect::{Ill, service};
use super::read::{Reading, read};
use super::settings::LdapView;
use super::store::{self, Stored};
use crate::actor::Actor;
use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::directory;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::DirectoryId;
use crate::lease;

const RUN_LIMIT: Duration = Duration::from_mins(30);
/// A run that died keeps others out so long; one that lives takes its lease anew all the time.
const LEASE_MS: i64 = 3 * MINUTE_MS;
const RENEW: Duration = Duration::from_mins(1);
const DELTA_MS: i64 = 15 * MINUTE_MS;
/// A full run is spread over so much of the day.
const JITTER_MS: i64 = HOUR_MS;
const AT_ONCE: i64 = 4;

/// How much of a directory is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SyncKind {
    /// Everything; only this finds out who is gone.
    Full,
    /// What changed, where the server can tell; otherwise everything.
    Changes,
}

/// What a run read and where it got to.
struct Ran {
    reading: Reading,
    full: bool,
    product: &'static str,
    delta: Option<DeltaState>,
}

/// Runs what is due; the server's job.
pub async fn run_due(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT l.source_id, l.full_due_at FROM ldap_source l \
        JOIN directory_source s ON s.id = l.source_id WHERE s.status = 'active' AND s.kind = 'ldap' \
        AND (l.run_due_at <= $1 OR l.full_due_at <= $1) AND l.lease_until <= $1 \
        ORDER BY l.run_due_at, l.source_id LIMIT $2";
    let now_ms = core.now_ms();
    let rows = core.db().query_all(DUE, args![now_ms, AT_ONCE]).await?;
    let mut runs = Vec::new();
    for row in &rows {
        let id = DirectoryId::from_store(row.text(0)?);
        let kind = if row.i64(1)? <= now_ms {
            SyncKind::Full
        } else {
            SyncKind::Changes
        };
        runs.push(async move {
            if let Err(error) = run_once(core, &id, kind).await {
                tracing::warn!(directory = id.as_str(), error = %error, "a directory could not be read");
            }
        });
    }
    futures_util::future::join_all(runs).await;
    Ok(())
}

/// Has a directory read in full by the next round of the job, within a minute.
pub async fn ask_for_sync(core: &Core, actor: &Actor, id: &DirectoryId) -> Result<LdapView, Error> {
    let view = super::ldap(core, actor, id).await?;
    if view.source.status != directory::SourceStatus::Active {
        return Err(Error::conflict(
            "directory_paused",
            "This directory is paused; nothing of it is taken.",
        ));
    }
    let unit = view.source.unit_id.as_str().to_owned();
    core.db()
        .write(
            (id.clone(), actor.clone(), unit, core.now_ms()),
            |tx, (id, actor, unit, now)| {
                Box::pin(async move {
                    const DUE: &str = "UPDATE ldap_source SET full_due_at = $2, run_due_at = $2 \
                        WHERE source_id = $1";
                    tx.execute(DUE, args![id, *now]).await?;
                    let event = NewEvent::done("directory.sync", "directory", id.as_str(), unit);
                    events::record(tx, actor, *now, event).await?;
                    Ok::<_, Error>(())
                })
            },
        )
        .await?;
    super::ldap(core, actor, id).await
}

/// One run under its lease; false when another one has it.
async fn run_once(core: &Core, id: &DirectoryId, kind: SyncKind) -> Result<bool, Error> {
    const CLAIM: &str = "UPDATE ldap_source SET lease_holder = $2, lease_until = $4 \
        WHERE source_id = $1 AND lease_until <= $3";
    let holder = lease::holder(core);
    let now_ms = core.now_ms();
    let values = args![id, holder.as_str(), now_ms, now_ms + LEASE_MS];
    if core.db().execute(CLAIM, values).await? == 0 {
        return Ok(false);
    }
    let done = tokio::select! {
        done = work(core, id, kind, &holder) => done,
        lost = keep_lease(core, id, &holder, RENEW) => lost,
    };
    give_back(core, id, &holder).await?;
    done.map(|()| true)
}

/// Takes the lease anew at every turn, for as long as the run works.
///
/// # Errors
/// `directory_busy` when another one took it meanwhile: the run is over.
pub(super) async fn keep_lease(
    core: &Core,
    id: &DirectoryId,
    holder: &str,
    every: Duration,
) -> Result<(), Error> {
    const RENEWED: &str =
        "UPDATE ldap_source SET lease_until = $3 WHERE source_id = $1 AND lease_holder = $2";
    loop {
        tokio::time::sleep(every).await;
        let values = args![id, holder, core.now_ms() + LEASE_MS];
        match core.db().execute(RENEWED, values).await {
            Ok(0) => {
                let text = "Another node reads this directory meanwhile.";
                return Err(Error::conflict("directory_busy", text));
            }
            Ok(_) => {}
            // A database that is away for a moment is tried again at the next turn, in time.
            Err(error) => {
                tracing::warn!(directory = id.as_str(), error = %error, "a lease was not renewed");
            }
        }
    }
}

async fn give_back(core: &Core, id: &DirectoryId, holder: &str) -> Result<(), Error> {
    const BACK: &str = "UPDATE ldap_source SET lease_holder = '', lease_until = 0 \
        WHERE source_id = $1 AND lease_holder = $2";
    core.db().execute(BACK, args![id, holder]).await?;
    Ok(())
}

async fn work(core: &Core, id: &DirectoryId, kind: SyncKind, holder: &str) -> Result<(), Error> {
    let Some(stored) = store::find(core, id).await? else {
        return Ok(());
    };
    let password = stored.password(core.keys(), id)?;
    let reading = tokio::time::timeout(RUN_LIMIT, ask(core, &stored, &password, kind));
    let ran = reading.await.unwrap_or(Err(Ill::of("ldap_timeout")));
    let mut ran = match ran {
        Ok(ran) => ran,
        Err(ill) => {
            directory::set_ill(core, id, Some(ill.code)).await?;
            return failed(core, id, holder, ill.code).await;
        }
    };
    let run = std::mem::take(&mut ran.reading.run);
    let (people, groups) = (run.people.len(), run.groups.len());
    let is_nothing = !ran.full && people == 0 && groups == 0;
    if !is_nothing {
        match directory::apply(core, id, run).await {
            // What waits is not read yet: the next run is a full one.
            Ok(done) if done.held => ran.delta = None,
            Ok(_) => {}
            Err(error) => {
                failed(core, id, holder, error.code).await?;
                return Err(error);
            }
        }
    }
    directory::set_ill(core, id, ran.reading.code).await?;
    finished(core, id, holder, ran, (people, groups)).await
}

async fn ask(
    core: &Core,
    stored: &Stored,
    password: &tillsyn_upstream::ldap::Password,
    kind: SyncKind,
) -> Result<Ran, Ill> {
    let settings = &stored.settings;
    let mut service = service(settings, password).await?;
    let before = stored.state.delta.as_ref();
    let changed = match kind {
        SyncKind::Full => None,
        SyncKind::Changes => change::since(before, &service.root, &service.server),
    };
    let reading = read(&mut service, settings, changed.as_ref(), core.now_ms()).await?;
    let full = changed.is_none();
    let delta = if reading.code.is_none() {
        // The number was read before the search, so that what changed meanwhile comes again.
        change::reached(&service.root, &service.server, before, reading.latest_ms)
    } else {
        None
    };
    let product = service.root.product.name();
    service.connection.close().await;
    Ok(Ran {
        reading,
        full,
        product,
        delta,
    })
}

/// Keeps how a run failed; what was known stays as it is, and the next try is the next in turn.
async fn failed(
    core: &Core,
    id: &DirectoryId,
    holder: &str,
    code: &'static str,
) -> Result<(), Error> {
    let input = (id.clone(), holder.to_owned(), code, core.now_ms());
    core.db()
        .write(input, |tx, (id, holder, code, now)| {
            Box::pin(async move {
                const PUT: &str = "UPDATE ldap_source SET last_code = $3, last_run_at = $4, delta = NULL, \
                    run_due_at = $5, full_due_at = $5 WHERE source_id = $1 AND lease_holder = $2";
                let values = args![id, holder.as_str(), *code, *now, *now + DELTA_MS];
                tx.execute(PUT, values).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

async fn finished(
    core: &Core,
    id: &DirectoryId,
    holder: &str,
    ran: Ran,
    counts: (usize, usize),
) -> Result<(), Error> {
    let input = (id.clone(), holder.to_owned(), (ran, counts), core.now_ms());
    core.db()
        .write(input, |tx, (id, holder, (ran, counts), now)| {
            Box::pin(async move { finish_in(tx, id, holder, ran, *counts, *now).await })
        })
        .await
}

async fn finish_in(
    tx: &Tx,
    id: &DirectoryId,
    holder: &str,
    ran: &Ran,
    (people, groups): (usize, usize),
    now_ms: i64,
) -> Result<(), Error> {
    const FULL: &str = "UPDATE ldap_source SET product = $3, delta = $4, last_code = $5, last_run_at = $6, \
        people_count = $7, group_count = $8, refs = $9, last_full_at = $6, run_due_at = $10, full_due_at = $11 \
        WHERE source_id = $1 AND lease_holder = $2";
    const CHANGES: &str = "UPDATE ldap_source SET product = $3, delta = $4, last_code = $5, \
        last_run_at = $6, run_due_at = $7 WHERE source_id = $1 AND lease_holder = $2";
    let delta = ran.delta.as_ref().map(|delta| json!(delta).to_string());
    let next = now_ms + DELTA_MS;
    let code = ran.reading.code;
    let mut values = args![id, holder, ran.product, delta, code, now_ms];
    if ran.full {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let full_at = if code.is_none() {
            now_ms + DAY_MS - jitter(id)
        } else {
            next
        };
        values.extend(args![
            count(people),
            count(groups),
            i64::from(ran.reading.references),
            next,
            full_at
        ]);
        tx.execute(FULL, values).await?;
    } else {
        values.extend(args![next]);
        tx.execute(CHANGES, values).await?;
    }
    Ok(())
}

/// Directories are not all read at the same minute.
fn jitter(id: &DirectoryId) -> i64 {
    let sum = id
        .as_str()
        .bytes()
        .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % JITTER_MS);
    sum.rem_euclid(JITTER_MS)
}
