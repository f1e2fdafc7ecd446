//! Plans as rows.

use tillsyn_db::{Row, Tx, args};

use super::change::Change;
use super::compute::Computed;
use super::summary::Summary;
use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::ids::PlanId;

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanStatus {
    Open,
    /// For a second person.
    Waiting,
    Applied,
    /// The world moved since it was made.
    Overtaken,
    Cancelled,
    Expired,
}

impl PlanStatus {
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Waiting,
        Self::Applied,
        Self::Overtaken,
        Self::Cancelled,
        Self::Expired,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Applied => "applied",
            Self::Overtaken => "overtaken",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether it can still be applied.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Open | Self::Waiting)
    }
}

/// One plan.
#[derive(Clone, Debug)]
pub struct PlanView {
    pub id: PlanId,
    pub unit_id: String,
    pub(crate) unit_path: String,
    pub change: Change,
    pub status: PlanStatus,
    pub digest: String,
    pub revision: i64,
    pub summary: Summary,
    pub reason: Option<String>,
    /// The account behind the session or token that made it, else the actor.
    pub created_by: String,
    pub created_at: i64,
    pub expires_at: i64,
    /// Who asked for a second person.
    pub asked_by: Option<String>,
    pub asked_at: Option<i64>,
    pub applied_by: Option<String>,
    pub applied_at: Option<i64>,
    /// What applying it made: the number of a version, the id of an assignment.
    pub result: Option<serde_json::Value>,
}

impl PlanView {
    /// As this actor may read it.
    pub(super) fn told_to(mut self, actor: &Actor) -> Self {
        self.summary.hide_from(actor);
        self
    }
}

pub(super) const COLUMNS: &str = "SELECT p.id, p.org_unit_id, u.path, p.change, p.status, p.digest, \
    p.revision, p.summary, p.reason, p.created_by, p.created_at, p.expires_at, p.asked_by, p.asked_at, \
    p.applied_by, p.applied_at, p.result FROM plan p JOIN org_unit u ON u.id = p.org_unit_id";

pub(super) fn decode(row: &Row, now_ms: i64) -> Result<PlanView, Error> {
    let unreadable = |what: &str| Error::internal(format!("A stored plan has a bad {what}."));
    let mut status = PlanStatus::parse(row.str(4)?).ok_or_else(|| unreadable("status"))?;
    let expires_at = row.i64(11)?;
    if status.is_pending() && expires_at <= now_ms {
        status = PlanStatus::Expired;
    }
    let result = row.opt_text(16)?;
    Ok(PlanView {
        id: PlanId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        unit_path: row.text(2)?,
        change: serde_json::from_str(row.str(3)?)
            .map_err(|error| unreadable("change").caused_by(error))?,
        status,
        digest: row.text(5)?,
        revision: row.i64(6)?,
        summary: serde_json::from_str(row.str(7)?)
            .map_err(|error| unreadable("summary").caused_by(error))?,
        reason: row.opt_text(8)?,
        created_by: row.text(9)?,
        created_at: row.i64(10)?,
        expires_at,
        asked_by: row.opt_text(12)?,
        asked_at: row.opt_i64(13)?,
        applied_by: row.opt_text(14)?,
        applied_at: row.opt_i64(15)?,
        result: result.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

/// A plan by its id; whether the actor may see it is decided by the caller.
pub(super) async fn find_in(tx: &Tx, id: &PlanId, now_ms: i64) -> Result<PlanView, Error> {
    let sql = format!("{COLUMNS} WHERE p.id = $1");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("plan"))?;
    decode(row, now_ms)
}

/// Writes a new plan.
pub(super) async fn insert_in(
    tx: &Tx,
    actor: &Actor,
    id: &PlanId,
    change: &Change,
    unit_id: &str,
    computed: &Computed,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO plan (id, org_unit_id, change, status, digest, revision, summary, \
        created_by, created_at, expires_at, removes_from) \
        VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10)";
    let json = |error| Error::internal("A plan cannot be written.").caused_by(error);
    let change = serde_json::to_string(change).map_err(json)?;
    let summary = serde_json::to_string(&computed.tally.summary).map_err(json)?;
    tx.execute(
        INSERT,
        args![
            id,
            unit_id,
            change,
            computed.digest.as_str(),
            computed.revision,
            summary,
            who(actor),
            now_ms,
            now_ms + DAY_MS,
            i64::try_from(computed.tally.summary.removes_from).unwrap_or(i64::MAX)
        ],
    )
    .await?;
    Ok(())
}

/// The person behind a session or token: nobody is two of them.
pub(super) fn who(actor: &Actor) -> String {
    actor
        .account_id
        .as_ref()
        .map_or_else(|| actor.id.clone(), ToString::to_string)
}
