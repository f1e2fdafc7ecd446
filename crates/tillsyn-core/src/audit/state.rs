//! How the trail stands: sealed up to where, signed up to where, last verified when.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, args};

use super::seal::head_in;
use super::verify::{keys, verify};
use crate::actor::{Actor, Permission, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::{org, settings};

/// What the last verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verified {
    pub at: i64,
    pub position: i64,
    pub findings: i64,
    /// The first of them, in words.
    pub first: Option<String>,
}

/// How the trail stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrailState {
    /// The last sealed entry.
    pub position: i64,
    pub hash: String,
    pub unsealed: i64,
    /// The last signed head.
    pub checkpoint: Option<i64>,
    pub checkpoint_at: Option<i64>,
    /// Entries up to here were taken away by retention.
    pub cut: Option<i64>,
    pub verified: Option<Verified>,
}

const VERIFIED: &str = "audit_verified";

/// How the trail stands, for whoever may read it.
pub async fn state(core: &Core, actor: &Actor) -> Result<TrailState, Error> {
    may(actor, Permission::AuditRead)?;
    let verified: Verified = settings::read(core, VERIFIED).await?;
    let mut state = core
        .db()
        .read((), |tx, ()| Box::pin(async move { state_in(tx).await }))
        .await?;
    state.verified = (verified.at > 0).then_some(verified);
    Ok(state)
}

async fn state_in(tx: &Tx) -> Result<TrailState, Error> {
    const CHECKPOINT: &str =
        "SELECT position, created_at FROM audit_checkpoint ORDER BY position DESC LIMIT 1";
    const CUT: &str = "SELECT MAX(position) FROM audit_cut";
    // What waits is at the end, but for seconds in which a late commit is below it.
    const WAITS: &str = "SELECT count(*) FROM event e WHERE e.seq > \
        COALESCE((SELECT MAX(event_seq) FROM audit_entry), 0)";
    let (position, hash) = head_in(tx).await?;
    let checkpoint = tx.fetch_optional(CHECKPOINT, args![]).await?;
    let (checkpoint, checkpoint_at) = match checkpoint {
        Some(row) => (Some(row.i64(0)?), Some(row.i64(1)?)),
        None => (None, None),
    };
    Ok(TrailState {
        position,
        hash,
        unsealed: tx.fetch_one(WAITS, args![]).await?.i64(0)?,
        checkpoint,
        checkpoint_at,
        cut: tx.fetch_one(CUT, args![]).await?.opt_i64(0)?,
        verified: None,
    })
}

/// The certificates whose keys sign or signed checkpoints, as PEM.
pub async fn certificates_pem(core: &Core) -> Result<Vec<String>, Error> {
    let found = keys(core).await?.own;
    Ok(found.iter().map(|(_, c)| c.to_pem()).collect())
}

/// Verifies the whole trail once a day and keeps the outcome; a trail that is not whole is an event.
pub async fn verify_daily(core: &Core) -> Result<(), Error> {
    let last: Verified = settings::read(core, VERIFIED).await?;
    let now_ms = core.now_ms();
    if now_ms - last.at < DAY_MS {
        return Ok(());
    }
    let verdict = verify(core, None).await?;
    let findings = i64::try_from(verdict.findings.len() + verdict.more).unwrap_or(i64::MAX);
    let verified = Verified {
        at: now_ms,
        position: verdict.position,
        findings,
        first: verdict.findings.first().map(ToString::to_string),
    };
    let root = org::root(core).await?;
    if findings > 0 {
        tracing::error!(
            findings,
            "the audit trail is not whole: see `tillsyn audit verify`"
        );
    }
    core.db()
        .write((verified, root.id, now_ms), |tx, (verified, root, now)| {
            Box::pin(async move {
                settings::write_in(tx, VERIFIED, verified, *now).await?;
                if verified.findings > 0 {
                    let event = NewEvent::done("audit.broken", "audit", "trail", root.as_str())
                        .with(json!({
                            "findings": verified.findings, "first": verified.first.as_deref(),
                        }));
                    events::record(tx, &Actor::system(), *now, event).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}
