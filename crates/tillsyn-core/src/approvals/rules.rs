//! Who may be the second person, and why one is needed.

use tillsyn_db::{Tx, args};

use super::people::hands_in;
use crate::accounts::OPENED;
use crate::actor::{Actor, ActorKind, Permission, authorize, require_fresh, rights_of};
use crate::clock::DAY_MS;
use crate::error::Error;

/// Why a second person is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// More devices than one person decides on.
    SecondPerson,
    /// The organisation's or the person's budget is used up.
    Budget,
    /// The asker or their rights are newer than a day.
    NewAccount,
    /// Always, for a change of this kind.
    Rule,
}

impl Cause {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecondPerson => "second_person",
            Self::Budget => "budget",
            Self::NewAccount => "new_account",
            Self::Rule => "rule",
        }
    }
}

/// The person behind a session or token: nobody is two of them.
pub(crate) fn who(actor: &Actor) -> &str {
    let account = actor.account_id.as_ref();
    account.map_or(actor.id.as_str(), |id| id.as_str())
}

/// Accounts and rights newer than a day (S55).
pub(crate) fn is_new(actor: &Actor, now_ms: i64) -> bool {
    let since = actor.trusted_since;
    since.is_some_and(|since| now_ms - since < DAY_MS)
}

/// None of the people behind it, in person, with the right to approve and the right to the act itself, freshly
/// signed in, and no newcomer.
pub(crate) fn second_person(
    actor: &Actor,
    people: &[String],
    permission: Permission,
    unit_path: &str,
    now_ms: i64,
) -> Result<(), Error> {
    if actor.kind != ActorKind::Account {
        return Err(Error::forbidden(
            "person_needed",
            "A second person confirms this in the console; programs may only ask.",
        ));
    }
    if people.iter().any(|one| one == who(actor)) {
        return Err(Error::forbidden(
            "second_person_needed",
            "Somebody else has to confirm this; nobody confirms what they asked for themselves.",
        ));
    }
    authorize(actor, Permission::GuardApprove, unit_path)?;
    authorize(actor, permission, unit_path)?;
    if is_new(actor, now_ms) {
        return Err(Error::forbidden(
            "account_new",
            "Accounts and rights newer than a day cannot confirm for somebody else.",
        ));
    }
    require_fresh(actor, now_ms)
}

/// The server stands in for a second person only where there is none (security §6). An account whose owner
/// never came in is nobody.
pub(crate) async fn no_other_person_in(
    tx: &Tx,
    people: &[String],
    permission: Permission,
    unit_path: &str,
    now_ms: i64,
) -> Result<(), Error> {
    let sql = format!(
        "SELECT a.role, r.permissions, u.path, a.id FROM account a \
         JOIN role r ON r.id = a.role JOIN org_unit u ON u.id = a.org_unit_id \
         WHERE a.status = 'active' AND a.kind = 'person' AND a.platform IS NULL \
         AND a.role_changed_at <= $1 AND r.changed_at <= $1 AND {OPENED}"
    );
    let hands = hands_in(tx, people, now_ms).await?;
    for row in tx.fetch_all_dyn(&sql, args![now_ms - DAY_MS]).await? {
        let rights = rights_of(row.str(0)?, row.str(1)?);
        let id = row.str(3)?;
        if !people.iter().any(|one| one == id)
            && hands.is_disjoint(&hands_in(tx, &[id.to_owned()], now_ms).await?)
            && rights.holds(Permission::GuardApprove)
            && rights.holds(permission)
            && unit_path.starts_with(row.str(2)?)
        {
            return Err(Error::forbidden(
                "second_person_there",
                "Another administrator can confirm this in the console; the server stands in only where \
                 there is none.",
            ));
        }
    }
    Ok(())
}
