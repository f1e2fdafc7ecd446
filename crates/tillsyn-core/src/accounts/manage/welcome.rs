//! The one-time link with which a person opens their new account, or one that was reset: they choose the
//! password themselves, so that nobody else ever knows one.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::check::reach_in;
use super::view::load_in;
use crate::accounts::{NO_PASSWORD, VOUCHED, own_password, password};
use crate::actor::{Actor, ActorKind, require_fresh};
use crate::approvals;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::keys::KeyStore;

const LIFE_MS: i64 = 7 * DAY_MS;
const KIND: &str = "welcome";
const STATE: (&str, &str) = ("ceremony", "state_sealed");

/// What the page behind a link says.
#[derive(Clone, Debug)]
pub struct Welcome {
    pub account_id: AccountId,
    pub name: String,
    pub email: String,
}

/// A new link for an account that has no way to sign in; earlier ones end. Its secret and when it ends.
///
/// # Errors
/// `account_opened` when there is a way in already: it has to be reset first. Forbidden for programs: with a link
/// a stolen token would become a person.
pub async fn new_welcome(
    core: &Core,
    actor: &Actor,
    id: &AccountId,
) -> Result<(Zeroizing<String>, i64), Error> {
    const CLEAR: &str = "DELETE FROM ceremony WHERE account_id = $1 AND kind = $2";
    const INSERT: &str = "INSERT INTO ceremony (token_hash, kind, account_id, state_sealed, created_at, \
        expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    if !matches!(actor.kind, ActorKind::Account | ActorKind::Server) {
        return Err(Error::forbidden(
            "person_needed",
            "Only a person signed in can make this link.",
        ));
    }
    let secret = Zeroizing::new(hash::random_token(32));
    let now_ms = core.now_ms();
    let token_hash = hash::sha256_hex(secret.as_bytes());
    // Whoever made it may use it: until somebody opened the account, and for a while after, they are one.
    let maker = actor.account_id.as_ref().map_or("", AccountId::as_str);
    let state = core
        .keys()
        .seal(maker.as_bytes(), STATE.0, STATE.1, &token_hash);
    let input = (id.clone(), token_hash, state, actor.clone(), now_ms);
    core.db()
        .write(input, |tx, (id, token_hash, state, actor, now)| {
            Box::pin(async move {
                let found = reach_in(tx, actor, id, *now).await?;
                require_fresh(actor, *now)?;
                if !found.unopened || found.status != "active" {
                    return Err(Error::conflict(
                        "account_opened",
                        "This account has a way to sign in, or none may sign in to it. Reset it first.",
                    ));
                }
                tx.execute(CLEAR, args![id, KIND]).await?;
                let values = args![
                    token_hash.as_str(),
                    KIND,
                    id,
                    state.clone(),
                    *now,
                    *now + LIFE_MS
                ];
                tx.execute(INSERT, values).await?;
                let unit = found.unit_id.as_str();
                let event = NewEvent::done("account.welcome", "account", id.as_str(), unit)
                    .with(json!({ "expires_at": *now + LIFE_MS }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await?;
    Ok((secret, now_ms + LIFE_MS))
}

fn over() -> Error {
    Error::new(
        Kind::NotFound,
        "welcome_over",
        "This link was used already, or it has ended. Ask for a new one.",
    )
}

async fn find_in(tx: &Tx, secret: &str, now_ms: i64) -> Result<Welcome, Error> {
    // Whom a provider vouches for meanwhile, nobody gives a password by a link.
    let find = format!(
        "SELECT c.account_id FROM ceremony c JOIN account a ON a.id = c.account_id \
         WHERE c.token_hash = $1 AND c.kind = $2 AND c.expires_at > $3 AND a.status = 'active' \
         AND a.password_hash = $4 AND NOT {VOUCHED}"
    );
    let token_hash = hash::sha256_hex(secret.as_bytes());
    let values = args![token_hash, KIND, now_ms, NO_PASSWORD];
    let rows = tx.fetch_all_dyn(&find, values).await?;
    let row = rows.first().ok_or_else(over)?;
    let account = load_in(tx, &AccountId::from_store(row.text(0)?), now_ms).await?;
    Ok(Welcome {
        email: account.email.ok_or_else(over)?,
        account_id: account.id,
        name: account.name,
    })
}

/// The account that made a link; nobody's was made on the server.
async fn maker_in(tx: &Tx, keys: &KeyStore, token_hash: &str) -> Result<Option<String>, Error> {
    const STATE_OF: &str = "SELECT state_sealed FROM ceremony WHERE token_hash = $1";
    let row = tx.fetch_optional(STATE_OF, args![token_hash]).await?;
    let sealed = row.ok_or_else(over)?.blob(0)?;
    let maker = keys.open(&sealed, STATE.0, STATE.1, token_hash)?;
    let maker = String::from_utf8_lossy(&maker).into_owned();
    Ok(Some(maker).filter(|maker| !maker.is_empty()))
}

/// Whose link it is.
///
/// # Errors
/// Not found when it was used, ended, or never was.
pub async fn welcome(core: &Core, secret: &str) -> Result<Welcome, Error> {
    core.db()
        .read((secret.to_owned(), core.now_ms()), |tx, (secret, now)| {
            Box::pin(async move { find_in(tx, secret, *now).await })
        })
        .await
}

/// Uses the link: the person's password. They sign in with it afterwards as everybody does.
pub async fn take_welcome(
    core: &Core,
    secret: &str,
    new: Zeroizing<String>,
    address: Option<String>,
) -> Result<Welcome, Error> {
    // A newcomer from now on (S55): whoever held the link before was nobody.
    const SET: &str = "UPDATE account SET password_hash = $2, password_changed_at = $3, \
        role_changed_at = $3, must_change_password = 0, opened_at = $3, opened_by = $5 \
        WHERE id = $1 AND password_hash = $4";
    const USE: &str = "DELETE FROM ceremony WHERE token_hash = $1";
    const UNIT: &str = "SELECT org_unit_id FROM account WHERE id = $1";
    let found = welcome(core, secret).await?;
    let about = own_password::about(core, &found.name, &found.email).await?;
    let password_hash = password::hash_new_password(new, about).await?;
    let input = (
        (core.keys().clone(), secret.to_owned(), password_hash),
        (address, core.now_ms()),
    );
    core.db()
        .write(
            input,
            |tx, ((keys, secret, password_hash), (address, now))| {
                Box::pin(async move {
                    let found = find_in(tx, secret, *now).await?;
                    let id = &found.account_id;
                    let used = hash::sha256_hex(secret.as_bytes());
                    let maker = match maker_in(tx, keys, &used).await? {
                        // Of a service, whoever answers for it.
                        Some(maker) => Some(approvals::answerable_in(tx, &maker).await?),
                        None => None,
                    };
                    let values = args![id, password_hash.as_str(), *now, NO_PASSWORD, maker];
                    if tx.execute(USE, args![used]).await? == 0
                        || tx.execute(SET, values).await? == 0
                    {
                        return Err(over());
                    }
                    let unit = tx.fetch_one(UNIT, args![id]).await?.text(0)?;
                    let mut actor = Actor::person(id.as_str(), address.clone());
                    actor.kind = ActorKind::Account;
                    let event = NewEvent::done("account.open", "account", id.as_str(), &unit);
                    events::record(tx, &actor, *now, event).await?;
                    Ok(found)
                })
            },
        )
        .await
}
