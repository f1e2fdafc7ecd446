//! Sessions: 256 random bits of which only the hash is stored, idle 30 minutes, 12 hours in all (S13).

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::factor::{self, Demand, Factors};
use super::store::{self, Account, AccountView};
use super::{Caller, known};
use crate::actor::{Actor, ActorKind, FRESH_MS, Rights};
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, PersonId, SessionId};

pub(super) const IDLE_MS: i64 = 30 * MINUTE_MS;
const ABSOLUTE_MS: i64 = 12 * HOUR_MS;

/// A session just begun, or continued under a new token: the only moment at which it is known.
pub struct NewSession {
    pub token: Zeroizing<String>,
    /// What the browser is to be known by from now on; `None` leaves it as it is.
    pub known: Option<Zeroizing<String>>,
    pub account: AccountView,
}

/// How a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Password,
    /// A passkey alone, which verified its user.
    Passkey,
    Oidc,
    /// A link made on the server.
    BreakGlass,
}

impl Method {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Oidc => "oidc",
            Self::BreakGlass => "break_glass",
        }
    }
}

/// A session that a request resumed.
#[derive(Clone, Debug)]
pub struct Session {
    /// Without rights while the session owes something.
    pub actor: Actor,
    pub account: AccountView,
    /// Goes into forms; proves that the page came from this session (S15).
    pub csrf_token: String,
    pub token_hash: String,
    /// What it must do before anything else.
    pub demand: Option<Demand>,
    /// What its account can prove itself with.
    pub factors: Factors,
    /// The person whose own account it is, while they are active.
    pub person: Option<PersonId>,
    /// The account is a person's own and reaches nothing but the portal.
    pub portal_only: bool,
}

pub(super) fn refused() -> Error {
    Error::new(
        Kind::NotSignedIn,
        "sign_in_failed",
        "The mail address and password do not belong together.",
    )
}

const INSERT: &str = "INSERT INTO session (token_hash, account_id, csrf_token, created_at, \
    last_used_at, expires_at, fresh_at, address, id, user_agent, method, second_factor) \
    VALUES ($1, $2, $3, $4, $4, $5, $11, $6, $7, $8, $9, $10)";
const SIGNED_IN: &str = "UPDATE account SET last_sign_in_at = $2 WHERE id = $1";
const FIND: &str = concat!(
    "SELECT s.account_id, s.csrf_token, s.last_used_at, s.expires_at, s.fresh_at, s.second_factor, ",
    factor::columns!(),
    " FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN role r ON r.id = a.role \
     WHERE s.token_hash = $1"
);
const TOUCH: &str = "UPDATE session SET last_used_at = $2 WHERE token_hash = $1";
const DELETE: &str = "DELETE FROM session WHERE token_hash = $1";
const ROTATE: &str = "UPDATE session SET token_hash = $2, csrf_token = $3, \
    second_factor = CASE WHEN $4 = 1 THEN 1 ELSE second_factor END WHERE token_hash = $1";
const END_ALL: &str = "DELETE FROM session WHERE account_id = $1";

/// A session about to begin, made before the transaction that begins it.
#[derive(Clone)]
pub(crate) struct Begin {
    pub(super) account: AccountId,
    unit_id: String,
    pub(super) caller: Caller,
    pub(super) now_ms: i64,
    method: Method,
    second_factor: bool,
    fresh_at: i64,
    id: SessionId,
    token: Zeroizing<String>,
    csrf: String,
    known: Zeroizing<String>,
}

impl Begin {
    /// Whose session it is, the transaction finds out.
    pub(super) fn blank(core: &Core, method: Method, caller: Caller) -> Self {
        let now_ms = core.now_ms();
        Self {
            account: AccountId::from_store(String::new()),
            unit_id: String::new(),
            caller,
            now_ms,
            method,
            second_factor: false,
            fresh_at: now_ms,
            id: SessionId::new(now_ms),
            token: Zeroizing::new(hash::random_token(32)),
            csrf: hash::random_token(32),
            known: Zeroizing::new(hash::random_token(32)),
        }
    }

    pub(super) fn new(core: &Core, account: &Account, method: Method, caller: Caller) -> Self {
        Self::blank(core, method, caller).of(account)
    }

    pub(super) fn of(self, account: &Account) -> Self {
        Self {
            account: account.view.id.clone(),
            unit_id: account.unit_id.clone(),
            ..self
        }
    }

    /// After a first step at an identity provider the second one continues that.
    pub(super) fn continuing(self, step: &[u8]) -> Self {
        if step != Method::Oidc.as_str().as_bytes() {
            return self;
        }
        Self {
            method: Method::Oidc,
            ..self
        }
    }

    /// The person proved who they are so long ago; `None` when nobody says when: then it counts for nothing now.
    pub(super) fn proven_before(self, ago_ms: Option<i64>) -> Self {
        Self {
            fresh_at: self.now_ms - ago_ms.unwrap_or(FRESH_MS + 1),
            ..self
        }
    }

    pub(super) fn with_second_factor(self) -> Self {
        Self {
            second_factor: true,
            ..self
        }
    }

    /// Begins it, with its event. Says whether the browser keeps the value that it is known by.
    pub(super) async fn run(&self, tx: &Tx) -> Result<bool, Error> {
        let known_hash = hash::sha256_hex(self.known.as_bytes());
        let before =
            known::remember_in(tx, &self.caller, &self.account, &known_hash, self.now_ms).await?;
        tx.execute(
            INSERT,
            args![
                hash::sha256_hex(self.token.as_bytes()),
                &self.account,
                self.csrf.as_str(),
                self.now_ms,
                self.now_ms + ABSOLUTE_MS,
                self.caller.address.as_deref(),
                &self.id,
                self.caller.user_agent(),
                self.method.as_str(),
                i64::from(self.second_factor),
                self.fresh_at
            ],
        )
        .await?;
        tx.execute(SIGNED_IN, args![&self.account, self.now_ms])
            .await?;
        let mut actor = Actor::person(self.account.as_str(), self.caller.address.clone());
        actor.kind = ActorKind::Account;
        let id = self.account.as_str();
        let event = NewEvent::done("session.create", "account", id, &self.unit_id).with(json!({
            "method": self.method.as_str(), "second_factor": self.second_factor, "new_browser": !before.known,
        }));
        events::record(tx, &actor, self.now_ms, event).await?;
        Ok(before.kept)
    }

    /// What the browser gets once it is committed.
    pub(super) fn done(self, kept: bool, account: AccountView) -> NewSession {
        NewSession {
            token: self.token,
            known: (!kept).then_some(self.known),
            account,
        }
    }
}

/// A session's new token: it may do more from now on, or others lost theirs (S13).
#[derive(Clone)]
pub(super) struct Rotation {
    old: String,
    token: Zeroizing<String>,
    csrf: String,
    pub(super) now_ms: i64,
}

impl Rotation {
    pub(super) fn new(core: &Core, session: &Session) -> Self {
        Self {
            old: session.token_hash.clone(),
            token: Zeroizing::new(hash::random_token(32)),
            csrf: hash::random_token(32),
            now_ms: core.now_ms(),
        }
    }

    /// Hash of the token that ends.
    pub(super) fn old(&self) -> &str {
        &self.old
    }

    pub(super) fn token_hash(&self) -> String {
        hash::sha256_hex(self.token.as_bytes())
    }

    /// # Errors
    /// Not signed in when the session ended meanwhile.
    pub(super) async fn run(&self, tx: &Tx, second_factor: bool) -> Result<(), Error> {
        let values = args![
            &self.old,
            self.token_hash(),
            &self.csrf,
            i64::from(second_factor)
        ];
        if tx.execute(ROTATE, values).await? == 0 {
            return Err(Error::new(Kind::NotSignedIn, "session", "Sign in first."));
        }
        Ok(())
    }

    pub(super) fn done(self, session: &Session) -> NewSession {
        NewSession {
            token: self.token,
            known: None,
            account: session.account.clone(),
        }
    }
}

/// Refuses a change of second factors in a session that has not shown one, where its account has one: it may have
/// begun with a stolen password before the first was added.
pub(super) async fn has_shown_in(tx: &Tx, session: &str, account: &AccountId) -> Result<(), Error> {
    const SHOWN: &str = "SELECT second_factor FROM session WHERE token_hash = $1";
    let row = tx.fetch_optional(SHOWN, args![session]).await?;
    let shown = row.map(|row| row.i64(0)).transpose()? == Some(1);
    if shown || !factor::of_in(tx, account).await?.has_second() {
        return Ok(());
    }
    Err(Error::new(
        Kind::FreshSignInNeeded,
        "second_factor_needed",
        "Show the second factor that the account has first.",
    ))
}

pub(super) async fn org_root_id(tx: &Tx) -> Result<String, Error> {
    const ROOT: &str = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    Ok(tx.fetch_one(ROOT, args![]).await?.text(0)?)
}

/// Ends all sessions of an account: on disable, change of role, a new password from somebody else (S13).
pub(crate) async fn end_sessions_in(tx: &Tx, account: &AccountId) -> Result<(), Error> {
    tx.execute(END_ALL, args![account]).await?;
    super::ceremony::end_in(tx, account).await
}

struct Found {
    account: Account,
    csrf_token: String,
    last_used: i64,
    fresh_at: i64,
    demand: Option<Demand>,
    factors: Factors,
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
            Box::pin(async move { find(tx, token_hash, *now).await })
        })
        .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    if now_ms - found.last_used > MINUTE_MS {
        core.db()
            .execute(TOUCH, args![token_hash.as_str(), now_ms])
            .await?;
    }
    let account = found.account;
    let mut actor = Actor::account(
        ActorKind::Account,
        account.view.id.as_str(),
        account.view.id.clone(),
        account.view.name.clone(),
        account.standing,
        found.demand.map(|_| Rights::NONE),
    );
    actor.fresh_at = Some(found.fresh_at);
    actor.address = address;
    Ok(Some(Session {
        actor,
        account: account.view,
        csrf_token: found.csrf_token,
        token_hash,
        demand: found.demand,
        factors: found.factors,
        person: account.person,
        portal_only: account.portal_only,
    }))
}

async fn find(tx: &Tx, token_hash: &str, now_ms: i64) -> Result<Option<Found>, Error> {
    let Some(row) = tx.fetch_optional(FIND, args![token_hash]).await? else {
        return Ok(None);
    };
    let last_used = row.i64(2)?;
    // Used in the future: the clock was wrong then, and so is the end that it was given.
    if row.i64(3)? <= now_ms || (now_ms - last_used).abs() > IDLE_MS {
        return Ok(None);
    }
    let id = AccountId::from_store(row.text(0)?);
    let Some(account) = store::find(tx, &id).await?.filter(|a| a.active) else {
        return Ok(None);
    };
    let (factors, must_change_password) = factor::read(&row, 6)?;
    let second_factor = row.i64(5)? != 0;
    let demand = if must_change_password {
        Some(Demand::NewPassword)
    } else if (factors.required || factors.has_second()) && !second_factor {
        Some(Demand::SecondFactor)
    } else {
        None
    };
    Ok(Some(Found {
        account,
        csrf_token: row.text(1)?,
        last_used,
        fresh_at: row.i64(4)?,
        demand,
        factors,
    }))
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
