//! Status reports: the last ones of each channel, and what the device complained of.

use serde_json::{Map, Value, json};
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use super::super::answer::DeviceAnswer;
use super::strict;
use crate::error::Error;
use crate::ids::new_uuid;

/// Reports kept for each channel.
const KEPT: i64 = 10;
/// Longest report kept as it came.
const BODY_LIMIT: usize = 256 * 1024;
/// Longest list of complaints.
const ERRORS_LIMIT: usize = 32 * 1024;

/// Who reports.
pub(super) struct ReportingChannel<'a> {
    pub(super) id: String,
    pub(super) device_id: &'a str,
    pub(super) personal: bool,
}

/// What is kept of a report.
#[derive(Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) full: bool,
    pub(super) body: String,
    pub(super) errors: Option<String>,
}

/// Decides what of a report is kept; `None` when it is none. A malformed one gets 400: after 500 a device
/// would send the same report for ever.
pub(super) fn read(report: &[u8], personal: bool) -> Option<Kept> {
    let Value::Object(mut report) = without_nul(strict::parse(report)?) else {
        return None;
    };
    let items = match report.remove("StatusItems") {
        None => Map::new(),
        Some(Value::Object(items)) => items,
        Some(_) => return None,
    };
    let errors = match report.remove("Errors") {
        None => Vec::new(),
        Some(Value::Array(errors)) => errors,
        Some(_) => return None,
    };
    let full = match report.get("FullReport") {
        None => false,
        Some(Value::Bool(full)) => *full,
        Some(_) => return None,
    };
    // Of a personal device only the state of our own declarations is kept (S41).
    let items: Map<String, Value> = if personal {
        items
            .into_iter()
            .filter(|(name, _)| name == "management")
            .collect()
    } else {
        items
    };
    let body = json!({ "StatusItems": items }).to_string();
    let errors = (!errors.is_empty()).then(|| json!(errors).to_string());
    Some(Kept {
        full,
        body: bounded(body, BODY_LIMIT),
        errors: errors.map(|text| bounded(text, ERRORS_LIMIT)),
    })
}

/// The report of a personal device as somebody else may have it: with what we keep of it, and no more (S41). `None`
/// when it is none.
pub(super) fn without_personal(report: &[u8]) -> Option<Vec<u8>> {
    let Value::Object(mut report) = strict::parse(report)? else {
        return None;
    };
    if let Some(Value::Object(items)) = report.get_mut("StatusItems") {
        items.retain(|name, _| name == "management");
    }
    report.retain(|name, _| matches!(name.as_str(), "StatusItems" | "Errors" | "FullReport"));
    Some(Value::Object(report).to_string().into_bytes())
}

fn bounded(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    json!({ "truncated": true, "size_bytes": text.len() }).to_string()
}

/// PostgreSQL cannot hold U+0000 in JSON or text.
fn without_nul(value: Value) -> Value {
    let clean = |text: String| {
        if text.contains('\0') {
            text.replace('\0', "\u{fffd}")
        } else {
            text
        }
    };
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(items) => items.into_iter().map(without_nul).collect(),
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (clean(key), without_nul(value)))
            .collect(),
        other => other,
    }
}

/// Stores one report. The same one twice in a row is one: the first answer was lost.
pub(super) async fn take_in(
    tx: &Tx,
    channel: &ReportingChannel<'_>,
    report: &[u8],
    now_ms: i64,
) -> Result<DeviceAnswer, Error> {
    const NEWEST: &str = "SELECT body_hash FROM status_report WHERE channel_id = $1 \
        ORDER BY received_at DESC, id DESC LIMIT 1";
    const INSERT: &str = "INSERT INTO status_report (id, channel_id, device_id, received_at, \
        full_report, body, errors, body_hash, size_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    const TRIM: &str = "DELETE FROM status_report WHERE channel_id = $1 AND id NOT IN \
        (SELECT id FROM status_report WHERE channel_id = $1 \
        ORDER BY received_at DESC, id DESC LIMIT $2)";
    let Some(kept) = read(report, channel.personal) else {
        metrics::counter!("tillsyn_status_reports_refused_total").increment(1);
        return Ok(DeviceAnswer::BadRequest);
    };
    let body_hash = hash::sha256_hex(report);
    let newest = tx
        .fetch_optional(NEWEST, args![channel.id.as_str()])
        .await?;
    if let Some(newest) = newest
        && newest.text(0)? == body_hash
    {
        return Ok(DeviceAnswer::Empty);
    }
    tx.execute(
        INSERT,
        args![
            new_uuid(now_ms).to_string(),
            channel.id.as_str(),
            channel.device_id,
            now_ms,
            i64::from(kept.full),
            kept.body,
            kept.errors,
            body_hash,
            i64::try_from(report.len()).unwrap_or(i64::MAX)
        ],
    )
    .await?;
    tx.execute(TRIM, args![channel.id.as_str(), KEPT]).await?;
    Ok(DeviceAnswer::Empty)
}
