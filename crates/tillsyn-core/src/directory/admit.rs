//! Whether somebody's directories let them in, as they were read last: a passkey asks nobody else.

use tillsyn_db::{Tx, args};

use super::life::LifeState;
use crate::error::Error;
use crate::ids::PersonId;
use crate::ldap;

/// Whether a directory of the person keeps them out: one in which they sign in, and for what lets somebody in `alone`
/// also the one that decides where they stand.
pub(crate) async fn refuses_in(tx: &Tx, person: &PersonId, alone: bool) -> Result<bool, Error> {
    const LINKS: &str = "SELECT l.state, o.settings FROM directory_link l JOIN directory_source s \
        ON s.id = l.source_id LEFT JOIN ldap_source o ON o.source_id = s.id \
        WHERE l.person_id = $1 AND s.status <> 'removed' ORDER BY s.priority, s.created_at, s.id";
    for (at, row) in tx.fetch_all(LINKS, args![person]).await?.iter().enumerate() {
        let signs_in = row
            .opt_text(1)?
            .is_some_and(|settings| ldap::signs_in(&settings));
        let counts = signs_in || (alone && at == 0);
        if counts && LifeState::stored(row.str(0)?)? != LifeState::Active {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the person signs in with the password of a directory.
pub(crate) async fn checks_password_in(tx: &Tx, person: &str) -> Result<bool, Error> {
    const SETTINGS: &str = "SELECT o.settings FROM directory_link l JOIN directory_source s \
        ON s.id = l.source_id JOIN ldap_source o ON o.source_id = s.id \
        WHERE l.person_id = $1 AND s.status = 'active'";
    for row in tx.fetch_all(SETTINGS, args![person]).await? {
        if ldap::signs_in(row.str(0)?) {
            return Ok(true);
        }
    }
    Ok(false)
}
