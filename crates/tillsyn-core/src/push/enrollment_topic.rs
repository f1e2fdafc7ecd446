//! Which topic a new enrollment gets, and whether a topic can wake devices now.

use tillsyn_db::args;

use crate::core::Core;
use crate::error::Error;

/// The topic that new devices of a unit enroll with: its own, or that of the nearest unit above. `None`
/// while there is no certificate that is valid now. Enrolled devices keep the one they have.
pub async fn topic_for_unit(core: &Core, unit_id: &str) -> Result<Option<String>, Error> {
    const FIND: &str = "SELECT p.topic FROM push_topic p JOIN org_unit u ON u.id = p.org_unit_id \
        JOIN org_unit t ON t.id = $1 WHERE substr(t.path, 1, length(u.path)) = u.path \
        AND p.not_after > $2 \
        ORDER BY length(u.path) DESC, p.for_new DESC, p.created_at LIMIT 1";
    let row = core
        .db()
        .query_optional(FIND, args![unit_id, core.now_ms()])
        .await?;
    Ok(row.map(|row| row.text(0)).transpose()?)
}

/// The topic that new devices of the whole organisation enroll with; `None` while no certificate is
/// valid now.
pub async fn topic_for_enrollment(core: &Core) -> Result<Option<String>, Error> {
    const FIND: &str = "SELECT p.topic FROM push_topic p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.not_after > $1 ORDER BY length(u.path), p.for_new DESC, p.created_at LIMIT 1";
    let row = core.db().query_optional(FIND, args![core.now_ms()]).await?;
    Ok(row.map(|row| row.text(0)).transpose()?)
}

/// When the certificate ends that new devices enroll with; `None` while none is valid now.
pub async fn enrollment_until(core: &Core) -> Result<Option<i64>, Error> {
    const FIND: &str = "SELECT p.not_after FROM push_topic p JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE p.not_after > $1 ORDER BY length(u.path), p.for_new DESC, p.created_at LIMIT 1";
    let row = core.db().query_optional(FIND, args![core.now_ms()]).await?;
    Ok(row.map(|row| row.i64(0)).transpose()?)
}

/// Whether pushes to this device can go out: the certificate of its own topic is valid and APNs takes it.
pub async fn wakes_device(core: &Core, device_id: &str) -> Result<bool, Error> {
    const FIND: &str = "SELECT 1 FROM enrollment e JOIN push_topic p ON p.topic = e.topic \
        WHERE e.device_id = $1 AND e.status = 'active' AND p.not_after > $2 \
        AND p.stopped_reason IS NULL LIMIT 1";
    let row = core
        .db()
        .query_optional(FIND, args![device_id, core.now_ms()])
        .await?;
    Ok(row.is_some())
}
