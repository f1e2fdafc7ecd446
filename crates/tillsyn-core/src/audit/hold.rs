//! Legal holds: while one stands, nothing is taken away of what it covers.

use std::collections::HashSet;

use serde_json::json;
use tillsyn_db::{Row, Tx, args};

use super::chain::Record;
use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::new_uuid;
use crate::{org, text};

/// One hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LegalHold {
    pub id: String,
    /// The person, account or device that it covers; `None` for everything.
    pub subject_id: Option<String>,
    pub reason: String,
    pub created_by: String,
    pub created_at: i64,
    pub ended_at: Option<i64>,
}

/// The holds, those that stand first.
pub async fn list_holds(core: &Core, actor: &Actor) -> Result<Vec<LegalHold>, Error> {
    const LIST: &str = "SELECT id, subject_id, reason, created_by, created_at, ended_at \
        FROM legal_hold ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id \
        LIMIT 1000";
    let root = org::root(core).await?;
    authorize(actor, Permission::AuditManage, &root.path)?;
    let rows = core.db().query_all(LIST, args![]).await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &Row) -> Result<LegalHold, Error> {
    Ok(LegalHold {
        id: row.text(0)?,
        subject_id: row.opt_text(1)?,
        reason: row.text(2)?,
        created_by: row.text(3)?,
        created_at: row.i64(4)?,
        ended_at: row.opt_i64(5)?,
    })
}

/// Places a hold on everything, or on what concerns one subject.
pub async fn place_hold(
    core: &Core,
    actor: &Actor,
    subject: Option<String>,
    reason: &str,
) -> Result<LegalHold, Error> {
    const PUT: &str = "INSERT INTO legal_hold (id, subject_id, reason, created_by, created_at) \
        VALUES ($1, $2, $3, $4, $5)";
    const KNOWN: &str = "SELECT id FROM person WHERE id = $1 UNION SELECT id FROM account WHERE id = $1 \
        UNION SELECT id FROM device WHERE id = $1";
    let root = org::root(core).await?;
    authorize(actor, Permission::AuditManage, &root.path)?;
    let now_ms = core.now_ms();
    let hold = LegalHold {
        id: new_uuid(now_ms).to_string(),
        subject_id: text::optional("subject_id", subject, 64)?,
        reason: text::required("reason", reason, 500)?,
        created_by: actor.id.clone(),
        created_at: now_ms,
        ended_at: None,
    };
    let input = (actor.clone(), hold.clone(), root.id);
    core.db()
        .write(input, |tx, (actor, hold, root)| {
            Box::pin(async move {
                // A hold on nobody would hold nothing, and look as if it did.
                if let Some(subject) = hold.subject_id.as_deref()
                    && tx.fetch_optional(KNOWN, args![subject]).await?.is_none()
                {
                    return Err(Error::invalid(
                        "subject_id",
                        "hold_subject",
                        "There is no person, account or device with this id.",
                    ));
                }
                let values = args![
                    hold.id.as_str(),
                    hold.subject_id.as_deref(),
                    hold.reason.as_str(),
                    hold.created_by.as_str(),
                    hold.created_at
                ];
                tx.execute(PUT, values).await?;
                let event =
                    NewEvent::done("legal_hold.place", "legal_hold", &hold.id, root.as_str())
                        .with(json!({ "subject_id": hold.subject_id, "reason": hold.reason }));
                events::record(tx, actor, hold.created_at, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(hold)
}

/// Ends a hold.
pub async fn end_hold(core: &Core, actor: &Actor, id: &str) -> Result<(), Error> {
    const END: &str = "UPDATE legal_hold SET ended_by = $2, ended_at = $3 \
        WHERE id = $1 AND ended_at IS NULL";
    may(actor, Permission::AuditManage)?;
    let root = org::root(core).await?;
    authorize(actor, Permission::AuditManage, &root.path)?;
    let now_ms = core.now_ms();
    require_fresh(actor, now_ms)?;
    let input = (actor.clone(), id.to_owned(), root.id, now_ms);
    core.db()
        .write(input, |tx, (actor, id, root, now)| {
            Box::pin(async move {
                let values = args![id.as_str(), actor.id.as_str(), *now];
                if tx.execute(END, values).await? == 0 {
                    return Err(Error::not_found("legal hold"));
                }
                let event = NewEvent::done("legal_hold.end", "legal_hold", id, root.as_str());
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}

/// What stands: everything, or these subjects.
pub(crate) struct Standing {
    pub(crate) everything: bool,
    pub(crate) subjects: Vec<String>,
    /// The subjects, and what acts or is acted upon for them.
    covered: HashSet<String>,
}

impl Standing {
    /// Whether an event concerns what is held.
    pub(crate) fn holds(&self, record: &Record) -> bool {
        self.everything
            || self.covered.contains(&record.actor_id)
            || self.covered.contains(&record.object_id)
    }
}

pub(crate) async fn standing_in(tx: &Tx) -> Result<Standing, Error> {
    const STANDING: &str = "SELECT subject_id FROM legal_hold WHERE ended_at IS NULL";
    let mut standing = Standing {
        everything: false,
        subjects: Vec::new(),
        covered: HashSet::new(),
    };
    for row in tx.fetch_all(STANDING, args![]).await? {
        match row.opt_text(0)? {
            Some(subject) => standing.subjects.push(subject),
            None => standing.everything = true,
        }
    }
    standing.covered = covered_in(tx, &standing.subjects).await?;
    Ok(standing)
}

/// Under which ids events of the subjects stand: a person's account and devices, an account's tokens, what
/// was asked of a device.
async fn covered_in(tx: &Tx, subjects: &[String]) -> Result<HashSet<String>, Error> {
    const OF_PEOPLE: [&str; 4] = [
        "SELECT a.id FROM account a JOIN person p ON p.email = a.email WHERE p.id {ids}",
        "SELECT device_id FROM device_summary WHERE person_id {ids}",
        "SELECT id FROM enrollment WHERE person_id {ids}",
        "SELECT id FROM invitation WHERE person_id {ids}",
    ];
    const OF_THOSE: [&str; 6] = [
        "SELECT id FROM api_token WHERE account_id {ids}",
        "SELECT id FROM enrollment WHERE device_id {ids}",
        "SELECT id FROM escrow WHERE device_id {ids}",
        "SELECT DISTINCT batch_id FROM command WHERE batch_id IS NOT NULL AND device_id {ids}",
        "SELECT DISTINCT campaign_id FROM campaign_target WHERE device_id {ids}",
        "SELECT id FROM attempt WHERE invitation_id {ids}",
    ];
    let mut covered: HashSet<String> = subjects.iter().cloned().collect();
    for statements in [&OF_PEOPLE[..], &OF_THOSE[..]] {
        let of: Vec<String> = covered.iter().cloned().collect();
        if of.is_empty() {
            break;
        }
        for sql in statements {
            for row in tx.fetch_all_in(sql, of.clone(), args![]).await? {
                covered.insert(row.text(0)?);
            }
        }
    }
    Ok(covered)
}

/// A condition that leaves out what a hold covers; `$device` names the column with the device.
macro_rules! not_held {
    ($device:literal) => {
        concat!(
            " AND NOT EXISTS (SELECT 1 FROM legal_hold h LEFT JOIN device_summary hs \
              ON hs.device_id = ",
            $device,
            " WHERE h.ended_at IS NULL AND (h.subject_id IS NULL OR h.subject_id = ",
            $device,
            " OR h.subject_id = hs.person_id))"
        )
    };
}
pub(crate) use not_held;
