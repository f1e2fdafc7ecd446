//! The push worker of a node: claims due requests, sends them through one HTTP/2 connection per
//! certificate, records what APNs said.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tillsyn_db::{Engine, Row, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::hash;
use tillsyn_pki::key::KeyPair;
use tillsyn_upstream::apns::{ApnsClient, ApnsConfig, Push, PushOutcome};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::outcome::{self, Next};
use crate::clock::{DAY_MS, SECOND_MS};
use crate::commands::CommandStatus;
use crate::core::Core;
use crate::devices;
use crate::error::Error;

/// How long a node has for a claimed batch before another may take it.
const LEASE_MS: i64 = 30 * SECOND_MS;
const BATCH: i64 = 200;
/// Requests in flight on one connection.
const AT_ONCE: usize = 64;

struct Claimed {
    channel_id: String,
    device_id: String,
    is_device_channel: bool,
    topic: String,
    token: Vec<u8>,
    magic: String,
    version: i64,
    attempt: i64,
    token_updated_at: i64,
}

/// One client per push certificate, made anew when the certificate changes.
#[derive(Default)]
struct Clients(HashMap<String, (i64, Arc<ApnsClient>)>);

/// Runs until the process ends.
pub async fn run_worker(core: Core) {
    let clients = Mutex::new(Clients::default());
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
    push_batch(core, &Mutex::new(Clients::default())).await
}

async fn push_batch(core: &Core, clients: &Mutex<Clients>) -> Result<usize, Error> {
    let claimed = claim(core).await?;
    let count = claimed.len();
    if count == 0 {
        return Ok(0);
    }
    let expiration = (core.now_ms() + 7 * DAY_MS) / SECOND_MS;
    let mut answered = Vec::with_capacity(count);
    let mut by_topic: HashMap<String, Vec<Claimed>> = HashMap::new();
    for request in claimed {
        by_topic
            .entry(request.topic.clone())
            .or_default()
            .push(request);
    }
    for (topic, requests) in by_topic {
        let Some(client) = client_for(core, clients, &topic).await? else {
            // No certificate for this topic, or stopped: keep the requests, look again in a minute.
            let wait = PushOutcome::RetryLater {
                reason: "no_certificate",
                retry_after_s: Some(60),
            };
            answered.extend(requests.into_iter().map(|request| (request, wait.clone())));
            continue;
        };
        let topic = topic.as_str();
        let sent = stream::iter(requests).map(|request| {
            let client = client.clone();
            async move {
                let push = Push {
                    token: request.token.clone(),
                    topic,
                    push_magic: &request.magic,
                    expiration_unix_s: expiration,
                };
                let answer = client.send(push).await;
                (request, answer)
            }
        });
        answered.extend(sent.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await);
    }
    for (_, answer) in &answered {
        metrics::counter!("tillsyn_pushes_total", "outcome" => kind(answer)).increment(1);
    }
    record(core, answered).await?;
    Ok(count)
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

/// Takes due requests under a lease; of a channel without a token the request is dropped, since the next
/// `TokenUpdate` asks anew.
async fn claim(core: &Core) -> Result<Vec<Claimed>, Error> {
    const DUE_SQLITE: &str = "SELECT channel_id FROM push_request WHERE due_at <= $1 \
        AND lease_until <= $1 ORDER BY due_at LIMIT $2";
    const DUE_POSTGRES: &str = "SELECT channel_id FROM push_request WHERE due_at <= $1 \
        AND lease_until <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED";
    const LEASE: &str = "UPDATE push_request SET lease_until = $1, worker = $2, \
        attempt = attempt + 1 WHERE channel_id {ids}";
    const LOAD: &str = "SELECT r.channel_id, ch.device_id, ch.name, ch.topic, ch.push_token, \
        ch.push_magic, r.version, r.attempt, ch.token_updated_at, ch.contact, ch.ended_at \
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
                    match decode(&row)? {
                        Some(request) => claimed.push(request),
                        None => dead.push(row.text(0)?),
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

fn decode(row: &Row) -> Result<Option<Claimed>, Error> {
    let (Some(token), Some(magic)) = (row.opt_blob(4)?, row.opt_text(5)?) else {
        return Ok(None);
    };
    if row.text(9)? == "unreachable" || row.opt_i64(10)?.is_some() {
        return Ok(None);
    }
    Ok(Some(Claimed {
        channel_id: row.text(0)?,
        device_id: row.text(1)?,
        is_device_channel: row.text(2)? == "device",
        topic: row.text(3)?,
        token,
        magic,
        version: row.i64(6)?,
        attempt: row.i64(7)?,
        token_updated_at: row.opt_i64(8)?.unwrap_or(0),
    }))
}

async fn client_for(
    core: &Core,
    clients: &Mutex<Clients>,
    topic: &str,
) -> Result<Option<Arc<ApnsClient>>, Error> {
    const FIND: &str = "SELECT id, certificate, key_sealed, updated_at, stopped_reason, not_after \
        FROM push_topic WHERE topic = $1";
    let Some(row) = core.db().query_optional(FIND, args![topic]).await? else {
        return Ok(None);
    };
    if row.opt_text(4)?.is_some() || row.i64(5)? <= core.now_ms() {
        return Ok(None);
    }
    let mut clients = clients.lock().await;
    let updated_at = row.i64(3)?;
    if let Some((at, client)) = clients.0.get(topic)
        && *at == updated_at
    {
        return Ok(Some(client.clone()));
    }
    let key = core
        .keys()
        .open(&row.blob(2)?, "push_topic", "key_sealed", &row.text(0)?)?;
    let key_pem = Zeroizing::new(
        KeyPair::from_pkcs8_der(&key)?
            .to_pkcs8_pem()
            .as_bytes()
            .to_vec(),
    );
    let config = ApnsConfig {
        base_url: core.config().apns_url.clone(),
        extra_root_pem: core.config().apns_root_pem.clone().map(String::into_bytes),
        proxy_url: core.config().proxy_url.clone(),
        client_cert_pem: Certificate::from_der(&row.blob(1)?)?.to_pem().into_bytes(),
        client_key_pem: key_pem.to_vec(),
    };
    let client = Arc::new(ApnsClient::new(config).map_err(|error| {
        Error::internal("The connection to APNs cannot be set up.").caused_by(error)
    })?);
    clients
        .0
        .insert(topic.to_owned(), (updated_at, client.clone()));
    Ok(Some(client))
}

async fn record(core: &Core, answered: Vec<(Claimed, PushOutcome)>) -> Result<(), Error> {
    let mut answered = answered.into_iter().peekable();
    // Chunks keep the writer's transactions short.
    while answered.peek().is_some() {
        let chunk: Vec<_> = answered.by_ref().take(100).collect();
        core.db()
            .write((chunk, core.now_ms()), |tx, (chunk, now)| {
                Box::pin(async move {
                    for (request, answer) in chunk {
                        record_one(tx, request, answer, *now).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    Ok(())
}

async fn record_one(
    tx: &Tx,
    request: &Claimed,
    answer: &PushOutcome,
    now: i64,
) -> Result<(), Error> {
    const ANSWER: &str =
        "UPDATE channel SET last_push_at = $2, last_push_answer = $3 WHERE id = $1";
    let id = request.channel_id.as_str();
    let word = outcome::answer_word(answer);
    let jitter = hash::random_bytes::<1>()[0];
    match outcome::next(answer, request.attempt, now, jitter) {
        Next::Accepted => accepted(tx, request, now).await,
        Next::Dead { since_ms } => dead(tx, request, since_ms, &word, now).await,
        Next::Again { at } => {
            tx.execute(ANSWER, args![id, now, word]).await?;
            again(tx, request, at).await
        }
        Next::StopTopic { reason } => {
            const STOP: &str = "UPDATE push_topic SET stopped_reason = $2, updated_at = $3 \
                WHERE topic = $1 AND stopped_reason IS NULL";
            if tx
                .execute(STOP, args![request.topic.as_str(), reason.as_str(), now])
                .await?
                > 0
            {
                tracing::error!(
                    reason,
                    "APNs refuses the push certificate: upload a valid one"
                );
            }
            tx.execute(ANSWER, args![id, now, word]).await?;
            again(tx, request, now + 60 * SECOND_MS).await
        }
        Next::GiveUp { reason } => {
            tracing::error!(reason, device.id = %request.device_id, "APNs refuses a push for good");
            tx.execute(ANSWER, args![id, now, word]).await?;
            done(tx, request).await
        }
    }
}

/// Removes the request unless a newer one came while this was on its way.
async fn done(tx: &Tx, request: &Claimed) -> Result<(), Error> {
    const DONE: &str = "DELETE FROM push_request WHERE channel_id = $1 AND version = $2";
    const FREE: &str = "UPDATE push_request SET lease_until = 0, attempt = 0 \
        WHERE channel_id = $1 AND attempt = $2";
    if tx
        .execute(DONE, args![request.channel_id.as_str(), request.version])
        .await?
        == 0
    {
        tx.execute(FREE, args![request.channel_id.as_str(), request.attempt])
            .await?;
    }
    Ok(())
}

async fn again(tx: &Tx, request: &Claimed, at: i64) -> Result<(), Error> {
    const AGAIN: &str = "UPDATE push_request SET lease_until = 0, due_at = $2 \
        WHERE channel_id = $1 AND attempt = $3";
    tx.execute(
        AGAIN,
        args![request.channel_id.as_str(), at, request.attempt],
    )
    .await?;
    Ok(())
}

async fn accepted(tx: &Tx, request: &Claimed, now: i64) -> Result<(), Error> {
    const CHANNEL: &str = "UPDATE channel SET last_push_at = $2, last_push_answer = 'accepted', \
        unanswered_since = CASE WHEN pushes_unanswered = 0 THEN $2 ELSE unanswered_since END, \
        pushes_unanswered = pushes_unanswered + 1 WHERE id = $1";
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status) \
        SELECT id, device_id, CAST($2 AS BIGINT), 'push_sent' FROM command \
        WHERE channel_id = $1 AND finished = 0 AND status = 'queued'";
    const COMMANDS: &str = "UPDATE command SET status = 'push_sent', updated_at = $2 \
        WHERE channel_id = $1 AND finished = 0 AND status = 'queued'";
    let id = request.channel_id.as_str();
    debug_assert_eq!(CommandStatus::PushSent.as_str(), "push_sent");
    tx.execute(CHANNEL, args![id, now]).await?;
    tx.execute(STORY, args![id, now]).await?;
    tx.execute(COMMANDS, args![id, now]).await?;
    done(tx, request).await
}

/// 410: the token is dead, unless a newer `TokenUpdate` came after the time APNs names. The enrollment
/// stays.
async fn dead(
    tx: &Tx,
    request: &Claimed,
    since_ms: Option<i64>,
    word: &str,
    now: i64,
) -> Result<(), Error> {
    const DEAD: &str = "UPDATE channel SET contact = 'unreachable', last_push_at = $2, \
        last_push_answer = $3 WHERE id = $1 AND token_updated_at = $4";
    if since_ms.is_some_and(|since| request.token_updated_at > since) {
        return again(tx, request, now + 60 * SECOND_MS).await;
    }
    let values = args![
        request.channel_id.as_str(),
        now,
        word,
        request.token_updated_at
    ];
    if tx.execute(DEAD, values).await? == 0 {
        // A newer token came while this push was on its way.
        return again(tx, request, now).await;
    }
    if request.is_device_channel {
        devices::summary::set_contact_in(tx, &request.device_id, "unreachable", now).await?;
    }
    done(tx, request).await
}
