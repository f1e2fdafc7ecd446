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
use crate::core::Core;
use crate::error::Error;
use crate::nanomdm::forward::{self, Heard, Question, endpoint_url};
use crate::nanomdm::ids::Named;

/// Whether these bytes are a status report, read as one that a device sends: without a store, for
/// fuzzing and corpora.
pub fn is_status_report(report: &[u8], personal: bool) -> bool {
    status::read(report, personal).is_some()
}

/// What a question came to.
pub(super) struct Answered {
    /// Ours; of a report that is handed on, only that it is kept.
    pub(super) answer: DeviceAnswer,
    /// Another server answers.
    pub(super) forward: Option<Question>,
}

impl From<DeviceAnswer> for Answered {
    fn from(answer: DeviceAnswer) -> Self {
        Self {
            answer,
            forward: None,
        }
    }
}

pub(super) async fn run(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    device_id: &str,
    message: &DeclarativeManagement,
) -> Result<Answered, Error> {
    const CHANNEL: &str = "SELECT ch.id, ch.created_at, f.url, f.key_sealed FROM channel ch \
        LEFT JOIN dm_forward f ON f.enrollment_id = ch.enrollment_id \
        WHERE ch.enrollment_id = $1 AND ch.name = $2 AND ch.ended_at IS NULL";
    let endpoint = Endpoint::parse(&message.endpoint);
    let name = message.ids.channel().to_string();
    let values = args![enrollment.id.as_str(), name];
    let Some(row) = tx.fetch_optional(CHANNEL, values).await? else {
        // Its `TokenUpdate` has not come yet.
        return Ok(DeviceAnswer::Later.into());
    };
    let personal = enrollment.ownership == "personal";
    let report = message.data.as_deref().unwrap_or_default();
    let answer = match endpoint {
        Endpoint::Tokens => DeviceAnswer::Json(tokens(row.i64(1)?)),
        Endpoint::Items => DeviceAnswer::Json(items()),
        // The device drops it and goes on.
        Endpoint::Declaration => DeviceAnswer::NotFound,
        Endpoint::Malformed => DeviceAnswer::BadRequest,
        Endpoint::Status => {
            let channel = status::ReportingChannel {
                id: row.text(0)?,
                device_id,
                personal,
            };
            status::take_in(tx, &channel, report, context.now_ms).await?
        }
    };
    // What cannot be read is nobody's.
    let (Some(base), false) = (row.opt_text(2)?, answer == DeviceAnswer::BadRequest) else {
        return Ok(answer.into());
    };
    let Some(url) = endpoint_url(&base, &message.endpoint) else {
        return Ok(DeviceAnswer::NotFound.into());
    };
    let sealed = row.opt_blob(3)?;
    let key = sealed.map(|sealed| {
        let id = enrollment.id.as_str();
        context.keys.open(&sealed, "dm_forward", "key_sealed", id)
    });
    let Ok(key) = key.transpose() else {
        tracing::error!(
            enrollment = enrollment.id,
            "the key of a forwarding cannot be opened; set it anew"
        );
        return Ok(DeviceAnswer::Later.into());
    };
    let report = match endpoint {
        Endpoint::Status if personal => status::without_personal(report),
        Endpoint::Status => Some(report.to_vec()),
        _ => None,
    };
    let forward = Some(Question {
        url,
        report,
        key,
        from: Named::of(&message.ids),
    });
    Ok(Answered { answer, forward })
}

/// The answer of another server to a device of ours.
pub(super) async fn forwarded(core: &Core, question: &Question) -> Result<DeviceAnswer, Error> {
    Ok(match forward::ask(core, question).await? {
        Heard::Body(body) => DeviceAnswer::Json(body),
        Heard::Taken => DeviceAnswer::Empty,
        Heard::Missing => DeviceAnswer::NotFound,
        Heard::NotNow => DeviceAnswer::Later,
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
