//! Whose wish something is. Nobody agrees to what they asked for themselves, under whatever name: as a service
//! that they answer for, or by a token that they made.

use tillsyn_db::{Tx, args};

use super::rules::who;
use crate::actor::{Actor, ActorKind};
use crate::error::Error;

/// The accounts behind an actor: its own, whoever answers for that, and the maker of the token.
pub(super) async fn people_in(tx: &Tx, actor: &Actor) -> Result<Vec<String>, Error> {
    const MAKER: &str = "SELECT created_by FROM api_token WHERE id = $1";
    let mut people = vec![who(actor).to_owned()];
    if actor.kind == ActorKind::Token
        && let Some(row) = tx.fetch_optional(MAKER, args![actor.id.as_str()]).await?
        && let Some(maker) = row.opt_text(0)?
        && !people.contains(&maker)
    {
        people.push(maker);
    }
    let mut next = 0;
    while let Some(account) = people.get(next) {
        if let Some(owner) = owner_in(tx, account).await?
            && !people.contains(&owner)
        {
            people.push(owner);
        }
        next += 1;
    }
    Ok(people)
}

/// Who answers for an account: of a person's they themselves, of a service's its owner, up to a person.
pub(crate) async fn answerable_in(tx: &Tx, account: &str) -> Result<String, Error> {
    let mut chain = vec![account.to_owned()];
    while let Some(last) = chain.last() {
        match owner_in(tx, last).await? {
            Some(owner) if !chain.contains(&owner) => chain.push(owner),
            _ => break,
        }
    }
    Ok(chain.pop().unwrap_or_default())
}

async fn owner_in(tx: &Tx, account: &str) -> Result<Option<String>, Error> {
    const OWNER: &str = "SELECT owner_id FROM account WHERE id = $1";
    match tx.fetch_optional(OWNER, args![account]).await? {
        Some(row) => Ok(row.opt_text(0)?),
        None => Ok(None),
    }
}
