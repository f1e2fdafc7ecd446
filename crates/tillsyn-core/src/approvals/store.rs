//! Approvals as rows.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tillsyn_db::{Row, Tx, args};

use super::carry::drop_in;
use super::change::Change;
use super::rules::who;
use super::status::ApprovalStatus;
use super::targets::Target;
use crate::actor::{Actor, ActorKind, Permission};
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::ApprovalId;

/// What the asker saw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preview {
    /// The act of the guard's table, or the kind of change.
    pub act: Option<String>,
    /// Of commands: their type.
    pub request_type: Option<String>,
    pub targets: Vec<Target>,
    /// What of the budget it would use more than there is.
    pub over_budget: bool,
    /// The rest, by the kind of change: names and figures before and after.
    pub facts: Json,
}

/// One approval.
#[derive(Clone, Debug)]
pub(crate) struct Approval {
    pub(crate) id: ApprovalId,
    pub(crate) unit_id: String,
    pub(crate) unit_path: String,
    pub(crate) permission: Permission,
    pub(crate) status: ApprovalStatus,
    pub(crate) cause: String,
    pub(crate) change: Change,
    pub(crate) preview: Preview,
    pub(crate) digest: String,
    pub(crate) targets: i64,
    pub(crate) reason: Option<String>,
    pub(crate) asked_kind: String,
    pub(crate) asked_by: String,
    /// Everybody whose wish it is: none of them decides.
    pub(crate) people: Vec<String>,
    pub(crate) asked_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) decided_by: Option<String>,
    pub(crate) decided_at: Option<i64>,
    pub(crate) decided_reason: Option<String>,
}

pub(super) const COLUMNS: &str = "SELECT a.id, a.org_unit_id, u.path, a.permission, a.status, a.cause, \
    a.change, a.preview, a.digest, a.targets, a.reason, a.asked_kind, a.asked_by, a.people, \
    a.asked_at, a.expires_at, a.decided_by, a.decided_at, a.decided_reason \
    FROM approval a JOIN org_unit u ON u.id = a.org_unit_id";

pub(super) fn decode(row: &Row, now_ms: i64) -> Result<Approval, Error> {
    let unreadable = |what: &str| Error::internal(format!("A stored approval has a bad {what}."));
    let mut status = ApprovalStatus::parse(row.str(4)?).ok_or_else(|| unreadable("status"))?;
    let expires_at = row.i64(15)?;
    if status == ApprovalStatus::Waiting && expires_at <= now_ms {
        status = ApprovalStatus::Expired;
    }
    Ok(Approval {
        id: ApprovalId::from_store(row.text(0)?),
        unit_id: row.text(1)?,
        unit_path: row.text(2)?,
        permission: Permission::parse(row.str(3)?).ok_or_else(|| unreadable("permission"))?,
        status,
        cause: row.text(5)?,
        change: serde_json::from_str(row.str(6)?)
            .map_err(|error| unreadable("change").caused_by(error))?,
        preview: serde_json::from_str(row.str(7)?)
            .map_err(|error| unreadable("preview").caused_by(error))?,
        digest: row.text(8)?,
        targets: row.i64(9)?,
        reason: row.opt_text(10)?,
        asked_kind: row.text(11)?,
        asked_by: row.text(12)?,
        people: people(row.str(13)?)?,
        asked_at: row.i64(14)?,
        expires_at,
        decided_by: row.opt_text(16)?,
        decided_at: row.opt_i64(17)?,
        decided_reason: row.opt_text(18)?,
    })
}

fn people(stored: &str) -> Result<Vec<String>, Error> {
    serde_json::from_str(stored).map_err(|error| {
        Error::internal("A stored approval has bad people behind it.").caused_by(error)
    })
}

/// Everybody whose wish it is that waits about one subject; `None` when nothing of it waits.
pub(crate) async fn people_of_in(
    tx: &Tx,
    kind: &str,
    subject_id: &str,
) -> Result<Option<Vec<String>>, Error> {
    const FIND: &str = "SELECT people FROM approval WHERE kind = $1 AND subject_id = $2 \
        AND status = 'waiting'";
    match tx.fetch_optional(FIND, args![kind, subject_id]).await? {
        Some(row) => Ok(Some(people(row.str(0)?)?)),
        None => Ok(None),
    }
}

/// By its id, or by the id of what waits.
pub(super) async fn find_in(tx: &Tx, id: &str, now_ms: i64) -> Result<Approval, Error> {
    let sql = format!("{COLUMNS} WHERE a.id = $1 OR (a.subject_id = $1 AND a.status = 'waiting')");
    let rows = tx.fetch_all_dyn(&sql, args![id]).await?;
    let row = rows.first().ok_or_else(|| Error::not_found("approval"))?;
    decode(row, now_ms)
}

/// How a request that waits ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End<'a> {
    pub(crate) status: ApprovalStatus,
    pub(crate) reason: Option<&'a str>,
}

/// Ends what waits about one subject, with its event. `None` when nothing of it waits.
pub(crate) async fn settle_in(
    tx: &Tx,
    actor: &Actor,
    kind: &str,
    subject_id: &str,
    end: End<'_>,
    now_ms: i64,
) -> Result<Option<ApprovalId>, Error> {
    const FIND: &str = "SELECT a.id, a.org_unit_id, a.digest, a.targets, a.cause FROM approval a \
        WHERE a.kind = $1 AND a.subject_id = $2 AND a.status = 'waiting'";
    const SETTLE: &str = "UPDATE approval SET status = $2, decided_by = $3, decided_at = $4, \
        decided_reason = $5, change_sealed = NULL WHERE id = $1 AND status = 'waiting'";
    let Some(row) = tx.fetch_optional(FIND, args![kind, subject_id]).await? else {
        return Ok(None);
    };
    let (id, unit) = (row.text(0)?, row.text(1)?);
    let by = who(actor);
    let values = args![id.as_str(), end.status.as_str(), by, now_ms, end.reason];
    if tx.execute(SETTLE, values).await? == 0 {
        return Ok(None);
    }
    let action = match end.status {
        // Someone with a shell stood in for a second person.
        ApprovalStatus::Approved if actor.kind == ActorKind::Server => "guard.release",
        ApprovalStatus::Approved => "approval.approve",
        ApprovalStatus::Declined => "approval.decline",
        ApprovalStatus::Expired => "approval.lapse",
        ApprovalStatus::Overtaken => "approval.overtaken",
        ApprovalStatus::Waiting | ApprovalStatus::Cancelled => "approval.cancel",
    };
    let event = NewEvent::done(action, "approval", &id, &unit).with(json!({
        "kind": kind, "subject_id": subject_id, "digest": row.text(2)?, "targets": row.i64(3)?,
        "cause": row.text(4)?, "reason": end.reason,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(Some(ApprovalId::from_store(id)))
}

/// Takes back everything that waits and that this account is behind; answers how many.
pub(crate) async fn withdraw_of_in(
    tx: &Tx,
    actor: &Actor,
    account_id: &str,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<usize, Error> {
    let sql = format!("{COLUMNS} WHERE a.status = 'waiting' AND a.people LIKE $1 ORDER BY a.id");
    let rows = tx.fetch_all_dyn(&sql, args![listed(account_id)]).await?;
    for row in &rows {
        let found = decode(row, now_ms)?;
        let end = End {
            status: ApprovalStatus::Cancelled,
            reason,
        };
        drop_in(tx, actor, &found.change, end.status, now_ms).await?;
        let (kind, subject) = (found.change.kind(), found.change.subject());
        settle_in(tx, actor, kind, subject, end, now_ms).await?;
    }
    Ok(rows.len())
}

/// A pattern for the lists of ids, as JSON, that this one is in.
pub(super) fn listed(id: &str) -> String {
    format!("%\"{id}\"%")
}
