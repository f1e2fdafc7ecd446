//! The authenticator app: one sealed secret per account, confirmed by a first code.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use tillsyn_pki::totp as codes;
use zeroize::Zeroizing;

use super::session::{NewSession, Rotation, Session, has_shown_in};
use super::{Guesses, blocked, factor, failed, recovery, succeeded};
use crate::actor::{Actor, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::keys::KeyStore;
use crate::settings;

const TABLE: (&str, &str) = ("account_totp", "secret_sealed");
const FIND: &str =
    "SELECT secret_sealed, last_step, confirmed_at FROM account_totp WHERE account_id = $1";
const PUT: &str = "INSERT INTO account_totp (account_id, secret_sealed, created_at) VALUES ($1, $2, $3) \
    ON CONFLICT (account_id) DO UPDATE SET secret_sealed = excluded.secret_sealed, last_step = 0, \
    created_at = excluded.created_at";
const USE: &str = "UPDATE account_totp SET last_step = $2 WHERE account_id = $1 AND last_step < $2";
const CONFIRM: &str =
    "UPDATE account_totp SET confirmed_at = $2 WHERE account_id = $1 AND confirmed_at IS NULL";
const DELETE: &str = "DELETE FROM account_totp WHERE account_id = $1";

/// A secret that waits for its first code: shown to its owner only.
pub struct PendingApp {
    /// As it is typed into an app.
    pub secret: Zeroizing<String>,
    /// As a QR code carries it.
    pub uri: Zeroizing<String>,
}

/// What a confirmed app gives: the session under its new token, and recovery codes where there were none.
pub struct AddedFactor {
    pub session: NewSession,
    pub recovery_codes: Vec<Zeroizing<String>>,
}

pub(super) fn wrong_code() -> Error {
    Error::invalid(
        "code",
        "code_wrong",
        "This code is not right, or was used already.",
    )
}

fn exists() -> Error {
    Error::conflict(
        "app_exists",
        "This account has an authenticator app already. Remove it to set up another.",
    )
}

/// Makes a secret for an app, in place of one that was never confirmed.
pub async fn begin_app(core: &Core, session: &Session) -> Result<(), Error> {
    let now_ms = core.now_ms();
    require_fresh(&session.actor, now_ms)?;
    let secret = Zeroizing::new(hash::random_bytes::<{ codes::SECRET_LEN }>());
    let (id, token) = (session.account.id.clone(), session.token_hash.clone());
    let sealed = core
        .keys()
        .seal(secret.as_slice(), TABLE.0, TABLE.1, id.as_str());
    core.db()
        .write(
            (id, sealed, now_ms, token),
            |tx, (id, sealed, now, token)| {
                Box::pin(async move {
                    has_shown_in(tx, token, id).await?;
                    let found = tx.fetch_optional(FIND, args![&*id]).await?;
                    if found.is_some_and(|row| !row.is_null(2).unwrap_or(false)) {
                        return Err(exists());
                    }
                    tx.execute(PUT, args![&*id, sealed.clone(), *now]).await?;
                    Ok(())
                })
            },
        )
        .await
}

/// The secret that waits for its first code; `None` when there is none.
pub async fn pending_app(core: &Core, session: &Session) -> Result<Option<PendingApp>, Error> {
    require_fresh(&session.actor, core.now_ms())?;
    let id = &session.account.id;
    let Some(row) = core.db().query_optional(FIND, args![id]).await? else {
        return Ok(None);
    };
    if !row.is_null(2)? {
        return Ok(None);
    }
    let plain = core
        .keys()
        .open(&row.blob(0)?, TABLE.0, TABLE.1, id.as_str())?;
    let secret = Zeroizing::new(codes::base32(&plain));
    let organisation = settings::organisation(core).await?.name;
    let issuer = encoded(&format!("Tillsyn {organisation}"));
    let uri = Zeroizing::new(format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}",
        encoded(&session.account.email),
        *secret
    ));
    Ok(Some(PendingApp { secret, uri }))
}

/// RFC 3986 §2.1 for everything but unreserved characters.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Confirms the app with its first code. The session gets a new token: it can do more from now on (S13).
///
/// # Errors
/// Invalid `code` for a wrong one; a conflict when nothing waits for a code.
pub async fn confirm_app(core: &Core, session: &Session, code: &str) -> Result<AddedFactor, Error> {
    require_fresh(&session.actor, core.now_ms())?;
    let rotation = Rotation::new(core, session);
    let fresh_codes = recovery::make();
    let input = (
        core.keys().clone(),
        session.actor.clone(),
        session.account.id.clone(),
        Zeroizing::new(code.trim().to_owned()),
        rotation.clone(),
        fresh_codes.clone(),
    );
    let confirmed = core
        .db()
        .write(input, |tx, (keys, actor, id, code, rotation, fresh)| {
            Box::pin(async move {
                let now = rotation.now_ms;
                has_shown_in(tx, rotation.old(), id).await?;
                let subject = format!("app:{}", id.as_str());
                blocked(tx, &subject, now).await?;
                let pending = tx.fetch_optional(FIND, args![&*id]).await?;
                let pending = pending.map(|row| row.is_null(2)).transpose()?;
                if pending != Some(true) {
                    return Err(exists());
                }
                if !use_in(tx, keys, id, code, now).await? {
                    failed(tx, &subject, Guesses::ACCOUNT, now).await?;
                    return Ok(None);
                }
                succeeded(tx, &subject).await?;
                tx.execute(CONFIRM, args![&*id, now]).await?;
                let codes = recovery::keep_first_in(tx, id, fresh, now).await?;
                rotation.run(tx, true).await?;
                record(tx, actor, id, "second_factor.add", now).await?;
                Ok(Some(codes))
            })
        })
        .await?;
    let codes = confirmed.ok_or_else(wrong_code)?;
    Ok(AddedFactor {
        session: rotation.done(session),
        recovery_codes: if codes { fresh_codes } else { Vec::new() },
    })
}

async fn record(
    tx: &Tx,
    actor: &Actor,
    id: &AccountId,
    action: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    let unit = super::store::unit_of(tx, id).await?;
    let event =
        NewEvent::done(action, "account", id.as_str(), &unit).with(json!({ "factor": "app" }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Takes the app, confirmed or not, off the account.
pub async fn remove_app(core: &Core, session: &Session) -> Result<(), Error> {
    let now_ms = core.now_ms();
    require_fresh(&session.actor, now_ms)?;
    core.db()
        .write((session.clone(), now_ms), |tx, (session, now)| {
            Box::pin(async move {
                let (actor, id) = (&session.actor, &session.account.id);
                has_shown_in(tx, &session.token_hash, id).await?;
                if tx.execute(DELETE, args![id]).await? == 0 {
                    return Ok(());
                }
                factor::after_removal_in(tx, id).await?;
                record(tx, actor, id, "second_factor.remove", *now).await
            })
        })
        .await
}

/// Whether this is a right code of the confirmed app; it is used up then.
pub(super) async fn use_code_in(
    tx: &Tx,
    keys: &KeyStore,
    account: &AccountId,
    typed: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    let row = tx.fetch_optional(FIND, args![account]).await?;
    match row {
        Some(row) if !row.is_null(2)? => use_in(tx, keys, account, typed, now_ms).await,
        _ => Ok(false),
    }
}

async fn use_in(
    tx: &Tx,
    keys: &KeyStore,
    account: &AccountId,
    typed: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    let Some(row) = tx.fetch_optional(FIND, args![account]).await? else {
        return Ok(false);
    };
    let secret = keys.open(&row.blob(0)?, TABLE.0, TABLE.1, account.as_str())?;
    match codes::matching_step(&secret, typed, now_ms, row.i64(1)?) {
        Some(step) => Ok(tx.execute(USE, args![account, step]).await? == 1),
        None => Ok(false),
    }
}
