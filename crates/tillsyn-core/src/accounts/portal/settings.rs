//! What the organisation wants of people's passwords.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::{org, settings};

const NAME: &str = "portal_sign_in";

/// How people sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortalSignIn {
    /// After so many days a person chooses another password when they sign in; 0 is never.
    pub password_days: i64,
}

/// How people sign in, as it is set.
pub async fn portal_sign_in(core: &Core, actor: &Actor) -> Result<PortalSignIn, Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SignInWrite, &root.path)?;
    settings::read(core, NAME).await
}

/// Changes how people sign in.
///
/// # Errors
/// Invalid `password_days` beyond 0 to 1,000; forbidden below the top of the organisation.
pub async fn set_portal_sign_in(
    core: &Core,
    actor: &Actor,
    new: PortalSignIn,
) -> Result<PortalSignIn, Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SignInWrite, &root.path)?;
    if !(0..=1_000).contains(&new.password_days) {
        return Err(Error::invalid(
            "password_days",
            "password_days",
            "A password lasts 1 to 1,000 days; 0 is for ever.",
        ));
    }
    let input = (new.clone(), actor.clone(), root.id, core.now_ms());
    core.db()
        .write(input, |tx, (new, actor, root, now)| {
            Box::pin(async move {
                settings::write_in(tx, NAME, new, *now).await?;
                let event = NewEvent::done("settings.change", "setting", NAME, root.as_str())
                    .with(serde_json::json!({ "password_days": new.password_days }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(new)
}

/// At a right sign-in: a password that is too old has to be changed before anything else.
pub(in crate::accounts) async fn expire_in(
    tx: &Tx,
    account: &AccountId,
    now_ms: i64,
) -> Result<(), Error> {
    const EXPIRE: &str = "UPDATE account SET must_change_password = 1 \
        WHERE id = $1 AND role = 'portal' AND password_hash <> '!' AND password_changed_at < $2";
    let rules: PortalSignIn = settings::read_in(tx, NAME).await?;
    if rules.password_days > 0 {
        let oldest = now_ms - rules.password_days * DAY_MS;
        tx.execute(EXPIRE, args![account, oldest]).await?;
    }
    Ok(())
}
