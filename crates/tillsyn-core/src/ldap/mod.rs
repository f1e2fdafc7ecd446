//! People, groups and passwords of LDAP directories and Active Directory.
//!
//! A source of [`crate::directory`] has the settings kept here. A run reads it and hands what it found to
//! [`crate::directory::apply`]; whatever the server did not answer in full is *incomplete*, and nobody is missed by
//! it. Passwords are asked of the directory one by one and kept nowhere.

mod change;
mod connect;
mod hook;
mod input;
mod lockout;
mod mapping;
mod read;
mod settings;
mod store;
mod sync;
#[cfg(test)]
mod tests;
mod trial;
mod verify;

pub use hook::LdapPasswords;
pub use input::LdapInput;
pub use settings::{LdapSettings, LdapState, LdapView};
pub use store::save_settings;
pub use sync::{ask_for_sync, run_due};
pub use trial::{Preview, Trial, trial};
pub use verify::{PasswordCheck, Proved, verify_password};

use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::directory::{self, SourceKind, SourceView};
use crate::error::Error;
use crate::ids::DirectoryId;

/// The settings and state of an LDAP directory of the actor's scope; its password is never shown.
pub async fn ldap(core: &Core, actor: &Actor, id: &DirectoryId) -> Result<LdapView, Error> {
    let source = ldap_source(core, actor, id).await?;
    let stored = store::find(core, id).await?;
    let stored = stored.ok_or_else(|| Error::not_found("LDAP settings"))?;
    Ok(LdapView {
        source,
        settings: stored.settings,
        state: stored.state,
    })
}

/// Whether people sign in with their password of the directory that has these settings.
pub(crate) fn signs_in(settings: &str) -> bool {
    // What cannot be read lets nobody do more than the stricter case.
    !serde_json::from_str::<LdapSettings>(settings).is_ok_and(|settings| !settings.signs_in)
}

/// Whether the actor may change how this directory is reached, before anything else is looked at.
pub async fn may_change(core: &Core, actor: &Actor, id: &DirectoryId) -> Result<(), Error> {
    ldap_source(core, actor, id).await.map(|_| ())
}

/// The source, when it is one of LDAP and the actor keeps ways to sign in there.
async fn ldap_source(core: &Core, actor: &Actor, id: &DirectoryId) -> Result<SourceView, Error> {
    let found = directory::source(core, actor, id).await;
    // Whoever may not read people hears the same of one that is not there.
    let source = found.map_err(|error| match error.code {
        "permission_missing" => Error::not_found("directory"),
        _ => error,
    })?;
    authorize(actor, Permission::SignInWrite, &source.unit_path)?;
    if source.kind == SourceKind::Ldap {
        Ok(source)
    } else {
        Err(Error::conflict(
            "directory_not_ldap",
            "This directory is not read by LDAP.",
        ))
    }
}
