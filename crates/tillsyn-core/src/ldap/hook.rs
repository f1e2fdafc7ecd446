//! Passwords of people at the portal, where a directory checks them.

use serde_json::json;
use tillsyn_db::args;
use zeroize::Zeroizing;

use super::verify::{PasswordCheck, cannot_be_asked, verify_key};
use crate::accounts::portal::{Answer, PasswordSource, directory_away};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DirectoryId, PersonId};

/// The LDAP directories in which people sign in.
#[derive(Debug)]
pub struct LdapPasswords;

impl PasswordSource for LdapPasswords {
    fn checks<'a>(&'a self, core: &'a Core, person: &'a PersonId) -> Answer<'a> {
        Box::pin(async move { Ok(entry_of(core, person).await?.is_some()) })
    }

    fn verify<'a>(
        &'a self,
        core: &'a Core,
        person: &'a PersonId,
        password: Zeroizing<String>,
    ) -> Answer<'a> {
        Box::pin(async move {
            let Some((source, key, listened)) = entry_of(core, person).await? else {
                return Ok(false);
            };
            if !listened {
                return Ok(false);
            }
            match verify_key(core, &source, &key, &password).await? {
                PasswordCheck::Right(proved) => Ok(proved.person_id.as_ref() == Some(person)),
                PasswordCheck::Unavailable => Err(directory_away()),
                // These come after the right password alone, so nobody learns more than they proved.
                PasswordCheck::MustChange { url } => Err(Error::forbidden(
                    "directory_password_change",
                    "This password has to be changed first, in the directory.",
                )
                .with_data(json!({ "url": url }))),
                PasswordCheck::NotAllowed => Err(Error::forbidden(
                    "directory_account_closed",
                    "The directory has closed this account, or it has expired.",
                )),
                PasswordCheck::NotNow => Err(Error::forbidden(
                    "directory_not_now",
                    "The directory lets this account in at other hours, or from elsewhere.",
                )),
                PasswordCheck::Wrong | PasswordCheck::Paused | PasswordCheck::Locked => Ok(false),
            }
        })
    }

    fn away<'a>(&'a self, core: &'a Core) -> Answer<'a> {
        Box::pin(async move {
            const SOURCES: &str = "SELECT s.id FROM directory_source s JOIN ldap_source o \
                ON o.source_id = s.id WHERE s.kind = 'ldap' AND s.status = 'active' ORDER BY s.id";
            let mut asked = Vec::new();
            for row in core.db().query_all(SOURCES, args![]).await? {
                asked.push(cannot_be_asked(core, DirectoryId::from_store(row.text(0)?)));
            }
            for away in futures_util::future::join_all(asked).await {
                if away? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

/// Where the person's password is checked, and by which key they are known there. A directory that is paused checks
/// it still, and lets nobody in: a password that is kept here must not take its place.
async fn entry_of(
    core: &Core,
    person: &PersonId,
) -> Result<Option<(DirectoryId, String, bool)>, Error> {
    const FIND: &str = "SELECT l.source_id, l.external_key, o.settings, s.status FROM directory_link l \
        JOIN directory_source s ON s.id = l.source_id JOIN ldap_source o ON o.source_id = s.id \
        WHERE l.person_id = $1 AND s.kind = 'ldap' AND s.status <> 'removed' ORDER BY s.priority, s.id";
    for row in core.db().query_all(FIND, args![person]).await? {
        let settings: super::LdapSettings = serde_json::from_str(row.str(2)?)
            .map_err(|error| Error::internal("Stored settings cannot be read.").caused_by(error))?;
        if settings.signs_in {
            let source = DirectoryId::from_store(row.text(0)?);
            return Ok(Some((source, row.text(1)?, row.str(3)? == "active")));
        }
    }
    Ok(None)
}
