//! The list in the console: what the account may see of the last two weeks.

use tillsyn_db::{Row, args};

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
/// More than this is many, in the count beside the bell.
const COUNTED: usize = 20;
const LOOKED_AT_TO_COUNT: usize = 200;
/// Later than the last look, and than `$2`.
const UNSEEN: &str = "COALESCE((SELECT CASE WHEN s.seen_at > $2 THEN s.seen_at ELSE $2 END \
    FROM notification_seen s WHERE s.account_id = $1), $2)";

/// What the account is to hear of, newest first.
pub async fn list_notifications(core: &Core, actor: &Actor) -> Result<Vec<Notification>, Error> {
    let seen = seen_at(core, actor).await?;
    let found = core
        .db()
        .read((actor.clone(), since(core)), |tx, (actor, since)| {
            Box::pin(async move {
                let sql = statement("$2", LOOKED_AT);
                let rows = tx.fetch_all_dyn(&sql, args![own(actor)?, *since]).await?;
                chosen(&rows, actor, MOST)
            })
        });
    let shown = found.await?.into_iter().map(|news| Notification {
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

/// How many came since the list was last looked at, up to [`COUNTED`]. One statement: every page asks.
pub async fn unseen(core: &Core, actor: &Actor) -> Result<usize, Error> {
    core.db()
        .read((actor.clone(), since(core)), |tx, (actor, since)| {
            Box::pin(async move {
                let sql = statement(UNSEEN, LOOKED_AT_TO_COUNT);
                let rows = tx.fetch_all_dyn(&sql, args![own(actor)?, *since]).await?;
                Ok::<_, Error>(chosen(&rows, actor, COUNTED)?.len())
            })
        })
        .await
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

fn since(core: &Core) -> i64 {
    core.now_ms() - DAYS * DAY_MS
}

/// Events later than this, the latest first; `$1` is the account. By time of the event, so that one that is committed
/// late is not passed over. What is about somebody else alone is left out here already.
fn statement(later_than: &str, most: usize) -> String {
    let filter = filter_sql();
    let decisions = Topic::Decisions.actions().join("', '");
    format!(
        "{COLUMNS} WHERE e.at > {later_than} AND {filter} \
         AND (e.action <> 'session.create' OR e.object_id = $1) \
         AND (e.action NOT IN ('{decisions}') OR ap.asked_account_id = $1) \
         ORDER BY e.seq DESC LIMIT {most}"
    )
}

/// Those of them that the account is to hear of.
fn chosen(rows: &[Row], actor: &Actor, most: usize) -> Result<Vec<News>, Error> {
    let mut found = Vec::new();
    for row in rows {
        let Some(news) = News::decode(row)? else {
            continue;
        };
        if news.topic.is_for(actor.rights()) && news.concerns(actor) {
            found.push(news);
        }
        if found.len() == most {
            break;
        }
    }
    Ok(found)
}

impl Notification {
    /// The topic, as one of ours.
    pub fn topic(&self) -> Option<Topic> {
        Topic::parse(self.topic)
    }
}
