//! What waited for a certificate goes out again when there is one.

use tillsyn_db::{Tx, args};

use crate::error::Error;

/// Pushes every channel of the topic that has unfinished work or a push waiting, 500 in a second: a
/// fleet that comes back must not come at once. Whatever back-off they had is over.
pub(super) async fn push_waiting_in(tx: &Tx, topic: &str, now: i64) -> Result<u64, Error> {
    const ALL: &str = "INSERT INTO push_request (channel_id, due_at, version) \
        SELECT w.id, $2 + w.place * 2, 1 FROM \
        (SELECT ch.id AS id, row_number() OVER (ORDER BY ch.id) AS place FROM channel ch \
        WHERE ch.topic = $1 AND ch.ended_at IS NULL AND ch.push_token IS NOT NULL \
        AND ch.contact <> 'unreachable' \
        AND (EXISTS (SELECT 1 FROM command c WHERE c.channel_id = ch.id AND c.finished = 0 \
        AND c.status <> 'held') OR EXISTS (SELECT 1 FROM push_request r WHERE r.channel_id = ch.id))) w \
        WHERE 1 = 1 ON CONFLICT (channel_id) DO UPDATE SET due_at = excluded.due_at, attempt = 0, \
        lease_until = 0, version = push_request.version + 1";
    Ok(tx.execute(ALL, args![topic, now]).await?)
}
