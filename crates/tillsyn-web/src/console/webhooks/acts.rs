//! The buttons of a webhook's page.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::webhooks::{
    self, WebhookChange, change_webhook, find_webhook, remove_webhook, retry_delivery,
};
use zeroize::Zeroizing;

use super::MadeKey;
use super::show::{webhook_id, whole};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::notice::{Told, go};
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct NoFields {}

#[derive(Deserialize)]
pub(crate) struct Confirmed {
    #[serde(default = "Zeroizing::default", deserialize_with = "secret")]
    password: Zeroizing<String>,
}

async fn set_paused(id: &str, form: Filled<NoFields>, paused: bool) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = webhook_id(id)?;
    let change = WebhookChange {
        paused: Some(paused),
        ..WebhookChange::default()
    };
    let here = urls::webhook(id.as_str());
    match change_webhook(visitor.core(), visitor.actor(), &id, change).await {
        Ok(_) => Ok(go(visitor.state(), &here, Told::Saved)),
        Err(error) if error.kind == Kind::FreshSignInNeeded => {
            Ok(Redirect::to(&urls::confirm(&here)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn pause(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    set_paused(&id, form, true).await
}

pub(crate) async fn resume(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    set_paused(&id, form, false).await
}

pub(crate) async fn send_test(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = webhook_id(&id)?;
    webhooks::send_test(visitor.core(), visitor.actor(), &id).await?;
    // The list of deliveries shows what becomes of it.
    Ok(Redirect::to(&urls::webhook(id.as_str())).into_response())
}

pub(crate) async fn retry(
    Path((id, delivery)): Path<(String, String)>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = webhook_id(&id)?;
    retry_delivery(visitor.core(), visitor.actor(), &id, &delivery).await?;
    // The list of deliveries shows what becomes of it.
    Ok(Redirect::to(&urls::webhook(id.as_str())).into_response())
}

pub(crate) async fn remove(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let id = webhook_id(&id)?;
    remove_webhook(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(visitor.state(), urls::WEBHOOKS, Told::Saved))
}

/// Gives the webhook a new key and shows it on the answer itself, this once.
pub(crate) async fn renew_key(
    Path(id): Path<String>,
    form: Filled<Confirmed>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let id = webhook_id(&id)?;
    let name = find_webhook(visitor.core(), visitor.actor(), &id)
        .await?
        .name;
    visitor.confirm(fields.password).await?;
    match webhooks::renew_key(visitor.core(), visitor.actor(), &id, None).await {
        Ok(key) => {
            let made = MadeKey {
                name,
                key: key.to_string(),
            };
            let shown = whole(&visitor, &id, None, Some(made)).await?;
            Ok(page(StatusCode::OK, &shown))
        }
        Err(error) if error.kind == Kind::FreshSignInNeeded => {
            let here = urls::webhook(id.as_str());
            Ok(Redirect::to(&urls::confirm(&here)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
