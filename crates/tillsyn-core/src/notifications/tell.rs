//! News by mail: each event once per account, whichever node comes first.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tillsyn_db::{Row, Tx, args};

use super::choose::Chosen;
use super::topic::{COLUMNS, News, Topic, filter_sql};
use crate::accounts;
use crate::actor::{Actor, ActorKind};
use crate::clock::{DAY_MS, HOUR_MS};
use crate::core::Core;
use crate::error::Error;
use crate::ids::AccountId;
use crate::keys::KeyStore;
use crate::lease;
use crate::mail::{NewMail, has_server, queue_in};
use crate::settings::{self, Organisation};
use crate::webhooks::{SETTLED, SETTLED_MS};

const LEASE: &str = "notifications";
/// Older news is no news: after a long stop nobody gets a flood.
const FRESH_MS: i64 = DAY_MS;
/// Events of one transaction.
const AT_ONCE: usize = 50;
/// Mails of one topic that an account gets in an hour; the rest is told in one.
const MAILS_AN_HOUR: i64 = 5;
/// Never folded into others, and sent first.
const URGENT: &str = "guard.stop";

/// Queues mail about what is new.
pub(crate) async fn tell_by_mail(core: &Core) -> Result<(), Error> {
    loop {
        let now = core.now_ms();
        // Looking first keeps an idle node from opening write transactions.
        if !any(core, now).await? {
            return Ok(());
        }
        let round = Round {
            holder: core.config().node.clone(),
            keys: core.keys().clone(),
            organisation: settings::organisation(core).await?,
            console: core.config().console_url.clone(),
            told: has_server(core).await?,
            now,
        };
        let more = core
            .db()
            .write_locked(round, |tx, round| {
                Box::pin(async move { round.run(tx).await })
            })
            .await?;
        if !more {
            return Ok(());
        }
    }
}

/// Events behind the cursor that nobody has looked at yet.
fn news_sql() -> String {
    format!(
        "e.at > $2 AND {} AND NOT EXISTS \
         (SELECT 1 FROM notification_event n WHERE n.event_id = e.id)",
        filter_sql()
    )
}

/// Whether there is news, a cursor that can go on, or a mail about many that is due.
async fn any(core: &Core, now: i64) -> Result<bool, Error> {
    core.db()
        .read(now, |tx, now| {
            Box::pin(async move {
                const CURSOR: &str = "SELECT cursor FROM worker_lease WHERE name = $1";
                let cursor = tx.fetch_one(CURSOR, args![LEASE]).await?.i64(0)?;
                let fresh = *now - FRESH_MS;
                let sql = format!(
                    "SELECT 1 FROM event e WHERE e.seq > $1 AND {} LIMIT 1",
                    news_sql()
                );
                if !tx
                    .fetch_all_dyn(&sql, args![cursor, fresh])
                    .await?
                    .is_empty()
                {
                    return Ok(true);
                }
                let sql = format!(
                    "SELECT 1 FROM event e WHERE e.seq > $1 AND e.seq <= $2 AND {} LIMIT 1",
                    filter_sql()
                );
                let settled = settled_in(tx, *now).await?;
                if !tx
                    .fetch_all_dyn(&sql, args![cursor, settled])
                    .await?
                    .is_empty()
                {
                    return Ok(true);
                }
                let due = tx.fetch_all(MANY, args![*now - HOUR_MS]).await?;
                Ok::<_, Error>(!due.is_empty())
            })
        })
        .await
}

async fn settled_in(tx: &Tx, now: i64) -> Result<i64, Error> {
    let row = tx.fetch_optional(SETTLED, args![now - SETTLED_MS]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// Of whom, and of what, so much was held back for an hour that it is told now.
const MANY: &str = "SELECT account_id, topic, count(*), MIN(at) FROM notification_told \
    WHERE mail = 'waiting' GROUP BY account_id, topic HAVING MIN(at) <= $1";

struct Round {
    holder: String,
    keys: KeyStore,
    organisation: Organisation,
    console: String,
    /// Whether there is a mail server; without one the news is passed over.
    told: bool,
    now: i64,
}

/// Somebody who may get mail.
struct Reader {
    actor: Actor,
    email: String,
    language: Option<String>,
}

/// How many mails each account got of each topic in the last hour.
type Sent = BTreeMap<(String, String), i64>;

impl Round {
    /// Whether there may be more.
    async fn run(&self, tx: &Tx) -> Result<bool, Error> {
        const CURSOR: &str = "SELECT cursor FROM worker_lease WHERE name = $1";
        const LAST: &str = "SELECT COALESCE(MAX(seq), 0) FROM event";
        const LOOKED: &str = "INSERT INTO notification_event (event_id, at)";
        const ONCE: &str = "ON CONFLICT (event_id) DO NOTHING";
        const PASSED: &str = "UPDATE notification_told SET mail = 'passed' WHERE mail = 'waiting'";
        if !lease::claim_in(tx, LEASE, &self.holder, self.now).await? {
            return Ok(false);
        }
        let cursor = tx.fetch_one(CURSOR, args![LEASE]).await?.i64(0)?;
        if !self.told {
            let last = tx.fetch_one(LAST, args![]).await?.i64(0)?;
            lease::reach_in(tx, LEASE, last.max(cursor)).await?;
            // Nothing is kept for a server that may come.
            tx.execute(PASSED, args![]).await?;
            return Ok(false);
        }
        // What comes behind it is looked for again.
        let settled = settled_in(tx, self.now).await?;
        let sql = format!(
            "{COLUMNS} WHERE e.seq > $1 AND {} ORDER BY e.seq LIMIT {AT_ONCE}",
            news_sql()
        );
        let fresh = self.now - FRESH_MS;
        let rows = tx.fetch_all_dyn(&sql, args![cursor, fresh]).await?;
        let readers = readers_in(tx).await?;
        let chosen = Chosen::load_in(tx).await?;
        self.tell_many_in(tx, &readers, &chosen).await?;
        let mut sent = self.sent_in(tx).await?;
        let mut looked = Vec::with_capacity(rows.len());
        for row in &rows {
            looked.push(args![row.str(1)?, self.now]);
            if let Some(news) = News::decode(row)? {
                self.tell_in(tx, &news, (&readers, &chosen), &mut sent)
                    .await?;
            }
        }
        tx.insert_many(LOOKED, 2, looked, ONCE).await?;
        let full = rows.len() == AT_ONCE;
        if !full && settled > cursor {
            lease::reach_in(tx, LEASE, settled).await?;
        }
        Ok(full)
    }

    async fn sent_in(&self, tx: &Tx) -> Result<Sent, Error> {
        const SENT: &str = "SELECT account_id, topic, count(*) FROM notification_told \
            WHERE at > $1 AND mail = 'own' GROUP BY account_id, topic";
        let rows = tx.fetch_all(SENT, args![self.now - HOUR_MS]).await?;
        let all = rows
            .iter()
            .map(|row| Ok(((row.text(0)?, row.text(1)?), row.i64(2)?)));
        all.collect()
    }

    async fn tell_in(
        &self,
        tx: &Tx,
        news: &News,
        (readers, chosen): (&[Reader], &Chosen),
        sent: &mut Sent,
    ) -> Result<(), Error> {
        const TOLD: &str = "INSERT INTO notification_told (account_id, event_id, topic, at, mail)";
        const ONCE: &str = "ON CONFLICT (account_id, event_id) DO NOTHING";
        let urgent = news.action == URGENT;
        let topic = news.topic.as_str();
        let mut told = Vec::new();
        for reader in readers {
            let actor = &reader.actor;
            let account = actor.id.as_str();
            if !chosen.wants(account, actor.rights(), news.topic) || !news.concerns(actor) {
                continue;
            }
            let count = sent
                .entry((account.to_owned(), topic.to_owned()))
                .or_default();
            if *count >= MAILS_AN_HOUR && !urgent {
                told.push(args![account, news.id.as_str(), topic, self.now, "waiting"]);
                continue;
            }
            *count += 1;
            told.push(args![account, news.id.as_str(), topic, self.now, "own"]);
            let key = format!("notification/{}/{account}", news.id);
            let arguments = json!({
                "organisation": self.organisation.name,
                "time_zone": self.organisation.time_zone,
                "console": self.console,
                "action": news.action,
                "at": news.at,
                "unit": news.unit_name,
                "object_kind": news.object_kind,
                "object_id": news.object_id,
            });
            let mail = self.mail("notification", reader, (&key, &arguments), urgent);
            queue_in(tx, &self.keys, &mail, self.now).await?;
        }
        tx.insert_many(TOLD, 5, told, ONCE).await?;
        Ok(())
    }

    /// One mail about all that was held back. Who wants no more of it gets none.
    async fn tell_many_in(
        &self,
        tx: &Tx,
        readers: &[Reader],
        chosen: &Chosen,
    ) -> Result<(), Error> {
        const DONE: &str = "UPDATE notification_told SET mail = 'digest' WHERE account_id = $1 \
            AND topic = $2 AND mail = 'waiting'";
        for row in tx.fetch_all(MANY, args![self.now - HOUR_MS]).await? {
            let (account, topic) = (row.str(0)?, row.str(1)?);
            tx.execute(DONE, args![account, topic]).await?;
            let reader = readers.iter().find(|reader| reader.actor.id == account);
            let (Some(reader), Some(topic)) = (reader, Topic::parse(topic)) else {
                continue;
            };
            if !chosen.wants(account, reader.actor.rights(), topic) {
                continue;
            }
            let since = row.i64(3)?;
            let key = format!("digest/{}/{since}/{account}", topic.as_str());
            let arguments = json!({
                "organisation": self.organisation.name,
                "time_zone": self.organisation.time_zone,
                "console": self.console,
                "topic": topic.as_str(),
                "count": row.i64(2)?,
                "since": since,
            });
            let mail = self.mail("digest", reader, (&key, &arguments), false);
            queue_in(tx, &self.keys, &mail, self.now).await?;
        }
        Ok(())
    }

    fn mail<'a>(
        &'a self,
        template: &'static str,
        reader: &'a Reader,
        (key, arguments): (&'a str, &'a Json),
        urgent: bool,
    ) -> NewMail<'a> {
        let language = reader.language.as_deref();
        NewMail {
            dedup_key: Some(key),
            account_id: Some(reader.actor.id.as_str()),
            recipient: &reader.email,
            template,
            language: Some(language.unwrap_or(&self.organisation.language)),
            arguments,
            urgent,
        }
    }
}

/// People who can sign in, as what they may see decides.
async fn readers_in(tx: &Tx) -> Result<Vec<Reader>, Error> {
    const ALL: &str = "SELECT a.id, a.name, a.email, a.language, u.path, a.role_changed_at, a.platform, \
        r.id, r.name, r.permissions, r.changed_at FROM account a JOIN org_unit u ON u.id = a.org_unit_id \
        JOIN role r ON r.id = a.role WHERE a.status = 'active' AND a.kind = 'person' AND a.role <> 'portal' ORDER BY a.id";
    let decode = |row: &Row| {
        let id = row.text(0)?;
        let account = AccountId::from_store(id.clone());
        let standing = accounts::standing(row, 4)?;
        let actor = Actor::account(
            ActorKind::Account,
            &id,
            account,
            row.text(1)?,
            standing,
            None,
        );
        Ok::<_, Error>(Reader {
            actor,
            email: row.text(2)?,
            language: row.opt_text(3)?,
        })
    };
    tx.fetch_all(ALL, args![])
        .await?
        .iter()
        .map(decode)
        .collect()
}
