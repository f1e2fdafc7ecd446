//! The push worker of a node: claims due requests, sends them through one HTTP/2 connection per
//! certificate, hands on what APNs said.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future;
use futures_util::stream::{self, StreamExt as _};
use tillsyn_db::{Engine, Row, Tx, args};
use tillsyn_upstream::apns::{Push, PushOutcome};

use super::client::Clients;
use super::record::{Sent, record};
use crate::clock::{DAY_MS, SECOND_MS};
use crate::core::Core;
use crate::error::Error;

/// How long a node has for a claimed batch before another may take it (S83). A push that lasts longer may
/// be sent twice, which a device does not notice.
const LEASE_MS: i64 = 30 * SECOND_MS;
const BATCH: i64 = 200;
/// Requests in flight on one connection; APNs allows a thousand.
const AT_ONCE: usize = 200;
/// What comes for a channel within this time of its last push waits for the rest of it: several requests
/// are one push.
const COALESCE_MS: i64 = SECOND_MS;

struct Claimed {
    sent: Sent,
    token: Vec<u8>,
    magic: String,
}

/// Runs until the process ends.
pub async fn run_worker(core: Core) {
    let clients = Clients::default();
    loop {
        let full = match push_batch(&core, &clients).await {
            Ok(count) => count >= usize::try_from(BATCH).unwrap_or(usize::MAX),
            Err(error) => {
                tracing::warn!(error = %error, "pushes could not be sent; trying again");
                false
            }
        };
        if !full {
            let _ =
                tokio::time::timeout(Duration::from_millis(500), core.push_wake().notified()).await;
        }
    }
}

/// One round, for tests and the command line.
pub(crate) async fn push_once(core: &Core) -> Result<usize, Error> {
    push_batch(core, &Clients::default()).await
}

async fn push_batch(core: &Core, clients: &Clients) -> Result<usize, Error> {
    let claimed = claim(core).await?;
    let count = claimed.len();
    if count == 0 {
        return Ok(0);
    }
    let mut by_topic: HashMap<String, Vec<Claimed>> = HashMap::new();
    for request in claimed {
        by_topic
            .entry(request.sent.topic.clone())
            .or_default()
            .push(request);
    }
    // Side by side: a topic in trouble does not keep the others waiting to be sent.
    let topics = by_topic
        .into_iter()
        .map(|(topic, requests)| push_topic(core, clients, topic, requests));
    for done in future::join_all(topics).await {
        done?;
    }
    Ok(count)
}

async fn push_topic(
    core: &Core,
    clients: &Clients,
    topic: String,
    requests: Vec<Claimed>,
) -> Result<(), Error> {
    let Some(live) = clients.of_topic(core, &topic).await? else {
        // No certificate for this topic, or stopped: keep the requests. A new certificate brings them
        // forward; until then they are looked at more and more seldom.
        let wait = PushOutcome::RetryLater {
            reason: "no_certificate",
            retry_after_s: Some(60),
        };
        let kept = requests
            .into_iter()
            .map(|request| (request.sent, wait.clone()));
        return record(core, kept.collect()).await;
    };
    let expiration = (core.now_ms() + 7 * DAY_MS) / SECOND_MS;
    let sent = stream::iter(requests).map(|mut request| {
        let (live, topic) = (live.clone(), topic.as_str());
        async move {
            let push = Push {
                token: std::mem::take(&mut request.token),
                topic,
                push_magic: &request.magic,
                expiration_unix_s: expiration,
            };
            let answer = live.client.send(push).await;
            request.sent.certificate_id = live.certificate_id;
            (request.sent, answer)
        }
    });
    let answered = sent.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    for (_, answer) in &answered {
        metrics::counter!("tillsyn_pushes_total", "outcome" => kind(answer)).increment(1);
    }
    record(core, answered).await
}

fn kind(outcome: &PushOutcome) -> &'static str {
    match outcome {
        PushOutcome::Accepted { .. } => "accepted",
        PushOutcome::TokenDead { .. } => "token_dead",
        PushOutcome::SenderFault { .. } => "sender_fault",
        PushOutcome::Permanent { .. } => "permanent",
        PushOutcome::RetryNow | PushOutcome::RetryLater { .. } => "retry",
        PushOutcome::CertificateRefused { .. } => "certificate_refused",
        PushOutcome::SlowDown { .. } => "slow_down",
    }
}

/// What a due request turns out to be.
enum Due {
    Send(Claimed),
    /// The channel was pushed a moment ago: this one waits until then.
    Wait(i64),
    /// The channel has no token, or none that lives: the next `TokenUpdate` asks anew.
    Drop,
}

/// Takes due requests under a lease.
async fn claim(core: &Core) -> Result<Vec<Claimed>, Error> {
    const DUE_SQLITE: &str = "SELECT channel_id FROM push_request WHERE due_at <= $1 \
        AND lease_until <= $1 ORDER BY due_at LIMIT $2";
    const DUE_POSTGRES: &str = "SELECT channel_id FROM push_request WHERE due_at <= $1 \
        AND lease_until <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED";
    const LEASE: &str = "UPDATE push_request SET lease_until = $1, worker = $2, \
        attempt = attempt + 1 WHERE channel_id {ids}";
    const LOAD: &str = "SELECT r.channel_id, ch.device_id, ch.name, ch.topic, ch.push_token, \
        ch.push_magic, r.version, r.attempt, ch.token_updated_at, ch.contact, ch.ended_at, \
        ch.last_push_at, ch.last_push_answer \
        FROM push_request r JOIN channel ch ON ch.id = r.channel_id WHERE r.channel_id {ids}";
    const DROP: &str = "DELETE FROM push_request WHERE channel_id {ids}";
    // Looking first keeps an idle node from opening write transactions.
    let now = core.now_ms();
    if core
        .db()
        .query_all(DUE_SQLITE, args![now, 1_i64])
        .await?
        .is_empty()
    {
        return Ok(Vec::new());
    }
    core.db()
        .write((core.config().node.clone(), now), |tx, (node, now)| {
            Box::pin(async move {
                let due = match tx.engine() {
                    Engine::Sqlite => DUE_SQLITE,
                    Engine::Postgres => DUE_POSTGRES,
                };
                let rows = tx.fetch_all(due, args![*now, BATCH]).await?;
                let ids = rows
                    .iter()
                    .map(|r| r.text(0))
                    .collect::<Result<Vec<_>, _>>()?;
                if ids.is_empty() {
                    return Ok(Vec::new());
                }
                let lease = args![*now + LEASE_MS, node.as_str()];
                tx.execute_in(LEASE, ids.clone(), lease).await?;
                let mut claimed = Vec::new();
                let mut dead = Vec::new();
                for row in tx.fetch_all_in(LOAD, ids, args![]).await? {
                    match decode(&row, *now)? {
                        Due::Send(request) => claimed.push(request),
                        Due::Wait(until) => wait(tx, row.str(0)?, until).await?,
                        Due::Drop => dead.push(row.text(0)?),
                    }
                }
                if !dead.is_empty() {
                    tx.execute_in(DROP, dead, args![]).await?;
                }
                Ok::<_, Error>(claimed)
            })
        })
        .await
}

async fn wait(tx: &Tx, channel: &str, until: i64) -> Result<(), Error> {
    const WAIT: &str = "UPDATE push_request SET due_at = $2, lease_until = 0, attempt = attempt - 1 \
        WHERE channel_id = $1";
    tx.execute(WAIT, args![channel, until]).await?;
    Ok(())
}

fn decode(row: &Row, now: i64) -> Result<Due, Error> {
    let (Some(token), Some(magic)) = (row.opt_blob(4)?, row.opt_text(5)?) else {
        return Ok(Due::Drop);
    };
    if row.text(9)? == "unreachable" || row.opt_i64(10)?.is_some() {
        return Ok(Due::Drop);
    }
    if let (Some(at), Some("accepted")) = (row.opt_i64(11)?, row.opt_text(12)?.as_deref())
        && (0..COALESCE_MS).contains(&(now - at))
    {
        return Ok(Due::Wait(at + COALESCE_MS));
    }
    Ok(Due::Send(Claimed {
        token,
        magic,
        sent: Sent {
            channel_id: row.text(0)?,
            device_id: row.text(1)?,
            is_device_channel: row.text(2)? == "device",
            topic: row.text(3)?,
            certificate_id: String::new(),
            version: row.i64(6)?,
            attempt: row.i64(7)?,
            token_updated_at: row.opt_i64(8)?.unwrap_or(0),
        },
    }))
}
