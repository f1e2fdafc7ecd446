//! Recording a result: the command's end, its story, its effect on enrollment and facts, all in the turn's
//! transaction. Only after the commit does the device hear 200.

use plist::{Dictionary, Value};
use serde_json::json;
use tillsyn_apple::platform::DeviceFacts;
use tillsyn_apple::redact::redact;
use tillsyn_apple::result::{CommandResult, Status};
use tillsyn_db::{Engine, Row, Tx, args};

use super::capability::{self, Told};
use super::facts;
use super::poll::{Incoming, PollingChannel, Turn};
use super::sender::SenderEnrollment;
use crate::actor::Actor;
use crate::commands::store;
use crate::commands::{Act, CommandStatus, Request};
use crate::desired::Failure;
use crate::enrollments;
use crate::error::Error;
use crate::escrow::{self, ResultContext};
use crate::events::{self, NewEvent};
use crate::lost_mode;
use crate::reconcile;

/// The command that a device answers: by our id, which is its `CommandUUID`, or by the one that a tool gave.
async fn command_of(tx: &Tx, uuid: &str, channel_id: &str) -> Result<Option<Row>, Error> {
    const FIND: &str = "SELECT c.status, c.finished, c.act, b.request, c.id FROM command c \
        JOIN command_batch b ON b.id = c.batch_id WHERE c.id = $1 AND c.channel_id = $2";
    const FIND_LOCKED: &str = "SELECT c.status, c.finished, c.act, b.request, c.id FROM command c \
        JOIN command_batch b ON b.id = c.batch_id WHERE c.id = $1 AND c.channel_id = $2 \
        FOR UPDATE OF c";
    const GIVEN: &str = "SELECT c.status, c.finished, c.act, b.request, c.id FROM command c \
        JOIN command_batch b ON b.id = c.batch_id WHERE c.given_id = $1 AND c.channel_id = $2";
    const GIVEN_LOCKED: &str = "SELECT c.status, c.finished, c.act, b.request, c.id FROM command c \
        JOIN command_batch b ON b.id = c.batch_id WHERE c.given_id = $1 AND c.channel_id = $2 \
        FOR UPDATE OF c";
    let (ours, given) = match tx.engine() {
        Engine::Sqlite => (FIND, GIVEN),
        Engine::Postgres => (FIND_LOCKED, GIVEN_LOCKED),
    };
    let values = args![uuid, channel_id];
    if let Some(row) = tx.fetch_optional(ours, values.clone()).await? {
        return Ok(Some(row));
    }
    Ok(tx.fetch_optional(given, values).await?)
}

/// Records what the device reports; true when its enrollment ended by it.
pub(super) async fn result(
    tx: &Tx,
    turn: &Turn,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
) -> Result<bool, Error> {
    const ORPHAN: &str = "INSERT INTO orphan_result (enrollment_id, command_id, status, received_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (enrollment_id, command_id) DO NOTHING";
    let result = turn.incoming.result();
    let Some(uuid) = result
        .command_uuid
        .as_ref()
        .filter(|_| result.status != Status::Idle)
    else {
        return Ok(false);
    };
    let Some(row) = command_of(tx, uuid.as_str(), &channel.id).await? else {
        let short: String = uuid.as_str().chars().take(100).collect();
        let values = args![
            enrollment.id.as_str(),
            short,
            result.status.as_str(),
            turn.now_ms
        ];
        tx.execute(ORPHAN, values).await?;
        return Ok(false);
    };
    let id = row.text(4)?;
    let id = id.as_str();
    let act = row.opt_text(2)?.as_deref().and_then(Act::parse);
    if row.i64(1)? != 0 {
        // Stored already, or given up before the answer came: the device repeats until it hears 200. A
        // lock that it tells of late was a lock all the same, and its PIN the one that counts.
        if let (Status::Acknowledged, Some(Act::Lock | Act::Erase)) = (result.status, act) {
            escrow::on_locked_in(tx, id, turn.now_ms).await?;
        }
        return Ok(false);
    }
    if result.status == Status::NotNow {
        not_now(tx, turn, channel, id).await?;
        return Ok(false);
    }
    let request: Option<Request> = serde_json::from_str(&row.text(3)?).ok();
    // A removal of something that is not there has reached its goal; not so a retire: the device is managed
    // as long as it answers, so the identifier was not its own.
    let absent = matches!(request, Some(Request::RemoveProfile { .. }))
        && act != Some(Act::Retire)
        && result
            .error_chain
            .iter()
            .any(tillsyn_apple::result::ErrorChainItem::is_profile_not_found);
    let done = result.status == Status::Acknowledged || absent;
    finish(tx, turn, channel, id, done, absent).await?;
    keep_answer(tx, turn, enrollment, channel, id).await?;
    if let Some(request) = &request {
        on_profile(tx, turn, channel, id, request, done).await?;
    }
    let context = ResultContext {
        device_id: &channel.device_id,
        enrollment_id: &enrollment.id,
        org_unit_id: &enrollment.org_unit_id,
        channel: &channel.name,
        ownership: &enrollment.ownership,
        command_id: id,
        address: turn.address.as_deref(),
    };
    if !done {
        escrow::on_failure_in(tx, &context, turn.now_ms).await?;
        if act == Some(Act::Retire) {
            // The device refused: it is not retired after all.
            const STAYS: &str = "UPDATE enrollment SET retired_at = NULL WHERE id = $1";
            tx.execute(STAYS, args![enrollment.id.as_str()]).await?;
        }
        return Ok(false);
    }
    if let Some(Act::Lock | Act::Erase) = act {
        escrow::on_locked_in(tx, id, turn.now_ms).await?;
    }
    match act {
        Some(Act::Erase) => {
            end(tx, turn, enrollment, channel, "wiped", "erased").await?;
            return Ok(true);
        }
        Some(Act::Retire) => {
            end(tx, turn, enrollment, channel, "removed", "retired").await?;
            return Ok(true);
        }
        _ => {}
    }
    if let Some("DeviceConfigured" | "UserConfigured") = request.as_ref().map(Request::request_type)
    {
        // Setup Assistant goes on; no TokenUpdate has to say so.
        const CONFIGURED: &str = "UPDATE channel SET awaiting_configuration = 0 WHERE id = $1";
        tx.execute(CONFIGURED, args![channel.id.as_str()]).await?;
    }
    if let (Incoming::Result(result), Some(request)) = (&turn.incoming, &request) {
        facts::ingest(tx, turn, enrollment, channel, request, result).await?;
        escrow::on_result_in(tx, &turn.keys, &context, request, result, turn.now_ms).await?;
        lost_mode::on_result_in(tx, &context, request, result, turn.now_ms).await?;
    }
    Ok(false)
}

/// What a result says of a profile that is ours to keep.
async fn on_profile(
    tx: &Tx,
    turn: &Turn,
    channel: &PollingChannel,
    id: &str,
    request: &Request,
    done: bool,
) -> Result<(), Error> {
    let result = turn.incoming.result();
    let chain = (!result.error_chain.is_empty()).then(|| json!(result.error_chain).to_string());
    let end = if done {
        reconcile::End::Done
    } else {
        reconcile::End::Refused {
            chain: chain.as_deref(),
            failure: failure(result),
        }
    };
    let heard = reconcile::Heard {
        channel_id: &channel.id,
        device_id: &channel.device_id,
        now_ms: turn.now_ms,
    };
    reconcile::on_result_in(tx, &turn.keys, heard, id, request, end).await
}

/// Whether the same may go better later. The codes are no contract of Apple's: only what says that the
/// profile itself is wrong is taken to last.
fn failure(result: &CommandResult) -> Failure {
    const OF_THE_PROFILE: [&str; 2] = ["MCProfileErrorDomain", "MCPayloadErrorDomain"];
    let mut chain = result.error_chain.iter();
    let lasting = result.status == Status::CommandFormatError
        || chain.any(|error| OF_THE_PROFILE.contains(&error.error_domain.as_str()));
    if lasting {
        Failure::Lasting
    } else {
        Failure::Passing
    }
}

async fn not_now(tx: &Tx, turn: &Turn, channel: &PollingChannel, id: &str) -> Result<(), Error> {
    const DEFER: &str = "UPDATE command SET status = 'not_now', deferred = 1, updated_at = $2 \
        WHERE id = $1";
    tx.execute(DEFER, args![id, turn.now_ms]).await?;
    reconcile::on_not_now_in(tx, id, turn.now_ms).await?;
    let status = CommandStatus::NotNow;
    store::transition(tx, id, &channel.device_id, status, None, None, turn.now_ms).await
}

async fn finish(
    tx: &Tx,
    turn: &Turn,
    channel: &PollingChannel,
    id: &str,
    done: bool,
    absent: bool,
) -> Result<(), Error> {
    const FINISH: &str = "UPDATE command SET status = $2, status_reason = $3, finished = 1, \
        error_chain = $4, unreadable = $5, secret_sealed = NULL, updated_at = $6 WHERE id = $1";
    let result = turn.incoming.result();
    let status = if done {
        CommandStatus::Acknowledged
    } else {
        CommandStatus::Error
    };
    let reason = match (result.status, absent) {
        (_, true) => Some("not_installed"),
        (Status::CommandFormatError, _) => Some("command_format_error"),
        _ => None,
    };
    let chain = (!result.error_chain.is_empty()).then(|| json!(result.error_chain).to_string());
    let unreadable = matches!(turn.incoming, Incoming::Unreadable { .. });
    let values = args![
        id,
        status.as_str(),
        reason,
        chain,
        i64::from(unreadable),
        turn.now_ms
    ];
    tx.execute(FINISH, values).await?;
    let reason = reason.map(str::to_owned).or_else(|| {
        let first = result.error_chain.first().filter(|_| !done)?;
        Some(format!("{} {}", first.error_domain, first.error_code))
    });
    let device = &channel.device_id;
    store::transition(tx, id, device, status, reason.as_deref(), None, turn.now_ms).await
}

/// Keeps the answer for people to read: without secrets, and without what may not be known of a
/// personal device.
async fn keep_answer(
    tx: &Tx,
    turn: &Turn,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
    id: &str,
) -> Result<(), Error> {
    const KEEP: &str = "INSERT INTO command_result (command_id, device_id, status, body, unreadable, \
        size_bytes, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (command_id) DO NOTHING";
    let result = turn.incoming.result();
    let (body, why) = match &turn.incoming {
        Incoming::Unreadable { why, .. } => (None, Some(*why)),
        // Raw answers of personal devices are not kept: what may be known of them are their facts.
        Incoming::Result(_) if enrollment.ownership == "personal" => (None, None),
        Incoming::Result(result) => (Some(shown(result)), None),
    };
    let values = args![
        id,
        channel.device_id.as_str(),
        result.status.as_str(),
        body,
        why,
        turn.size_bytes,
        turn.now_ms
    ];
    tx.execute(KEEP, values).await?;
    Ok(())
}

/// The largest answer kept as text.
const SHOWN_LIMIT: usize = 256 * 1024;

fn shown(result: &CommandResult) -> String {
    let mut value = Value::Dictionary(result.body.clone());
    redact(&mut value);
    let text = as_json(&value).to_string();
    if text.len() > SHOWN_LIMIT {
        return json!({ "truncated": true, "size_bytes": text.len() }).to_string();
    }
    text
}

/// Data appears by its length only: nobody reads it, and it may be a token of a new kind.
fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Array(items) => items.iter().map(as_json).collect(),
        Value::Dictionary(dict) => object(dict),
        Value::Boolean(flag) => json!(flag),
        Value::Data(bytes) => json!(format!("({} bytes)", bytes.len())),
        Value::Date(date) => json!(date.to_xml_format()),
        Value::Real(number) => json!(number),
        Value::Integer(number) => match number.as_signed() {
            Some(n) => json!(n),
            None => json!(number.as_unsigned()),
        },
        Value::String(text) => json!(text),
        Value::Uid(uid) => json!(uid.get()),
        _ => serde_json::Value::Null,
    }
}

fn object(dict: &Dictionary) -> serde_json::Value {
    dict.iter()
        .map(|(key, value)| (key.clone(), as_json(value)))
        .collect()
}

async fn end(
    tx: &Tx,
    turn: &Turn,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
    status: &'static str,
    reason: &'static str,
) -> Result<(), Error> {
    const RETIRED: &str =
        "UPDATE enrollment SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL";
    if reason == "retired" {
        tx.execute(RETIRED, args![enrollment.id.as_str(), turn.now_ms])
            .await?;
    }
    enrollments::end_in(tx, &enrollment.id, status, reason, turn.now_ms).await?;
    let device = &channel.device_id;
    let actor = Actor::device(device, turn.address.clone());
    let event = NewEvent::done("enrollment.end", "device", device, &enrollment.org_unit_id)
        .with(json!({ "enrollment_id": enrollment.id, "status": status, "reason": reason }));
    events::record(tx, &actor, turn.now_ms, event).await?;
    Ok(())
}

/// The codec's view of the polling device, as it is known now.
pub(super) async fn device_facts(
    tx: &Tx,
    enrollment: &SenderEnrollment,
    channel: &PollingChannel,
) -> Result<Option<DeviceFacts>, Error> {
    const FIND: &str = "SELECT d.os_version, d.supervised, \
        (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'is_multi_user'), \
        (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'is_apple_silicon'), \
        (SELECT f.value FROM fact f WHERE f.device_id = d.device_id AND f.name = 'user_approved_enrollment'), \
        ch.awaiting_configuration \
        FROM device_summary d JOIN channel ch ON ch.id = $2 WHERE d.device_id = $1";
    let values = args![channel.device_id.as_str(), channel.id.as_str()];
    let Some(row) = tx.fetch_optional(FIND, values).await? else {
        return Ok(None);
    };
    Ok(capability::device_facts(
        &enrollment.platform,
        row.opt_text(0)?.as_deref(),
        row.opt_i64(1)?.map(|v| v != 0),
        &enrollment.enrollment_type,
        &enrollment.ownership,
        enrollment.access_rights,
        &enrollment.profile_identifier,
        channel.name.clone(),
        Told::read(&row, 2)?,
    ))
}
