//! Coming in with mail address and password, and the second factor after it.
//!
//! Each try is counted before the password is looked at and taken back when it was right, so that many at
//! once guess no more often than one after the other. Known and unknown accounts answer alike.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::ceremony::{self, Opening};
use super::guess::{reserve, undo};
use super::session::{Begin, Method, NewSession, refused};
use super::store::{self, Account, AccountView};
use super::{
    Caller, Guesses, NO_PASSWORD, blocked, factor, failed, known, portal, recovery, succeeded,
    totp, verify_secret,
};
use crate::actor::{Actor, ActorKind};
use crate::core::Core;
use crate::directory;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{AccountId, PersonId};
use crate::keys::KeyStore;

/// What a right password leads to.
pub enum SignedIn {
    Session(NewSession),
    /// The account has a second factor: nobody is signed in yet.
    SecondFactor(Zeroizing<String>),
}

impl SignedIn {
    /// The session of an account without a second factor.
    pub fn session(self) -> Result<NewSession, Error> {
        match self {
            Self::Session(session) => Ok(session),
            Self::SecondFactor(_) => Err(Error::new(
                Kind::NotSignedIn,
                "second_factor_needed",
                "This account needs its second factor to sign in.",
            )),
        }
    }
}

/// What the second step of a sign-in can be done with.
#[derive(Clone, Debug)]
pub struct SecondStep {
    pub account: AccountView,
    pub app: bool,
    pub passkeys: bool,
    pub recovery_codes: bool,
}

/// A try that is counted already.
struct Try {
    account: Option<Account>,
    subject: String,
    known: bool,
}

/// Signs in with mail address and password.
///
/// # Errors
/// Not signed in, the same for all reasons; too many after too many failures.
pub async fn sign_in(
    core: &Core,
    email: &str,
    password: Zeroizing<String>,
    caller: impl Into<Caller>,
) -> Result<SignedIn, Error> {
    let caller = caller.into();
    let email = email.trim().to_lowercase();
    let tried = count_try(core, email, &caller).await?;
    let hash = tried
        .account
        .as_ref()
        .filter(|a| a.opens(caller.door) && !a.password_ended(core.now_ms()))
        .map(|a| a.password_hash.clone());
    let right = match verify_secret(password, hash).await {
        Ok(right) => right,
        Err(error) => {
            // Nothing was guessed.
            take_back(core, &tried, &caller).await?;
            return Err(error);
        }
    };
    let Some(account) = tried.account.filter(|_| right) else {
        refuse(core, &caller).await?;
        return Err(refused());
    };
    let (step, opening) = ceremony::prepare(core.keys(), ceremony::Kind::SecondFactor, b"");
    let begin = Begin::new(core, &account, Method::Password, caller);
    let verified = Zeroizing::new(account.password_hash.clone());
    let input = (
        begin.clone(),
        opening,
        (tried.subject, tried.known),
        verified,
    );
    let begun = core
        .db()
        .write(input, |tx, (begin, opening, (subject, known), verified)| {
            Box::pin(async move {
                if !still_in(tx, &begin.account, verified).await? {
                    return Ok(None);
                }
                let known = second(tx, begin, opening, subject, *known).await?;
                Ok::<_, Error>(Some(known))
            })
        })
        .await?;
    let Some(begun) = begun else {
        refuse(core, &begin.caller).await?;
        return Err(refused());
    };
    Ok(match begun {
        Some(known) => SignedIn::Session(begin.done(known, account.view)),
        None => SignedIn::SecondFactor(step),
    })
}

/// The same of a person whose password somebody else checks. What is kept here as a password ends with it.
pub(super) async fn sign_in_elsewhere(
    core: &Core,
    source: &dyn portal::PasswordSource,
    email: String,
    person: PersonId,
    password: Zeroizing<String>,
    caller: Caller,
) -> Result<SignedIn, Error> {
    let tried = count_try(core, email, &caller).await?;
    let right = if password.is_empty() {
        Ok(false)
    } else {
        source.verify(core, &person, password).await
    };
    let right = match right {
        Ok(right) => right,
        Err(error) => {
            // Nothing was guessed.
            take_back(core, &tried, &caller).await?;
            if error.kind == Kind::Forbidden {
                // The password was right, and nobody comes in.
                refuse(core, &caller).await?;
            } else {
                count_away(core, &tried).await?;
            }
            return Err(error);
        }
    };
    if !right {
        refuse(core, &caller).await?;
        return Err(refused());
    }
    let (step, opening) = ceremony::prepare(core.keys(), ceremony::Kind::SecondFactor, b"");
    let begin = Begin::blank(core, Method::Password, caller);
    let new_id = AccountId::new(begin.now_ms);
    let input = (
        begin.clone(),
        opening,
        (tried.subject, tried.known),
        (person, new_id),
    );
    let begun = core
        .db()
        .write(
            input,
            |tx, (begin, opening, (subject, known), (person, new_id))| {
                Box::pin(async move {
                    let id = portal::ensure_in(tx, person, new_id, begin.now_ms).await?;
                    let values = args![&id, NO_PASSWORD];
                    tx.execute(NO_LOCAL_PASSWORD, values).await?;
                    let account = store::find(tx, &id).await?;
                    let Some(account) = account.filter(|a| a.opens(begin.caller.door)) else {
                        return Ok(None);
                    };
                    let begin = begin.clone().of(&account);
                    let known = second(tx, &begin, opening, subject, *known).await?;
                    Ok::<_, Error>(Some((known, account.view)))
                })
            },
        )
        .await?;
    match begun {
        Some((Some(known), account)) => Ok(SignedIn::Session(begin.done(known, account))),
        Some((None, _)) => Ok(SignedIn::SecondFactor(step)),
        None => {
            refuse(core, &begin.caller).await?;
            Err(refused())
        }
    }
}

const NO_LOCAL_PASSWORD: &str = "UPDATE account SET password_hash = $2, must_change_password = 0, \
    temporary_until = NULL WHERE id = $1 AND role = 'portal'";

/// Counts the try for the account and for the address, or for the browser alone if it is known.
async fn count_try(core: &Core, email: String, caller: &Caller) -> Result<Try, Error> {
    let input = (email, caller.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (email, caller, now)| {
            Box::pin(async move {
                let account = store::find_at(tx, caller.door, email).await?;
                let id = account.as_ref().map(|a| &a.view.id);
                let stranger = hash::sha256_hex(email.as_bytes());
                let (subject, known) =
                    known::subject_in(tx, caller, id, caller.door.subject(), &stranger).await?;
                let address = caller.address_subject();
                if !known {
                    blocked(tx, &address, *now).await?;
                }
                reserve(tx, &subject, Guesses::ACCOUNT, *now).await?;
                if !known {
                    failed(tx, &address, Guesses::ADDRESS, *now).await?;
                }
                Ok::<_, Error>(Try {
                    account,
                    subject,
                    known,
                })
            })
        })
        .await
}

/// A try while the directory cannot be asked counts by itself: it slows down as those of others do, and holds nobody
/// up once the directory answers again.
async fn count_away(core: &Core, tried: &Try) -> Result<(), Error> {
    let input = (format!("away:{}", tried.subject), core.now_ms());
    core.db()
        .write(input, |tx, (subject, now)| {
            Box::pin(async move { reserve(tx, subject, Guesses::ACCOUNT, *now).await })
        })
        .await
}

async fn take_back(core: &Core, tried: &Try, caller: &Caller) -> Result<(), Error> {
    let input = (tried.subject.clone(), tried.known, caller.address_subject());
    core.db()
        .write(input, |tx, (subject, known, address)| {
            Box::pin(async move {
                undo(tx, subject, Guesses::ACCOUNT).await?;
                if !*known {
                    undo(tx, address, Guesses::ADDRESS).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Records a refused sign-in; whose account was meant is not said.
async fn refuse(core: &Core, caller: &Caller) -> Result<(), Error> {
    let input = (caller.address.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (address, now)| {
            Box::pin(async move { refuse_in(tx, address.clone(), "unknown", *now).await })
        })
        .await
}

pub(super) async fn refuse_in(
    tx: &Tx,
    address: Option<String>,
    account: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const ROOT: &str = "SELECT id FROM org_unit WHERE parent_id IS NULL";
    let root = tx.fetch_one(ROOT, args![]).await?.text(0)?;
    let actor = Actor::person(account, address);
    let event = NewEvent::done("session.create", "account", account, &root).refused();
    events::record(tx, &actor, now_ms, event).await?;
    Ok(())
}

/// Whether this is still the password of an account that may sign in: checking one takes long enough for both
/// to end meanwhile.
pub(super) async fn still_in(tx: &Tx, account: &AccountId, verified: &str) -> Result<bool, Error> {
    let account = store::find(tx, account).await?;
    Ok(account.is_some_and(|a| a.active && a.password_hash == verified))
}

/// After the right password: the session, or the second step where the account has one.
async fn second(
    tx: &Tx,
    begin: &Begin,
    opening: &Opening,
    subject: &str,
    known: bool,
) -> Result<Option<bool>, Error> {
    succeeded(tx, subject).await?;
    if !known {
        undo(tx, &begin.caller.address_subject(), Guesses::ADDRESS).await?;
    }
    portal::expire_in(tx, &begin.account, begin.now_ms).await?;
    if factor::of_in(tx, &begin.account).await?.has_second() {
        ceremony::open_in(tx, opening, Some(&begin.account), begin.now_ms).await?;
        return Ok(None);
    }
    begin.run(tx).await.map(Some)
}

/// What the second step asks for; `None` when it is over.
pub async fn second_step(core: &Core, step: &str) -> Result<Option<SecondStep>, Error> {
    let input = (core.keys().clone(), step.to_owned(), core.now_ms());
    core.db()
        .read(input, |tx, (keys, step, now)| {
            Box::pin(async move {
                let kind = ceremony::Kind::SecondFactor;
                let open = ceremony::find_in(tx, keys, kind, step, *now).await?;
                let Some(account) = open.and_then(|open| open.account) else {
                    return Ok(None);
                };
                let Some(found) = store::find(tx, &account).await?.filter(|a| a.active) else {
                    return Ok(None);
                };
                let factors = factor::of_in(tx, &account).await?;
                Ok::<_, Error>(Some(SecondStep {
                    account: found.view,
                    app: factors.app,
                    passkeys: factors.passkeys > 0,
                    recovery_codes: factors.recovery_codes > 0,
                }))
            })
        })
        .await
}

pub(super) fn step_over() -> Error {
    Error::new(
        Kind::NotSignedIn,
        "step_over",
        "This sign-in is over. Begin again.",
    )
}

/// Ends the second step with a code of the app, or with a recovery code.
///
/// # Errors
/// Invalid `code` for a wrong one; not signed in when the step is over; too many after too many failures.
pub async fn sign_in_with_code(
    core: &Core,
    step: &str,
    code: &str,
    caller: Caller,
) -> Result<NewSession, Error> {
    let proof = Proof {
        keys: core.keys().clone(),
        step: step.to_owned(),
        code: Zeroizing::new(code.to_owned()),
        begin: Begin::blank(core, Method::Password, caller),
    };
    let begin = proof.begin.clone();
    let done = core
        .db()
        .write(proof, |tx, proof| {
            Box::pin(async move { proof.run(tx).await })
        })
        .await?;
    let (known, account) = done.ok_or_else(totp::wrong_code)?;
    Ok(begin.done(known, account))
}

/// What the transaction of a second step needs.
struct Proof {
    keys: KeyStore,
    step: String,
    code: Zeroizing<String>,
    begin: Begin,
}

impl Proof {
    /// `None` for a wrong code, which is counted.
    async fn run(&self, tx: &Tx) -> Result<Option<(bool, AccountView)>, Error> {
        let now = self.begin.now_ms;
        let kind = ceremony::Kind::SecondFactor;
        let open = ceremony::find_in(tx, &self.keys, kind, &self.step, now).await?;
        let id = open.and_then(|open| open.account).ok_or_else(step_over)?;
        let caller = &self.begin.caller;
        let account = store::find(tx, &id).await?;
        let account = account.filter(|a| a.opens(caller.door));
        let account = account.ok_or_else(step_over)?;
        if let Some(person) = &account.person
            && directory::refuses_in(tx, person, false).await?
        {
            return Err(step_over());
        }
        let (subject, _) = known::subject_in(tx, caller, Some(&id), "code", id.as_str()).await?;
        blocked(tx, &subject, now).await?;
        if !check_code_in(tx, &self.keys, &id, &self.code, now).await? {
            failed(tx, &subject, Guesses::ACCOUNT, now).await?;
            refuse_in(tx, caller.address.clone(), id.as_str(), now).await?;
            return Ok(None);
        }
        succeeded(tx, &subject).await?;
        let open = ceremony::take_in(tx, &self.keys, kind, &self.step, now).await?;
        let step = open.ok_or_else(step_over)?.state;
        let begin = self.begin.clone().of(&account).with_second_factor();
        let begin = begin.continuing(&step);
        let known = begin.run(tx).await?;
        Ok(Some((known, account.view)))
    }
}

/// Takes six digits as a code of the app, everything else as a recovery code. A right one is used up.
async fn check_code_in(
    tx: &Tx,
    keys: &KeyStore,
    account: &AccountId,
    typed: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
        return totp::use_code_in(tx, keys, account, &plain, now_ms).await;
    }
    if !recovery::use_code_in(tx, account, &plain, now_ms).await? {
        return Ok(false);
    }
    let unit = store::find(tx, account).await?.map(|a| a.unit_id);
    let mut actor = Actor::person(account.as_str(), None);
    actor.kind = ActorKind::Account;
    let unit = unit.unwrap_or_default();
    let event = NewEvent::done("recovery_code.use", "account", account.as_str(), &unit)
        .with(json!({ "left": recovery::left_in(tx, account).await? }));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(true)
}
