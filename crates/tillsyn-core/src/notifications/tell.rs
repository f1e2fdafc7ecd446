//! News by mail: each event once per account, whichever node comes first.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};

use super::choose::Chosen;
use super::topic::{COLUMNS, News, filter_sql};
use crate::accounts;
use crate::actor::{Actor, ActorKind};
use crate::clock::DAY_MS;
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
const AT_ONCE: usize = 1_000;

/// Queues mail about what is new.
pub(crate) async fn tell_by_mail(core: &Core) -> Result<(), Error> {
    let now = core.now_ms();
    // Looking first keeps an idle node from opening write transactions.
    if !any(core, now).await? {
        return Ok(());
    }
    let told = has_server(core).await?;
    let organisation = settings::organisation(core).await?;
    let console = core.config().console_url.clone();
    let input = Round {
        holder: core.config().node.clone(),
        keys: core.keys().clone(),
        organisation,
        console,
        told,
        now,
    };
    core.db()
        .write_locked(input, |tx, round| {
            Box::pin(async move { round.run(tx).await })
        })
        .await
}

async fn any(core: &Core, now: i64) -> Result<bool, Error> {
    core.db()
        .read(now, |tx, now| {
            Box::pin(async move {
                let sql = format!(
                    "SELECT 1 FROM event e WHERE e.seq > (SELECT cursor FROM worker_lease \
                     WHERE name = $1) AND e.at > $2 AND {} LIMIT 1",
                    filter_sql()
                );
                let values = args![LEASE, *now - FRESH_MS];
                Ok::<_, Error>(!tx.fetch_all_dyn(&sql, values).await?.is_empty())
            })
        })
        .await
}

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

impl Round {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        const CURSOR: &str = "SELECT cursor FROM worker_lease WHERE name = $1";
        const LAST: &str = "SELECT COALESCE(MAX(seq), 0) FROM event";
        if !lease::claim_in(tx, LEASE, &self.holder, self.now).await? {
            return Ok(());
        }
        let cursor = tx.fetch_one(CURSOR, args![LEASE]).await?.i64(0)?;
        if !self.told {
            let last = tx.fetch_one(LAST, args![]).await?.i64(0)?;
            lease::reach_in(tx, LEASE, last.max(cursor)).await?;
            return Ok(());
        }
        // What comes behind it is looked at again; what was queued already is not queued again.
        let settled = tx
            .fetch_optional(SETTLED, args![self.now - SETTLED_MS])
            .await?;
        let settled = settled.map_or(Ok(0), |row| row.i64(0))?;
        let sql = format!(
            "{COLUMNS} WHERE e.seq > $1 AND e.at > $2 AND {} ORDER BY e.seq LIMIT {AT_ONCE}",
            filter_sql()
        );
        let fresh = self.now - FRESH_MS;
        let rows = tx.fetch_all_dyn(&sql, args![cursor, fresh]).await?;
        let full = rows.len() == AT_ONCE;
        let mut last = cursor;
        if !rows.is_empty() {
            let readers = readers_in(tx).await?;
            let chosen = Chosen::load_in(tx).await?;
            for row in &rows {
                last = row.i64(0)?;
                if let Some(news) = News::decode(row)? {
                    self.tell_in(tx, &news, &readers, &chosen).await?;
                }
            }
        }
        // A full page may end before what is settled: then the next round goes on behind it.
        let reached = if full { settled.min(last) } else { settled };
        lease::reach_in(tx, LEASE, reached.max(cursor)).await?;
        Ok(())
    }

    async fn tell_in(
        &self,
        tx: &Tx,
        news: &News,
        readers: &[Reader],
        chosen: &Chosen,
    ) -> Result<(), Error> {
        let context = news.context_in(tx).await?;
        for reader in readers {
            let actor = &reader.actor;
            let account = actor.id.as_str();
            if !chosen.wants(account, actor.rights(), news.topic) || !news.concerns(actor, &context)
            {
                continue;
            }
            let language = reader.language.as_deref();
            let key = format!("notification/{}/{account}", news.id);
            let mail = NewMail {
                dedup_key: Some(&key),
                account_id: Some(account),
                recipient: &reader.email,
                template: "notification",
                language: Some(language.unwrap_or(&self.organisation.language)),
                arguments: &json!({
                    "organisation": self.organisation.name,
                    "time_zone": self.organisation.time_zone,
                    "console": self.console,
                    "action": news.action,
                    "at": news.at,
                    "unit": news.unit_name,
                    "object_kind": news.object_kind,
                    "object_id": news.object_id,
                }),
            };
            queue_in(tx, &self.keys, &mail, self.now).await?;
        }
        Ok(())
    }
}

/// People who can sign in, as what they may see decides.
async fn readers_in(tx: &Tx) -> Result<Vec<Reader>, Error> {
    const ALL: &str = "SELECT a.id, a.name, a.email, a.language, u.path, a.role_changed_at, a.platform, \
        r.id, r.name, r.permissions, r.changed_at FROM account a JOIN org_unit u ON u.id = a.org_unit_id \
        JOIN role r ON r.id = a.role WHERE a.status = 'active' AND a.kind = 'person' ORDER BY a.id";
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
