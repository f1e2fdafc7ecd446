//! `/console/settings/units` and below.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::{self as core, NewUnit, UnitView};
use tillsyn_core::{Error, Permission};

use super::choices::of_units;
use super::page::{ChosenUnit, Problem, UnitForm, UnitRow, UnitsPage};
use super::problem::{number, problem};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{Link, page, urls};

#[derive(Default, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    name: String,
    /// Where it belongs, or goes.
    #[serde(default)]
    unit: String,
}

pub(crate) async fn units_page(visitor: Visitor) -> Result<Response, Failure> {
    let chosen = visitor.query.get("unit").unwrap_or_default().to_owned();
    let shown = tree(&visitor, &chosen, &Fields::default(), Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn tree(
    visitor: &Visitor,
    chosen: &str,
    fields: &Fields,
    problem: Problem,
) -> Result<UnitsPage, Failure> {
    let l = visitor.texts;
    let units = core::list_units(visitor.core(), visitor.actor()).await?;
    let row = |unit: &UnitView| UnitRow {
        href: urls::unit(unit.id.as_str()),
        name: unit.name.clone(),
        depth: unit.depth,
        above: unit
            .names
            .split_last()
            .map_or_else(String::new, |(_, above)| above.join(" / ")),
        devices: Link {
            href: urls::devices_where("unit", unit.id.as_str()),
            text: number(l, unit.below.devices),
        },
        people: number(l, unit.below.people),
        groups: number(l, unit.below.groups),
        chosen: unit.id.as_str() == chosen,
    };
    let may_write = visitor.may(Permission::UnitsWrite);
    let found = units.iter().find(|unit| unit.id.as_str() == chosen);
    Ok(UnitsPage {
        problem,
        rows: units.iter().map(row).collect(),
        may_write,
        chosen: found.map(|unit| ChosenUnit {
            id: unit.id.to_string(),
            name: unit.name.clone(),
            parents: parents(&units, unit),
        }),
        form: UnitForm {
            name: fields.name.clone(),
            units: of_units(
                units.iter().map(|unit| (&unit.id, &*unit.names)),
                if fields.unit.is_empty() {
                    chosen
                } else {
                    &fields.unit
                },
            ),
        },
        f: visitor.frame(Place::Units, "").await?,
    })
}

/// Every unit that is not itself or below it. The tree's top stays where it is.
fn parents(units: &[UnitView], unit: &UnitView) -> Vec<crate::ui::Choice> {
    let Some(parent) = &unit.parent_id else {
        return Vec::new();
    };
    let outside = units
        .iter()
        .filter(|other| !other.names.starts_with(&unit.names));
    of_units(
        outside.map(|other| (&other.id, &*other.names)),
        parent.as_str(),
    )
}

/// The tree after an act: what went wrong, or a notice that it is done.
async fn settle(
    visitor: Visitor,
    (chosen, fields): (&str, &Fields),
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(go(visitor.state(), urls::UNITS, Told::Saved)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let visitor = visitor.at(urls::UNITS.to_owned());
            let problem = problem(visitor.texts, error)?;
            Ok(page(
                status,
                &tree(&visitor, chosen, fields, problem).await?,
            ))
        }
    }
}

pub(crate) async fn create_unit(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let new = NewUnit {
        name: fields.name.clone(),
        parent: OrgUnitId::parse(&fields.unit),
    };
    let done = core::create_unit(visitor.core(), visitor.actor(), new).await;
    settle(visitor, ("", &fields), done.map(drop)).await
}

fn unit_id(text: &str) -> Result<OrgUnitId, Error> {
    OrgUnitId::parse(text).ok_or_else(|| Error::not_found("organisational unit"))
}

pub(crate) async fn rename_unit(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, unit) = (filled.visitor, unit_id(&id)?);
    let name = &filled.fields.name;
    let done = core::rename_unit(visitor.core(), visitor.actor(), &unit, name).await;
    settle(visitor, (unit.as_str(), &Fields::default()), done.map(drop)).await
}

pub(crate) async fn move_unit(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, unit) = (filled.visitor, unit_id(&id)?);
    let parent = unit_id(&filled.fields.unit)?;
    let done = core::move_unit(visitor.core(), visitor.actor(), &unit, &parent).await;
    settle(visitor, (unit.as_str(), &Fields::default()), done.map(drop)).await
}

pub(crate) async fn remove_unit(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, unit) = (filled.visitor, unit_id(&id)?);
    let done = core::remove_unit(visitor.core(), visitor.actor(), &unit).await;
    settle(visitor, (unit.as_str(), &Fields::default()), done).await
}
