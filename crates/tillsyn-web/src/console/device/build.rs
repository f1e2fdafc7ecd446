//! The device's page from what the product knows.

use tillsyn_core::commands::{self, CommandFilter};
use tillsyn_core::devices::{self, DeviceDetail};
use tillsyn_core::events;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::{Error, Permission};

use super::acts::acts;
use super::page::{DevicePage, DeviceTab};
use super::{forwarding, inventory, items, parts};
use crate::console::commands::entry;
use crate::console::devices::{around as devices_around, platform_icon};
use crate::console::failure::Failure;
use crate::console::frame::{Pager, Place};
use crate::console::guard::Dialog;
use crate::console::lists::{self, Place as At};
use crate::console::organisation::{self, BelongsTo};
use crate::console::overview::{Activity, activity_of};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::ui::{status, urls};

/// Commands on the summary; the tab has them all.
const COMMANDS: i64 = 5;

/// A device of the visitor's scope, on the way to its page.
pub(super) struct Build<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) device: DeviceDetail,
}

impl<'a> Build<'a> {
    pub(super) async fn new(visitor: &'a Visitor, id: &str) -> Result<Self, Failure> {
        let id = device_id(id)?;
        let device = devices::device(visitor.core(), visitor.actor(), &id).await?;
        Ok(Self { visitor, device })
    }

    /// `iPhone`, `iPad` or `Mac`.
    pub(super) fn kind(&self) -> &'static str {
        words::os_name(&self.device.row.platform)
    }

    pub(super) fn is_mac(&self) -> bool {
        self.device.row.platform == "macos"
    }

    pub(super) fn is_personal(&self) -> bool {
        self.device.row.ownership.as_deref() == Some("personal")
    }

    /// Model and capacity: `iPhone 16, 128 GB`.
    pub(super) fn what(&self) -> String {
        let row = &self.device.row;
        let model = row.model_name.as_deref().or(row.model.as_deref());
        let model = model.unwrap_or(self.kind()).to_owned();
        match self.device.capacity_bytes {
            Some(size) => format!("{model}, {}", words::bytes(self.visitor.texts, size)),
            None => model,
        }
    }

    pub(super) async fn page(
        &self,
        tab: DeviceTab,
        dialog: Option<Dialog>,
    ) -> Result<DevicePage, Failure> {
        let (visitor, l, device) = (self.visitor, self.visitor.texts, &self.device);
        let row = &device.row;
        let (commands, commands_pager) = self.commands(tab).await?;
        let (history, history_pager) = self.history(tab).await?;
        let (changes, changes_pager) = if tab == DeviceTab::Facts {
            let (rows, pager) = inventory::changes(self).await?;
            (Some(rows), pager)
        } else {
            (None, Pager::default())
        };
        let inventory = if tab == DeviceTab::Inventory {
            Some(inventory::tab(self).await?)
        } else {
            None
        };
        let topics = format!("device:{}", row.id);
        Ok(DevicePage {
            tab,
            around: devices_around(visitor, &row.id).await?,
            id: row.id.to_string(),
            name: row.name.clone(),
            icon: platform_icon(&row.platform, row.model.as_deref().unwrap_or_default()),
            what: self.what(),
            person: row.person_name.clone().unwrap_or_default(),
            belongs: if tab == DeviceTab::Summary {
                organisation::belongs_to(visitor, device).await?
            } else {
                BelongsTo::default()
            },
            enrollments: if tab == DeviceTab::Summary {
                parts::enrollments(self)
            } else {
                Vec::new()
            },
            personal: self.is_personal(),
            pills: self.pills(),
            callout: parts::callout(self).await?,
            strip: parts::strip(self),
            commands,
            commands_pager,
            profiles: parts::profiles(self),
            profiles_seen: device
                .profiles_observed_at
                .map(|at| l.ago(at, &visitor.zone)),
            facts: parts::facts(self, tab == DeviceTab::Facts),
            changes,
            changes_pager,
            inventory,
            items: if tab == DeviceTab::Profiles {
                Some(items::tab(self).await?)
            } else {
                None
            },
            forward: if tab == DeviceTab::Profiles {
                forwarding::card(self).await?
            } else {
                None
            },
            identity: parts::identity(self),
            security: parts::security(self),
            certificate: parts::certificate(self),
            history: visitor.may(Permission::AuditRead).then_some(history),
            history_pager,
            profile_error: String::new(),
            acts: acts(self).await?,
            dialog,
            f: visitor.frame(Place::Devices, &topics).await?,
        })
    }

    fn pills(&self) -> Vec<crate::ui::Status> {
        let (l, row) = (self.visitor.texts, &self.device.row);
        let mut pills = vec![status(l, "device", &row.status)];
        if row.supervised == Some(true) {
            pills.push(words::supervised(l));
        }
        pills
    }

    async fn commands(&self, tab: DeviceTab) -> Result<(Vec<super::CommandEntry>, Pager), Failure> {
        let (visitor, id) = (self.visitor, &self.device.row.id);
        let (after, limit) = match tab {
            DeviceTab::Commands => (At::of(&visitor.query).after(), None),
            DeviceTab::Summary => (None, Some(COMMANDS)),
            _ => return Ok((Vec::new(), Pager::default())),
        };
        let filter = CommandFilter {
            device_id: Some(id.clone()),
            ..CommandFilter::default()
        };
        let (core, actor) = (visitor.core(), visitor.actor());
        let found = commands::list_commands(core, actor, filter, after, limit).await?;
        let entries: Vec<_> = found
            .items
            .iter()
            .map(|found| entry(visitor, found))
            .collect();
        let path = urls::device_commands(id.as_str());
        let pager = lists::pager(visitor, &path, entries.len(), found.next.as_deref());
        Ok((entries, pager))
    }

    async fn history(&self, tab: DeviceTab) -> Result<(Vec<Activity>, Pager), Failure> {
        if tab != DeviceTab::History {
            return Ok((Vec::new(), Pager::default()));
        }
        let (visitor, id) = (self.visitor, self.device.row.id.as_str());
        let (core, actor) = (visitor.core(), visitor.actor());
        let after = At::of(&visitor.query);
        let object = Some(("device", id));
        let found = events::list_events(core, actor, object, after.after(), None).await?;
        let lines = activity_of(visitor, &found.items).await?;
        let path = urls::device_history(id);
        let pager = lists::pager(visitor, &path, lines.len(), found.next.as_deref());
        Ok((lines, pager))
    }
}

/// The id in an address; what is no id names nothing.
pub(super) fn device_id(text: &str) -> Result<DeviceId, Error> {
    DeviceId::parse(text).ok_or_else(|| Error::not_found("device"))
}
