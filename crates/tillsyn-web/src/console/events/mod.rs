//! `GET /console/events?topics=…`: says that something on a page changed, as server-sent events. The
//! page then asks for itself again; the stream carries no data of its own.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::Query;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use tillsyn_core::actor::Actor;
use tillsyn_core::feed::{FeedItem, News};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::Instant;

use super::failure::Failure;
use crate::auth::SessionActor;

/// Then the browser comes again, and its session is checked again.
const LIFE: Duration = Duration::from_mins(10);
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const RETRY: Duration = Duration::from_secs(2);
/// Events of one kind come in bursts; a page is told once per burst.
const GATHER: Duration = Duration::from_millis(200);
const LAST_EVENT_ID: &str = "last-event-id";
/// Topics of one stream.
const TOPICS: usize = 10;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    topics: String,
}

/// Follows the topics until the stream's life is over. Whoever comes back with `Last-Event-ID` may have
/// missed something, and a stream that fell behind has: both are told that everything may have changed.
pub(super) async fn follow(
    session: SessionActor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let topics: Vec<String> = asked
        .topics
        .split(',')
        .take(TOPICS)
        .map(str::to_owned)
        .collect();
    let stopping = session.state.stopping();
    let follower = Follower {
        actor: session.actor().clone(),
        topics,
        feed: session.state.core.feed().subscribe(),
        missed: headers.contains_key(LAST_EVENT_ID),
        until: Instant::now() + LIFE,
    };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    // Open streams would hold up the server's orderly end; the browser comes again elsewhere.
    let changes = follower.stream().take_until(Box::pin(stopping));
    let mut answer = Sse::new(changes).keep_alive(keep_alive).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers answers would hold events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(answer)
}

struct Follower {
    /// Is told of what lies in their part of the organisation, whatever they ask for.
    actor: Actor,
    topics: Vec<String>,
    feed: Receiver<News>,
    missed: bool,
    until: Instant,
}

impl Follower {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        let begin = stream::once(async { Ok(Event::default().retry(RETRY).comment("follows")) });
        let changes = stream::unfold(self, |mut follower| async move {
            let topic = follower.next().await?;
            let id = NEXT_ID.fetch_add(1, Ordering::Relaxed).to_string();
            let event = Event::default().event("changed").id(id).data(topic);
            Some((Ok(event), follower))
        });
        begin.chain(changes)
    }

    /// The topic that changed, or `all`; `None` when this stream's time is over.
    async fn next(&mut self) -> Option<String> {
        if std::mem::take(&mut self.missed) {
            return Some("all".to_owned());
        }
        let found = tokio::time::timeout_at(self.until, self.changed())
            .await
            .ok()??;
        // The rest of the burst belongs to the same change.
        tokio::time::sleep(GATHER).await;
        while self.feed.try_recv().is_ok() {}
        Some(found)
    }

    async fn changed(&mut self) -> Option<String> {
        loop {
            match self.feed.recv().await {
                Ok(News { unit_path, .. }) if !self.actor.reaches(&unit_path) => {}
                Ok(News { item, .. }) => {
                    let found = self.topics.iter().find(|topic| matches(topic, &item));
                    if let Some(topic) = found {
                        return Some(topic.clone());
                    }
                }
                Err(RecvError::Lagged(_)) => return Some("all".to_owned()),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

/// Whether a page that follows `topic` shows what changed: `all`, a kind (`devices`) or one object
/// (`device:…`).
fn matches(topic: &str, item: &FeedItem) -> bool {
    let (kind, id) = topic.split_once(':').unwrap_or((topic, ""));
    match (kind, item) {
        ("all", _)
        | ("commands", FeedItem::Command { .. })
        | ("attempts", FeedItem::Attempt { .. }) => true,
        ("device", FeedItem::Command { device_id, .. }) => device_id == id,
        ("command", FeedItem::Command { command_id, .. }) => command_id == id,
        ("attempt", FeedItem::Attempt { attempt_id }) => attempt_id == id,
        ("devices", FeedItem::Event { object_kind, .. }) => object_kind == "device",
        (
            kind,
            FeedItem::Event {
                object_kind,
                object_id,
            },
        ) => kind == object_kind && object_id == id,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
