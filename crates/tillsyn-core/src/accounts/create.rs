//! Further administrators, made by one who may.

use serde_json::json;
use zeroize::Zeroizing;

use super::{own_password, password, store};
use crate::actor::{Actor, Permission, Role, authorize, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;
use crate::org;
use crate::people::normal_email;

/// What a new account needs.
pub struct NewAccount {
    pub name: String,
    pub email: String,
    pub password: Zeroizing<String>,
    pub role: Role,
    /// Language of the console (`en`, `sv`, `ja`); `None` follows the browser.
    pub language: Option<String>,
}

/// Makes an account in the actor's unit.
///
/// # Errors
/// A conflict when the mail address belongs to an account already; invalid input named by field.
pub async fn create_account(
    core: &Core,
    actor: &Actor,
    new: NewAccount,
) -> Result<AccountId, Error> {
    let now_ms = core.now_ms();
    let unit = org::of_path(core, &actor.unit_path).await?;
    authorize(actor, Permission::AccountsWrite, &unit.path)?;
    require_fresh(actor, now_ms)?;
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name_length",
            "The name has 1 to 100 characters.",
        ));
    }
    let email = normal_email(&new.email)?;
    let about = own_password::about(core, &name, &email).await?;
    let password_hash = password::hash_new_password(new.password, about).await?;
    let id = AccountId::new(now_ms);
    let input = (
        id.clone(),
        unit,
        (name, email, password_hash, new.language),
        new.role,
        actor.clone(),
        now_ms,
    );
    core.db()
        .write(input, |tx, (id, unit, texts, role, actor, now)| {
            Box::pin(async move {
                let (name, email, password_hash, language) = texts;
                if store::find_by_email(tx, email).await?.is_some() {
                    return Err(Error::conflict(
                        "email_taken",
                        "An account with this mail address exists already.",
                    ));
                }
                let language = language.as_deref();
                let root = unit.id.as_str();
                store::insert(
                    tx,
                    id,
                    root,
                    email,
                    name,
                    password_hash,
                    *role,
                    language,
                    *now,
                )
                .await?;
                let event = NewEvent::done("account.create", "account", id.as_str(), root)
                    .with(json!({ "role": role.as_str() }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await?;
    Ok(id)
}
