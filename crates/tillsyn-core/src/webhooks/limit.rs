//! How much may wait for one webhook.

use tillsyn_db::args;

use super::change::{PauseReason, pause_in};
use super::store::head_in;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::ids::WebhookId;

/// Events beyond this wait in the trail, where they are anyway.
pub(super) const ROOM: i64 = 2_000;
/// What devices send waits nowhere else: beyond this the webhook is paused.
const MOST_ROWS: i64 = 10_000;
const MOST_BYTES: i64 = 256 * 1024 * 1024;

/// Pauses the webhooks that more waits for than there is room.
pub(super) async fn pause_flooded(core: &Core) -> Result<(), Error> {
    const FLOODED: &str = "SELECT d.webhook_id FROM webhook_delivery d \
        JOIN webhook h ON h.id = d.webhook_id WHERE d.status = 'waiting' AND h.status = 'active' \
        GROUP BY d.webhook_id HAVING count(*) > $1 OR CAST(SUM(d.size_bytes) AS BIGINT) > $2";
    let values = args![MOST_ROWS, MOST_BYTES];
    for row in core.db().query_all(FLOODED, values).await? {
        let input = (WebhookId::from_store(row.text(0)?), core.now_ms());
        core.db()
            .write(input, |tx, (id, now)| {
                Box::pin(async move {
                    let system = Actor::system();
                    match head_in(tx, id).await? {
                        Some(head) if head.is_active => {
                            pause_in(tx, &system, &head, Some(PauseReason::Flooded), *now).await
                        }
                        _ => Ok(()),
                    }
                })
            })
            .await?;
    }
    Ok(())
}
