//! What must not go on as it was when the database is one of an earlier time (security S87): sessions,
//! commands, requests for a second person. What a restore cannot know is counted, and ended when asked for.

use std::collections::BTreeMap;

use serde_json::json;
use tillsyn_db::{Db, Tx, args};

use super::make::{Checked, root_in};
use super::state;
use crate::actor::Actor;
use crate::approvals::lapse_all_in;
use crate::assignments::bump_in;
use crate::commands::withdraw_restored_in;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::reconcile::request::sweep_in;

/// What a restore ended, and what it left.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Settled {
    /// Sessions of administrators and people.
    pub sessions: u64,
    /// Commands that were withdrawn, by act or type.
    pub commands: BTreeMap<String, i64>,
    /// Requests for a second person that lapsed.
    pub approvals: u64,
    /// Campaigns of erases and retires that were stopped.
    pub campaigns: u64,
    /// Mail that waited and does not go any more.
    pub mail: u64,
    /// What opens something and may have been withdrawn since the backup.
    pub grants: Grants,
    /// Whether those grants were ended.
    pub grants_ended: bool,
}

/// What opens something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Grants {
    /// Accounts of administrators and services; they are never ended here.
    pub accounts: i64,
    pub api_tokens: i64,
    /// Tokens of directories (SCIM).
    pub directory_tokens: i64,
    pub invitations: i64,
    /// Enrollment profiles that no device has used yet.
    pub enrollment_profiles: i64,
}

/// Ends it all in one transaction, with its event; then the database is an installation again.
pub(super) async fn settle(
    db: &Db,
    now_ms: i64,
    checked: &Checked,
    end_grants: bool,
) -> Result<Settled, Error> {
    db.write((checked.clone(), end_grants, now_ms), |tx, input| {
        Box::pin(async move {
            let (checked, end_grants, now) = input;
            settle_in(tx, checked, *end_grants, *now).await
        })
    })
    .await
}

async fn settle_in(
    tx: &Tx,
    checked: &Checked,
    end_grants: bool,
    now_ms: i64,
) -> Result<Settled, Error> {
    const CAMPAIGNS: &str =
        "UPDATE campaign SET status = 'stopped' WHERE status IN ('waiting', 'active')";
    const MAIL: &str = "UPDATE mail_outbox SET status = 'failed', last_error = 'withdrawn', \
        finished_at = $1, body_sealed = $2 WHERE status = 'waiting'";
    const LEASES: &str = "UPDATE worker_lease SET holder = '', lease_until = 0";
    let actor = Actor::server();
    let mut settled = Settled {
        sessions: end_sessions_in(tx).await?,
        // Before the commands: what waits for a second person ends with its request.
        approvals: lapse_all_in(tx, &actor, "restored", now_ms).await?,
        commands: withdraw_restored_in(tx, &actor.id, now_ms).await?,
        campaigns: tx.execute(CAMPAIGNS, args![]).await?,
        mail: tx.execute(MAIL, args![now_ms, Vec::<u8>::new()]).await?,
        grants: grants_in(tx, now_ms).await?,
        grants_ended: end_grants,
    };
    if end_grants {
        end_grants_in(tx, now_ms).await?;
    }
    tx.execute(LEASES, args![]).await?;
    // Every device is compared with what it is to have.
    bump_in(tx).await?;
    sweep_in(tx, "all", "", now_ms).await?;
    let unit = root_in(tx).await?;
    let event = NewEvent::done("backup.restore", "backup", &checked.sha256, &unit).with(json!({
        "backup_made_at": checked.header.made_at, "backup_engine": checked.header.engine,
        "backup_schema": checked.header.schema, "rows": checked.rows, "settled": &settled,
    }));
    events::record(tx, &actor, now_ms, event).await?;
    state::clear_in(tx).await?;
    settled.grants_ended = end_grants;
    Ok(settled)
}

/// Nobody is signed in, and nothing that was begun in a browser or on another device goes on.
async fn end_sessions_in(tx: &Tx) -> Result<u64, Error> {
    for also in [
        "DELETE FROM selection_device",
        "DELETE FROM selection",
        "DELETE FROM ceremony",
        "DELETE FROM hand_over",
        "DELETE FROM bootstrap_code WHERE used_at IS NULL",
    ] {
        tx.execute(also, args![]).await?;
    }
    Ok(tx.execute("DELETE FROM session", args![]).await?)
}

async fn grants_in(tx: &Tx, now_ms: i64) -> Result<Grants, Error> {
    const ACCOUNTS: &str =
        "SELECT count(*) FROM account WHERE status = 'active' AND role <> 'portal'";
    const API: &str = "SELECT count(*) FROM api_token WHERE revoked_at IS NULL AND expires_at > $1";
    const DIRECTORY: &str =
        "SELECT count(*) FROM directory_token WHERE revoked_at IS NULL AND expires_at > $1";
    const INVITATIONS: &str =
        "SELECT count(*) FROM invitation WHERE status = 'open' AND expires_at > $1";
    const PROFILES: &str = "SELECT count(*) FROM scep_challenge WHERE consumed_at IS NULL \
        AND voided_at IS NULL AND expires_at > $1";
    Ok(Grants {
        accounts: tx.fetch_one(ACCOUNTS, args![]).await?.i64(0)?,
        api_tokens: count_in(tx, API, now_ms).await?,
        directory_tokens: count_in(tx, DIRECTORY, now_ms).await?,
        invitations: count_in(tx, INVITATIONS, now_ms).await?,
        enrollment_profiles: count_in(tx, PROFILES, now_ms).await?,
    })
}

async fn count_in(tx: &Tx, sql: &'static str, now_ms: i64) -> Result<i64, Error> {
    Ok(tx.fetch_one(sql, args![now_ms]).await?.i64(0)?)
}

async fn end_grants_in(tx: &Tx, now_ms: i64) -> Result<(), Error> {
    for end in [
        "UPDATE api_token SET revoked_at = $1 WHERE revoked_at IS NULL",
        "UPDATE directory_token SET revoked_at = $1 WHERE revoked_at IS NULL",
        "UPDATE invitation SET status = 'revoked', revoked_at = $1, secrets_sealed = NULL, \
            typed_hash = NULL, remind_at = NULL, remind_times = '[]' WHERE status = 'open'",
        "UPDATE scep_challenge SET voided_at = $1 WHERE consumed_at IS NULL AND voided_at IS NULL",
    ] {
        tx.execute(end, args![now_ms]).await?;
    }
    Ok(())
}
