//! `/console/people` and below.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::devices::{self, DeviceFilter, DeviceSort};
use tillsyn_core::groups::{device_with_serial, groups_of_person};
use tillsyn_core::ids::{OrgUnitId, PersonId};
use tillsyn_core::people::{self as core, NewPerson, PersonChange, PersonFilter, PersonView};
use tillsyn_core::{Error, Permission, invitations};

use super::choices::unit_choices;
use super::directories::directories_of;
use super::groups::links_to_groups;
use super::page::{NotedLink, PeoplePage, PersonForm, PersonPage, PersonRow, Problem};
use super::problem::{number, problem};
use super::sign_in::sign_in_of;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::i18n::Lang;
use crate::ui::{Choice, page, status, urls};

/// Devices and invitations that the page of a person shows.
const SHOWN: i64 = 100;

#[derive(Default, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    unit: String,
}

pub(crate) async fn people_page(visitor: Visitor) -> Result<Response, Failure> {
    let shown = list(&visitor, &Fields::default(), Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn list(visitor: &Visitor, fields: &Fields, problem: Problem) -> Result<PeoplePage, Failure> {
    let find = visitor.query.get("q").unwrap_or_default().to_owned();
    let filter = PersonFilter {
        search: Some(find.clone()),
        ..PersonFilter::default()
    };
    let after = At::of(&visitor.query);
    let found = core::list_people(
        visitor.core(),
        visitor.actor(),
        &filter,
        after.after(),
        None,
    )
    .await?;
    let may_write = visitor.may(Permission::PeopleWrite);
    let row = |person: &PersonView| PersonRow {
        pick: if may_write {
            person.id.to_string()
        } else {
            String::new()
        },
        href: urls::person(person.id.as_str()),
        name: person.name.clone(),
        email: person.email.clone().unwrap_or_default(),
        unit: person.unit_name.clone(),
        devices: number(visitor.texts, person.devices),
        active: person.status == "active",
    };
    Ok(PeoplePage {
        problem,
        rows: found.items.iter().map(row).collect(),
        pager: lists::pager(
            visitor,
            urls::PEOPLE,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), !find.is_empty()),
        export: urls::Query::default()
            .with("q", &find)
            .url(urls::PEOPLE_EXPORT),
        find,
        may_write,
        form: form(visitor, fields).await?,
        f: visitor.frame(Place::People, "").await?,
    })
}

async fn form(visitor: &Visitor, fields: &Fields) -> Result<PersonForm, Failure> {
    let l = visitor.texts;
    let language = |tag: &str, text: String| Choice {
        value: tag.to_owned(),
        text,
        chosen: tag == fields.language,
    };
    let any = language("", l.t("invitation-language-any"));
    let languages = Lang::ALL.map(|lang| language(lang.tag(), lang.own_name().to_owned()));
    Ok(PersonForm {
        name: fields.name.clone(),
        email: fields.email.clone(),
        languages: [any].into_iter().chain(languages).collect(),
        units: unit_choices(visitor, &fields.unit).await?,
    })
}

pub(crate) async fn create_person(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let new = NewPerson {
        name: fields.name.clone(),
        email: Some(fields.email.clone()),
        language: None,
        unit: OrgUnitId::parse(&fields.unit),
    };
    match core::create_person(visitor.core(), visitor.actor(), new).await {
        Ok(made) => Ok(go(
            visitor.state(),
            &urls::person(made.id.as_str()),
            Told::Saved,
        )),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let shown = list(&visitor, &fields, problem(visitor.texts, error)?).await?;
            Ok(page(status, &shown))
        }
    }
}

pub(crate) async fn person_page(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let shown = one(&visitor, &person_id(&id)?, None, Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

fn person_id(text: &str) -> Result<PersonId, Error> {
    PersonId::parse(text).ok_or_else(|| Error::not_found("person"))
}

async fn one(
    visitor: &Visitor,
    id: &PersonId,
    fields: Option<&Fields>,
    problem: Problem,
) -> Result<PersonPage, Failure> {
    let (core_, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = core::person(core_, actor, id).await?;
    let filter = DeviceFilter {
        person: Some(id.clone()),
        ..DeviceFilter::default()
    };
    let sort = (DeviceSort::Name, false);
    let devices = devices::list_devices(core_, actor, &filter, sort, None, Some(SHOWN)).await?;
    let groups = if visitor.may(Permission::GroupsRead) {
        groups_of_person(core_, actor, id).await?
    } else {
        Vec::new()
    };
    let invitations = if visitor.may(Permission::InvitationsRead) {
        let page = invitations::invitations_of_person(core_, actor, id, None, Some(SHOWN)).await?;
        let link = |invitation: &invitations::InvitationView| NotedLink {
            href: urls::invitation(invitation.id.as_str()),
            text: invitation.label.clone(),
            note: status(l, "invitation", invitation.status).text,
        };
        Some(page.items.iter().map(link).collect())
    } else {
        None
    };
    let stored = Fields {
        name: found.name.clone(),
        email: found.email.clone().unwrap_or_default(),
        language: found.language.clone().unwrap_or_default(),
        unit: found.unit_id.to_string(),
    };
    Ok(PersonPage {
        problem,
        id: id.to_string(),
        active: found.status == "active",
        devices: devices
            .items
            .iter()
            .map(|device| NotedLink {
                href: urls::device(device.id.as_str()),
                text: device.name.clone(),
                note: device.model_name.clone().unwrap_or_default(),
            })
            .collect(),
        groups: links_to_groups(l, &groups),
        invitations,
        may_write: visitor.may(Permission::PeopleWrite),
        may_erase: visitor.may(Permission::AuditManage),
        form: form(visitor, fields.unwrap_or(&stored)).await?,
        sign_in: sign_in_of(visitor, id).await?,
        directories: directories_of(visitor, id).await?,
        name: found.name,
        email: found.email.unwrap_or_default(),
        unit: found.unit_name,
        f: visitor.frame(Place::People, "").await?,
    })
}

/// The page of the person after an act: what went wrong, or a notice that it is done.
async fn settle(
    visitor: Visitor,
    id: &PersonId,
    fields: Option<&Fields>,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(go(visitor.state(), &urls::person(id.as_str()), Told::Saved)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let visitor = visitor.at(urls::person(id.as_str()));
            let problem = problem(visitor.texts, error)?;
            Ok(page(status, &one(&visitor, id, fields, problem).await?))
        }
    }
}

/// The page of the person with what went wrong.
pub(crate) async fn settle_person(
    visitor: Visitor,
    id: &PersonId,
    error: Error,
) -> Result<Response, Failure> {
    settle(visitor, id, None, Err(error)).await
}

pub(crate) async fn change_person(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let id = person_id(&id)?;
    let change = PersonChange {
        name: Some(fields.name.clone()),
        email: Some(fields.email.clone()),
        language: Some(fields.language.clone()),
        status: None,
        unit: OrgUnitId::parse(&fields.unit),
    };
    let done = core::change_person(visitor.core(), visitor.actor(), &id, change).await;
    settle(visitor, &id, Some(&fields), done.map(drop)).await
}

#[derive(Deserialize)]
pub(crate) struct StatusFields {
    #[serde(default)]
    status: String,
}

pub(crate) async fn change_status(
    Path(id): Path<String>,
    filled: Filled<StatusFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, person_id(&id)?);
    let change = PersonChange {
        status: Some(filled.fields.status),
        ..PersonChange::default()
    };
    let done = core::change_person(visitor.core(), visitor.actor(), &id, change).await;
    settle(visitor, &id, None, done.map(drop)).await
}

#[derive(Deserialize)]
pub(crate) struct SerialFields {
    #[serde(default)]
    serial: String,
}

/// Gives a device to the person by its serial number.
pub(crate) async fn give_device(
    Path(id): Path<String>,
    filled: Filled<SerialFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, person_id(&id)?);
    let serial = filled.fields.serial.trim().to_owned();
    let (core_, actor) = (visitor.core(), visitor.actor());
    let done = match device_with_serial(core_, actor, &serial).await? {
        Some(device) => core::set_device_person(core_, actor, &device, Some(&id)).await,
        None => Err(Error::invalid("serial", "members_unknown", "")
            .with_data(serde_json::json!({"unknown": [serial]}))),
    };
    settle(visitor, &id, None, done).await
}
