//! Where a device belongs: the card on its page, and moving it to another unit or person.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::devices::{DeviceDetail, move_devices};
use tillsyn_core::groups::{groups_of_device, person_with_email};
use tillsyn_core::ids::{DeviceId, OrgUnitId};
use tillsyn_core::people::set_device_person;
use tillsyn_core::{Error, Permission};

use super::choices::unit_choices;
use super::groups::links_to_groups;
use super::page::{BelongsTo, NotedLink, Problem};
use super::problem::problem;
use crate::console::device::summary_with;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{page, urls};

/// The card.
pub(crate) async fn belongs_to(
    visitor: &Visitor,
    device: &DeviceDetail,
) -> Result<BelongsTo, Failure> {
    let row = &device.row;
    let person = row.person_id.as_ref().map(|id| NotedLink {
        // Whoever does not see people reads the name only.
        href: if visitor.may(Permission::PeopleRead) {
            urls::person(id.as_str())
        } else {
            String::new()
        },
        text: row.person_name.clone().unwrap_or_default(),
        note: String::new(),
    });
    let groups = if visitor.may(Permission::GroupsRead) {
        groups_of_device(visitor.core(), visitor.actor(), &row.id).await?
    } else {
        Vec::new()
    };
    let units = if visitor.may(Permission::UnitsWrite) {
        unit_choices(visitor, device.unit_id.as_str()).await?
    } else {
        Vec::new()
    };
    Ok(BelongsTo {
        unit: device.unit_name.clone(),
        units,
        person,
        may_give: visitor.may(Permission::PeopleWrite),
        groups: links_to_groups(visitor.texts, &groups),
        problem: Problem::default(),
    })
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    unit: String,
    /// Mail address of the person; empty takes the device from whoever has it.
    #[serde(default)]
    email: String,
}

pub(crate) async fn move_device(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, device) = (filled.visitor, device_id(&id)?);
    let unit = OrgUnitId::parse(&filled.fields.unit)
        .ok_or_else(|| Error::not_found("organisational unit"))?;
    let devices = vec![device.clone()];
    let done = move_devices(visitor.core(), visitor.actor(), devices, &unit).await;
    settle(visitor, &device, done).await
}

pub(crate) async fn set_person(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, device) = (filled.visitor, device_id(&id)?);
    let done = give(&visitor, &device, filled.fields.email.trim()).await;
    settle(visitor, &device, done).await
}

async fn give(visitor: &Visitor, device: &DeviceId, email: &str) -> Result<(), Error> {
    let (core, actor) = (visitor.core(), visitor.actor());
    if email.is_empty() {
        return set_device_person(core, actor, device, None).await;
    }
    match person_with_email(core, actor, email).await? {
        Some(person) => set_device_person(core, actor, device, Some(&person)).await,
        None => Err(Error::invalid("email", "members_unknown", "")
            .with_data(serde_json::json!({"unknown": [email]}))),
    }
}

fn device_id(text: &str) -> Result<DeviceId, Error> {
    DeviceId::parse(text).ok_or_else(|| Error::not_found("device"))
}

async fn settle(
    visitor: Visitor,
    device: &DeviceId,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    let address = urls::device(device.as_str());
    match done {
        Ok(()) => Ok(go(visitor.state(), &address, Told::Saved)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let visitor = visitor.at(address);
            let problem = problem(visitor.texts, error)?;
            let mut shown = summary_with(&visitor, device.as_str()).await?;
            shown.belongs.problem = problem;
            Ok(page(status, &shown))
        }
    }
}
