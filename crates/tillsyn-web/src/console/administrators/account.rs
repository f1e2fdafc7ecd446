//! `GET` and `POST /console/settings/administrators/{id}`, and the acts below it.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::{self, AccountDetail, AccountEdit};
use tillsyn_core::ids::{AccountId, ApprovalId, OrgUnitId};
use tillsyn_core::tokens::{self, NewToken};
use tillsyn_core::{Error, Permission};
use zeroize::Zeroizing;

use super::accounts::{Fields, factor, form};
use super::choices::ticked;
use super::page::{AccountForm, AdministratorPage, MadeLink};
use super::problem::{Shown, shown};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::organisation::NotedLink;
use crate::console::settings::{CreatedToken, token_row};
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::error::AppError;
use crate::ui::{Choice, page, urls};

const DEFAULT_DAYS: i64 = 90;

pub(crate) async fn account_page(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = account_id(&id)?;
    let answer = one(&visitor, &id, None, Shown::default()).await?;
    Ok(page(StatusCode::OK, &answer))
}

fn account_id(text: &str) -> Result<AccountId, Error> {
    AccountId::parse(text).ok_or_else(|| Error::not_found("account"))
}

async fn one(
    visitor: &Visitor,
    id: &AccountId,
    fields: Option<&Fields>,
    shown: Shown,
) -> Result<AdministratorPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let found = accounts::account(core, actor, id).await?;
    let tokens = tokens::tokens_of(core, actor, id).await?;
    let may_write = visitor.may(Permission::AccountsWrite);
    let stored = Fields {
        name: found.name.clone(),
        role: found.role_id.clone(),
        unit: found.unit_id.to_string(),
        platform: found.platform.clone().unwrap_or_default(),
        ..Fields::default()
    };
    let service = found.kind == "service";
    Ok(AdministratorPage {
        id: id.to_string(),
        detail: found
            .email
            .clone()
            .unwrap_or_else(|| l.t("administrators-service")),
        service,
        active: found.status == "active",
        unopened: found.unopened,
        link: None,
        facts: facts(visitor, &found),
        role: NotedLink {
            href: urls::role(&found.role_id),
            text: words::role(l, &found.role_id, &found.role_name),
            note: String::new(),
        },
        tokens: tokens
            .iter()
            .map(|token| token_row(visitor, token))
            .collect(),
        created: None,
        form: if may_write {
            form(visitor, fields.unwrap_or(&stored)).await?
        } else {
            AccountForm::default()
        },
        days: words::token_days(l, DEFAULT_DAYS),
        permissions: if may_write && service {
            grantable(visitor, &found)
        } else {
            Vec::new()
        },
        name: found.name,
        may_write,
        problem: shown.problem,
        password: visitor.needs_password() || !shown.password_error.is_empty(),
        password_error: shown.password_error,
        f: visitor.frame(Place::Administrators, "").await?,
    })
}

fn facts(visitor: &Visitor, account: &AccountDetail) -> Vec<(String, String)> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let platform = account.platform.as_deref();
    let mut facts = vec![
        (l.t("org-unit"), account.unit_name.clone()),
        (
            l.t("administrators-platform-label"),
            platform.map_or_else(
                || l.t("administrators-platform-all"),
                |platform| words::platform_family(l, platform),
            ),
        ),
    ];
    if account.kind == "service" {
        let owner = account.owner_name.clone().unwrap_or_default();
        facts.push((l.t("administrators-owner"), owner));
    } else {
        facts.push((l.t("administrators-factor"), factor(visitor, account)));
        let last = account.last_sign_in_at.map(|at| l.ago(at, zone).text);
        let last = last.unwrap_or_else(|| l.t("never"));
        facts.push((l.t("administrators-last"), last));
    }
    facts.push((
        l.t("administrators-since"),
        l.date(account.role_changed_at, zone),
    ));
    facts
}

/// What both the visitor and the service hold.
fn grantable(visitor: &Visitor, account: &AccountDetail) -> Vec<Choice> {
    let both = account.rights.and(visitor.actor().rights());
    both.iter()
        .map(|permission| Choice {
            value: permission.as_str().to_owned(),
            text: words::permission(visitor.texts, permission.as_str()),
            chosen: false,
        })
        .collect()
}

/// The page of the account after an act: what went wrong, or a notice that it is done or waits.
async fn settle(
    visitor: Visitor,
    id: &AccountId,
    fields: Option<&Fields>,
    done: Result<Option<ApprovalId>, Error>,
) -> Result<Response, Failure> {
    let here = urls::administrator(id.as_str());
    match done {
        Ok(None) => Ok(go(visitor.state(), &here, Told::Saved)),
        Ok(Some(_)) => Ok(go(visitor.state(), &here, Told::Asked)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let visitor = visitor.at(here);
            let shown = shown(visitor.texts, error)?;
            Ok(page(status, &one(&visitor, id, fields, shown).await?))
        }
    }
}

pub(crate) async fn change_account(
    Path(id): Path<String>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, filled.fields);
    let id = account_id(&id)?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let edit = AccountEdit {
                name: Some(fields.name.clone()),
                role: Some(fields.role.clone()),
                unit: OrgUnitId::parse(&fields.unit),
                platform: Some(fields.platform.clone()),
            };
            let reason = Some(fields.reason.as_str());
            accounts::change_account(visitor.core(), visitor.actor(), &id, edit, reason).await
        }
        Err(error) => Err(error),
    };
    settle(visitor, &id, Some(&fields), done).await
}

#[derive(serde::Deserialize)]
pub(crate) struct ActFields {
    #[serde(default)]
    reason: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

/// The account, the visitor and why, once the password of the form is taken.
async fn ready(
    id: &str,
    filled: Filled<ActFields>,
) -> Result<(AccountId, Visitor, String, Result<(), Error>), Failure> {
    let (mut visitor, fields) = (filled.visitor, filled.fields);
    let id = account_id(id)?;
    let confirmed = visitor.confirm(fields.password).await;
    Ok((id, visitor, fields.reason, confirmed))
}

pub(crate) async fn disable(
    Path(id): Path<String>,
    filled: Filled<ActFields>,
) -> Result<Response, Failure> {
    let (id, visitor, reason, confirmed) = ready(&id, filled).await?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let done = match confirmed {
        Ok(()) => accounts::disable_account(core, actor, &id, Some(&reason)).await,
        Err(error) => Err(error),
    };
    settle(visitor, &id, None, done).await
}

pub(crate) async fn enable(
    Path(id): Path<String>,
    filled: Filled<ActFields>,
) -> Result<Response, Failure> {
    let (id, visitor, reason, confirmed) = ready(&id, filled).await?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let done = match confirmed {
        Ok(()) => accounts::enable_account(core, actor, &id, Some(&reason)).await,
        Err(error) => Err(error),
    };
    settle(visitor, &id, None, done).await
}

pub(crate) async fn reset(
    Path(id): Path<String>,
    filled: Filled<ActFields>,
) -> Result<Response, Failure> {
    let (id, visitor, reason, confirmed) = ready(&id, filled).await?;
    let (core, actor) = (visitor.core(), visitor.actor());
    let done = match confirmed {
        Ok(()) => accounts::reset_account(core, actor, &id, Some(&reason)).await,
        Err(error) => Err(error),
    };
    settle(visitor, &id, None, done).await
}

/// Makes a one-time link and shows it on the answer itself, this once.
pub(crate) async fn make_link(
    Path(id): Path<String>,
    filled: Filled<ActFields>,
) -> Result<Response, Failure> {
    let (id, visitor, _, confirmed) = ready(&id, filled).await?;
    let made = match confirmed {
        Ok(()) => accounts::new_welcome(visitor.core(), visitor.actor(), &id).await,
        Err(error) => Err(error),
    };
    match made {
        Ok((secret, until)) => {
            let visitor = visitor.at(urls::administrator(id.as_str()));
            let mut answer = one(&visitor, &id, None, Shown::default()).await?;
            let base = visitor.core().config().console_url.trim_end_matches('/');
            answer.link = Some(MadeLink {
                url: format!("{base}{}", urls::welcome(&secret)),
                until: visitor.texts.date(until, &visitor.zone),
            });
            Ok(page(StatusCode::OK, &answer))
        }
        Err(error) => settle(visitor, &id, None, Err(error)).await,
    }
}

/// What is typed of a token of a service.
#[derive(Default)]
struct TokenFields {
    name: String,
    days: String,
    permissions: Vec<String>,
    password: Zeroizing<String>,
}

impl TokenFields {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "name" => fields.name = value,
                "days" => fields.days = value,
                "permission" => fields.permissions.push(value),
                "password" => fields.password = Zeroizing::new(value),
                _ => {}
            }
        }
        fields
    }
}

/// Makes a token of a service and shows it on the answer itself, this once.
pub(crate) async fn create_token(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, TokenFields::of(filled.fields));
    let id = account_id(&id)?;
    let made = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let new = NewToken {
                name: fields.name.clone(),
                permissions: ticked(&fields.permissions).iter().collect(),
                days: fields.days.parse().unwrap_or(DEFAULT_DAYS),
                unit: None,
                account: Some(id.clone()),
            };
            tokens::create_token(visitor.core(), visitor.actor(), new).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok((token, value)) => {
            let visitor = visitor.at(urls::administrator(id.as_str()));
            let mut answer = one(&visitor, &id, None, Shown::default()).await?;
            answer.created = Some(CreatedToken {
                name: token.name,
                secret: value.to_string(),
            });
            Ok(page(StatusCode::OK, &answer))
        }
        Err(error) => settle(visitor, &id, None, Err(error)).await,
    }
}
