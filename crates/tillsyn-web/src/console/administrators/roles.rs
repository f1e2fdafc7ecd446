//! `GET` and `POST /console/settings/roles`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::roles::{self, RoleEdit, RoleView};
use tillsyn_core::{Error, Permission};
use zeroize::Zeroizing;

use super::choices::{permissions, ticked};
use super::page::{RoleForm, RoleRow, RolesPage};
use super::problem::{Shown, shown};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::error::AppError;
use crate::ui::{page, urls};

/// What is typed of a role.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) name: String,
    pub(super) note: String,
    pub(super) unit: String,
    pub(super) permissions: Vec<String>,
    pub(super) second_factor: bool,
    pub(super) reason: String,
    pub(super) password: Zeroizing<String>,
}

impl Fields {
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "name" => fields.name = value,
                "note" => fields.note = value,
                "unit" => fields.unit = value,
                "permission" => fields.permissions.push(value),
                "second_factor" => fields.second_factor = true,
                "reason" => fields.reason = value,
                "password" => fields.password = Zeroizing::new(value),
                _ => {}
            }
        }
        fields
    }
}

pub(crate) async fn roles_page(visitor: Visitor) -> Result<Response, Failure> {
    let answer = list(&visitor, &Fields::default(), Shown::default()).await?;
    Ok(page(StatusCode::OK, &answer))
}

async fn list(visitor: &Visitor, fields: &Fields, shown: Shown) -> Result<RolesPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = roles::list_roles(core, actor).await?;
    let may_write = visitor.may(Permission::RolesWrite);
    let number = |count: i64| l.number(u64::try_from(count).unwrap_or(0));
    let row = |role: &RoleView| RoleRow {
        href: urls::role(&role.id),
        name: words::role(l, &role.id, &role.name),
        note: note(visitor, role),
        origin: origin(visitor, role),
        accounts: number(role.accounts),
        permissions: l.number(u64::try_from(role.permissions.len()).unwrap_or(0)),
        second_factor: role.second_factor,
    };
    Ok(RolesPage {
        rows: found.iter().map(row).collect(),
        may_write,
        form: RoleForm {
            name: fields.name.clone(),
            note: fields.note.clone(),
            units: if may_write {
                unit_choices(visitor, &fields.unit).await?
            } else {
                Vec::new()
            },
            groups: permissions(l, ticked(&fields.permissions), actor.rights()),
            second_factor: fields.second_factor,
            reason: String::new(),
        },
        problem: shown.problem,
        password: visitor.needs_password() || !shown.password_error.is_empty(),
        password_error: shown.password_error,
        f: visitor.frame(Place::Roles, "").await?,
    })
}

/// Built in, or where it belongs.
pub(super) fn origin(visitor: &Visitor, role: &RoleView) -> String {
    let l = visitor.texts;
    match &role.unit_name {
        _ if role.built_in => l.t("roles-built-in"),
        Some(unit) => unit.clone(),
        None => l.t("roles-from-above"),
    }
}

/// What a built-in role is for, or what was noted of an own one.
pub(super) fn note(visitor: &Visitor, role: &RoleView) -> String {
    if role.built_in {
        words::role_note(visitor.texts, &role.id)
    } else {
        role.note.clone()
    }
}

pub(crate) async fn create_role(
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, Fields::of(filled.fields));
    let made = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let new = RoleEdit {
                name: Some(fields.name.clone()),
                note: Some(fields.note.clone()),
                permissions: Some(fields.permissions.clone()),
                second_factor: Some(fields.second_factor),
            };
            let unit = OrgUnitId::parse(&fields.unit);
            roles::create_role(visitor.core(), visitor.actor(), unit, new, None).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok((id, _)) => Ok(go(visitor.state(), &urls::role(&id), Told::Saved)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let shown = shown(visitor.texts, error)?;
            Ok(page(status, &list(&visitor, &fields, shown).await?))
        }
    }
}
