//! `DeclarativeManagement`: the empty, correct set, and the status reports of each channel (DDM sheet §1,
//! §3, §5).

mod endpoint;
mod status;
mod strict;

use std::time::{Duration, SystemTime};

use serde_json::json;
use tillsyn_apple::checkin::DeclarativeManagement;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use self::endpoint::Endpoint;
use super::answer::DeviceAnswer;
use super::check_in::Context;
use super::sender::SenderEnrollment;
use crate::error::Error;

/// Whether these bytes are a status report, read as one that a device sends: without a store, for
/// fuzzing and corpora.
pub fn is_status_report(report: &[u8], personal: bool) -> bool {
    status::read(report, personal).is_some()
}

pub(super) async fn run(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    device_id: &str,
    message: &DeclarativeManagement,
) -> Result<DeviceAnswer, Error> {
    const CHANNEL: &str = "SELECT id, created_at FROM channel \
        WHERE enrollment_id = $1 AND name = $2 AND ended_at IS NULL";
    let endpoint = Endpoint::parse(&message.endpoint);
    let name = message.ids.channel().to_string();
    let values = args![enrollment.id.as_str(), name];
    let Some(row) = tx.fetch_optional(CHANNEL, values).await? else {
        // Its `TokenUpdate` has not come yet.
        return Ok(DeviceAnswer::Later);
    };
    Ok(match endpoint {
        Endpoint::Tokens => DeviceAnswer::Json(tokens(row.i64(1)?)),
        Endpoint::Items => DeviceAnswer::Json(items()),
        // The device drops it and goes on.
        Endpoint::Declaration => DeviceAnswer::NotFound,
        Endpoint::Malformed => DeviceAnswer::BadRequest,
        Endpoint::Status => {
            let channel = status::ReportingChannel {
                id: row.text(0)?,
                device_id,
                personal: enrollment.ownership == "personal",
            };
            let report = message.data.as_deref().unwrap_or_default();
            status::take_in(tx, &channel, report, context.now_ms).await?
        }
    })
}

/// Over the sorted list of declarations, which is empty: it moves as soon as there is one.
fn declarations_token() -> String {
    hash::sha256_hex(b"")
}

/// `since` is when the set became what it is: it moves with the token, not with the clock.
fn tokens(since_ms: i64) -> Vec<u8> {
    let reply = json!({ "SyncTokens": {
        "DeclarationsToken": declarations_token(),
        "Timestamp": whole_seconds(since_ms),
    }});
    reply.to_string().into_bytes()
}

/// All four lists are always there.
fn items() -> Vec<u8> {
    let reply = json!({
        "Declarations": {
            "Activations": [], "Assets": [], "Configurations": [], "Management": [],
        },
        "DeclarationsToken": declarations_token(),
    });
    reply.to_string().into_bytes()
}

/// RFC 3339 in UTC, as property lists write dates.
fn whole_seconds(ms: i64) -> String {
    let since = Duration::from_secs(u64::try_from(ms / 1_000).unwrap_or(0));
    plist::Date::from(SystemTime::UNIX_EPOCH + since).to_xml_format()
}

#[cfg(test)]
mod tests;
