//! Moving several devices or people at once: `/console/devices/move` and `/console/people/move`. What it does on
//! devices is shown as a plan before it is done.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::devices::NamedDevice;
use tillsyn_core::ids::{DeviceId, OrgUnitId, PersonId};
use tillsyn_core::plans::{Change, plan};
use tillsyn_core::{Error, Permission, devices, people};

use super::choices::unit_choices;
use super::page::{MovePage, NotedLink, Problem};
use super::problem::{number, problem};
use crate::console::devices::devices_of;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{page, urls};

/// Those that the page names.
const MOST: usize = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    ids: String,
    unit: String,
    with_devices: String,
}

impl Fields {
    fn ids(&self) -> Vec<&str> {
        self.ids.split(',').filter(|id| !id.is_empty()).collect()
    }

    fn unit(&self) -> Result<OrgUnitId, Error> {
        OrgUnitId::parse(&self.unit).ok_or_else(|| Error::not_found("organisational unit"))
    }
}

pub(crate) async fn move_devices_page(visitor: Visitor) -> Result<Response, Failure> {
    let selection = visitor.query.get("selection").unwrap_or_default();
    let chosen = devices_of(&visitor, selection, &visitor.query.list("device")).await?;
    let chosen: Vec<&str> = chosen.iter().map(DeviceId::as_str).collect();
    let ids = chosen.join(",");
    let fields = Fields {
        ids,
        ..Fields::default()
    };
    let shown = of_devices(&visitor, &fields, Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn move_people_page(visitor: Visitor) -> Result<Response, Failure> {
    let ids = visitor.query.list("person").join(",");
    let fields = Fields {
        ids,
        ..Fields::default()
    };
    let shown = of_people(&visitor, &fields, Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// Makes the plan; applying it is an act of its own.
pub(crate) async fn plan_devices(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let change = Change::MoveDevice {
        device_ids: fields.ids().into_iter().map(str::to_owned).collect(),
        unit_id: fields.unit()?.to_string(),
    };
    match plan(visitor.core(), visitor.actor(), change).await {
        Ok(made) => Ok(Redirect::to(&urls::plan(made.id.as_str())).into_response()),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let told = problem(visitor.texts, error)?;
            Ok(page(status, &of_devices(&visitor, &fields, told).await?))
        }
    }
}

/// Nothing changes on a device that stays where it is: people alone are moved at once.
pub(crate) async fn move_people(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let (core, actor) = (visitor.core(), visitor.actor());
    let ids = people_ids(&fields)?;
    let unit = fields.unit()?;
    let done = if fields.with_devices.is_empty() {
        people::move_people(core, actor, &ids, &unit, false)
            .await
            .map(|()| None)
    } else {
        let change = people::moving(core, actor, &ids, &unit, true).await?;
        plan(core, actor, change).await.map(Some)
    };
    match done {
        Ok(None) => Ok(go(visitor.state(), urls::PEOPLE, Told::Saved)),
        Ok(Some(made)) => Ok(Redirect::to(&urls::plan(made.id.as_str())).into_response()),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let told = problem(visitor.texts, error)?;
            Ok(page(status, &of_people(&visitor, &fields, told).await?))
        }
    }
}

fn device_ids(fields: &Fields) -> Result<Vec<DeviceId>, Error> {
    let ids = fields.ids().into_iter();
    ids.map(|id| DeviceId::parse(id).ok_or_else(|| Error::not_found("device")))
        .collect()
}

fn people_ids(fields: &Fields) -> Result<Vec<PersonId>, Error> {
    let ids = fields.ids().into_iter();
    ids.map(|id| PersonId::parse(id).ok_or_else(|| Error::not_found("person")))
        .collect()
}

/// The page with nobody on it says so; what was told before comes first.
fn told(visitor: &Visitor, chosen: usize, problem: Problem) -> Problem {
    match chosen {
        0 => Problem {
            text: visitor.texts.t("move-none"),
            ..Problem::default()
        },
        _ => problem,
    }
}

async fn of_devices(
    visitor: &Visitor,
    fields: &Fields,
    problem: Problem,
) -> Result<MovePage, Failure> {
    let l = visitor.texts;
    let ids = device_ids(fields)?;
    let found = devices::named(visitor.core(), visitor.actor(), &ids).await?;
    let hidden = found.len().saturating_sub(MOST);
    let row = |found: NamedDevice| NotedLink {
        href: urls::device(found.id.as_str()),
        text: found.name,
        note: found.unit_name,
    };
    let rows: Vec<NotedLink> = found.into_iter().take(MOST).map(row).collect();
    Ok(MovePage {
        people: false,
        title: l.tn("move-devices-title", ids.len()),
        problem: told(visitor, rows.len(), problem),
        ids: fields.ids.clone(),
        units: unit_choices(visitor, &fields.unit).await?,
        devices: None,
        with_devices: false,
        more: if hidden > 0 {
            l.tn("many-more", hidden)
        } else {
            String::new()
        },
        rows,
        f: visitor.frame(Place::Devices, "").await?,
    })
}

async fn of_people(
    visitor: &Visitor,
    fields: &Fields,
    problem: Problem,
) -> Result<MovePage, Failure> {
    let l = visitor.texts;
    let mut rows = Vec::new();
    let mut devices = 0;
    let ids = people_ids(fields)?;
    let hidden = ids.len().saturating_sub(MOST);
    for id in ids.iter().take(MOST) {
        let found = people::person(visitor.core(), visitor.actor(), id).await?;
        devices += found.devices;
        rows.push(NotedLink {
            href: urls::person(id.as_str()),
            text: found.name,
            note: found.unit_name,
        });
    }
    let may = visitor.may(Permission::UnitsWrite) && devices > 0;
    Ok(MovePage {
        people: true,
        title: l.tn("move-people-title", ids.len()),
        problem: told(visitor, rows.len(), problem),
        ids: fields.ids.clone(),
        units: unit_choices(visitor, &fields.unit).await?,
        devices: may.then(|| number(l, devices)),
        with_devices: !fields.with_devices.is_empty(),
        more: if hidden > 0 {
            l.tn("move-people-more", hidden)
        } else {
            String::new()
        },
        rows,
        f: visitor.frame(Place::People, "").await?,
    })
}
