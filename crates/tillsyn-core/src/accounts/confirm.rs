//! The password of an account, typed for one request of a program: API tokens have no session that could
//! be fresh (security S11).

use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::{Guesses, blocked, failed, store, succeeded, verify_secret};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};

/// Proves that the person behind a token asks now. Failures count like those of sign-ins.
///
/// # Errors
/// Invalid for a wrong password; too many after too many of them; forbidden for what has no account.
pub async fn confirm_account(
    core: &Core,
    actor: &Actor,
    password: Zeroizing<String>,
) -> Result<(), Error> {
    let Some(id) = actor.account_id.clone() else {
        return Err(Error::forbidden(
            "person_needed",
            "Only a person can confirm this.",
        ));
    };
    let now_ms = core.now_ms();
    let (account, subject) = core
        .db()
        .read((id, now_ms), |tx, (id, now)| {
            Box::pin(async move {
                let Some(account) = store::find(tx, id).await?.filter(|a| a.active) else {
                    return Err(Error::new(
                        Kind::NotSignedIn,
                        "sign_in_failed",
                        "The account of this token has ended.",
                    ));
                };
                let subject = format!(
                    "account:{}",
                    hash::sha256_hex(account.view.email.as_bytes())
                );
                blocked(tx, &subject, *now).await?;
                Ok((account, subject))
            })
        })
        .await?;
    let right = verify_secret(password, Some(account.password_hash)).await?;
    let input = (subject, actor.clone(), account.unit_id, right, now_ms);
    core.db()
        .write(input, |tx, (subject, actor, unit, right, now)| {
            Box::pin(async move {
                let event = NewEvent::done("session.confirm", "account", &actor.id, unit);
                if *right {
                    succeeded(tx, subject).await?;
                    events::record(tx, actor, *now, event).await?;
                } else {
                    failed(tx, subject, Guesses::ACCOUNT, *now).await?;
                    events::record(tx, actor, *now, event.refused()).await?;
                }
                Ok::<_, Error>(())
            })
        })
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
