//! The channels of a device's enrollment: who uses them, how they are reached, what waits there.

use tillsyn_db::{Tx, args};

use crate::error::Error;
use crate::ids::DeviceId;

/// One channel of the enrollment that the device's row shows.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ChannelView {
    pub id: String,
    /// `device` or `user:<id>`.
    pub name: String,
    pub user_short_name: Option<String>,
    pub user_long_name: Option<String>,
    /// `reachable`, `unreachable` or `unhealthy`.
    pub contact: String,
    pub awaiting_configuration: bool,
    pub since: i64,
    pub token_updated_at: Option<i64>,
    pub ended_at: Option<i64>,
    /// Commands that are not finished.
    pub waiting: i64,
}

/// The device channel first, then users by name; ended ones last.
pub(super) async fn channels_in(tx: &Tx, id: &DeviceId) -> Result<Vec<ChannelView>, Error> {
    const LIST: &str = "SELECT ch.id, ch.name, ch.user_short_name, ch.user_long_name, ch.contact, \
        ch.awaiting_configuration, ch.created_at, ch.token_updated_at, ch.ended_at, \
        (SELECT count(*) FROM command c WHERE c.channel_id = ch.id AND c.finished = 0) \
        FROM channel ch JOIN device_summary d ON d.device_id = ch.device_id \
        AND d.enrollment_id = ch.enrollment_id WHERE ch.device_id = $1 \
        ORDER BY CASE WHEN ch.ended_at IS NULL THEN 0 ELSE 1 END, \
        CASE WHEN ch.name = 'device' THEN 0 ELSE 1 END, ch.name LIMIT 200";
    tx.fetch_all(LIST, args![id])
        .await?
        .iter()
        .map(|row| {
            Ok(ChannelView {
                id: row.text(0)?,
                name: row.text(1)?,
                user_short_name: row.opt_text(2)?,
                user_long_name: row.opt_text(3)?,
                contact: row.text(4)?,
                awaiting_configuration: row.i64(5)? != 0,
                since: row.i64(6)?,
                token_updated_at: row.opt_i64(7)?,
                ended_at: row.opt_i64(8)?,
                waiting: row.i64(9)?,
            })
        })
        .collect()
}
