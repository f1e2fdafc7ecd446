//! Break-glass: a way in for an administrator who lost every way of their own, made on the server itself.

use serde_json::json;
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::ceremony::{self, Opening};
use super::session::{Begin, Method, NewSession, end_sessions_in};
use super::store::{self, AccountView};
use super::{Caller, known, password};
use crate::actor::{Actor, ActorKind};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::keys::KeyStore;
use crate::people::normal_email;

/// The link, shown this once.
pub struct Rescue {
    pub url: Zeroizing<String>,
    pub expires_at: i64,
}

const LIFETIME_MS: i64 = 15 * crate::clock::MINUTE_MS;
const DROP_APP: &str = "DELETE FROM account_totp WHERE account_id = $1";
const DROP_PASSKEYS: &str = "DELETE FROM passkey WHERE account_id = $1";
const DROP_CODES: &str = "DELETE FROM recovery_code WHERE account_id = $1";
/// The old password alone must not come in while there is no second factor: somebody may know it.
const NO_PASSWORD: &str =
    "UPDATE account SET password_hash = $2, must_change_password = 1 WHERE id = $1";

/// Makes a link that signs in once within 15 minutes. An earlier one of the account ends. For the command line
/// on the server: whoever can run it reads the database anyway.
///
/// # Errors
/// Not found without such an account; a conflict for one that is disabled or no person's.
pub async fn rescue_account(core: &Core, email: &str) -> Result<Rescue, Error> {
    let email = normal_email(email)?;
    let now_ms = core.now_ms();
    let (token, opening) = ceremony::prepare(core.keys(), ceremony::Kind::Rescue, b"");
    core.db()
        .write((email, opening, now_ms), |tx, (email, opening, now)| {
            Box::pin(async move { make_in(tx, email, opening, *now).await })
        })
        .await?;
    let base = &core.config().console_url;
    Ok(Rescue {
        url: Zeroizing::new(format!("{base}/console/rescue/{}", *token)),
        expires_at: now_ms + LIFETIME_MS,
    })
}

async fn make_in(tx: &Tx, email: &str, opening: &Opening, now_ms: i64) -> Result<(), Error> {
    const KIND: &str = "SELECT kind FROM account WHERE id = $1";
    let account = store::find_by_email(tx, email)
        .await?
        .ok_or_else(|| Error::not_found("account"))?;
    let id = &account.view.id;
    let kind = tx.fetch_one(KIND, args![id]).await?.text(0)?;
    if !account.active || kind != "person" {
        return Err(Error::conflict(
            "account_cannot_sign_in",
            "This account is disabled or belongs to a program; it cannot sign in.",
        ));
    }
    ceremony::end_in(tx, id).await?;
    ceremony::open_in(tx, opening, Some(id), now_ms).await?;
    let event = NewEvent::done("account.rescue", "account", id.as_str(), &account.unit_id);
    events::record(tx, &Actor::server(), now_ms, event).await?;
    Ok(())
}

/// Whose link this is; `None` when it is over.
pub async fn rescued_account(core: &Core, link: &str) -> Result<Option<AccountView>, Error> {
    let input = (core.keys().clone(), link.to_owned(), core.now_ms());
    core.db()
        .read(input, |tx, (keys, link, now)| {
            Box::pin(async move {
                let kind = ceremony::Kind::Rescue;
                let open = ceremony::find_in(tx, keys, kind, link, *now).await?;
                let Some(id) = open.and_then(|open| open.account) else {
                    return Ok(None);
                };
                let account = store::find(tx, &id).await?.filter(|a| a.active);
                Ok::<_, Error>(account.map(|a| a.view))
            })
        })
        .await
}

/// Uses the link: password, second factors, recovery codes, known browsers and sessions of the account end, and
/// the new session sets a new password before anything else.
///
/// # Errors
/// Not found when the link is over.
pub async fn use_rescue(core: &Core, link: &str, caller: Caller) -> Result<NewSession, Error> {
    let begin = Begin::blank(core, Method::BreakGlass, caller);
    let input = (
        core.keys().clone(),
        Zeroizing::new(link.to_owned()),
        begin.clone(),
    );
    let (known, account) = core
        .db()
        .write(input, |tx, (keys, link, begin)| {
            Box::pin(async move { use_in(tx, keys, link, begin).await })
        })
        .await?;
    Ok(begin.done(known, account))
}

async fn use_in(
    tx: &Tx,
    keys: &KeyStore,
    link: &str,
    begin: &Begin,
) -> Result<(bool, AccountView), Error> {
    let over = || Error::not_found("link");
    let now = begin.now_ms;
    let open = ceremony::take_in(tx, keys, ceremony::Kind::Rescue, link, now).await?;
    let id = open.and_then(|open| open.account).ok_or_else(over)?;
    let account = store::find(tx, &id).await?.filter(|a| a.active);
    let account = account.ok_or_else(over)?;
    let removed = reset_in(tx, &id).await?;
    let begin = begin.clone().of(&account);
    let known = begin.run(tx).await?;
    tx.execute(NO_PASSWORD, args![&id, password::NONE]).await?;
    let mut actor = Actor::person(id.as_str(), begin.caller.address.clone());
    actor.kind = ActorKind::Account;
    let event = NewEvent::done("account.rescued", "account", id.as_str(), &account.unit_id)
        .with(json!({ "second_factors_removed": removed }));
    events::record(tx, &actor, now, event).await?;
    Ok((known, account.view))
}

/// Takes away everything that the account proves itself with but its password. Says how many second factors.
pub(crate) async fn reset_in(tx: &Tx, account: &AccountId) -> Result<u64, Error> {
    let apps = tx.execute(DROP_APP, args![account]).await?;
    let passkeys = tx.execute(DROP_PASSKEYS, args![account]).await?;
    tx.execute(DROP_CODES, args![account]).await?;
    known::forget_in(tx, account).await?;
    end_sessions_in(tx, account).await?;
    Ok(apps + passkeys)
}
