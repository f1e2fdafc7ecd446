//! `GET` and `POST /console/settings/administrators`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::{self, AccountDetail, AccountFilter, NewAccount};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::{Error, Permission};
use zeroize::Zeroizing;

use super::choices;
use super::page::{AccountForm, AccountRow, AdministratorsPage};
use super::problem::{Shown, shown};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::{Emptiness, Place};
use crate::console::lists::{self, Place as At};
use crate::console::notice::{Told, go};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::error::AppError;
use crate::ui::{page, urls};

#[derive(Default, serde::Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) role: String,
    #[serde(default)]
    pub(super) unit: String,
    #[serde(default)]
    pub(super) platform: String,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default, deserialize_with = "secret")]
    pub(super) password: Zeroizing<String>,
}

pub(crate) async fn accounts_page(visitor: Visitor) -> Result<Response, Failure> {
    let fields = Fields {
        role: "read_only".to_owned(),
        ..Fields::default()
    };
    let answer = list(&visitor, &fields, Shown::default()).await?;
    Ok(page(StatusCode::OK, &answer))
}

async fn list(
    visitor: &Visitor,
    fields: &Fields,
    shown: Shown,
) -> Result<AdministratorsPage, Failure> {
    let find = visitor.query.get("q").unwrap_or_default().to_owned();
    let filter = AccountFilter {
        search: Some(find.clone()),
        role: visitor.query.get("role").map(str::to_owned),
        ..AccountFilter::default()
    };
    let after = At::of(&visitor.query);
    let (core, actor) = (visitor.core(), visitor.actor());
    let found = accounts::list_accounts(core, actor, &filter, after.after(), None).await?;
    let may_write = visitor.may(Permission::AccountsWrite);
    Ok(AdministratorsPage {
        rows: found.items.iter().map(|one| row(visitor, one)).collect(),
        pager: lists::pager(
            visitor,
            urls::ADMINISTRATORS,
            found.items.len(),
            found.next.as_deref(),
        ),
        empty: Emptiness::of(found.items.len(), !find.is_empty()),
        find,
        may_write,
        form: if may_write {
            form(visitor, fields).await?
        } else {
            AccountForm::default()
        },
        problem: shown.problem,
        password: visitor.needs_password() || !shown.password_error.is_empty(),
        password_error: shown.password_error,
        f: visitor.frame(Place::Administrators, "").await?,
    })
}

pub(super) async fn form(visitor: &Visitor, fields: &Fields) -> Result<AccountForm, Failure> {
    Ok(AccountForm {
        name: fields.name.clone(),
        email: fields.email.clone(),
        kinds: choices::kinds(visitor.texts, &fields.kind),
        roles: choices::roles(visitor, &fields.role).await?,
        units: unit_choices(visitor, &fields.unit).await?,
        platforms: choices::platforms(visitor, &fields.platform),
        reason: fields.reason.clone(),
    })
}

fn row(visitor: &Visitor, account: &AccountDetail) -> AccountRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let service = account.kind == "service";
    AccountRow {
        href: urls::administrator(account.id.as_str()),
        name: account.name.clone(),
        detail: account
            .email
            .clone()
            .unwrap_or_else(|| l.t("administrators-service")),
        role: words::role(l, &account.role_id, &account.role_name),
        unit: account.unit_name.clone(),
        factor: factor(visitor, account),
        factor_missing: !service && account.second_factor_needed && !account.second_factor,
        last: account.last_sign_in_at.map(|at| l.ago(at, zone)),
        note: if account.status != "active" {
            l.t("administrators-disabled")
        } else if account.unopened {
            l.t("administrators-unopened")
        } else {
            String::new()
        },
    }
}

/// The second factor, in words; a service has none.
pub(super) fn factor(visitor: &Visitor, account: &AccountDetail) -> String {
    let l = visitor.texts;
    match (account.second_factor, account.second_factor_needed) {
        _ if account.kind == "service" => String::new(),
        (true, _) => l.t("administrators-factor-yes"),
        (false, true) => l.t("administrators-factor-missing"),
        (false, false) => l.t("administrators-factor-no"),
    }
}

pub(crate) async fn create_account(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, filled.fields);
    let made = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let new = NewAccount {
                service: fields.kind == "service",
                name: fields.name.clone(),
                email: Some(fields.email.clone()),
                role: fields.role.clone(),
                unit: OrgUnitId::parse(&fields.unit),
                platform: Some(fields.platform.clone()),
                language: None,
            };
            let reason = Some(fields.reason.as_str());
            accounts::create_account(visitor.core(), visitor.actor(), new, reason).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok((id, None)) => {
            let place = urls::administrator(id.as_str());
            Ok(go(visitor.state(), &place, Told::Saved))
        }
        Ok((_, Some(_))) => Ok(go(visitor.state(), urls::ADMINISTRATORS, Told::Asked)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let shown = shown(visitor.texts, error)?;
            Ok(page(status, &list(&visitor, &fields, shown).await?))
        }
    }
}
