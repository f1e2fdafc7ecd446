//! Batches as they are kept and listed.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::InvitationBatchId;
use crate::imports::RowError;
use crate::keys::KeyStore;
use crate::paging::{Cursor, Page, page_size};

/// Where a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStatus {
    /// Looked at; nothing was sent.
    Open,
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl BatchStatus {
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

    /// Whether people of it are still to be written to.
    pub fn runs(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// One batch.
#[derive(Clone, Debug)]
pub struct BatchView {
    pub id: InvitationBatchId,
    pub unit_id: String,
    pub unit_name: String,
    pub unit_path: String,
    pub label: String,
    /// `people`, `group` or `file`.
    pub source: String,
    pub status: BatchStatus,
    pub skip_open: bool,
    pub skip_enrolled: bool,
    /// Of what was shown; a batch is begun with it.
    pub digest: String,
    /// Why it failed as a whole.
    pub error: Option<String>,
    pub created_by: String,
    pub created_at: i64,
    pub begun_at: Option<i64>,
    pub finished_at: Option<i64>,
    /// Everybody in it.
    pub total: i64,
    /// Those who are still to be written to.
    pub waiting: i64,
    pub(super) begun_kind: Option<String>,
    pub(super) begun_by: Option<String>,
}

impl BatchView {
    /// Those with whom it is done, whatever came of it.
    pub fn done(&self) -> i64 {
        self.total - self.waiting
    }
}

const SELECT: &str = "SELECT b.id, b.org_unit_id, u.name, u.path, b.label, b.source, b.status, \
    b.skip_open, b.skip_enrolled, b.digest, b.error, b.created_by, b.created_at, b.begun_at, \
    b.finished_at, (SELECT count(*) FROM invitation_batch_item i WHERE i.batch_id = b.id), \
    (SELECT count(*) FROM invitation_batch_item i WHERE i.batch_id = b.id \
    AND i.outcome IN ('ready', 'new', 'again')), b.begun_kind, b.begun_by \
    FROM invitation_batch b JOIN org_unit u ON u.id = b.org_unit_id";

fn decode(row: &Row) -> Result<BatchView, Error> {
    Ok(BatchView {
        id: InvitationBatchId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        unit_name: row.text(2)?,
        unit_path: row.text(3)?,
        label: row.text(4)?,
        source: row.text(5)?,
        status: BatchStatus::parse(row.str(6)?)
            .ok_or_else(|| Error::internal("A stored batch cannot be read."))?,
        skip_open: row.i64(7)? != 0,
        skip_enrolled: row.i64(8)? != 0,
        digest: row.text(9)?,
        error: row.opt_text(10)?,
        created_by: row.text(11)?,
        created_at: row.i64(12)?,
        begun_at: row.opt_i64(13)?,
        finished_at: row.opt_i64(14)?,
        total: row.i64(15)?,
        waiting: row.i64(16)?,
        begun_kind: row.opt_text(17)?,
        begun_by: row.opt_text(18)?,
    })
}

pub(super) async fn find_in(tx: &Tx, id: &InvitationBatchId) -> Result<BatchView, Error> {
    let sql = format!("{SELECT} WHERE b.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    decode(
        rows.first()
            .ok_or_else(|| Error::not_found("invitation batch"))?,
    )
}

/// The same for an actor who reaches all that its maker reached.
pub(super) async fn reached_in(
    tx: &Tx,
    actor: &Actor,
    permission: Permission,
    id: &InvitationBatchId,
) -> Result<BatchView, Error> {
    let found = find_in(tx, id).await?;
    authorize(actor, permission, &found.unit_path)?;
    Ok(found)
}

/// One batch.
///
/// # Errors
/// Not found outside of the actor's reach.
pub async fn batch(core: &Core, actor: &Actor, id: &InvitationBatchId) -> Result<BatchView, Error> {
    core.db()
        .read((actor.clone(), id.clone()), |tx, (actor, id)| {
            Box::pin(async move { reached_in(tx, actor, Permission::InvitationsRead, id).await })
        })
        .await
}

/// The batches of the actor's scope, newest first.
///
/// # Errors
/// Forbidden without the right to read invitations.
pub async fn list_batches(
    core: &Core,
    actor: &Actor,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<BatchView>, Error> {
    may(actor, Permission::InvitationsRead)?;
    let limit = page_size(limit)?;
    let place = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => "~".to_owned(),
    };
    let sql = format!(
        "{SELECT} WHERE b.id < $1 AND u.path >= $2 AND u.path < $3 ORDER BY b.id DESC LIMIT $4"
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

/// What a row says of somebody who is not in the list of people yet, or why it cannot be used.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Detail {
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) language: Option<String>,
    pub(super) errors: Vec<RowError>,
}

fn cell(batch: &str, line: i64) -> String {
    format!("{batch}/{line}")
}

impl Detail {
    pub(super) fn seal(&self, keys: &KeyStore, batch: &str, line: i64) -> Result<Vec<u8>, Error> {
        let plain = serde_json::to_vec(self)
            .map_err(|error| Error::internal("A row cannot be kept.").caused_by(error))?;
        let (table, column) = ("invitation_batch_item", "row_sealed");
        Ok(keys.seal(&plain, table, column, &cell(batch, line)))
    }

    pub(super) fn open(
        keys: &KeyStore,
        sealed: &[u8],
        batch: &str,
        line: i64,
    ) -> Result<Self, Error> {
        let (table, column) = ("invitation_batch_item", "row_sealed");
        let plain = keys.open(sealed, table, column, &cell(batch, line))?;
        serde_json::from_slice(&plain)
            .map_err(|error| Error::internal("A row cannot be read.").caused_by(error))
    }
}

/// Why somebody would be passed over now.
pub(super) async fn skip_in(
    tx: &Tx,
    person: &str,
    (skip_open, skip_enrolled): (bool, bool),
    now_ms: i64,
) -> Result<Option<&'static str>, Error> {
    const OPEN: &str = "SELECT id FROM invitation WHERE person_id = $1 AND status = 'open' \
        AND uses < uses_allowed AND expires_at > $2 LIMIT 1";
    const ENROLLED: &str =
        "SELECT id FROM enrollment WHERE person_id = $1 AND status = 'active' LIMIT 1";
    if skip_enrolled && tx.fetch_optional(ENROLLED, args![person]).await?.is_some() {
        return Ok(Some("has_device"));
    }
    if skip_open
        && tx
            .fetch_optional(OPEN, args![person, now_ms])
            .await?
            .is_some()
    {
        return Ok(Some("has_invitation"));
    }
    Ok(None)
}
