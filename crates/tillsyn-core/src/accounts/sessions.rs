//! Which sessions an account has, and ending them: one's own, and those of accounts below.

use serde_json::json;
use tillsyn_db::{Tx, Value, args};

use super::session::{IDLE_MS, Session};
use super::{reach_in, store};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, SessionId};

/// A session as its owner and their administrators see it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SessionView {
    pub id: SessionId,
    pub created_at: i64,
    pub last_used_at: i64,
    pub expires_at: i64,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub method: String,
    pub second_factor: bool,
    /// Whether it is the asker's own.
    pub current: bool,
}

const LIST: &str = "SELECT id, created_at, last_used_at, expires_at, address, user_agent, method, \
    second_factor, token_hash FROM session WHERE account_id = $1 AND id IS NOT NULL \
    AND expires_at > $2 AND last_used_at >= $3 ORDER BY last_used_at DESC, id LIMIT 200";
const END_ONE: &str = "DELETE FROM session WHERE account_id = $1 AND id = $2 AND token_hash <> $3";
const END_OTHERS: &str = "DELETE FROM session WHERE account_id = $1 AND token_hash <> $2";

fn decode(row: &tillsyn_db::Row, own: &str) -> Result<SessionView, Error> {
    Ok(SessionView {
        id: SessionId::from_store(row.text(0)?),
        created_at: row.i64(1)?,
        last_used_at: row.i64(2)?,
        expires_at: row.i64(3)?,
        address: row.opt_text(4)?,
        user_agent: row.opt_text(5)?,
        method: row.text(6)?,
        second_factor: row.i64(7)? != 0,
        current: row.str(8)? == own,
    })
}

async fn list(core: &Core, account: &AccountId, own: &str) -> Result<Vec<SessionView>, Error> {
    let now_ms = core.now_ms();
    let values = args![account, now_ms, now_ms - IDLE_MS];
    let rows = core.db().query_all(LIST, values).await?;
    rows.iter().map(|row| decode(row, own)).collect()
}

/// The sessions of one's own account, the last used first.
pub async fn own_sessions(core: &Core, session: &Session) -> Result<Vec<SessionView>, Error> {
    list(core, &session.account.id, &session.token_hash).await
}

/// Ends another session of one's own; the one that asks ends by signing out.
pub async fn end_own_session(core: &Core, session: &Session, id: &SessionId) -> Result<(), Error> {
    let id_of = &session.account.id;
    let values = args![id_of, id, &session.token_hash];
    end(core, &session.actor, id_of, END_ONE, values, true).await
}

/// Ends all other sessions of one's own.
pub async fn end_other_sessions(core: &Core, session: &Session) -> Result<(), Error> {
    let id_of = &session.account.id;
    let values = args![id_of, &session.token_hash];
    end(core, &session.actor, id_of, END_OTHERS, values, false).await
}

/// The sessions of an account in the actor's scope, the last used first.
pub async fn sessions_of(
    core: &Core,
    actor: &Actor,
    account: &AccountId,
) -> Result<Vec<SessionView>, Error> {
    check(core, actor, account).await?;
    list(core, account, "").await
}

/// Ends one session of an account in the actor's scope, or all of them.
pub async fn end_sessions_of(
    core: &Core,
    actor: &Actor,
    account: &AccountId,
    id: Option<&SessionId>,
) -> Result<(), Error> {
    check(core, actor, account).await?;
    match id {
        Some(id) => {
            let values = args![account, id, ""];
            end(core, actor, account, END_ONE, values, true).await
        }
        None => end(core, actor, account, END_OTHERS, args![account, ""], false).await,
    }
}

async fn check(core: &Core, actor: &Actor, account: &AccountId) -> Result<(), Error> {
    let input = (actor.clone(), account.clone(), core.now_ms());
    core.db()
        .read(input, |tx, (actor, account, now)| {
            Box::pin(async move { reach_in(tx, actor, account, *now).await.map(drop) })
        })
        .await
}

async fn end(
    core: &Core,
    actor: &Actor,
    account: &AccountId,
    sql: &'static str,
    values: Vec<Value>,
    one: bool,
) -> Result<(), Error> {
    let input = (actor.clone(), account.clone(), values, core.now_ms());
    core.db()
        .write(input, move |tx, (actor, account, values, now)| {
            Box::pin(async move { end_in(tx, actor, account, (sql, values, one), *now).await })
        })
        .await
}

async fn end_in(
    tx: &Tx,
    actor: &Actor,
    account: &AccountId,
    (sql, values, one): (&'static str, &Vec<Value>, bool),
    now_ms: i64,
) -> Result<(), Error> {
    let ended = tx.execute(sql, values.clone()).await?;
    if ended == 0 && one {
        return Err(Error::not_found("session"));
    }
    let unit = store::unit_of(tx, account).await?;
    let event = NewEvent::done("session.revoke", "account", account.as_str(), &unit)
        .with(json!({ "sessions": ended }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
