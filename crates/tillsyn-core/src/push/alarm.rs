//! Faults on our side that hit many devices at once: an alarm for people, never the end of an enrollment.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// Refused channels that make an alarm, however small the fleet.
const LEAST: i64 = 3;
/// Share of a topic's channels that makes one, in percent.
const PERCENT: i64 = 5;

/// Whether so many refusals are a fault of ours. Pure. A single bad token can be that of one device; many
/// at once are a wrong environment or certificate.
fn is_storm(refused: i64, channels: i64) -> bool {
    refused >= LEAST && refused * 100 >= channels * PERCENT
}

/// After refusals by `BadDeviceToken` or `DeviceTokenNotForTopic`: raises the alarm once.
pub(super) async fn sender_fault_in(
    tx: &Tx,
    topic: &str,
    reason: &str,
    now: i64,
) -> Result<(), Error> {
    let (refused, channels) = counts_in(tx, topic).await?;
    if is_storm(refused, channels) {
        raise_in(tx, topic, reason, refused, now).await?;
    }
    Ok(())
}

/// Raises the alarm of a topic, if it is not raised.
pub(super) async fn raise_in(
    tx: &Tx,
    topic: &str,
    reason: &str,
    channels: i64,
    now: i64,
) -> Result<(), Error> {
    const RAISE: &str = "UPDATE push_topic SET alarm_reason = $2, alarm_since = $3 \
        WHERE topic = $1 AND alarm_since IS NULL";
    const FIND: &str = "SELECT id, org_unit_id FROM push_topic WHERE topic = $1";
    if tx.execute(RAISE, args![topic, reason, now]).await? == 0 {
        return Ok(());
    }
    tracing::error!(
        reason,
        channels,
        "APNs refuses pushes for a fault on our side"
    );
    let row = tx.fetch_one(FIND, args![topic]).await?;
    let (id, unit) = (row.text(0)?, row.text(1)?);
    let event = NewEvent::done("push_certificate.alarm", "push_topic", &id, &unit)
        .with(json!({ "topic": topic, "reason": reason, "channels": channels }));
    events::record(tx, &Actor::system(), now, event).await?;
    Ok(())
}

/// Channels of a topic whose last push was refused for a fault on our side, and all of them.
async fn counts_in(tx: &Tx, topic: &str) -> Result<(i64, i64), Error> {
    const COUNT: &str = "SELECT count(CASE WHEN last_push_answer IN \
        ('BadDeviceToken', 'DeviceTokenNotForTopic') OR last_push_answer LIKE '4%' THEN 1 END), \
        count(*) FROM channel WHERE topic = $1 AND ended_at IS NULL AND push_token IS NOT NULL";
    let row = tx.fetch_one(COUNT, args![topic]).await?;
    Ok((row.i64(0)?, row.i64(1)?))
}

/// Ends the alarms that are over: APNs has accepted pushes of most of the refused channels since.
pub(crate) async fn end_alarms(core: &Core) -> Result<(), Error> {
    const RAISED: &str = "SELECT topic FROM push_topic WHERE alarm_since IS NOT NULL";
    for row in core.db().query_all(RAISED, args![]).await? {
        core.db()
            .write((row.text(0)?, core.now_ms()), |tx, (topic, now)| {
                Box::pin(async move { end_in(tx, topic, *now).await })
            })
            .await?;
    }
    Ok(())
}

async fn end_in(tx: &Tx, topic: &str, now: i64) -> Result<(), Error> {
    const END: &str = "UPDATE push_topic SET alarm_reason = NULL, alarm_since = NULL \
        WHERE topic = $1 AND alarm_since IS NOT NULL";
    const FIND: &str = "SELECT id, org_unit_id FROM push_topic WHERE topic = $1";
    let (refused, channels) = counts_in(tx, topic).await?;
    if is_storm(refused, channels) || tx.execute(END, args![topic]).await? == 0 {
        return Ok(());
    }
    let row = tx.fetch_one(FIND, args![topic]).await?;
    let (id, unit) = (row.text(0)?, row.text(1)?);
    let event = NewEvent::done("push_certificate.alarm_over", "push_topic", &id, &unit)
        .with(json!({ "topic": topic }));
    events::record(tx, &Actor::system(), now, event).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_storm;

    #[test]
    fn a_storm_is_several_devices_and_a_share_of_the_fleet() {
        assert!(!is_storm(1, 1));
        assert!(!is_storm(2, 2));
        assert!(is_storm(3, 3));
        assert!(is_storm(3, 60));
        assert!(!is_storm(3, 61));
        assert!(is_storm(500, 10_000));
        assert!(!is_storm(499, 10_000));
    }
}
