//! Passwords of people at the portal, where a directory checks them.

use tillsyn_db::args;
use zeroize::Zeroizing;

use super::verify::{PasswordCheck, verify_key};
use crate::accounts::portal::{Answer, PasswordSource};
use crate::core::Core;
use crate::error::{Error, Kind};
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
            let Some((source, key)) = entry_of(core, person).await? else {
                return Ok(false);
            };
            match verify_key(core, &source, &key, &password).await? {
                PasswordCheck::Right(proved) => Ok(proved.person_id.as_ref() == Some(person)),
                PasswordCheck::Unavailable => Err(Error::new(
                    Kind::Unavailable,
                    "directory_away",
                    "The directory that checks your password does not answer. Try again in a few minutes.",
                )),
                PasswordCheck::Wrong
                | PasswordCheck::Paused
                | PasswordCheck::MustChange { .. }
                | PasswordCheck::NotAllowed
                | PasswordCheck::NotNow
                | PasswordCheck::Locked => Ok(false),
            }
        })
    }
}

/// Where the person's password is checked, and by which key they are known there. A directory that is paused checks
/// it still, and lets nobody in: a password that is kept here must not take its place.
async fn entry_of(core: &Core, person: &PersonId) -> Result<Option<(DirectoryId, String)>, Error> {
    const FIND: &str = "SELECT l.source_id, l.external_key, o.settings FROM directory_link l \
        JOIN directory_source s ON s.id = l.source_id JOIN ldap_source o ON o.source_id = s.id \
        WHERE l.person_id = $1 AND s.kind = 'ldap' AND s.status <> 'removed' ORDER BY s.priority, s.id";
    for row in core.db().query_all(FIND, args![person]).await? {
        let settings: super::LdapSettings = serde_json::from_str(row.str(2)?)
            .map_err(|error| Error::internal("Stored settings cannot be read.").caused_by(error))?;
        if settings.signs_in {
            return Ok(Some((DirectoryId::from_store(row.text(0)?), row.text(1)?)));
        }
    }
    Ok(None)
}
