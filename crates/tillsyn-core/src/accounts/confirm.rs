//! That it is still the same person: the password once more, with the code of the app where the account has
//! one (security S11). A passkey does the same, in [`passkey`](super::passkey).

use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::guess::reserve;
use super::passkey::passkey_party;
use super::session::Session;
use super::sign_in::still_in;
use super::{Guesses, factor, store, succeeded, totp, verify_secret};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::keys::KeyStore;

const FRESHEN: &str = "UPDATE session SET fresh_at = $2, \
    second_factor = CASE WHEN $3 = 1 THEN 1 ELSE second_factor END WHERE token_hash = $1";

/// Makes a session fresh for ten minutes. `code` is looked at where the account has an app, and then needed.
///
/// # Errors
/// Invalid `password` or `code`; too many after too many wrong ones. Failures count for this session alone:
/// strangers who fail at the sign-in do not keep its owner from acting.
pub async fn confirm(
    core: &Core,
    session: &Session,
    password: Zeroizing<String>,
    code: &str,
) -> Result<(), Error> {
    let check = Check::of_session(core, session, code);
    check.run(core, password).await
}

/// What the person behind a token sends along with one request: a token has no session that could be fresh.
#[derive(Clone)]
pub struct Proof {
    pub password: Zeroizing<String>,
    /// Of the authenticator app, where the account has one.
    pub code: Option<Zeroizing<String>>,
}

impl Proof {
    /// What a request carries; `None` without a password.
    pub fn sent(password: Option<String>, code: Option<String>) -> Option<Self> {
        Some(Self {
            password: Zeroizing::new(password?),
            code: code.map(Zeroizing::new),
        })
    }
}

/// Proves that the person behind a token asks now. Failures count like those of sign-ins.
///
/// # Errors
/// Invalid for a wrong password or code; too many after too many of them; forbidden for what has no account.
pub async fn confirm_account(core: &Core, actor: &Actor, proof: Proof) -> Result<(), Error> {
    let Some(account) = actor.account_id.clone() else {
        return Err(Error::forbidden(
            "person_needed",
            "Only a person can confirm this.",
        ));
    };
    let check = Check {
        keys: core.keys().clone(),
        actor: actor.clone(),
        subject: format!("token:{}", actor.id),
        account,
        code: Zeroizing::new(proof.code.unwrap_or_default().trim().to_owned()),
        session: None,
        passkeys: false,
        now_ms: core.now_ms(),
    };
    check.run(core, proof.password).await
}

/// Counts a try whose password somebody else looks at.
pub(super) async fn reserve_for(core: &Core, session: &Session) -> Result<(), Error> {
    let subject = format!("session:{}", session.token_hash);
    core.db()
        .write((subject, core.now_ms()), |tx, (subject, now)| {
            Box::pin(async move { reserve(tx, subject, Guesses::ACCOUNT, *now).await })
        })
        .await
}

/// Ends a confirmation whose password somebody else looked at.
///
/// # Errors
/// Invalid `password` or `code`.
pub(super) async fn confirm_elsewhere(
    core: &Core,
    session: &Session,
    right: bool,
    code: &str,
) -> Result<(), Error> {
    let check = Check::of_session(core, session, code);
    let told = core
        .db()
        .write((check, right), |tx, (check, right)| {
            Box::pin(async move { check.end(tx, *right).await })
        })
        .await?;
    told.result()
}

#[derive(Clone)]
struct Check {
    keys: KeyStore,
    actor: Actor,
    account: AccountId,
    subject: String,
    code: Zeroizing<String>,
    /// Hash of the session's token; `None` for an API token.
    session: Option<String>,
    /// A passkey can be shown here: then the password alone does not do where the account has one.
    passkeys: bool,
    now_ms: i64,
}

enum Told {
    Right,
    WrongPassword,
    WrongCode,
    NoPasskey,
}

impl Told {
    fn result(self) -> Result<(), Error> {
        match self {
            Self::Right => Ok(()),
            Self::WrongPassword => Err(Error::invalid(
                "password",
                "password_wrong",
                "This is not the password of your account.",
            )),
            Self::WrongCode => Err(totp::wrong_code()),
            Self::NoPasskey => Err(Error::invalid(
                "passkey",
                "passkey_needed",
                "This account has a passkey; show it instead of the password.",
            )),
        }
    }
}

impl Check {
    fn of_session(core: &Core, session: &Session, code: &str) -> Self {
        Self {
            keys: core.keys().clone(),
            actor: session.actor.clone(),
            account: session.account.id.clone(),
            subject: format!("session:{}", session.token_hash),
            code: Zeroizing::new(code.trim().to_owned()),
            session: Some(session.token_hash.clone()),
            passkeys: passkey_party(core).is_some(),
            now_ms: core.now_ms(),
        }
    }

    async fn run(self, core: &Core, password: Zeroizing<String>) -> Result<(), Error> {
        let hash = core
            .db()
            .write(self.clone(), |tx, check| {
                Box::pin(async move { check.begin(tx).await })
            })
            .await?;
        let verified = Zeroizing::new(hash.clone());
        let right = verify_secret(password, Some(hash)).await?;
        let told = core
            .db()
            .write((self, right, verified), |tx, (check, right, verified)| {
                Box::pin(async move {
                    let right = *right && still_in(tx, &check.account, verified).await?;
                    check.end(tx, right).await
                })
            })
            .await?;
        told.result()
    }

    /// Counts the try and gives what the password is compared with.
    async fn begin(&self, tx: &Tx) -> Result<String, Error> {
        let account = store::find(tx, &self.account).await?;
        let account = account.filter(|a| a.active).ok_or_else(|| {
            Error::new(
                Kind::NotSignedIn,
                "sign_in_failed",
                "The account has ended.",
            )
        })?;
        reserve(tx, &self.subject, Guesses::ACCOUNT, self.now_ms).await?;
        Ok(account.password_hash)
    }

    async fn end(&self, tx: &Tx, right: bool) -> Result<Told, Error> {
        let unit = store::unit_of(tx, &self.account).await?;
        let id = self.account.as_str();
        let event = NewEvent::done("session.confirm", "account", id, &unit);
        let factors = factor::of_in(tx, &self.account).await?;
        let app = factors.app;
        let told = if !right {
            Told::WrongPassword
        } else if self.passkeys && factors.passkeys > 0 && !app {
            Told::NoPasskey
        } else if app
            && !totp::use_code_in(tx, &self.keys, &self.account, &self.code, self.now_ms).await?
        {
            Told::WrongCode
        } else {
            Told::Right
        };
        if !matches!(told, Told::Right) {
            events::record(tx, &self.actor, self.now_ms, event.refused()).await?;
            return Ok(told);
        }
        succeeded(tx, &self.subject).await?;
        if let Some(session) = &self.session {
            freshen_in(tx, session, app, self.now_ms).await?;
        }
        events::record(tx, &self.actor, self.now_ms, event).await?;
        Ok(told)
    }
}

/// From now on for ten minutes; `second_factor` says that one was shown.
pub(super) async fn freshen_in(
    tx: &Tx,
    session: &str,
    second_factor: bool,
    now_ms: i64,
) -> Result<(), Error> {
    let values = args![session, now_ms, i64::from(second_factor)];
    tx.execute(FRESHEN, values).await?;
    Ok(())
}
