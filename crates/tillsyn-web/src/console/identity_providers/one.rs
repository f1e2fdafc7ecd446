//! `GET` and `POST /console/settings/sign-in/{id}`, its trial and its removal.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::accounts::{self, ProviderProblem};
use tillsyn_core::ids::IdentityProviderId;

use super::form::{Fields, Shown, page_of, shown};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{page, urls};

fn read(id: &str) -> Result<IdentityProviderId, Error> {
    IdentityProviderId::parse(id).ok_or_else(|| Error::not_found("identity provider"))
}

pub(crate) async fn provider_page(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let found = accounts::provider(visitor.core(), visitor.actor(), &read(&id)?).await?;
    let input = found.settings();
    let shown = page_of(&visitor, Some(&found), (&input, ""), Shown::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn change_provider(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, Fields::of(filled.fields));
    let id = read(&id)?;
    let found = accounts::provider(visitor.core(), visitor.actor(), &id).await?;
    let (input, reason) = (fields.input, fields.reason);
    let done = match visitor.confirm(fields.password).await {
        Ok(()) => {
            let (core, actor) = (visitor.core(), visitor.actor());
            accounts::save_provider(core, actor, &id, input.clone(), Some(&reason)).await
        }
        Err(error) => Err(error),
    };
    let to = urls::identity_provider(id.as_str());
    match done {
        Ok(None) => Ok(go(visitor.state(), &to, Told::Saved)),
        Ok(Some(_)) => Ok(go(visitor.state(), &to, Told::Asked)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let told = shown(visitor.texts, error)?;
            let visitor = visitor.at(to);
            let again = page_of(&visitor, Some(&found), (&input, &reason), told).await?;
            Ok(page(status, &again))
        }
    }
}

/// Asks the provider, and shows what it said.
pub(crate) async fn check_provider(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    let l = visitor.texts;
    let id = read(&id)?;
    let found = accounts::provider(visitor.core(), visitor.actor(), &id).await?;
    let report = accounts::check_provider(visitor.core(), visitor.actor(), &id).await?;
    let visitor = visitor.at(urls::identity_provider(id.as_str()));
    let input = found.settings();
    let mut shown = page_of(&visitor, Some(&found), (&input, ""), Shown::default()).await?;
    shown.report_good = report.problem.is_none();
    shown.report = match report.problem {
        None => l.tn("providers-usable", u64::try_from(report.keys).unwrap_or(0)),
        Some(problem) => l.ta("providers-unusable", &trouble(l, &problem)),
    };
    Ok(page(StatusCode::OK, &shown))
}

/// Why a provider cannot be used, in words.
fn trouble(l: Texts, problem: &ProviderProblem) -> String {
    let what = match problem.what {
        // Its own address says best which document that is.
        "discovery" => "/.well-known/openid-configuration",
        name => name,
    };
    match problem.code {
        "address" => l.ta("providers-trouble-address", what),
        "other_issuer" => l.t("providers-trouble-issuer"),
        "foreign_host" => l.ta("providers-trouble-host", what),
        "status" => {
            let status = i64::from(problem.status.unwrap_or_default());
            let args = [("what", what.into()), ("status", status.into())];
            l.t_args("providers-trouble-status", &args)
        }
        "too_large" => l.ta("providers-trouble-large", what),
        "not_json" => l.ta("providers-trouble-json", what),
        "no_keys" => l.t("providers-trouble-keys"),
        _ => l.t("providers-trouble-unreachable"),
    }
}

pub(crate) async fn remove_provider(
    Path(id): Path<String>,
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let visitor = filled.visitor;
    let id = read(&id)?;
    let found = accounts::provider(visitor.core(), visitor.actor(), &id).await?;
    let Err(error) = accounts::remove_provider(visitor.core(), visitor.actor(), &id).await else {
        return Ok(go(visitor.state(), urls::IDENTITY_PROVIDERS, Told::Saved));
    };
    let status = AppError::from(Error::new(error.kind, error.code, "")).status();
    let told = shown(visitor.texts, error)?;
    let visitor = visitor.at(urls::identity_provider(id.as_str()));
    let input = found.settings();
    let again = page_of(&visitor, Some(&found), (&input, ""), told).await?;
    Ok(page(status, &again))
}
