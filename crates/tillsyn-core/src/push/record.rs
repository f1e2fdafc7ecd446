//! What APNs said, written down: channel, commands, outbox, topic.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use tillsyn_upstream::apns::PushOutcome;

use super::alarm;
use super::outcome::{self, Next};
use crate::actor::Actor;
use crate::clock::SECOND_MS;
use crate::commands::CommandStatus;
use crate::core::Core;
use crate::devices;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// A request that was claimed, and with which certificate it was sent.
pub(super) struct Sent {
    pub(super) channel_id: String,
    pub(super) device_id: String,
    pub(super) is_device_channel: bool,
    pub(super) topic: String,
    /// Empty when there was no certificate to send with.
    pub(super) certificate_id: String,
    pub(super) version: i64,
    pub(super) attempt: i64,
    pub(super) token_updated_at: i64,
}

pub(super) async fn record(core: &Core, answered: Vec<(Sent, PushOutcome)>) -> Result<(), Error> {
    let mut answered = answered.into_iter().peekable();
    // Chunks keep the writer's transactions short.
    while answered.peek().is_some() {
        let chunk: Vec<_> = answered.by_ref().take(100).collect();
        core.db()
            .write((chunk, core.now_ms()), |tx, (chunk, now)| {
                Box::pin(async move {
                    for (sent, answer) in chunk {
                        record_one(tx, sent, answer, *now).await?;
                    }
                    storms(tx, chunk, *now).await
                })
            })
            .await?;
    }
    Ok(())
}

/// Looks once per topic of the chunk whether refusals have become many.
async fn storms(tx: &Tx, chunk: &[(Sent, PushOutcome)], now: i64) -> Result<(), Error> {
    let mut seen: Vec<&str> = Vec::new();
    for (sent, answer) in chunk {
        if let PushOutcome::SenderFault { reason } = answer
            && !seen.contains(&sent.topic.as_str())
        {
            seen.push(&sent.topic);
            alarm::sender_fault_in(tx, &sent.topic, reason, now).await?;
        }
    }
    Ok(())
}

const ANSWER: &str = "UPDATE channel SET last_push_at = $2, last_push_answer = $3 WHERE id = $1";

async fn record_one(tx: &Tx, sent: &Sent, answer: &PushOutcome, now: i64) -> Result<(), Error> {
    let id = sent.channel_id.as_str();
    let word = outcome::answer_word(answer);
    let jitter = hash::random_bytes::<1>()[0];
    match outcome::next(answer, sent.attempt, now, jitter) {
        Next::Accepted { apns_id } => accepted(tx, sent, apns_id.as_deref(), now).await,
        Next::Dead { since_ms } => dead(tx, sent, since_ms, &word, now).await,
        Next::Again { at } => {
            tx.execute(ANSWER, args![id, now, word]).await?;
            again(tx, sent, at).await
        }
        Next::StopTopic { reason } => {
            // A refusal that comes late may be about a certificate that was renewed meanwhile.
            if !stop(tx, sent, &reason, now).await? {
                return again(tx, sent, now).await;
            }
            tx.execute(ANSWER, args![id, now, word]).await?;
            again(tx, sent, now + 60 * SECOND_MS).await
        }
        Next::GiveUp { reason } => {
            tracing::error!(reason, device.id = %sent.device_id, "APNs refuses a push for good");
            tx.execute(ANSWER, args![id, now, word]).await?;
            alarm::raise_in(tx, &sent.topic, &reason, 1, now).await?;
            done(tx, sent).await
        }
    }
}

/// Stops the topic; false when the refused certificate is no longer the one in use.
async fn stop(tx: &Tx, sent: &Sent, reason: &str, now: i64) -> Result<bool, Error> {
    const STOP: &str = "UPDATE push_topic SET stopped_reason = $2, updated_at = $3 \
        WHERE topic = $1 AND certificate_id = $4 AND stopped_reason IS NULL";
    const FIND: &str =
        "SELECT id, org_unit_id FROM push_topic WHERE topic = $1 AND certificate_id = $2";
    let (topic, certificate) = (sent.topic.as_str(), sent.certificate_id.as_str());
    let Some(row) = tx.fetch_optional(FIND, args![topic, certificate]).await? else {
        return Ok(false);
    };
    if tx
        .execute(STOP, args![topic, reason, now, certificate])
        .await?
        == 0
    {
        return Ok(true);
    }
    tracing::error!(
        reason,
        "APNs refuses the push certificate: upload a valid one"
    );
    let (id, unit) = (row.text(0)?, row.text(1)?);
    let event = NewEvent::done("push_certificate.stopped", "push_topic", &id, &unit)
        .with(json!({ "topic": topic, "reason": reason }));
    events::record(tx, &Actor::system(), now, event).await?;
    Ok(true)
}

/// Removes the request unless a newer one came while this was on its way.
async fn done(tx: &Tx, sent: &Sent) -> Result<(), Error> {
    const DONE: &str = "DELETE FROM push_request WHERE channel_id = $1 AND version = $2";
    const FREE: &str = "UPDATE push_request SET lease_until = 0, attempt = 0 \
        WHERE channel_id = $1 AND attempt = $2";
    if tx
        .execute(DONE, args![sent.channel_id.as_str(), sent.version])
        .await?
        == 0
    {
        tx.execute(FREE, args![sent.channel_id.as_str(), sent.attempt])
            .await?;
    }
    Ok(())
}

/// A request that was renewed meanwhile (by a new certificate) keeps its new time.
async fn again(tx: &Tx, sent: &Sent, at: i64) -> Result<(), Error> {
    const AGAIN: &str = "UPDATE push_request SET lease_until = 0, due_at = $2 \
        WHERE channel_id = $1 AND attempt = $3";
    tx.execute(AGAIN, args![sent.channel_id.as_str(), at, sent.attempt])
        .await?;
    Ok(())
}

async fn accepted(tx: &Tx, sent: &Sent, apns_id: Option<&str>, now: i64) -> Result<(), Error> {
    const CHANNEL: &str = "UPDATE channel SET last_push_at = $2, last_push_answer = 'accepted', \
        last_push_apns_id = $3, \
        unanswered_since = CASE WHEN pushes_unanswered = 0 THEN $2 ELSE unanswered_since END, \
        pushes_unanswered = pushes_unanswered + 1 WHERE id = $1";
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status) \
        SELECT id, device_id, CAST($2 AS BIGINT), 'push_sent' FROM command \
        WHERE channel_id = $1 AND finished = 0 AND status = 'queued'";
    const COMMANDS: &str = "UPDATE command SET status = 'push_sent', updated_at = $2 \
        WHERE channel_id = $1 AND finished = 0 AND status = 'queued'";
    let id = sent.channel_id.as_str();
    debug_assert_eq!(CommandStatus::PushSent.as_str(), "push_sent");
    tx.execute(CHANNEL, args![id, now, apns_id]).await?;
    tx.execute(STORY, args![id, now]).await?;
    tx.execute(COMMANDS, args![id, now]).await?;
    done(tx, sent).await
}

/// 410: the token is dead, unless a newer `TokenUpdate` came after the time APNs names. The enrollment
/// stays.
async fn dead(
    tx: &Tx,
    sent: &Sent,
    since_ms: Option<i64>,
    word: &str,
    now: i64,
) -> Result<(), Error> {
    const DEAD: &str = "UPDATE channel SET contact = 'unreachable', last_push_at = $2, \
        last_push_answer = $3 WHERE id = $1 AND token_updated_at = $4";
    if since_ms.is_some_and(|since| sent.token_updated_at > since) {
        return again(tx, sent, now + 60 * SECOND_MS).await;
    }
    let values = args![sent.channel_id.as_str(), now, word, sent.token_updated_at];
    if tx.execute(DEAD, values).await? == 0 {
        // A newer token came while this push was on its way.
        return again(tx, sent, now).await;
    }
    if sent.is_device_channel {
        devices::summary::set_contact_in(tx, &sent.device_id, "unreachable", now).await?;
    }
    done(tx, sent).await
}
