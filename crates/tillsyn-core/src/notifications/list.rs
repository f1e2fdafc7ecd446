//! The list in the console: what the account may see of the last two weeks.

use tillsyn_db::args;

use super::choose::own;
use super::topic::{COLUMNS, News, Topic, filter_sql};
use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;

/// One piece of news.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Notification {
    /// The event's id.
    pub id: String,
    pub at: i64,
    pub topic: &'static str,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub unit_name: String,
    /// Whether the list was looked at since.
    pub seen: bool,
}

const DAYS: i64 = 14;
/// More news than this is no news.
const MOST: usize = 100;
/// Events looked at for one list: those of others are among them.
const LOOKED_AT: usize = 1_000;

/// What the account is to hear of, newest first.
pub async fn list_notifications(core: &Core, actor: &Actor) -> Result<Vec<Notification>, Error> {
    let seen = seen_at(core, actor).await?;
    let news = news(core, actor, core.now_ms() - DAYS * DAY_MS).await?;
    let shown = news.into_iter().map(|news| Notification {
        seen: news.at <= seen,
        id: news.id,
        at: news.at,
        topic: news.topic.as_str(),
        action: news.action,
        object_kind: news.object_kind,
        object_id: news.object_id,
        unit_name: news.unit_name,
    });
    Ok(shown.collect())
}

/// How many came since the list was last looked at.
pub async fn unseen(core: &Core, actor: &Actor) -> Result<usize, Error> {
    let since = seen_at(core, actor).await?;
    let since = since.max(core.now_ms() - DAYS * DAY_MS);
    Ok(news(core, actor, since).await?.len())
}

/// Notes that the account has looked at its list.
pub async fn mark_seen(core: &Core, actor: &Actor) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO notification_seen (account_id, seen_at) VALUES ($1, $2) \
        ON CONFLICT (account_id) DO UPDATE SET seen_at = excluded.seen_at";
    let values = args![own(actor)?, core.now_ms()];
    core.db().execute(PUT, values).await?;
    Ok(())
}

async fn seen_at(core: &Core, actor: &Actor) -> Result<i64, Error> {
    const FIND: &str = "SELECT seen_at FROM notification_seen WHERE account_id = $1";
    let row = core.db().query_optional(FIND, args![own(actor)?]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// By time of the event, so that one that is committed late is not passed over.
async fn news(core: &Core, actor: &Actor, since: i64) -> Result<Vec<News>, Error> {
    core.db()
        .read((actor.clone(), since), |tx, (actor, since)| {
            Box::pin(async move {
                let sql = format!(
                    "{COLUMNS} WHERE e.at > $1 AND {} \
                     AND (e.action <> 'session.create' OR e.object_id = $2) \
                     ORDER BY e.seq DESC LIMIT {LOOKED_AT}",
                    filter_sql()
                );
                let own = actor.account_id.as_ref().map(ToString::to_string);
                let rows = tx
                    .fetch_all_dyn(&sql, args![*since, own.unwrap_or_default()])
                    .await?;
                let mut found = Vec::new();
                for row in &rows {
                    let Some(news) = News::decode(row)? else {
                        continue;
                    };
                    let offered = news.topic.is_for(actor.rights());
                    if offered && news.concerns(actor, &news.context_in(tx).await?) {
                        found.push(news);
                    }
                    if found.len() == MOST {
                        break;
                    }
                }
                Ok::<_, Error>(found)
            })
        })
        .await
}

impl Notification {
    /// The topic, as one of ours.
    pub fn topic(&self) -> Option<Topic> {
        Topic::parse(self.topic)
    }
}
