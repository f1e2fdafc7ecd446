//! What happens, for pages that live: one reader per node follows the growing tables by their sequence and
//! tells the pages of this node. Rows are the events between nodes; nothing else is sent between them.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use tillsyn_db::args;
use tokio::sync::broadcast;

use crate::clock::SECOND_MS;
use crate::core::Core;
use crate::error::Error;

/// Something that a page may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedItem {
    /// A command of this device moved.
    Command {
        device_id: String,
        command_id: String,
    },
    /// An attempt took a step.
    Attempt { attempt_id: String },
    /// An event was recorded on an object.
    Event {
        object_kind: String,
        object_id: String,
    },
}

/// Something that happened, and in which unit: pages tell of it only whoever reaches that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    pub unit_path: String,
    pub item: FeedItem,
}

/// Where pages listen.
pub struct Feed(broadcast::Sender<News>);

impl Feed {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(1_024).0)
    }

    /// Follows from now on. A page that falls behind is told so and loads anew.
    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.0.subscribe()
    }

    fn tell(&self, unit_path: String, item: FeedItem) {
        // Nobody listening is no fault.
        let _ = self.0.send(News { unit_path, item });
    }

    fn is_followed(&self) -> bool {
        self.0.receiver_count() > 0
    }
}

/// A place in one growing table. A row may be committed after rows with higher numbers, so the last
/// seconds are read again and what was told already is left out.
struct Place {
    seq: i64,
    told: HashSet<i64>,
    order: VecDeque<(i64, i64)>,
}

impl Place {
    fn new(seq: i64) -> Self {
        Self {
            seq,
            told: HashSet::new(),
            order: VecDeque::new(),
        }
    }

    /// From which number to read, given that rows of the last ten seconds may still appear.
    fn from(&self) -> i64 {
        self.order
            .front()
            .map_or(self.seq, |(_, seq)| (*seq).min(self.seq) - 1)
    }

    fn is_new(&mut self, seq: i64, now: i64) -> bool {
        if !self.told.insert(seq) {
            return false;
        }
        self.seq = self.seq.max(seq);
        self.order.push_back((now, seq));
        true
    }

    fn forget(&mut self, now: i64) {
        while self
            .order
            .front()
            .is_some_and(|(at, _)| now - at > 10 * SECOND_MS)
        {
            if let Some((_, seq)) = self.order.pop_front() {
                self.told.remove(&seq);
            }
        }
    }
}

const COMMANDS: &str = "SELECT t.seq, u.path, t.device_id, t.command_id FROM command_transition t \
    JOIN device d ON d.id = t.device_id JOIN org_unit u ON u.id = d.org_unit_id \
    WHERE t.seq > $1 ORDER BY t.seq LIMIT 500";
const STEPS: &str = "SELECT s.seq, u.path, s.attempt_id FROM attempt_step s \
    JOIN attempt t ON t.id = s.attempt_id JOIN org_unit u ON u.id = t.org_unit_id \
    WHERE s.seq > $1 ORDER BY s.seq LIMIT 500";
const EVENTS: &str = "SELECT e.seq, u.path, e.object_kind, e.object_id FROM event e \
    JOIN org_unit u ON u.id = e.org_unit_id WHERE e.seq > $1 ORDER BY e.seq LIMIT 500";

/// Runs until the process ends; reads only while somebody listens.
pub async fn follow(core: Core) {
    let mut places: Option<[Place; 3]> = None;
    let mut ticks = tokio::time::interval(Duration::from_millis(250));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if !core.feed().is_followed() {
            places = None;
            continue;
        }
        if let Err(error) = read(&core, &mut places).await {
            tracing::warn!(error = %error, "the feed of events cannot be read");
        }
    }
}

async fn read(core: &Core, places: &mut Option<[Place; 3]>) -> Result<(), Error> {
    let Some([commands, steps, events]) = places else {
        *places = Some([
            Place::new(newest(core, "SELECT COALESCE(MAX(seq), 0) FROM command_transition").await?),
            Place::new(newest(core, "SELECT COALESCE(MAX(seq), 0) FROM attempt_step").await?),
            Place::new(newest(core, "SELECT COALESCE(MAX(seq), 0) FROM event").await?),
        ]);
        return Ok(());
    };
    let now = core.now_ms();
    for row in news(core, COMMANDS, commands, now).await? {
        let (device_id, command_id) = (row.text(2)?, row.text(3)?);
        let item = FeedItem::Command {
            device_id,
            command_id,
        };
        core.feed().tell(row.text(1)?, item);
    }
    for row in news(core, STEPS, steps, now).await? {
        let attempt_id = row.text(2)?;
        core.feed()
            .tell(row.text(1)?, FeedItem::Attempt { attempt_id });
    }
    for row in news(core, EVENTS, events, now).await? {
        let (object_kind, object_id) = (row.text(2)?, row.text(3)?);
        let item = FeedItem::Event {
            object_kind,
            object_id,
        };
        core.feed().tell(row.text(1)?, item);
    }
    for place in [commands, steps, events] {
        place.forget(now);
    }
    Ok(())
}

/// The rows not told yet. A full page is followed by the next in the same round, so that a burst is not
/// told at the pace of the rounds.
async fn news(
    core: &Core,
    sql: &'static str,
    place: &mut Place,
    now: i64,
) -> Result<Vec<tillsyn_db::Row>, Error> {
    const PAGE: usize = 500;
    let mut found = Vec::new();
    let mut from = place.from();
    loop {
        let rows = core.db().query_all(sql, args![from]).await?;
        let full = rows.len() == PAGE;
        for row in rows {
            let seq = row.i64(0)?;
            from = from.max(seq);
            if place.is_new(seq, now) {
                found.push(row);
            }
        }
        if !full {
            return Ok(found);
        }
    }
}

async fn newest(core: &Core, sql: &'static str) -> Result<i64, Error> {
    let row = core.db().query_optional(sql, args![]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}
