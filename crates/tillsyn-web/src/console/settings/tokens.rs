//! `GET` and `POST /console/settings/tokens`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::tokens::{self, NewToken, TokenView};
use tillsyn_core::{Error, Kind, Permission};
use zeroize::Zeroizing;

use super::page::{CreatedToken, TokenRow, TokensPage};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::lists::{self, Place as At};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words::{self, FieldError};
use crate::error::AppError;
use crate::ui::{Choice, page, status, urls};

const DEFAULT_DAYS: i64 = 90;

pub(crate) async fn tokens_page(visitor: Visitor) -> Result<Response, Failure> {
    Ok(page(
        StatusCode::OK,
        &form(&visitor, &Fields::default()).await?,
    ))
}

#[derive(Default)]
pub(crate) struct Fields {
    name: String,
    days: String,
    /// Empty reaches all that the person does.
    unit: String,
    /// Every box that is ticked is a field of this name.
    permissions: Vec<String>,
    password: Zeroizing<String>,
}

impl Fields {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "name" => fields.name = value,
                "days" => fields.days = value,
                "unit" => fields.unit = value,
                "permission" => fields.permissions.push(value),
                "password" => fields.password = Zeroizing::new(value),
                _ => {}
            }
        }
        fields
    }
}

/// Makes a token and shows it on the answer itself, this once.
pub(crate) async fn create_token(
    form_data: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form_data.visitor, Fields::of(form_data.fields));
    let made = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => tokens::create_token(visitor.core(), visitor.actor(), new_token(&fields)).await,
        Err(error) => Err(error),
    };
    match made {
        Ok((token, secret)) => {
            let mut shown = form(&visitor, &Fields::default()).await?;
            shown.created = Some(CreatedToken {
                name: token.name,
                secret: secret.to_string(),
            });
            Ok(page(StatusCode::OK, &shown))
        }
        Err(error) => again(&visitor, &fields, error).await,
    }
}

fn new_token(fields: &Fields) -> NewToken {
    NewToken {
        name: fields.name.clone(),
        permissions: fields
            .permissions
            .iter()
            .filter_map(|name| Permission::parse(name))
            .collect(),
        days: fields.days.parse().unwrap_or(DEFAULT_DAYS),
        unit: OrgUnitId::parse(&fields.unit),
        account: None,
    }
}

async fn again(visitor: &Visitor, fields: &Fields, error: Error) -> Result<Response, Failure> {
    let l = visitor.texts;
    let mut shown = form(visitor, fields).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("name")) => shown.name_error = FieldError::Required.text(l),
        (Kind::Invalid, Some("permissions")) => {
            shown.permissions_error = l.t("token-permissions-none");
        }
        (Kind::Invalid, Some("password")) => {
            shown.password = true;
            shown.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, _) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}

async fn form(visitor: &Visitor, fields: &Fields) -> Result<TokensPage, Failure> {
    let l = visitor.texts;
    let (core, actor) = (visitor.core(), visitor.actor());
    let may_all = visitor.may(Permission::AccountsRead);
    let all = may_all && visitor.query.get("all").is_some();
    let (rows, next) = if all {
        let after = At::of(&visitor.query);
        let page = tokens::list_all_tokens(core, actor, after.after(), None).await?;
        (page.items, page.next)
    } else {
        (tokens::list_tokens(core, actor).await?, None)
    };
    let pager = lists::pager(visitor, urls::TOKENS, rows.len(), next.as_deref());
    let rows = rows.iter().map(|token| token_row(visitor, token)).collect();
    Ok(TokensPage {
        may_all,
        all,
        pager,
        units: units(visitor, &fields.unit).await?,
        created: None,
        rows,
        name: fields.name.clone(),
        name_error: String::new(),
        days: words::token_days(l, fields.days.parse().unwrap_or(DEFAULT_DAYS)),
        permissions: permissions(visitor, fields),
        permissions_error: String::new(),
        password: visitor.needs_password(),
        password_error: String::new(),
        f: visitor.frame(Place::Tokens, "").await?,
    })
}

/// Units that a token can be limited to; the first choice is all that the person reaches.
async fn units(visitor: &Visitor, chosen: &str) -> Result<Vec<Choice>, Failure> {
    let sees = [
        Permission::DevicesRead,
        Permission::PeopleRead,
        Permission::GroupsRead,
        Permission::UnitsWrite,
    ];
    if !sees.into_iter().any(|permission| visitor.may(permission)) {
        return Ok(Vec::new());
    }
    let mut units = unit_choices(visitor, chosen).await?;
    if let Some(top) = units.first_mut() {
        top.value = String::new();
    }
    Ok(units)
}

/// Whose token it is, and where it is limited to, when there is something to say.
fn owner(visitor: &Visitor, token: &TokenView) -> String {
    let own = visitor.actor().account_id.as_ref() == Some(&token.account_id);
    let name = (!own).then(|| token.account_name.clone());
    let parts: Vec<String> = name.into_iter().chain(token.unit_name.clone()).collect();
    parts.join(", ")
}

fn may_revoke(visitor: &Visitor, token: &TokenView) -> bool {
    visitor.actor().account_id.as_ref() == Some(&token.account_id)
        || visitor.may(Permission::AccountsWrite)
}

/// What the person holds: nobody can grant more (S04).
fn permissions(visitor: &Visitor, fields: &Fields) -> Vec<Choice> {
    Permission::ALL
        .iter()
        .filter(|(permission, _)| visitor.may(*permission))
        .map(|(_, name)| Choice {
            value: (*name).to_owned(),
            text: words::permission(visitor.texts, name),
            chosen: fields.permissions.iter().any(|chosen| chosen == name),
        })
        .collect()
}

/// A token as a row of a list; its account is named where it is somebody else's.
pub(in crate::console) fn token_row(visitor: &Visitor, token: &TokenView) -> TokenRow {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let state = match token.revoked_at {
        Some(_) => "revoked",
        None if token.expires_at <= zone.now_ms => "expired",
        None => "valid",
    };
    let words: Vec<String> = token
        .permissions
        .iter()
        .map(|name| words::permission(l, name))
        .collect();
    TokenRow {
        name: token.name.clone(),
        owner: owner(visitor, token),
        permissions: words.join(", "),
        created: l.ago(token.created_at, zone),
        expires: l.date(token.expires_at, zone),
        used: token.last_used_at.map(|at| l.ago(at, zone)),
        status: status(l, "certificate", state),
        revoke: match state {
            "valid" if may_revoke(visitor, token) => urls::token_revoke(token.id.as_str()),
            _ => String::new(),
        },
    }
}
