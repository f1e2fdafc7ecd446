//! Asking: a change is made at once where the guard lets one person, else it waits for another.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::carry;
use super::change::Change;
use super::people::{answerable_in, people_in};
use super::rules::{Cause, who};
use super::store::Preview;
use super::targets::digest;
use crate::actor::{Actor, Permission};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::ApprovalId;

/// What whoever asks says and typed.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// For the audit trail and the second person.
    pub reason: Option<String>,
    /// What has to be typed, where something has.
    pub confirm: Option<String>,
}

impl Asked {
    /// The reason, when there are words in it.
    pub(crate) fn reason(&self) -> Option<&str> {
        let reason = self.reason.as_deref().map(str::trim);
        reason.filter(|reason| !reason.is_empty())
    }

    /// The reason, where one has to be given.
    pub(crate) fn need_reason(&self) -> Result<&str, Error> {
        self.reason().ok_or_else(|| {
            Error::invalid(
                "reason",
                "reason_missing",
                "Say why; it goes to the audit trail.",
            )
        })
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// For a second person.
    Waiting(ApprovalId),
}

impl Outcome {
    /// The approval that it waits for, if any.
    pub fn waiting(self) -> Option<ApprovalId> {
        match self {
            Self::Done => None,
            Self::Waiting(id) => Some(id),
        }
    }
}

/// Makes a change, or keeps it for a second person when the guard wants one.
///
/// # Errors
/// Those of the change itself; `approval_waiting` when one of the same subject waits already.
pub async fn submit(
    core: &Core,
    actor: &Actor,
    change: Change,
    asked: Asked,
) -> Result<Outcome, Error> {
    let input = (core.clone(), actor.clone(), change, asked, core.now_ms());
    core.db()
        .write(input, |tx, (core, actor, change, asked, now)| {
            Box::pin(async move { carry::submit_in(tx, core, actor, change, asked, *now).await })
        })
        .await
}

/// What is kept of a request.
pub(crate) struct NewApproval<'a> {
    pub(crate) change: Change,
    pub(crate) unit_id: &'a str,
    pub(crate) permission: Permission,
    pub(crate) cause: Cause,
    pub(crate) preview: Preview,
    pub(crate) reason: Option<&'a str>,
    /// No later than a day from now.
    pub(crate) expires_at: Option<i64>,
    /// Secrets of the change; sealed for the id that is passed.
    pub(crate) sealed: Option<Seal<'a>>,
}

/// Seals the secrets of a change for the request that keeps them.
pub(crate) type Seal<'a> = &'a (dyn Fn(&ApprovalId) -> Vec<u8> + Send + Sync);

/// Keeps a request, in the transaction of whoever asks.
pub(crate) async fn ask_in(
    tx: &Tx,
    actor: &Actor,
    new: NewApproval<'_>,
    now_ms: i64,
) -> Result<ApprovalId, Error> {
    const INSERT: &str = "INSERT INTO approval (id, kind, subject_id, org_unit_id, permission, status, \
        cause, change, change_sealed, preview, digest, targets, reason, asked_kind, asked_by, \
        asked_account_id, people, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, \
        $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    const WAITS: &str = "SELECT id FROM approval WHERE kind = $1 AND subject_id = $2 \
        AND status = 'waiting'";
    let (kind, subject) = (new.change.kind(), new.change.subject().to_owned());
    if let Some(row) = tx
        .fetch_optional(WAITS, args![kind, subject.as_str()])
        .await?
    {
        let data = json!({ "approval_id": row.text(0)? });
        return Err(Error::conflict(
            "approval_waiting",
            "A change of this kind waits for a second person already.",
        )
        .with_data(data));
    }
    let json = |error| Error::internal("An approval cannot be written.").caused_by(error);
    let id = ApprovalId::new(now_ms);
    let digest = digest(&new.preview.targets);
    let targets = i64::try_from(new.preview.targets.len()).unwrap_or(i64::MAX);
    let people = people_in(tx, actor).await?;
    let account = match &actor.account_id {
        Some(account) => Some(answerable_in(tx, account.as_str()).await?),
        None => None,
    };
    let expires_at = new
        .expires_at
        .map_or(now_ms + DAY_MS, |at| at.min(now_ms + DAY_MS));
    let values = args![
        &id,
        kind,
        subject.as_str(),
        new.unit_id,
        new.permission.as_str(),
        new.cause.as_str(),
        serde_json::to_string(&new.change).map_err(json)?,
        new.sealed.map(|seal| seal(&id)),
        serde_json::to_string(&new.preview).map_err(json)?,
        digest.as_str(),
        targets,
        new.reason,
        actor.kind.as_str(),
        who(actor),
        account,
        serde_json::to_string(&people).map_err(json)?,
        now_ms,
        expires_at
    ];
    tx.execute(INSERT, values).await?;
    let event = NewEvent::done("approval.ask", "approval", id.as_str(), new.unit_id).with(json!({
        "kind": kind, "subject_id": subject, "act": new.preview.act, "cause": new.cause.as_str(),
        "targets": targets, "digest": digest, "reason": new.reason,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(id)
}

/// The lowest unit that all these paths lie in: whoever decides must reach all of it.
pub(crate) async fn cover_in<'a>(
    tx: &Tx,
    paths: impl Iterator<Item = &'a str>,
) -> Result<String, Error> {
    const FIND: &str = "SELECT id FROM org_unit WHERE path = $1";
    const ROOT: &str = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    let row = match common(paths).filter(|path| !path.is_empty()) {
        Some(path) => tx.fetch_one(FIND, args![path]).await?,
        None => tx.fetch_one(ROOT, args![]).await?,
    };
    Ok(row.text(0)?)
}

/// What all of them begin with, up to a slash.
pub(super) fn common<'a>(mut paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut shared = paths.next()?;
    for path in paths {
        while !path.starts_with(shared) {
            let shorter = shared.trim_end_matches('/');
            shared = shorter.rfind('/').map_or("", |at| &shorter[..=at]);
        }
    }
    Some(shared)
}
