//! Legal holds: while one stands, nothing is taken away of what it covers.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};

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
}

pub(crate) async fn standing_in(tx: &Tx) -> Result<Standing, Error> {
    const STANDING: &str = "SELECT subject_id FROM legal_hold WHERE ended_at IS NULL";
    let mut standing = Standing {
        everything: false,
        subjects: Vec::new(),
    };
    for row in tx.fetch_all(STANDING, args![]).await? {
        match row.opt_text(0)? {
            Some(subject) => standing.subjects.push(subject),
            None => standing.everything = true,
        }
    }
    Ok(standing)
}
