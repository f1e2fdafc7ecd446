//! What the channels of a device reported of themselves (declarative management).

use serde_json::Value as Json;
use tillsyn_db::args;

use crate::actor::{Actor, Permission, authorize_device};
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;

/// One report.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StatusReportView {
    pub id: String,
    /// `device` or `user:<id>`.
    pub channel: String,
    pub received_at: i64,
    pub full_report: bool,
    pub body: Json,
    pub errors: Option<Json>,
    pub size_bytes: i64,
}

/// The last reports of one device of the actor's scope, newest first.
pub async fn status_reports(
    core: &Core,
    actor: &Actor,
    id: &DeviceId,
) -> Result<Vec<StatusReportView>, Error> {
    core.db()
        .read((id.clone(), actor.clone()), |tx, (id, actor)| {
            Box::pin(async move {
                const UNIT: &str = "SELECT u.path, d.platform FROM device d \
                    JOIN org_unit u ON u.id = d.org_unit_id WHERE d.id = $1";
                const LIST: &str = "SELECT r.id, ch.name, r.received_at, r.full_report, r.body, \
                    r.errors, r.size_bytes FROM status_report r \
                    JOIN channel ch ON ch.id = r.channel_id WHERE r.device_id = $1 \
                    ORDER BY r.received_at DESC, r.id DESC LIMIT 100";
                let row = tx.fetch_optional(UNIT, args![&*id]).await?;
                let row = row.ok_or_else(|| Error::not_found("device"))?;
                authorize_device(actor, Permission::DevicesRead, row.str(0)?, row.str(1)?)?;
                tx.fetch_all(LIST, args![&*id])
                    .await?
                    .iter()
                    .map(|row| {
                        let errors = row.opt_text(5)?;
                        Ok(StatusReportView {
                            id: row.text(0)?,
                            channel: row.text(1)?,
                            received_at: row.i64(2)?,
                            full_report: row.i64(3)? != 0,
                            body: serde_json::from_str(&row.text(4)?).unwrap_or_default(),
                            errors: errors.and_then(|text| serde_json::from_str(&text).ok()),
                            size_bytes: row.i64(6)?,
                        })
                    })
                    .collect()
            })
        })
        .await
}
