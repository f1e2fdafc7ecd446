//! Imports as they are kept and shown.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Row, Tx, args};

use super::ImportKind;
use super::parse::{Table, parse};
use super::row::{Counts, Outcome, RowView};
use crate::actor::{Actor, authorize};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::prefix_end;
use crate::ids::ImportId;
use crate::paging::{Cursor, Page, page_size};

/// Where an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStatus {
    /// Looked at; nothing was made.
    Open,
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl ImportStatus {
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A row that could not be carried out although it was right when somebody looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub line: u64,
    pub code: String,
}

/// One import.
#[derive(Clone, Debug)]
pub struct ImportView {
    pub id: ImportId,
    pub unit_id: String,
    pub unit_name: String,
    pub unit_path: String,
    pub kind: ImportKind,
    pub status: ImportStatus,
    pub counts: Counts,
    pub digest: String,
    pub leave_out: bool,
    pub replace_members: bool,
    /// Rows, and of groups groups, that are done, and how many there are.
    pub position: i64,
    pub steps: i64,
    pub failures: Vec<Failure>,
    /// Plans that somebody has to look at.
    pub plans: Vec<String>,
    /// Why it failed as a whole.
    pub error: Option<String>,
    pub created_by: String,
    pub created_at: i64,
    pub applied_by: Option<String>,
    pub applied_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub(super) applied_kind: Option<String>,
    pub(super) preview_sealed: Vec<u8>,
    pub(super) file_sealed: Option<Vec<u8>>,
}

const COLUMNS: &str = "SELECT i.id, i.org_unit_id, u.name, u.path, i.kind, i.status, \
    i.created_count, i.changed_count, i.same_count, i.error_count, i.digest, i.leave_out, \
    i.replace_members, i.position, i.steps, i.failures, i.plans, i.error, i.created_by, \
    i.created_at, i.applied_kind, i.applied_by, i.applied_at, i.finished_at";
const FROM: &str = "FROM import_file i JOIN org_unit u ON u.id = i.org_unit_id";

fn decode(row: &Row) -> Result<ImportView, Error> {
    let bad = || Error::internal("A stored import cannot be read.");
    Ok(ImportView {
        id: ImportId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        unit_name: row.text(2)?,
        unit_path: row.text(3)?,
        kind: ImportKind::parse(row.str(4)?).ok_or_else(bad)?,
        status: ImportStatus::parse(row.str(5)?).ok_or_else(bad)?,
        counts: Counts {
            create: row.i64(6)?,
            change: row.i64(7)?,
            same: row.i64(8)?,
            error: row.i64(9)?,
        },
        digest: row.text(10)?,
        leave_out: row.i64(11)? != 0,
        replace_members: row.i64(12)? != 0,
        position: row.i64(13)?,
        steps: row.i64(14)?,
        failures: serde_json::from_str(row.str(15)?).map_err(|_| bad())?,
        plans: serde_json::from_str(row.str(16)?).map_err(|_| bad())?,
        error: row.opt_text(17)?,
        created_by: row.text(18)?,
        created_at: row.i64(19)?,
        applied_kind: row.opt_text(20)?,
        applied_by: row.opt_text(21)?,
        applied_at: row.opt_i64(22)?,
        finished_at: row.opt_i64(23)?,
        preview_sealed: Vec::new(),
        file_sealed: None,
    })
}

/// The import without its sealed parts.
pub(super) async fn find_in(tx: &Tx, id: &ImportId) -> Result<ImportView, Error> {
    let sql = format!("{COLUMNS} {FROM} WHERE i.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    decode(rows.first().ok_or_else(|| Error::not_found("import"))?)
}

async fn whole_in(tx: &Tx, id: &ImportId) -> Result<ImportView, Error> {
    let sql = format!("{COLUMNS}, i.preview_sealed, i.file_sealed {FROM} WHERE i.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("import"))?;
    let mut found = decode(row)?;
    found.preview_sealed = row.blob(24)?;
    found.file_sealed = row.opt_blob(25)?;
    Ok(found)
}

/// The import with its sealed parts.
pub(super) async fn find(core: &Core, id: &ImportId) -> Result<ImportView, Error> {
    core.db()
        .read(id.clone(), |tx, id| {
            Box::pin(async move { whole_in(tx, id).await })
        })
        .await
}

/// One import of the actor's scope.
pub async fn import(core: &Core, actor: &Actor, id: &ImportId) -> Result<ImportView, Error> {
    let found = find(core, id).await?;
    authorize(actor, found.kind.permission(), &found.unit_path)?;
    Ok(found)
}

impl ImportView {
    pub(super) fn preview(&self, core: &Core) -> Result<Vec<RowView>, Error> {
        let (table, column) = ("import_file", "preview_sealed");
        let plain = core
            .keys()
            .open(&self.preview_sealed, table, column, self.id.as_str())?;
        serde_json::from_slice(&plain)
            .map_err(|error| Error::internal("A preview cannot be read.").caused_by(error))
    }

    pub(super) fn table(&self, core: &Core) -> Result<Table, Error> {
        let gone = || Error::conflict("import_over", "The file of this import is gone.");
        let sealed = self.file_sealed.as_ref().ok_or_else(gone)?;
        let (table, column) = ("import_file", "file_sealed");
        let plain = core.keys().open(sealed, table, column, self.id.as_str())?;
        let text = std::str::from_utf8(&plain)
            .map_err(|error| Error::internal("A file cannot be read.").caused_by(error))?;
        parse(self.kind, text)
    }
}

/// The rows of a preview, those with errors first; only those with one outcome when asked.
pub async fn rows(
    core: &Core,
    actor: &Actor,
    id: &ImportId,
    only: Option<Outcome>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<RowView>, Error> {
    let limit = usize::try_from(page_size(limit)?).unwrap_or(0);
    let start = match after {
        Some(text) => Cursor::decode(text)?.first_i64()?,
        None => 0,
    };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let mut rows = import(core, actor, id).await?.preview(core)?;
    rows.retain(|row| only.is_none_or(|only| row.outcome == only));
    rows.sort_by_key(|row| (row.outcome != Outcome::Error, row.line));
    let end = start.saturating_add(limit);
    let next = (rows.len() > end).then(|| {
        let place = i64::try_from(end).unwrap_or(i64::MAX);
        Cursor::of_i64(place).encode()
    });
    let items = rows.into_iter().skip(start).take(limit).collect();
    Ok(Page { items, next })
}

/// Which imports.
#[derive(Clone, Debug, Default)]
pub struct ImportFilter {
    pub kind: Option<ImportKind>,
}

/// The imports of the actor's scope, newest first, of kinds that the actor could import.
pub async fn list_imports(
    core: &Core,
    actor: &Actor,
    filter: &ImportFilter,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<ImportView>, Error> {
    let limit = page_size(limit)?;
    let kinds: Vec<String> = ImportKind::ALL
        .into_iter()
        .filter(|kind| actor.holds(kind.permission()))
        .filter(|kind| filter.kind.is_none_or(|only| only == *kind))
        .map(|kind| kind.as_str().to_owned())
        .collect();
    if kinds.is_empty() {
        let text = "This needs the permission people.write, groups.write or units.write.";
        return Err(Error::new(Kind::Forbidden, "permission_missing", text));
    }
    let place = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let wanted = kinds.iter().map(|kind| format!("'{kind}'"));
    // Ids sort by the time they were made; the kinds are our own words.
    let sql = format!(
        "{COLUMNS} {FROM} WHERE i.id < $1 AND u.path >= $2 AND u.path < $3 AND i.kind IN ({}) \
         ORDER BY i.id DESC LIMIT $4",
        wanted.collect::<Vec<_>>().join(", ")
    );
    let path = actor.unit_path.clone();
    let values = args![place, path.as_str(), prefix_end(&path), limit + 1];
    core.db()
        .read((sql, values, limit), |tx, (sql, values, limit)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                let mut items = rows.iter().map(decode).collect::<Result<Vec<_>, Error>>()?;
                let most = usize::try_from(*limit).unwrap_or(0);
                let more = items.len() > most;
                items.truncate(most);
                let last = items.last().filter(|_| more);
                let next = last.map(|last| Cursor::of_text(last.id.as_str()).encode());
                Ok::<_, Error>(Page { items, next })
            })
        })
        .await
}
