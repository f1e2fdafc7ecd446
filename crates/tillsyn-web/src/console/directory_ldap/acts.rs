//! `GET` and `POST /console/settings/directories/{id}/ldap`, its trial and its reading.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::directory::{SourceView, source};
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::ldap::{self, LdapSettings, LdapView, Trial};
use tillsyn_core::{Error, Kind};

use super::form::{Fields, form};
use super::page::{DirectoryLdapPage, LdapStateCard, LdapTrialCard, PreviewRow};
use super::words::{Shown, product, shown, why};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{page, urls};

fn read(id: &str) -> Result<DirectoryId, Error> {
    DirectoryId::parse(id).ok_or_else(|| Error::not_found("directory"))
}

/// The directory, and its settings when it has some.
async fn found(
    visitor: &Visitor,
    id: &DirectoryId,
) -> Result<(SourceView, Option<LdapView>), Failure> {
    let (core, actor) = (visitor.core(), visitor.actor());
    ldap::may_change(core, actor, id).await?;
    let of = source(core, actor, id).await?;
    match ldap::ldap(core, actor, id).await {
        Ok(view) => Ok((of, Some(view))),
        Err(error) if error.kind == Kind::NotFound => Ok((of, None)),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = read(&id)?;
    let (of, view) = found(&visitor, &id).await?;
    let settings = view.as_ref().map(|view| view.settings.clone());
    let settings = settings.unwrap_or_default();
    let shown = whole(&visitor, &of, view.as_ref(), &settings, Shown::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn save(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, Fields::of(filled.fields));
    let id = read(&id)?;
    let (of, view) = found(&visitor, &id).await?;
    let settings = fields.input.settings.clone();
    let done = match visitor.confirm(fields.password).await {
        Ok(()) => ldap::save_settings(visitor.core(), visitor.actor(), &id, fields.input)
            .await
            .map(|_| ()),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(go(
            visitor.state(),
            &urls::directory_ldap(id.as_str()),
            Told::Saved,
        )),
        Err(error) => refused(visitor, &of, view.as_ref(), &settings, error).await,
    }
}

/// Asks the directory with what was typed, and shows what it said. Nothing is kept.
pub(crate) async fn trial(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, Fields::of(filled.fields));
    let id = read(&id)?;
    let (of, view) = found(&visitor, &id).await?;
    let settings = fields.input.settings.clone();
    let tried = match visitor.confirm(fields.password).await {
        Ok(()) => ldap::trial(visitor.core(), visitor.actor(), &id, Some(fields.input)).await,
        Err(error) => Err(error),
    };
    match tried {
        Ok(tried) => {
            let visitor = visitor.at(urls::directory_ldap(id.as_str()));
            let mut shown =
                whole(&visitor, &of, view.as_ref(), &settings, Shown::default()).await?;
            shown.trial = Some(card(visitor.texts, tried));
            Ok(page(StatusCode::OK, &shown))
        }
        Err(error) => refused(visitor, &of, view.as_ref(), &settings, error).await,
    }
}

pub(crate) async fn sync(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (visitor, id) = (filled.visitor, read(&id)?);
    ldap::ask_for_sync(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(
        visitor.state(),
        &urls::directory_ldap(id.as_str()),
        Told::Saved,
    ))
}

async fn refused(
    visitor: Visitor,
    of: &SourceView,
    view: Option<&LdapView>,
    settings: &LdapSettings,
    error: Error,
) -> Result<Response, Failure> {
    let status = AppError::from(Error::new(error.kind, error.code, "")).status();
    let told = shown(visitor.texts, error)?;
    let visitor = visitor.at(urls::directory_ldap(of.id.as_str()));
    let again = whole(&visitor, of, view, settings, told).await?;
    Ok(page(status, &again))
}

async fn whole(
    visitor: &Visitor,
    of: &SourceView,
    view: Option<&LdapView>,
    settings: &LdapSettings,
    shown: Shown,
) -> Result<DirectoryLdapPage, Failure> {
    Ok(DirectoryLdapPage {
        id: of.id.to_string(),
        name: of.name.clone(),
        problem: shown.problem,
        trial: None,
        state: view.map(|view| state(visitor, view)),
        form: form(settings, view),
        password: visitor.needs_password() || !shown.password_error.is_empty(),
        password_error: shown.password_error,
        f: visitor.frame(Place::Directories, "").await?,
    })
}

fn state(visitor: &Visitor, view: &LdapView) -> LdapStateCard {
    let l = visitor.texts;
    let number = |count: i64| l.number(u64::try_from(count).unwrap_or(0));
    let when = |at: Option<i64>| at.map(|at| l.ago(at, &visitor.zone));
    let state = &view.state;
    LdapStateCard {
        product: product(l, state.product.as_deref()),
        problem: state
            .code
            .as_deref()
            .map_or_else(String::new, |code| why(l, code)),
        last: when(state.last_run_at),
        last_full: when(state.last_full_at),
        people: state.people.map_or_else(String::new, number),
        groups: state.groups.map_or_else(String::new, number),
        references: if state.references > 0 {
            number(state.references)
        } else {
            String::new()
        },
        running: state.running,
    }
}

fn card(l: Texts, tried: Trial) -> LdapTrialCard {
    let text = match tried.code {
        Some(code) => why(l, code),
        None => l.ta("ldap-trial-good", &product(l, tried.product)),
    };
    LdapTrialCard {
        good: tried.code.is_none(),
        text,
        told: tried.told.unwrap_or_default(),
        signed_in_as: tried.signed_in_as.unwrap_or_default(),
        contexts: tried.contexts.join(" · "),
        people: tried
            .people
            .into_iter()
            .map(|person| PreviewRow {
                login: person.login.unwrap_or_default(),
                name: person.name.unwrap_or_default(),
                email: person.email.unwrap_or_default(),
                active: person.active,
            })
            .collect(),
        more_people: tried.more_people,
        groups: tried.groups.join(" · "),
        more_groups: tried.more_groups,
    }
}
