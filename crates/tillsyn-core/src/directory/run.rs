//! Readings of a source as they are kept, and what of them waits for an administrator.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tillsyn_db::{Row, Tx, args};

use super::model::Counts;
use super::source::{SourceView, source, source_in};
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::DirectoryId;
use crate::paging::{Cursor, Page, page_size};

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    Applied,
    /// Nothing was changed: somebody has to look.
    Held,
    Released,
    Declined,
    /// A later one came, or what waited was settled otherwise.
    Overtaken,
    Failed,
}

impl RunStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Held => "held",
            Self::Released => "released",
            Self::Declined => "declined",
            Self::Overtaken => "overtaken",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Applied,
            Self::Held,
            Self::Released,
            Self::Declined,
            Self::Overtaken,
            Self::Failed,
        ];
        all.into_iter().find(|status| status.as_str() == text)
    }
}

/// What waits, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Held {
    /// `no_entries`, `many_suspended`, `group_emptied`, `many_members`.
    pub reasons: Vec<String>,
    /// Links whose people would be suspended, or whose devices wait.
    pub suspend: Vec<String>,
    /// Groups that would be emptied, by their id here.
    pub empty: Vec<String>,
    /// The group whose members wait.
    pub group_id: Option<String>,
    /// How many members would go.
    pub members: usize,
    /// Of so many people who are active.
    pub of: usize,
    /// Of the members that come and go.
    pub digest: String,
}

/// One reading.
#[derive(Clone, Debug)]
pub struct RunView {
    pub id: String,
    pub source_id: DirectoryId,
    /// `sync`, `suspensions` or `members`.
    pub kind: String,
    pub status: RunStatus,
    pub complete: bool,
    pub counts: Counts,
    pub held: Option<Held>,
    /// The plan that shows what it takes from devices.
    pub plan_id: Option<String>,
    pub code: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
    pub created_at: i64,
}

const COLUMNS: &str = "SELECT id, source_id, kind, status, complete, counts, held, plan_id, code, decided_by, \
    decided_at, created_at FROM directory_run";

pub(super) fn decode(row: &Row) -> Result<RunView, Error> {
    let status = RunStatus::parse(row.str(3)?);
    let held = row.opt_text(6)?;
    Ok(RunView {
        id: row.text(0)?,
        source_id: DirectoryId::from_store(row.text(1)?),
        kind: row.text(2)?,
        status: status.ok_or_else(|| Error::internal("A stored run has a bad status."))?,
        complete: row.i64(4)? != 0,
        counts: serde_json::from_str(row.str(5)?).unwrap_or_default(),
        held: held.and_then(|text| serde_json::from_str(&text).ok()),
        plan_id: row.opt_text(7)?,
        code: row.opt_text(8)?,
        decided_by: row.opt_text(9)?,
        decided_at: row.opt_i64(10)?,
        created_at: row.i64(11)?,
    })
}

pub(super) async fn run_in(tx: &Tx, id: &str) -> Result<RunView, Error> {
    let sql = format!("{COLUMNS} WHERE id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    decode(rows.first().ok_or_else(|| Error::not_found("run"))?)
}

/// The runs of a source, newest first; only those that wait when `held`.
pub async fn runs_of(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
    held: bool,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<RunView>, Error> {
    source(core, actor, id).await?;
    let limit = page_size(limit)?;
    let (at, last) = match after {
        None => (i64::MAX, "~".to_owned()),
        Some(after) => match Cursor::decode(after)?.values() {
            [at, Json::String(id)] if at.is_i64() => (at.as_i64().unwrap_or(i64::MAX), id.clone()),
            _ => {
                let text = "This cursor is not one of ours; start without it.";
                return Err(Error::invalid("after", "cursor", text));
            }
        },
    };
    let sql = format!(
        "{COLUMNS} WHERE source_id = $1 AND ($2 = 0 OR status = 'held') \
         AND (created_at < $3 OR (created_at = $3 AND id < $4)) ORDER BY created_at DESC, id DESC LIMIT $5"
    );
    let values = args![id, i64::from(held), at, last, limit + 1];
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let keep = usize::try_from(limit).unwrap_or(usize::MAX);
    let items = rows
        .iter()
        .take(keep)
        .map(decode)
        .collect::<Result<Vec<_>, Error>>()?;
    let next = items
        .last()
        .filter(|_| rows.len() > keep)
        .map(|run| Cursor::new(vec![json!(run.created_at), json!(run.id)]).encode());
    Ok(Page { items, next })
}

/// One run of a source of the actor's scope.
pub async fn run_view(core: &Core, actor: &Actor, id: &str) -> Result<RunView, Error> {
    may(actor, Permission::PeopleRead)?;
    let input = (actor.clone(), id.to_owned());
    core.db()
        .read(input, |tx, (actor, id)| {
            Box::pin(async move {
                let run = run_in(tx, id).await?;
                let of = source_in(tx, &run.source_id).await?;
                authorize(actor, Permission::PeopleRead, &of.unit_path)?;
                Ok(run)
            })
        })
        .await
}

/// A run to keep.
pub(super) struct NewRun<'a> {
    pub(super) id: &'a str,
    pub(super) kind: &'static str,
    pub(super) status: RunStatus,
    pub(super) complete: bool,
    pub(super) counts: &'a Counts,
    pub(super) held: Option<&'a Held>,
    pub(super) plan_id: Option<&'a str>,
}

pub(super) async fn keep_in(
    tx: &Tx,
    source: &SourceView,
    run: &NewRun<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO directory_run (id, source_id, kind, status, complete, counts, held, \
        plan_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    const LAST: &str = "UPDATE directory_source SET last_run_at = $2 WHERE id = $1";
    let values = args![
        run.id,
        &source.id,
        run.kind,
        run.status.as_str(),
        i64::from(run.complete),
        json!(run.counts).to_string(),
        run.held.map(|held| json!(held).to_string()),
        run.plan_id,
        now_ms
    ];
    tx.execute(INSERT, values).await?;
    if run.kind == "sync" {
        tx.execute(LAST, args![&source.id, now_ms]).await?;
    }
    let action = match run.status {
        RunStatus::Held => "directory.held",
        _ => "directory.run",
    };
    let unit = source.unit_id.as_str();
    let event = NewEvent::done(action, "directory", source.id.as_str(), unit).with(json!({
        "run": run.id, "kind": run.kind, "counts": run.counts,
        "reasons": run.held.map(|held| &held.reasons), "name": source.name,
        "suspended": run.held.map(|held| held.suspend.len()),
        "members": run.held.map(|held| held.members),
    }));
    let actor = Actor::directory(&source.id, Some(run.id));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(())
}
