//! The password of one's own account.

use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::factor::Demand;
use super::guess::reserve;
use super::session::{NewSession, Rotation, Session};
use super::{Guesses, password, store, succeeded, verify_secret};
use crate::actor::require_fresh;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::settings;

const SET: &str = "UPDATE account SET password_hash = $2, password_changed_at = $3, \
    must_change_password = 0, temporary_until = NULL WHERE id = $1";
const OTHERS: &str = "DELETE FROM session WHERE account_id = $1 AND token_hash <> $2";

/// Changes the password. Asks for the old one, but not where somebody else had set it and it was typed just
/// now to sign in. All other sessions end; this one gets a new token (S13).
///
/// # Errors
/// Invalid `old` when it is wrong, `password` when the new one is short, easy to guess or the old one again.
pub async fn change_password(
    core: &Core,
    session: &Session,
    old: Option<Zeroizing<String>>,
    new: Zeroizing<String>,
) -> Result<NewSession, Error> {
    let id = session.account.id.clone();
    let forced = session.demand == Some(Demand::NewPassword);
    let stored = core
        .db()
        .read(id.clone(), |tx, id| {
            Box::pin(async move { store::find(tx, id).await })
        })
        .await?
        .ok_or_else(|| Error::not_found("account"))?
        .password_hash;
    if forced {
        require_fresh(&session.actor, core.now_ms())?;
    } else {
        check_old(core, session, old.unwrap_or_default(), stored.clone()).await?;
    }
    if verify_secret(new.clone(), Some(stored)).await? {
        return Err(Error::invalid(
            "password",
            "password_same",
            "This is the password that you have. Choose another.",
        ));
    }
    let about = about(core, &session.account.name, &session.account.email).await?;
    let hash = password::hash_new_password(new, about).await?;
    let rotation = Rotation::new(core, session);
    let input = (session.clone(), hash, rotation.clone());
    core.db()
        .write(input, |tx, (session, hash, rotation)| {
            Box::pin(async move { set_in(tx, session, hash, rotation).await })
        })
        .await?;
    Ok(rotation.done(session))
}

/// What others know of somebody, which makes no password.
pub(super) async fn about(core: &Core, name: &str, email: &str) -> Result<Vec<String>, Error> {
    let organisation = settings::organisation(core).await?.name;
    Ok(vec![name.to_owned(), email.to_owned(), organisation])
}

async fn check_old(
    core: &Core,
    session: &Session,
    old: Zeroizing<String>,
    stored: String,
) -> Result<(), Error> {
    let subject = format!("session:{}", session.token_hash);
    core.db()
        .write((subject.clone(), core.now_ms()), |tx, (subject, now)| {
            Box::pin(async move { reserve(tx, subject, Guesses::ACCOUNT, *now).await })
        })
        .await?;
    if !verify_secret(old, Some(stored)).await? {
        return Err(Error::invalid(
            "old",
            "password_wrong",
            "This is not the password of your account.",
        ));
    }
    core.db()
        .write(subject, |tx, subject| {
            Box::pin(async move { succeeded(tx, subject).await })
        })
        .await
}

async fn set_in(tx: &Tx, session: &Session, hash: &str, rotation: &Rotation) -> Result<(), Error> {
    let (id, now) = (&session.account.id, rotation.now_ms);
    rotation.run(tx, false).await?;
    tx.execute(SET, args![id, hash, now]).await?;
    super::portal::settled_in(tx, id.as_str()).await?;
    tx.execute(OTHERS, args![id, rotation.token_hash()]).await?;
    super::ceremony::end_in(tx, id).await?;
    let unit = store::unit_of(tx, id).await?;
    let event = NewEvent::done("account.password", "account", id.as_str(), &unit);
    events::record(tx, &session.actor, now, event).await?;
    Ok(())
}
