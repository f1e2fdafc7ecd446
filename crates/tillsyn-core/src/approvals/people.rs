//! Whose wish something is. Nobody agrees to what they asked for themselves, under whatever name: as a service
//! that they answer for, or by a token that they made.

use std::collections::BTreeSet;

use tillsyn_db::{Tx, args};

use super::rules::who;
use crate::actor::{Actor, ActorKind};
use crate::clock::DAY_MS;
use crate::error::Error;

/// How long an account and whoever made the link that opened it count as one person.
const ONE_HAND_MS: i64 = 7 * DAY_MS;

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

/// These accounts, and all whose hand may be in them: whoever made the link that opened one lately may have used
/// it themselves.
pub(super) async fn hands_in(
    tx: &Tx,
    accounts: &[String],
    now_ms: i64,
) -> Result<BTreeSet<String>, Error> {
    const MAKERS: &str = "SELECT opened_by FROM account WHERE opened_by IS NOT NULL \
        AND opened_at > $1 AND id {ids}";
    let mut hands: BTreeSet<String> = accounts.iter().cloned().collect();
    let mut new = accounts.to_vec();
    while !new.is_empty() {
        let found = tx.fetch_all_in(MAKERS, new, args![now_ms - ONE_HAND_MS]);
        let mut makers = Vec::new();
        for row in found.await? {
            let maker = row.text(0)?;
            if hands.insert(maker.clone()) {
                makers.push(maker);
            }
        }
        new = makers;
    }
    Ok(hands)
}

/// Refuses whoever may be one of those whose wish it is under another account.
pub(crate) async fn refuse_one_hand_in(
    tx: &Tx,
    actor: &Actor,
    people: &[String],
    now_ms: i64,
) -> Result<(), Error> {
    let own = hands_in(tx, &[who(actor).to_owned()], now_ms).await?;
    if own.is_disjoint(&hands_in(tx, people, now_ms).await?) {
        return Ok(());
    }
    Err(Error::forbidden(
        "one_hand",
        "Less than seven days ago one of you opened an account with a link that the other, or the same third \
         person, had made. Until then that is no second person: somebody else has to confirm this.",
    ))
}
