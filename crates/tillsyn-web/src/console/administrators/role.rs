//! `GET` and `POST /console/settings/roles/{id}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::{AccountDetail, AccountFilter, list_accounts};
use tillsyn_core::roles::{self, RoleEdit, RoleView};
use tillsyn_core::{Error, Permission};

use super::choices::{permissions, ticked};
use super::page::{RoleForm, RolePage};
use super::problem::{Shown, shown};
use super::roles::{Fields, note, origin};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::organisation::NotedLink;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::error::AppError;
use crate::ui::{page, urls};

/// Accounts that the page of a role shows.
const SHOWN: i64 = 100;

pub(crate) async fn role_page(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let answer = one(&visitor, &id, None, Shown::default()).await?;
    Ok(page(StatusCode::OK, &answer))
}

async fn one(
    visitor: &Visitor,
    id: &str,
    fields: Option<&Fields>,
    shown: Shown,
) -> Result<RolePage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = roles::role(core, actor, id).await?;
    let filter = AccountFilter {
        role: Some(id.to_owned()),
        status: Some("active".to_owned()),
        ..AccountFilter::default()
    };
    let accounts = list_accounts(core, actor, &filter, None, Some(SHOWN)).await?;
    let link = |account: &AccountDetail| NotedLink {
        href: urls::administrator(account.id.as_str()),
        text: account.name.clone(),
        note: account.unit_name.clone(),
    };
    let rights = fields.map_or(found.rights, |fields| ticked(&fields.permissions));
    Ok(RolePage {
        id: found.id.clone(),
        name: words::role(l, &found.id, &found.name),
        note: note(visitor, &found),
        origin: origin(visitor, &found),
        second_factor: found.second_factor,
        groups: permissions(l, found.rights, actor.rights()),
        accounts: accounts.items.iter().map(link).collect(),
        may_write: may_write(visitor, &found),
        may_factor: visitor.may(Permission::SignInWrite) && mine(visitor, &found),
        form: RoleForm {
            name: fields.map_or_else(|| found.name.clone(), |fields| fields.name.clone()),
            note: fields.map_or_else(|| found.note.clone(), |fields| fields.note.clone()),
            units: Vec::new(),
            groups: permissions(l, rights, actor.rights()),
            second_factor: fields.map_or(found.second_factor, |fields| fields.second_factor),
            reason: fields.map_or_else(String::new, |fields| fields.reason.clone()),
        },
        problem: shown.problem,
        password: visitor.needs_password() || !shown.password_error.is_empty(),
        password_error: shown.password_error,
        f: visitor.frame(Place::Roles, "").await?,
    })
}

/// Own roles of the visitor's subtree that may no more than the visitor.
fn may_write(visitor: &Visitor, role: &RoleView) -> bool {
    visitor.may(Permission::RolesWrite) && !role.built_in && mine(visitor, role)
}

fn mine(visitor: &Visitor, role: &RoleView) -> bool {
    let actor = visitor.actor();
    role.rights.without(actor.rights()).is_empty() && (role.built_in || role.unit_name.is_some())
}

async fn settle(
    visitor: Visitor,
    id: &str,
    fields: &Fields,
    done: Result<Option<tillsyn_core::ids::ApprovalId>, Error>,
    back: &str,
) -> Result<Response, Failure> {
    match done {
        Ok(None) => Ok(go(visitor.state(), back, Told::Saved)),
        Ok(Some(_)) => Ok(go(visitor.state(), &urls::role(id), Told::Asked)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let visitor = visitor.at(urls::role(id));
            let shown = shown(visitor.texts, error)?;
            Ok(page(status, &one(&visitor, id, Some(fields), shown).await?))
        }
    }
}

pub(crate) async fn change_role(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, Fields::of(filled.fields));
    let found = roles::role(visitor.core(), visitor.actor(), &id).await?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let content = may_write(&visitor, &found);
            let other = fields.second_factor != found.second_factor;
            let edit = RoleEdit {
                name: content.then(|| fields.name.clone()),
                note: content.then(|| fields.note.clone()),
                permissions: content.then(|| fields.permissions.clone()),
                second_factor: (other || !content).then_some(fields.second_factor),
            };
            let reason = Some(fields.reason.as_str());
            roles::change_role(visitor.core(), visitor.actor(), &id, edit, reason).await
        }
        Err(error) => Err(error),
    };
    let back = urls::role(&id);
    settle(visitor, &id, &fields, done, &back).await
}

pub(crate) async fn remove_role(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, Fields::of(filled.fields));
    let found = roles::role(visitor.core(), visitor.actor(), &id).await?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => roles::remove_role(visitor.core(), visitor.actor(), &id, None).await,
        Err(error) => Err(error),
    };
    let stored = Fields {
        name: found.name,
        note: found.note,
        permissions: found
            .permissions
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        second_factor: found.second_factor,
        ..Fields::default()
    };
    settle(visitor, &id, &stored, done, urls::ROLES).await
}
