//! Passwords that somebody else checks: a directory that people come from.

use std::future::Future;
use std::pin::Pin;

use zeroize::Zeroizing;

use super::own;
use crate::accounts::session::{Session, refused};
use crate::accounts::sign_in::{self as ways, SignedIn};
use crate::accounts::{Caller, Door, confirm as here};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::ids::PersonId;

/// What a source answers, some time.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<bool, Error>> + Send + 'a>>;

/// Who checks passwords of people in our place. While it does so for a person, a password that is kept here for
/// them does not count.
pub trait PasswordSource: Send + Sync {
    /// Whether this person's password is checked there. Asks nobody.
    fn checks<'a>(&'a self, core: &'a Core, person: &'a PersonId) -> Answer<'a>;

    /// Whether this is the person's password now, and the directory lets them in. Never asked with an empty one.
    ///
    /// # Errors
    /// Unavailable when the directory does not answer: that is no wrong password and is not counted as one.
    /// Forbidden when it is the right password and the directory lets nobody in with it now: the person is told,
    /// so it may never be said of a password that was not proved right.
    fn verify<'a>(
        &'a self,
        core: &'a Core,
        person: &'a PersonId,
        password: Zeroizing<String>,
    ) -> Answer<'a>;

    /// Whether somebody's password cannot be checked at present.
    fn away<'a>(&'a self, core: &'a Core) -> Answer<'a>;
}

/// A directory that checks passwords does not answer.
pub(crate) fn directory_away() -> Error {
    Error::new(
        Kind::Unavailable,
        "directory_away",
        "The directory that checks passwords does not answer. Try again in a few minutes.",
    )
}

/// Whether somebody else checks the password of this person.
pub(super) async fn checks(core: &Core, person: &PersonId) -> Result<bool, Error> {
    match core.password_source() {
        Some(source) => source.checks(core, person).await,
        None => Ok(false),
    }
}

/// Signs in a person with mail address and password, here or where their password is checked.
///
/// # Errors
/// Not signed in, the same for all reasons; too many after too many failures; unavailable while a directory that
/// checks passwords does not answer, whoever was meant: else it would say whom the directory knows. Whose password is
/// kept here comes in all the same. Forbidden when the password is right and has to be changed there first, or the
/// account may not come in.
pub async fn sign_in(
    core: &Core,
    email: &str,
    password: Zeroizing<String>,
    caller: Caller,
) -> Result<SignedIn, Error> {
    let caller = caller.at(Door::Portal);
    let email = email.trim().to_lowercase();
    let Some(source) = core.password_source() else {
        return ways::sign_in(core, &email, password, caller).await;
    };
    let elsewhere = match own::by_email(core, &email).await? {
        Some(person) if source.checks(core, &person.id).await? => Some(person.id),
        _ => None,
    };
    let done = match elsewhere {
        Some(person) => {
            let source = source.as_ref();
            ways::sign_in_elsewhere(core, source, email, person, password, caller).await
        }
        None => ways::sign_in(core, &email, password, caller).await,
    };
    match done {
        Err(error) if error.code == "directory_away" => Err(directory_away()),
        Err(error) if error.code == refused().code && source.away(core).await? => {
            Err(directory_away())
        }
        done => done,
    }
}

/// Whether the password that makes a session fresh is checked elsewhere.
pub async fn confirms_elsewhere(core: &Core, session: &Session) -> Result<bool, Error> {
    match &session.person {
        Some(person) => checks(core, person).await,
        None => Ok(false),
    }
}

/// Makes a session fresh for ten minutes with the password, here or where it is checked, and the code of the app
/// where the account has one.
///
/// # Errors
/// Invalid `password` or `code`; too many after too many wrong ones; unavailable when a directory does not answer,
/// forbidden when it takes the password and lets nobody in.
pub async fn confirm(
    core: &Core,
    session: &Session,
    password: Zeroizing<String>,
    code: &str,
) -> Result<(), Error> {
    let elsewhere = match (&session.person, core.password_source()) {
        (Some(person), Some(source)) if source.checks(core, person).await? => {
            Some((source, person.clone()))
        }
        _ => None,
    };
    let Some((source, person)) = elsewhere else {
        return here::confirm(core, session, password, code).await;
    };
    here::reserve_for(core, session).await?;
    let right = !password.is_empty() && source.verify(core, &person, password).await?;
    here::confirm_elsewhere(core, session, right, code).await
}
