//! What administrators do with the account of a person: see how they come in, give a temporary password, end it.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::{own, source};
use crate::accounts::rescue::reset_in;
use crate::accounts::{NO_PASSWORD, Proof, ceremony, hash_secret};
use crate::actor::{Actor, Permission, authorize};
use crate::audit::prove;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, PersonId};

/// How long a temporary password opens anything.
const TEMPORARY_MS: i64 = 7 * DAY_MS;
/// Letters and digits that nobody mistakes for one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// How a person comes in.
#[derive(Clone, Debug, serde::Serialize)]
pub struct OwnAccount {
    /// `none`, `password`, `temporary`, `passkey`, `provider` or `directory`.
    pub way: &'static str,
    pub second_factor: bool,
    pub last_sign_in_at: Option<i64>,
    /// When a temporary password ends.
    pub temporary_until: Option<i64>,
    /// Whether an administrator may give a password, or send a link to choose one.
    pub may_have_password: bool,
}

/// How a person of the actor's scope comes in.
pub async fn own_account(
    core: &Core,
    actor: &Actor,
    person: &PersonId,
) -> Result<OwnAccount, Error> {
    const FIND: &str = "SELECT a.password_hash, a.temporary_until, a.last_sign_in_at, \
        (SELECT count(*) FROM account_totp t WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL), \
        (SELECT count(*) FROM passkey k WHERE k.account_id = a.id) FROM account a WHERE a.person_id = $1";
    let found = own::get(core, person).await?;
    authorize(actor, Permission::PeopleRead, &found.unit_path)?;
    let elsewhere = source::checks(core, person).await?;
    let mut account = OwnAccount {
        way: "none",
        second_factor: false,
        last_sign_in_at: None,
        temporary_until: None,
        may_have_password: own::may_have_password(&found, elsewhere).is_ok(),
    };
    if let Some(row) = core.db().query_optional(FIND, args![person]).await? {
        let (apps, passkeys) = (row.i64(3)?, row.i64(4)?);
        account.temporary_until = row.opt_i64(1)?;
        account.last_sign_in_at = row.opt_i64(2)?;
        account.second_factor = apps + passkeys > 0;
        account.way = match row.str(0)? {
            NO_PASSWORD if passkeys > 0 => "passkey",
            NO_PASSWORD => "none",
            _ if account.temporary_until.is_some() => "temporary",
            _ => "password",
        };
    }
    if found.vouched {
        account.way = "provider";
    } else if elsewhere {
        account.way = "directory";
    }
    Ok(account)
}

/// A password that the server made, to be told to the person; they change it at first use.
pub struct TemporaryPassword {
    pub password: Zeroizing<String>,
    pub until: i64,
}

/// Sixteen letters and digits in groups: 80 bits.
fn made() -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(19));
    for (at, byte) in hash::random_bytes::<16>().into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text
}

/// Gives a person a temporary password. Their sessions end; a second factor stays.
///
/// # Errors
/// Forbidden or not found as the actor's rights say; fresh sign-in needed; a conflict for somebody inactive,
/// without mail address, or whose password is checked elsewhere.
pub async fn set_temporary_password(
    core: &Core,
    actor: &Actor,
    person: &PersonId,
    proof: Option<Proof>,
) -> Result<TemporaryPassword, Error> {
    let found = own::get(core, person).await?;
    authorize(actor, Permission::PeopleWrite, &found.unit_path)?;
    prove(core, actor, proof).await?;
    let now_ms = core.now_ms();
    let elsewhere = source::checks(core, person).await?;
    own::may_have_password(&found, elsewhere)?;
    let password = made();
    let hash = Zeroizing::new(hash_secret(password.clone()).await?);
    let until = now_ms + TEMPORARY_MS;
    let input = (person.clone(), hash, AccountId::new(now_ms), actor.clone());
    core.db()
        .write((input, now_ms, until), |tx, (input, now, until)| {
            Box::pin(async move {
                let (person, hash, new_id, actor) = input;
                let found = own::get_in(tx, person).await?;
                authorize(actor, Permission::PeopleWrite, &found.unit_path)?;
                own::may_have_password(&found, false)?;
                let account = own::ensure_in(tx, person, new_id, *now).await?;
                own::set_password_in(tx, &account, hash, Some(*until), *now).await?;
                crate::accounts::session::end_sessions_in(tx, &account).await?;
                record(tx, actor, &found, "person.password", *now).await
            })
        })
        .await?;
    Ok(TemporaryPassword { password, until })
}

async fn record(
    tx: &Tx,
    actor: &Actor,
    person: &own::Person,
    action: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    let event = NewEvent::done(action, "person", person.id.as_str(), &person.unit_id);
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}

/// Takes every way in away that the person's account has: password, passkeys, authenticator app, open links,
/// sessions. They open it anew by a link.
///
/// # Errors
/// Forbidden or not found as the actor's rights say; fresh sign-in needed.
pub async fn reset_own_account(
    core: &Core,
    actor: &Actor,
    person: &PersonId,
    proof: Option<Proof>,
) -> Result<(), Error> {
    let now_ms = core.now_ms();
    let found = own::get(core, person).await?;
    authorize(actor, Permission::PeopleWrite, &found.unit_path)?;
    prove(core, actor, proof).await?;
    let input = (person.clone(), actor.clone(), now_ms);
    core.db()
        .write(input, |tx, (person, actor, now)| {
            Box::pin(async move {
                let found = own::get_in(tx, person).await?;
                authorize(actor, Permission::PeopleWrite, &found.unit_path)?;
                let removed = end_in(tx, person, *now).await?;
                let event = NewEvent::done(
                    "person.account_reset",
                    "person",
                    person.as_str(),
                    &found.unit_id,
                )
                .with(json!({ "second_factors_removed": removed }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Ends what lets a person in: on suspension, leaving, erasure. Says how many second factors went. An account that
/// ended holds nothing that names its person.
async fn end_in(tx: &Tx, person: &PersonId, now_ms: i64) -> Result<u64, Error> {
    const FIND: &str = "SELECT id FROM account WHERE person_id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![person]).await? else {
        return Ok(0);
    };
    let account = AccountId::from_store(row.text(0)?);
    let removed = reset_in(tx, &account).await?;
    ceremony::end_in(tx, &account).await?;
    own::set_password_in(tx, &account, NO_PASSWORD, None, now_ms).await?;
    Ok(removed)
}

/// Takes the account's own password away, and ends its sessions: a provider vouches from now on. A passkey opens
/// nothing by itself meanwhile.
pub(crate) async fn close_in(tx: &Tx, person: &PersonId, now_ms: i64) -> Result<(), Error> {
    const FIND: &str = "SELECT id FROM account WHERE person_id = $1";
    if let Some(row) = tx.fetch_optional(FIND, args![person]).await? {
        let account = AccountId::from_store(row.text(0)?);
        ceremony::end_in(tx, &account).await?;
        own::set_password_in(tx, &account, NO_PASSWORD, None, now_ms).await?;
    }
    end_sessions_in(tx, person).await
}

/// On erasure: nothing that let the person in stays, nor what a provider calls them.
pub(crate) async fn forget_in(tx: &Tx, person: &PersonId, now_ms: i64) -> Result<(), Error> {
    const IDENTITIES: &str = "DELETE FROM person_identity WHERE person_id = $1";
    const NOTICES: &str = "DELETE FROM person_email_notice WHERE person_id = $1";
    end_in(tx, person, now_ms).await?;
    tx.execute(IDENTITIES, args![person]).await?;
    tx.execute(NOTICES, args![person]).await?;
    Ok(())
}

/// Ends the sessions of a person and what is open for them, and keeps their ways in: for who may come back.
pub(crate) async fn end_sessions_in(tx: &Tx, person: &PersonId) -> Result<(), Error> {
    const SESSIONS: &str =
        "DELETE FROM session WHERE account_id IN (SELECT id FROM account WHERE person_id = $1)";
    const OPEN: &str =
        "DELETE FROM ceremony WHERE account_id IN (SELECT id FROM account WHERE person_id = $1)";
    tx.execute(SESSIONS, args![person]).await?;
    tx.execute(OPEN, args![person]).await?;
    Ok(())
}
