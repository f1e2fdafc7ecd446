//! Sessions: 256 random bits of which only the hash is stored, idle 30 minutes, 12 hours in all (S13).

use serde_json::json;
use tillsyn_db::args;
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::store::{self, AccountView};
use super::{Guesses, blocked, failed, succeeded, verify_secret};
use crate::actor::{Actor, ActorKind};
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::AccountId;

const IDLE_MS: i64 = 30 * MINUTE_MS;
const ABSOLUTE_MS: i64 = 12 * HOUR_MS;

/// A session just begun: the only moment at which its token is known.
pub struct NewSession {
    pub token: Zeroizing<String>,
    pub account: AccountView,
}

/// A session that a request resumed.
#[derive(Clone, Debug)]
pub struct Session {
    pub actor: Actor,
    pub account: AccountView,
    /// Goes into forms; proves that the page came from this session (S15).
    pub csrf_token: String,
    pub token_hash: String,
}

fn refused() -> Error {
    Error::new(
        Kind::NotSignedIn,
        "sign_in_failed",
        "The mail address and password do not belong together.",
    )
}

const INSERT: &str = "INSERT INTO session (token_hash, account_id, csrf_token, created_at, \
    last_used_at, expires_at, fresh_at, address) VALUES ($1, $2, $3, $4, $4, $5, $4, $6)";
const FIND: &str = "SELECT account_id, csrf_token, last_used_at, expires_at, fresh_at FROM session \
    WHERE token_hash = $1";
const TOUCH: &str = "UPDATE session SET last_used_at = $2 WHERE token_hash = $1";
const FRESHEN: &str = "UPDATE session SET fresh_at = $2 WHERE token_hash = $1";
const DELETE: &str = "DELETE FROM session WHERE token_hash = $1";

/// Signs in with mail address and password. Known and unknown accounts answer alike, and a failure is
/// counted for the account and for the address.
pub async fn sign_in(
    core: &Core,
    email: &str,
    password: Zeroizing<String>,
    address: Option<String>,
) -> Result<NewSession, Error> {
    let email = email.trim().to_lowercase();
    let now_ms = core.now_ms();
    let by_account = format!("account:{}", hash::sha256_hex(email.as_bytes()));
    let by_address = format!("address:{}", address.as_deref().unwrap_or("unknown"));
    let account = core
        .db()
        .read(
            (email, by_account.clone(), by_address.clone(), now_ms),
            |tx, (email, a, b, now)| {
                Box::pin(async move {
                    blocked(tx, a, *now).await?;
                    blocked(tx, b, *now).await?;
                    store::find_by_email(tx, email).await
                })
            },
        )
        .await?;
    let hash = account
        .as_ref()
        .filter(|a| a.active)
        .map(|a| a.password_hash.clone());
    let right = verify_secret(password, hash).await?;
    let token = Zeroizing::new(hash::random_token(32));
    let csrf = hash::random_token(32);
    let token_hash = hash::sha256_hex(token.as_bytes());
    let account = account.filter(|_| right);
    let known = account
        .as_ref()
        .map(|a| (a.view.id.clone(), a.unit_id.clone()));
    let input = (
        known,
        token_hash,
        csrf,
        address,
        by_account,
        by_address,
        core.now_ms(),
    );
    core.db()
        .write(
            input,
            |tx, (known, token_hash, csrf, address, by_account, by_address, now)| {
                Box::pin(async move {
                    let Some((id, unit)) = known else {
                        failed(tx, by_account, Guesses::ACCOUNT, *now).await?;
                        failed(tx, by_address, Guesses::ADDRESS, *now).await?;
                        let root = org_root_id(tx).await?;
                        let actor = Actor::person("unknown", address.clone());
                        let event =
                            NewEvent::done("session.create", "account", "unknown", &root).refused();
                        events::record(tx, &actor, *now, event).await?;
                        return Ok(());
                    };
                    succeeded(tx, by_account).await?;
                    tx.execute(
                        INSERT,
                        args![
                            token_hash.as_str(),
                            id,
                            csrf.as_str(),
                            *now,
                            *now + ABSOLUTE_MS,
                            address.as_deref()
                        ],
                    )
                    .await?;
                    let mut actor = Actor::person(id.as_str(), address.clone());
                    actor.kind = ActorKind::Account;
                    let event = NewEvent::done("session.create", "account", id.as_str(), unit);
                    events::record(tx, &actor, *now, event).await?;
                    Ok::<_, Error>(())
                })
            },
        )
        .await?;
    account
        .map(|a| NewSession {
            token,
            account: a.view,
        })
        .ok_or_else(refused)
}

async fn org_root_id(tx: &tillsyn_db::Tx) -> Result<String, Error> {
    const ROOT: &str = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    Ok(tx.fetch_one(ROOT, args![]).await?.text(0)?)
}

/// Resumes the session behind a cookie; `None` when it ended. Use is noted at most once a minute.
pub async fn resume(
    core: &Core,
    token: &str,
    address: Option<String>,
) -> Result<Option<Session>, Error> {
    let now_ms = core.now_ms();
    let token_hash = hash::sha256_hex(token.as_bytes());
    let found = core
        .db()
        .read((token_hash.clone(), now_ms), |tx, (token_hash, now)| {
            Box::pin(async move {
                let Some(row) = tx.fetch_optional(FIND, args![token_hash.as_str()]).await? else {
                    return Ok(None);
                };
                let last_used = row.i64(2)?;
                if row.i64(3)? <= *now || *now - last_used > IDLE_MS {
                    return Ok(None);
                }
                let id = AccountId::from_store(row.text(0)?);
                let Some(account) = store::find(tx, &id).await?.filter(|a| a.active) else {
                    return Ok(None);
                };
                Ok::<_, Error>(Some((account, row.text(1)?, last_used, row.i64(4)?)))
            })
        })
        .await?;
    let Some((account, csrf_token, last_used, fresh_at)) = found else {
        return Ok(None);
    };
    if now_ms - last_used > MINUTE_MS {
        core.db()
            .execute(TOUCH, args![token_hash.as_str(), now_ms])
            .await?;
    }
    let mut actor = Actor::account(
        ActorKind::Account,
        account.view.id.to_string(),
        account.view.id.clone(),
        account.view.name.clone(),
        account.standing,
        None,
    );
    actor.fresh_at = Some(fresh_at);
    actor.address = address;
    Ok(Some(Session {
        actor,
        account: account.view,
        csrf_token,
        token_hash,
    }))
}

/// Types the password again: destructive acts count it as fresh for ten minutes.
pub async fn confirm_password(
    core: &Core,
    session: &Session,
    password: Zeroizing<String>,
) -> Result<(), Error> {
    let now_ms = core.now_ms();
    let subject = format!(
        "account:{}",
        hash::sha256_hex(session.account.email.as_bytes())
    );
    let account = core
        .db()
        .read(
            (session.account.id.clone(), subject.clone(), now_ms),
            |tx, (id, subject, now)| {
                Box::pin(async move {
                    blocked(tx, subject, *now).await?;
                    store::find(tx, id).await
                })
            },
        )
        .await?
        .ok_or_else(refused)?;
    let right = verify_secret(password, Some(account.password_hash)).await?;
    let input = (
        session.token_hash.clone(),
        subject,
        session.actor.clone(),
        account.unit_id,
        right,
        now_ms,
    );
    core.db()
        .write(
            input,
            |tx, (token_hash, subject, actor, unit, right, now)| {
                Box::pin(async move {
                    let event = NewEvent::done("session.confirm", "account", &actor.id, unit);
                    if *right {
                        succeeded(tx, subject).await?;
                        tx.execute(FRESHEN, args![token_hash.as_str(), *now])
                            .await?;
                        events::record(tx, actor, *now, event).await?;
                    } else {
                        failed(tx, subject, Guesses::ACCOUNT, *now).await?;
                        events::record(tx, actor, *now, event.refused()).await?;
                    }
                    Ok::<_, Error>(())
                })
            },
        )
        .await?;
    if right {
        return Ok(());
    }
    Err(Error::invalid(
        "password",
        "password_wrong",
        "This is not the password of your account.",
    ))
}

/// Ends a session on the server.
pub async fn sign_out(core: &Core, session: &Session) -> Result<(), Error> {
    let input = (
        session.token_hash.clone(),
        session.actor.clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (token_hash, actor, now)| {
            Box::pin(async move {
                tx.execute(DELETE, args![token_hash.as_str()]).await?;
                let root = org_root_id(tx).await?;
                let event = NewEvent::done("session.end", "account", &actor.id, &root);
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Keeps the person's choice of language (`en`, `sv`, `ja`) and theme (`light`, `dark`); `None` follows
/// the browser.
pub async fn change_preferences(
    core: &Core,
    session: &Session,
    language: Option<String>,
    theme: Option<String>,
) -> Result<(), Error> {
    if language
        .as_deref()
        .is_some_and(|l| !["en", "sv", "ja"].contains(&l))
    {
        return Err(Error::invalid(
            "language",
            "language",
            "The language is en, sv or ja.",
        ));
    }
    if theme
        .as_deref()
        .is_some_and(|t| !["light", "dark"].contains(&t))
    {
        return Err(Error::invalid(
            "theme",
            "theme",
            "The theme is light or dark.",
        ));
    }
    let input = (
        session.account.id.clone(),
        language,
        theme,
        session.actor.clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (id, language, theme, actor, now)| {
            Box::pin(async move {
                store::set_preferences(tx, id, language.as_deref(), theme.as_deref()).await?;
                let root = org_root_id(tx).await?;
                let event = NewEvent::done("account.preferences", "account", id.as_str(), &root)
                    .with(json!({"language": language, "theme": theme}));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
