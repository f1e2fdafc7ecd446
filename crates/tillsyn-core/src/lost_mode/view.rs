//! Whether a device is in lost mode, and what is on its way.

use tillsyn_db::args;

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::devices;
use crate::error::Error;
use crate::ids::DeviceId;

/// The state as the device said it last.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct LostMode {
    pub on: bool,
    /// Since when it is on, or was.
    pub began_at: Option<i64>,
    pub ended_at: Option<i64>,
    /// What its screen says.
    pub message: Option<String>,
    pub phone_number: Option<String>,
    pub footnote: Option<String>,
    /// Commands of lost mode that the device has not obeyed yet: Apple's `RequestType`s.
    pub waiting: Vec<String>,
}

const FIND: &str = "SELECT began_at, ended_at, message, phone_number, footnote FROM lost_mode \
    WHERE device_id = $1";
const WAITING: &str = "SELECT DISTINCT request_type FROM command WHERE device_id = $1 \
    AND finished = 0 AND request_type IN ('EnableLostMode', 'DisableLostMode', 'DeviceLocation', \
    'PlayLostModeSound') ORDER BY request_type";

/// Lost mode of a device of the actor's scope.
pub async fn lost_mode(core: &Core, actor: &Actor, device: &DeviceId) -> Result<LostMode, Error> {
    may(actor, Permission::DevicesRead)?;
    devices::reach(core, actor, device).await?;
    core.db()
        .read(device.clone(), |tx, device| {
            Box::pin(async move {
                let mut found = match tx.fetch_optional(FIND, args![device]).await? {
                    None => LostMode::default(),
                    Some(row) => LostMode {
                        on: row.opt_i64(1)?.is_none(),
                        began_at: row.opt_i64(0)?,
                        ended_at: row.opt_i64(1)?,
                        message: row.opt_text(2)?,
                        phone_number: row.opt_text(3)?,
                        footnote: row.opt_text(4)?,
                        waiting: Vec::new(),
                    },
                };
                for row in tx.fetch_all(WAITING, args![device]).await? {
                    found.waiting.push(row.text(0)?);
                }
                Ok::<_, Error>(found)
            })
        })
        .await
}
