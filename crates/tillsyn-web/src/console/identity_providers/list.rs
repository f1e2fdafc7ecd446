//! `GET /console/settings/sign-in`, and `GET` and `POST` of a new provider.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::accounts::{self, Provider, ProviderInput};

use super::form::{Fields, Shown, page_of, shown};
use super::page::{IdentityProvidersPage, ProviderRow};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{page, urls};

pub(crate) async fn providers_page(visitor: Visitor) -> Result<Response, Failure> {
    let found = accounts::list_providers(visitor.core(), visitor.actor()).await?;
    let row = |provider: &Provider| ProviderRow {
        href: urls::identity_provider(provider.id.as_str()),
        name: provider.name.clone(),
        issuer: provider.issuer.clone(),
        groups: u64::try_from(provider.mappings.len()).unwrap_or(0),
        enabled: provider.enabled,
    };
    let shown = IdentityProvidersPage {
        rows: found.iter().map(row).collect(),
        f: visitor.frame(Place::SignOn, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn new_provider(visitor: Visitor) -> Result<Response, Failure> {
    let input = ProviderInput::default();
    let shown = page_of(&visitor, None, (&input, ""), Shown::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn add_provider(
    filled: Filled<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (filled.visitor, Fields::of(filled.fields));
    let (input, reason) = (fields.input, fields.reason);
    let made = match visitor.confirm(fields.password).await {
        Ok(()) => {
            let (core, actor) = (visitor.core(), visitor.actor());
            accounts::create_provider(core, actor, input.clone(), Some(&reason)).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok((id, None)) => {
            let to = urls::identity_provider(id.as_str());
            Ok(go(visitor.state(), &to, Told::Saved))
        }
        Ok((_, Some(_))) => Ok(go(visitor.state(), urls::IDENTITY_PROVIDERS, Told::Asked)),
        Err(error) => {
            let status = AppError::from(Error::new(error.kind, error.code, "")).status();
            let told = shown(visitor.texts, error)?;
            let visitor = visitor.at(urls::IDENTITY_PROVIDER_NEW.to_owned());
            let again = page_of(&visitor, None, (&input, &reason), told).await?;
            Ok(page(status, &again))
        }
    }
}
