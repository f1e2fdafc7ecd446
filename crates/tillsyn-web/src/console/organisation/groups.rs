//! `/console/groups` and below.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::groups::{
    self as core, GroupChange, GroupFilter, GroupRef, GroupView, MemberKind, MemberView, NewGroup,
};
use tillsyn_core::ids::{GroupId, OrgUnitId};
use tillsyn_core::{Error, Permission};

use super::choices::unit_choices;
use super::page::{GroupForm, GroupPage, GroupRow, GroupsPage, MemberRow, NotedLink, Problem};
use super::problem::{number, problem};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::undo::{Undo, go_undo};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{page, urls};

#[derive(Default, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    unit: String,
}

/// The groups of a device or person as links.
pub(super) fn links_to_groups(l: Texts, groups: &[GroupRef]) -> Vec<NotedLink> {
    let link = |group: &GroupRef| NotedLink {
        href: urls::group(group.id.as_str()),
        text: group.name.clone(),
        note: if group.counts {
            group.unit_name.clone()
        } else {
            l.t("group-outside")
        },
    };
    groups.iter().map(link).collect()
}

pub(crate) async fn groups_page(visitor: Visitor) -> Result<Response, Failure> {
    let shown = list(&visitor, &Fields::default(), Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn list(visitor: &Visitor, fields: &Fields, problem: Problem) -> Result<GroupsPage, Failure> {
    let l = visitor.texts;
    let find = visitor.query.get("q").unwrap_or_default().to_owned();
    let filter = GroupFilter {
        search: Some(find.clone()),
        unit: None,
    };
    let after = At::of(&visitor.query);
    let found = core::list_groups(
        visitor.core(),
        visitor.actor(),
        &filter,
        after.after(),
        None,
    )
    .await?;
    let row = |group: &GroupView| GroupRow {
        href: urls::group(group.id.as_str()),
        name: group.name.clone(),
        description: group.description.clone().unwrap_or_default(),
        unit: group.unit_name.clone(),
        reached: number(l, group.reached),
        people: number(l, group.people),
    };
    Ok(GroupsPage {
        problem,
        rows: found.items.iter().map(row).collect(),
        pager: lists::pager(
            visitor,
            urls::GROUPS,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), !find.is_empty()),
        find,
        may_write: visitor.may(Permission::GroupsWrite),
        form: GroupForm {
            name: fields.name.clone(),
            description: fields.description.clone(),
            units: unit_choices(visitor, &fields.unit).await?,
        },
        f: visitor.frame(Place::Groups, "").await?,
    })
}

pub(crate) async fn create_group(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let new = NewGroup {
        name: fields.name.clone(),
        description: Some(fields.description.clone()),
        unit: OrgUnitId::parse(&fields.unit),
    };
    match core::create_group(visitor.core(), visitor.actor(), new).await {
        Ok(made) => Ok(go(
            visitor.state(),
            &urls::group(made.id.as_str()),
            Told::Saved,
        )),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let shown = list(&visitor, &fields, problem(visitor.texts, error)?).await?;
            Ok(page(status, &shown))
        }
    }
}

fn group_id(text: &str) -> Result<GroupId, Error> {
    GroupId::parse(text).ok_or_else(|| Error::not_found("group"))
}

pub(crate) async fn group_page(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let shown = one(&visitor, &group_id(&id)?, "", Problem::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn one(
    visitor: &Visitor,
    id: &GroupId,
    pasted: &str,
    problem: Problem,
) -> Result<GroupPage, Failure> {
    let l = visitor.texts;
    let found = core::group(visitor.core(), visitor.actor(), id).await?;
    let find = visitor.query.get("q").unwrap_or_default().to_owned();
    let after = At::of(&visitor.query);
    let members = core::list_members(
        visitor.core(),
        visitor.actor(),
        id,
        None,
        Some(&find),
        after.after(),
        None,
    )
    .await?;
    let row = |member: &MemberView| MemberRow {
        id: member.id.clone(),
        href: match member.kind {
            MemberKind::Device => urls::device(&member.id),
            MemberKind::Person => urls::person(&member.id),
        },
        name: member.name.clone(),
        detail: member.detail.clone().unwrap_or_default(),
        kind: match member.kind {
            MemberKind::Device => l.t("device"),
            MemberKind::Person => l.t("person"),
        },
        unit: member.unit_name.clone(),
        outside: member.outside,
    };
    let description = found.description.unwrap_or_default();
    Ok(GroupPage {
        problem,
        id: id.to_string(),
        unit: found.unit_name,
        reached: number(l, found.reached),
        people: number(l, found.people),
        assignments: number(l, found.assignments),
        rows: members.items.iter().map(row).collect(),
        pager: lists::pager(
            visitor,
            &urls::group(id.as_str()),
            members.items.len(),
            members.next.as_deref(),
        ),
        empty: Emptiness::of(members.items.len(), !find.is_empty()),
        find,
        may_write: visitor.may(Permission::GroupsWrite),
        pasted: pasted.to_owned(),
        form: GroupForm {
            name: found.name.clone(),
            description: description.clone(),
            units: Vec::new(),
        },
        name: found.name,
        description,
        f: visitor.frame(Place::Groups, "").await?,
    })
}

/// The page of the group after an act: what went wrong, or a notice that it is done.
async fn settle(
    visitor: Visitor,
    id: &GroupId,
    pasted: &str,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => Ok(go(visitor.state(), &urls::group(id.as_str()), Told::Saved)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let visitor = visitor.at(urls::group(id.as_str()));
            let problem = problem(visitor.texts, error)?;
            Ok(page(status, &one(&visitor, id, pasted, problem).await?))
        }
    }
}

pub(crate) async fn change_group(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, group_id(&id)?);
    let change = GroupChange {
        name: Some(filled.fields.name),
        description: Some(filled.fields.description),
    };
    let done = core::change_group(visitor.core(), visitor.actor(), &id, change).await;
    settle(visitor, &id, "", done.map(drop)).await
}

#[derive(Deserialize)]
pub(crate) struct MemberFields {
    #[serde(default)]
    add: String,
    #[serde(default)]
    remove: String,
}

/// Takes a pasted list in, or one member out.
pub(crate) async fn change_members(
    Path(id): Path<String>,
    filled: Filled<MemberFields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let id = group_id(&id)?;
    match change(&visitor, &id, &fields).await {
        Ok((told, undo)) => {
            let to = urls::group(id.as_str());
            Ok(go_undo(visitor.state(), &to, told, undo.as_ref()))
        }
        Err(error) => settle(visitor, &id, &fields.add, Err(error)).await,
    }
}

/// What to say of it; one member who came or went can be taken back.
async fn change(
    visitor: &Visitor,
    id: &GroupId,
    fields: &MemberFields,
) -> Result<(Told, Option<Undo>), Error> {
    let names = |text: &str| -> Vec<String> {
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
        text.split(ends).map(str::to_owned).collect()
    };
    let (core_, actor) = (visitor.core(), visitor.actor());
    let add = core::find_members(core_, actor, &names(&fields.add)).await?;
    let remove = core::find_members(core_, actor, &names(&fields.remove)).await?;
    let one = match (add.as_slice(), remove.as_slice()) {
        ([member], []) | ([], [member]) => Some(member.clone()),
        _ => None,
    };
    let adds = !add.is_empty();
    let before = match &one {
        Some(member) => core::is_member(core_, actor, id, member).await?,
        None => false,
    };
    core::change_members(core_, actor, id, add, remove).await?;
    Ok(match one {
        None => (Told::Saved, None),
        Some(_) if before == adds => (Told::SoAlready, None),
        Some(member) if adds => (
            Told::MemberAdded,
            Some(Undo::MemberAdded(id.clone(), member)),
        ),
        Some(member) => (
            Told::MemberRemoved,
            Some(Undo::MemberRemoved(id.clone(), member)),
        ),
    })
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

pub(crate) async fn remove_group(
    Path(id): Path<String>,
    filled: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, group_id(&id)?);
    match core::remove_group(visitor.core(), visitor.actor(), &id).await {
        Ok(()) => Ok(go(visitor.state(), urls::GROUPS, Told::Saved)),
        Err(error) => settle(visitor, &id, "", Err(error)).await,
    }
}
