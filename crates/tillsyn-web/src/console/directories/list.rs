//! `GET` and `POST /console/settings/directories`.

use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::directory::{NewSource, SourceKind, SourceView, create_source, list_sources};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::{Error, Kind, Permission};

use super::page::{DirectoriesPage, DirectoryRow};
use super::words::{kind, problem, standing};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::organisation::{Problem, unit_choices};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{Choice, page, urls};

/// What can be added here.
const KINDS: [SourceKind; 2] = [SourceKind::Scim, SourceKind::Ldap];

#[derive(Default, Deserialize)]
pub(crate) struct NewFields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    unit: String,
}

pub(crate) async fn list(visitor: Visitor) -> Result<Response, Failure> {
    let shown = whole(&visitor, &NewFields::default(), Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn whole(
    visitor: &Visitor,
    typed: &NewFields,
    problem: Problem,
) -> Result<DirectoriesPage, Failure> {
    let l = visitor.texts;
    let found = list_sources(visitor.core(), visitor.actor()).await?;
    let number = |count: i64| l.number(u64::try_from(count).unwrap_or(0));
    let row = |source: &SourceView| DirectoryRow {
        href: urls::directory(source.id.as_str()),
        name: source.name.clone(),
        kind: kind(l, source.kind),
        unit: source.unit_name.clone(),
        people: number(source.people),
        groups: number(source.groups),
        status: standing(l, source),
    };
    let choice = |of: SourceKind| Choice {
        value: of.as_str().to_owned(),
        text: kind(l, of),
        chosen: of.as_str() == typed.kind,
    };
    Ok(DirectoriesPage {
        rows: found.iter().map(row).collect(),
        problem,
        name: typed.name.clone(),
        kinds: KINDS.map(choice).into_iter().collect(),
        units: unit_choices(visitor, &typed.unit).await?,
        may_add: visitor.may(Permission::SignInWrite)
            && visitor.may(Permission::PeopleWrite)
            && visitor.may(Permission::GroupsWrite),
        f: visitor.frame(Place::Directories, "").await?,
    })
}

pub(crate) async fn create(form: Filled<NewFields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let new = NewSource {
        kind: SourceKind::parse(&fields.kind).unwrap_or(SourceKind::Scim),
        name: fields.name.clone(),
        unit: OrgUnitId::parse(&fields.unit),
        priority: None,
    };
    match create_source(visitor.core(), visitor.actor(), new).await {
        Ok(made) => {
            let to = urls::directory(made.id.as_str());
            Ok(go(visitor.state(), &to, Told::Saved))
        }
        Err(error) if error.kind == Kind::FreshSignInNeeded => {
            Ok(Redirect::to(&urls::confirm(urls::DIRECTORIES)).into_response())
        }
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let told = problem(visitor.texts, error)?;
            let visitor = visitor.at(urls::DIRECTORIES.to_owned());
            Ok(page(status, &whole(&visitor, &fields, told).await?))
        }
    }
}
