//! The list of devices in pieces that are read as they are written out.

use serde_json::Value as Json;

use super::list::{DeviceFilter, DeviceRow, DeviceSort, list_devices};
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::lists::record_export;
use crate::paging::MAX_PAGE;

/// An export on its way.
pub struct DeviceExport {
    core: Core,
    actor: Actor,
    filter: DeviceFilter,
    sort: (DeviceSort, bool),
    after: Option<String>,
    over: bool,
}

/// Begins one, and records that it was asked for; `details` says of what.
///
/// # Errors
/// Forbidden without the right to read devices.
pub async fn export_devices(
    core: &Core,
    actor: &Actor,
    filter: DeviceFilter,
    sort: (DeviceSort, bool),
    details: Json,
) -> Result<DeviceExport, Error> {
    record_export(core, actor, Permission::DevicesRead, "devices", details).await?;
    Ok(DeviceExport {
        core: core.clone(),
        actor: actor.clone(),
        filter,
        sort,
        after: None,
        over: false,
    })
}

impl DeviceExport {
    /// The next rows; `None` when all were given.
    pub async fn next(&mut self) -> Result<Option<Vec<DeviceRow>>, Error> {
        if self.over {
            return Ok(None);
        }
        let (after, limit) = (self.after.as_deref(), Some(MAX_PAGE));
        let page = list_devices(
            &self.core,
            &self.actor,
            &self.filter,
            self.sort,
            after,
            limit,
        )
        .await?;
        self.over = page.next.is_none();
        self.after = page.next;
        Ok(Some(page.items))
    }
}
