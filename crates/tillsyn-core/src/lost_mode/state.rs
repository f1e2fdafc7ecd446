//! What answers of the device say about lost mode.

use plist::Value as Plist;
use serde_json::json;
use tillsyn_apple::result::CommandResult;
use tillsyn_db::{Tx, args};

use super::location;
use crate::actor::Actor;
use crate::commands::Request;
use crate::error::Error;
use crate::escrow::ResultContext;
use crate::events::{self, NewEvent};

/// An acknowledged result of the device channel.
pub(crate) async fn on_result_in(
    tx: &Tx,
    context: &ResultContext<'_>,
    request: &Request,
    result: &CommandResult,
    now_ms: i64,
) -> Result<(), Error> {
    // Personal devices have no lost mode of ours, whatever they answer (security S41).
    if !context.channel.is_device() || context.ownership == "personal" {
        return Ok(());
    }
    match request.request_type() {
        "EnableLostMode" => began(tx, context, Some(request), now_ms).await,
        "DisableLostMode" => ended(tx, context, now_ms).await,
        "DeviceLocation" => location::keep_in(tx, context, result, now_ms).await,
        "DeviceInformation" => match says_lost(result) {
            // Begun or left elsewhere: by another administrator's tool, or at the device by an erase.
            Some(true) if !is_on_in(tx, context.device_id).await? => {
                began(tx, context, None, now_ms).await
            }
            Some(false) => ended(tx, context, now_ms).await,
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

// Apple schema mdm/commands/information.device.yaml
fn says_lost(result: &CommandResult) -> Option<bool> {
    let answers = result.body.get("QueryResponses")?.as_dictionary()?;
    answers
        .get("IsMDMLostModeEnabled")
        .and_then(Plist::as_boolean)
}

pub(super) async fn is_on_in(tx: &Tx, device_id: &str) -> Result<bool, Error> {
    const ON: &str = "SELECT 1 FROM lost_mode WHERE device_id = $1 AND ended_at IS NULL";
    Ok(tx.fetch_optional(ON, args![device_id]).await?.is_some())
}

/// A location is asked only while the device is in lost mode, and so is its sound.
pub(crate) async fn require_on_in(
    tx: &Tx,
    request_type: &str,
    device_id: &str,
) -> Result<Result<(), (&'static str, String)>, Error> {
    if !matches!(request_type, "DeviceLocation" | "PlayLostModeSound")
        || is_on_in(tx, device_id).await?
    {
        return Ok(Ok(()));
    }
    Ok(Err((
        "lost_mode_off",
        "The device is not in lost mode. Turn it on first; nobody can locate a device otherwise."
            .to_owned(),
    )))
}

async fn began(
    tx: &Tx,
    context: &ResultContext<'_>,
    request: Option<&Request>,
    now_ms: i64,
) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO lost_mode (device_id, enrollment_id, message, phone_number, \
        footnote, began_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id) DO UPDATE SET \
        enrollment_id = excluded.enrollment_id, message = excluded.message, \
        phone_number = excluded.phone_number, footnote = excluded.footnote, \
        began_at = CASE WHEN lost_mode.ended_at IS NULL THEN lost_mode.began_at \
        ELSE excluded.began_at END, ended_at = NULL";
    // Stolen is sticky: only the people who said so take it back.
    const STATUS: &str = "UPDATE device_summary SET status = 'lost', updated_at = $2 \
        WHERE device_id = $1 AND status <> 'stolen'";
    let words = request.map(serde_json::to_value).and_then(Result::ok);
    let word = |name: &str| {
        let text = words.as_ref()?.get(name)?.as_str()?;
        Some(text.to_owned())
    };
    let values = args![
        context.device_id,
        context.enrollment_id,
        word("message"),
        word("phone_number"),
        word("footnote"),
        now_ms
    ];
    tx.execute(PUT, values).await?;
    tx.execute(STATUS, args![context.device_id, now_ms]).await?;
    record(tx, context, "device.lost_mode_on", now_ms).await
}

async fn ended(tx: &Tx, context: &ResultContext<'_>, now_ms: i64) -> Result<(), Error> {
    const END: &str =
        "UPDATE lost_mode SET ended_at = $2 WHERE device_id = $1 AND ended_at IS NULL";
    const STATUS: &str = "UPDATE device_summary SET status = 'active', updated_at = $2 \
        WHERE device_id = $1 AND status = 'lost'";
    if tx.execute(END, args![context.device_id, now_ms]).await? == 0 {
        return Ok(());
    }
    tx.execute(STATUS, args![context.device_id, now_ms]).await?;
    record(tx, context, "device.lost_mode_off", now_ms).await
}

async fn record(
    tx: &Tx,
    context: &ResultContext<'_>,
    action: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    let actor = Actor::device(context.device_id, context.address.map(str::to_owned));
    let event = NewEvent::done(action, "device", context.device_id, context.org_unit_id)
        .with(json!({ "command_id": context.command_id }));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(())
}
