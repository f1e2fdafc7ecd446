//! What is sent: the event as JSON, and the signature over it.

use serde_json::{Value as Json, json};
use tillsyn_pki::hash;

/// One event, as it is told.
pub(super) struct Told<'a> {
    pub(super) id: &'a str,
    pub(super) at: i64,
    pub(super) actor_kind: &'a str,
    pub(super) actor_id: &'a str,
    pub(super) action: &'a str,
    pub(super) object_kind: &'a str,
    pub(super) object_id: &'a str,
    pub(super) unit_id: &'a str,
    pub(super) result: &'a str,
    pub(super) details: Json,
}

/// The body: names as in the audit API. The address of the actor stays here: it names a person.
pub(super) fn body(delivery_id: &str, webhook_id: &str, event: &Told<'_>) -> Vec<u8> {
    let at = jiff::Timestamp::from_millisecond(event.at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    json!({
        "delivery_id": delivery_id,
        "webhook_id": webhook_id,
        "event": {
            "id": event.id,
            "at": format!("{at:.3}"),
            "actor_kind": event.actor_kind,
            "actor_id": event.actor_id,
            "action": event.action,
            "object_kind": event.object_kind,
            "object_id": event.object_id,
            "unit_id": event.unit_id,
            "result": event.result,
            "details": event.details,
        },
    })
    .to_string()
    .into_bytes()
}

/// `Tillsyn-Signature`: the time of sending and HMAC-SHA256 over `t.body`, so that an old request cannot
/// be sent again as a new one.
pub(super) fn signature(key: &[u8], now_ms: i64, body: &[u8]) -> String {
    let t = (now_ms / 1_000).to_string();
    let tag = hash::hmac_sha256(key, &[t.as_bytes(), b".", body]);
    format!("t={t},v1={}", hash::hex(&tag))
}
