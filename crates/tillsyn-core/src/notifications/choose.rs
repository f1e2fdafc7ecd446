//! What an account wants to hear of by mail.

use std::collections::BTreeMap;

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::topic::Topic;
use crate::actor::{Actor, Rights};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;

/// A topic, and whether it comes by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub topic: Topic,
    pub by_mail: bool,
}

/// Choices of accounts that differ from the usual.
#[derive(Default)]
pub(super) struct Chosen(BTreeMap<(String, &'static str), bool>);

impl Chosen {
    pub(super) async fn load_in(tx: &Tx) -> Result<Self, Error> {
        const ALL: &str = "SELECT account_id, topic, by_mail FROM notification";
        let mut all = BTreeMap::new();
        for row in tx.fetch_all(ALL, args![]).await? {
            if let Some(topic) = Topic::parse(row.str(1)?) {
                all.insert((row.text(0)?, topic.as_str()), row.i64(2)? != 0);
            }
        }
        Ok(Self(all))
    }

    pub(super) fn wants(&self, account: &str, rights: Rights, topic: Topic) -> bool {
        let chosen = self.0.get(&(account.to_owned(), topic.as_str()));
        topic.is_for(rights) && chosen.copied().unwrap_or_else(|| topic.usual(rights))
    }
}

/// The account behind a session or token.
pub(super) fn own(actor: &Actor) -> Result<&AccountId, Error> {
    actor
        .account_id
        .as_ref()
        .ok_or_else(|| Error::forbidden("account_needed", "Only an account has notifications."))
}

/// The topics that the account can hear of, and whether it does by mail.
pub async fn choices(core: &Core, actor: &Actor) -> Result<Vec<Choice>, Error> {
    let id = own(actor)?.to_string();
    let chosen = core
        .db()
        .read((), |tx, ()| {
            Box::pin(async move { Chosen::load_in(tx).await })
        })
        .await?;
    let rights = actor.rights();
    let all = Topic::ALL.into_iter().filter(|topic| topic.is_for(rights));
    Ok(all
        .map(|topic| Choice {
            topic,
            by_mail: chosen.wants(&id, rights, topic),
        })
        .collect())
}

/// Keeps what the account wants by mail, of the topics that it can hear of. Recorded: whoever silences an
/// alarm leaves a trace.
pub async fn choose(core: &Core, actor: &Actor, by_mail: Vec<Topic>) -> Result<(), Error> {
    let id = own(actor)?.clone();
    let input = (actor.clone(), id, by_mail, core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, by_mail, now)| {
            Box::pin(async move {
                const UNIT: &str = "SELECT org_unit_id FROM account WHERE id = $1";
                const PUT: &str = "INSERT INTO notification (account_id, topic, by_mail) \
                    VALUES ($1, $2, $3) ON CONFLICT (account_id, topic) \
                    DO UPDATE SET by_mail = excluded.by_mail";
                let rights = actor.rights();
                let mut kept = Vec::new();
                for topic in Topic::ALL.into_iter().filter(|topic| topic.is_for(rights)) {
                    let wanted = by_mail.contains(&topic);
                    let values = args![&*id, topic.as_str(), i64::from(wanted)];
                    tx.execute(PUT, values).await?;
                    if wanted {
                        kept.push(topic.as_str());
                    }
                }
                let unit = tx.fetch_one(UNIT, args![&*id]).await?.text(0)?;
                let event = NewEvent::done("account.preferences", "account", id.as_str(), &unit)
                    .with(json!({ "by_mail": kept }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}
