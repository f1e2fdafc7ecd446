//! What waits and why: the unfinished commands by the cause that holds them up, and taking back those of one cause.

use serde_json::json;
use tillsyn_db::{Row, Tx, Value, args};

use super::cancel::withdraw_in;
use crate::actor::{Actor, Permission, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::figures::{Counted, Question};
use crate::ids::BatchId;
use crate::org;

/// Commands of one transaction.
const CHUNK: i64 = 500;
/// Commands that one press takes back; the page says when there are more.
pub const MOST_WITHDRAWN: i64 = 5_000;
/// Kinds of failures that are shown.
const FAILURES: i64 = 20;

/// What commands have in common that wait for the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseKey {
    /// A status of architecture §2a.
    pub status: String,
    /// Why a held one is held; of a failed one the device's first error.
    pub reason: String,
    /// Whether the device can be reached, for what is on its way to it.
    pub contact: String,
    /// The act that they belong to instead: all of it that waits, whatever for.
    pub batch: Option<BatchId>,
}

/// Commands with one cause.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Cause {
    pub status: String,
    pub reason: String,
    pub contact: String,
    pub commands: i64,
    pub devices: i64,
    /// When the oldest was asked for.
    pub oldest: i64,
}

impl Cause {
    pub fn key(&self) -> CauseKey {
        CauseKey {
            status: self.status.clone(),
            reason: self.reason.clone(),
            contact: self.contact.clone(),
            batch: None,
        }
    }
}

/// What waits, and what failed within a day.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Causes {
    pub waiting: Vec<Cause>,
    pub failed: Vec<Cause>,
}

/// Why a held command is held; how far the device can be reached for those on their way. Nothing of the others
/// tells causes apart.
const REASON: &str = "CASE WHEN c.status = 'held' THEN COALESCE(c.status_reason, '') ELSE '' END";
const FAILURE: &str = "COALESCE((SELECT MAX(t.reason) FROM command_transition t \
    WHERE t.command_id = c.id AND t.status = 'error'), '')";
const CONTACT: &str = "CASE WHEN c.status IN ('queued', 'push_sent') THEN d.contact ELSE '' END";
const FROM: &str = "FROM command c JOIN device_summary d ON d.device_id = c.device_id \
    JOIN org_unit u ON u.id = c.org_unit_id WHERE u.path >= $1 AND u.path < $2";

fn scope(actor: &Actor) -> Vec<Value> {
    args![actor.unit_path.as_str(), prefix_end(&actor.unit_path)]
}

fn decode(row: &Row) -> Result<Cause, Error> {
    Ok(Cause {
        status: row.text(0)?,
        reason: row.text(1)?,
        contact: row.text(2)?,
        commands: row.i64(3)?,
        devices: row.i64(4)?,
        oldest: row.i64(5)?,
    })
}

/// The causes within the actor's scope, those with most devices first. Reads the unfinished commands and the
/// failures of a day, each by its partial index.
/// Of a large fleet they may be some seconds old ([`crate::figures`]).
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn causes(core: &Core, actor: &Actor) -> Result<Causes, Error> {
    may(actor, Permission::DevicesRead)?;
    let reader = actor.clone();
    core.figure(Question::of("causes", actor), move |core| {
        Box::pin(async move {
            let figure = count(&core, &reader).await?;
            let all = figure.waiting.iter().chain(&figure.failed);
            Ok(Counted {
                rows: all.map(|cause| cause.commands).sum(),
                figure,
            })
        })
    })
    .await
}

async fn count(core: &Core, actor: &Actor) -> Result<Causes, Error> {
    let own = actor.platform_filter();
    let select = format!(
        "SELECT c.status, {REASON}, {CONTACT}, count(*), count(DISTINCT c.device_id), \
         MIN(c.created_at) {FROM}{own}"
    );
    let waiting = format!("{select} AND c.finished = 0 GROUP BY 1, 2, 3 ORDER BY 5 DESC, 1, 2, 3");
    // The code that the device gave stands in the story.
    let failed = format!(
        "SELECT c.status, {FAILURE}, '', count(*), count(DISTINCT c.device_id), MIN(c.created_at) \
         {FROM}{own} AND c.finished = 1 AND c.updated_at > $3 AND c.status = 'error' \
         GROUP BY 1, 2 ORDER BY 5 DESC, 2 LIMIT $4"
    );
    let mut of_failed = scope(actor);
    of_failed.extend(args![core.now_ms() - DAY_MS, FAILURES]);
    let input = (waiting, scope(actor), failed, of_failed);
    core.db()
        .read(input, |tx, (waiting, scope, failed, of_failed)| {
            Box::pin(async move {
                let waiting = tx.fetch_all_dyn(waiting, scope.clone()).await?;
                let failed = tx.fetch_all_dyn(failed, of_failed.clone()).await?;
                Ok::<_, Error>(Causes {
                    waiting: waiting.iter().map(decode).collect::<Result<_, _>>()?,
                    failed: failed.iter().map(decode).collect::<Result<_, _>>()?,
                })
            })
        })
        .await
}

/// What would be taken back, as it stands now.
#[derive(Clone, Debug, Default)]
pub struct WithdrawPreview {
    pub commands: i64,
    pub devices: i64,
    /// Of each type how many, most first.
    pub types: Vec<(String, i64)>,
    /// What was asked for later is not meant.
    pub until: i64,
}

fn of_cause(actor: &Actor, key: &CauseKey, until: i64) -> (String, Vec<Value>) {
    const STOPPABLE: &str =
        "c.finished = 0 AND c.status IN ('queued', 'held', 'push_sent', 'not_now')";
    let mut values = scope(actor);
    let own = actor.platform_filter();
    if let Some(batch) = &key.batch {
        values.extend(args![batch, until]);
        let sql = format!("{FROM}{own} AND {STOPPABLE} AND c.batch_id = $3 AND c.created_at <= $4");
        return (sql, values);
    }
    values.extend(args![
        key.status.as_str(),
        key.reason.as_str(),
        key.contact.as_str(),
        until
    ]);
    let sql = format!(
        "{FROM}{own} AND {STOPPABLE} \
         AND c.status = $3 AND {REASON} = $4 AND {CONTACT} = $5 AND c.created_at <= $6"
    );
    (sql, values)
}

/// Looks at what [`withdraw_cause`] would take back.
///
/// # Errors
/// Forbidden without the right to withdraw commands.
pub async fn preview_withdraw(
    core: &Core,
    actor: &Actor,
    key: &CauseKey,
) -> Result<WithdrawPreview, Error> {
    may(actor, Permission::CommandsCancel)?;
    let until = core.now_ms();
    let (from, values) = of_cause(actor, key, until);
    let types = format!(
        "SELECT c.request_type, count(*) {from} GROUP BY c.request_type ORDER BY 2 DESC, 1"
    );
    let all = format!("SELECT count(*), count(DISTINCT c.device_id) {from}");
    core.db()
        .read(
            (types, all, values, until),
            |tx, (types, all, values, until)| {
                Box::pin(async move {
                    let counts = tx.fetch_all_dyn(all, values.clone()).await?;
                    let counts = counts.first().ok_or_else(|| Error::not_found("command"))?;
                    let types = tx.fetch_all_dyn(types, values.clone()).await?;
                    let of_type = |row: &Row| Ok::<_, Error>((row.text(0)?, row.i64(1)?));
                    Ok::<_, Error>(WithdrawPreview {
                        commands: counts.i64(0)?,
                        devices: counts.i64(1)?,
                        types: types.iter().map(of_type).collect::<Result<_, _>>()?,
                        until: *until,
                    })
                })
            },
        )
        .await
}

/// Takes back the commands of one cause that were asked for until then and that no device has fetched, in
/// chunks; answers how many. What a device fetches meanwhile goes on.
///
/// # Errors
/// Forbidden without the right to withdraw commands.
pub async fn withdraw_cause(
    core: &Core,
    actor: &Actor,
    key: &CauseKey,
    until: i64,
) -> Result<i64, Error> {
    may(actor, Permission::CommandsCancel)?;
    let unit = org::of_path(core, &actor.unit_path).await?.id.to_string();
    let (from, mut values) = of_cause(actor, key, until);
    values.push(Value::from(CHUNK));
    let last = values.len();
    let sql = format!("SELECT c.id {from} ORDER BY c.created_at, c.id LIMIT ${last}");
    let mut withdrawn = 0;
    while withdrawn < MOST_WITHDRAWN {
        let input = (
            actor.clone(),
            (sql.clone(), values.clone()),
            key.clone(),
            unit.clone(),
            core.now_ms(),
        );
        let count = core
            .db()
            .write(input, |tx, (actor, chosen, key, unit, now)| {
                Box::pin(async move { chunk_in(tx, actor, chosen, (key, unit), *now).await })
            })
            .await?;
        withdrawn += count;
        if count < CHUNK {
            break;
        }
    }
    Ok(withdrawn)
}

async fn chunk_in(
    tx: &Tx,
    actor: &Actor,
    (sql, values): &(String, Vec<Value>),
    (key, unit): (&CauseKey, &str),
    now_ms: i64,
) -> Result<i64, Error> {
    let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
    let ids: Vec<String> = rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?;
    let count = i64::try_from(ids.len()).unwrap_or(CHUNK);
    if ids.is_empty() {
        return Ok(0);
    }
    withdraw_in(tx, actor, ids, "withdrawn", now_ms).await?;
    let event = NewEvent::done("command.cancel", "org_unit", unit, unit).with(json!({
        "commands": count, "was": key.status, "reason": key.reason, "contact": key.contact,
        "batch_id": key.batch,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(count)
}
