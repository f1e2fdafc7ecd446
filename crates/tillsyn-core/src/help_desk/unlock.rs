//! Taking back the failed tries that keep a person from signing in.

use tillsyn_db::args;

use super::desk::subject;
use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::PersonId;

/// Lets a person try at once, at the portal: an administrator's account of the same mail address has a counter of
/// its own.
///
/// # Errors
/// Forbidden or not found as the actor's rights say.
pub async fn unlock_sign_in(core: &Core, actor: &Actor, person: &PersonId) -> Result<(), Error> {
    const PERSON: &str = "SELECT p.email, p.org_unit_id, u.path, a.id FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id LEFT JOIN account a ON a.person_id = p.id \
        WHERE p.id = $1 AND p.status <> 'erased'";
    const CLEAR: &str = "DELETE FROM guess_limit WHERE subject = $1 OR subject LIKE $2";
    let input = (person.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (person, actor, now)| {
            Box::pin(async move {
                let row = tx
                    .fetch_optional(PERSON, args![person])
                    .await?
                    .ok_or_else(|| Error::not_found("person"))?;
                authorize(actor, Permission::PeopleWrite, row.str(2)?)?;
                let (email, unit) = (row.opt_text(0)?.unwrap_or_default(), row.text(1)?);
                let Some(account) = row.opt_text(3)? else {
                    return Err(Error::conflict(
                        "person_without_account",
                        "This person has no account to sign in with.",
                    ));
                };
                let values = args![subject(&email), format!("portal:{account}:%")];
                tx.execute(CLEAR, values).await?;
                let event = NewEvent::done("person.unlock", "person", person.as_str(), &unit);
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
