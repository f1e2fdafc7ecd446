//! The way to a push certificate, step by step: consent and request, vendor signature, Apple, upload.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tillsyn_core::ids::{PushRequestId, PushTopicId};
use tillsyn_core::push::{self, NewPushRequest};
use tillsyn_core::{Error, Permission, actor};

use super::page::{PushNewPage, PushRequestPage, Refusal};
use super::push_words;
use crate::console::failure::Failure;
use crate::console::form::{Filled, Uploaded};
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{Choice, page, urls};

fn request_id(text: &str) -> Result<PushRequestId, Error> {
    PushRequestId::parse(text).ok_or_else(|| Error::not_found("request for a push certificate"))
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    renews: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    consent: Option<String>,
}

/// `GET /console/settings/push/new`.
pub(crate) async fn push_new_page(visitor: Visitor) -> Result<Response, Failure> {
    actor::may(visitor.actor(), Permission::PushWrite)?;
    let shown = new_page(&visitor, &Fields::default(), None).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn new_page(
    visitor: &Visitor,
    fields: &Fields,
    refused: Option<Refusal>,
) -> Result<PushNewPage, Failure> {
    let l = visitor.texts;
    let f = visitor.frame(Place::Push, "").await?;
    let topics = push::list_topics(visitor.core(), visitor.actor()).await?;
    let chosen = |value: &str| fields.renews == value;
    let mut renews: Vec<Choice> = topics
        .iter()
        .map(|topic| Choice {
            value: topic.id.to_string(),
            text: l.ta("push-renews-one", &topic.topic),
            chosen: chosen(topic.id.as_str()),
        })
        .collect();
    renews.push(Choice {
        value: String::new(),
        text: l.t("push-renews-none"),
        chosen: fields.renews.is_empty() && topics.is_empty(),
    });
    Ok(PushNewPage {
        renews,
        name: if fields.name.is_empty() {
            f.organisation.clone()
        } else {
            fields.name.clone()
        },
        email: fields.email.clone(),
        country: fields.country.clone(),
        refused,
        f,
    })
}

/// `POST /console/settings/push/new`.
pub(crate) async fn create_push_request(form: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let new = NewPushRequest {
        renews: PushTopicId::parse(&fields.renews),
        common_name: Some(fields.name.clone()),
        email: fields.email.clone(),
        country: fields.country.clone(),
        consent: fields.consent.is_some(),
    };
    match push::create_request(visitor.core(), visitor.actor(), new).await {
        Ok(request) => Ok(go(
            visitor.state(),
            &urls::push_request(request.id.as_str()),
            Told::PushNoted,
        )),
        Err(error) => {
            let Some(refused) = push_words::refusal(visitor.texts, &error) else {
                return Err(error.into());
            };
            let shown = new_page(&visitor, &fields, Some(refused)).await?;
            Ok(page(AppError::from(error).status(), &shown))
        }
    }
}

/// `GET /console/settings/push/requests/{id}`.
pub(crate) async fn push_request_page(
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let shown = request_page(&visitor, &request_id(&id)?, None).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn request_page(
    visitor: &Visitor,
    id: &PushRequestId,
    refused: Option<Refusal>,
) -> Result<PushRequestPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let files = push::request_files(core, actor, id).await?;
    let topics = push::list_topics(core, actor).await?;
    let renewed = files
        .request
        .renews
        .as_ref()
        .and_then(|id| topics.iter().find(|topic| topic.id == *id));
    Ok(PushRequestPage {
        renews: renewed.map(|t| t.id.to_string()).unwrap_or_default(),
        topic: renewed.map(|t| t.topic.clone()).unwrap_or_default(),
        account: renewed
            .and_then(|t| t.vendor_account.clone())
            .unwrap_or_default(),
        others: !topics.is_empty() && renewed.is_none(),
        name: files.request.common_name.clone(),
        email: files.request.email.clone(),
        country: files.request.country.clone(),
        created: l.ago(files.request.created_at, &visitor.zone),
        signed: files.upload_file.is_some(),
        vendor: push::vendor(core, actor)
            .await?
            .filter(|vendor| vendor.status != "expired")
            .map(|vendor| vendor.subject)
            .unwrap_or_default(),
        here: urls::push_request(id.as_str()),
        refused,
        may_change: visitor.may(Permission::PushWrite),
        password: visitor.needs_password(),
        f: visitor.frame(Place::Push, "").await?,
    })
}

/// The page once more, with the reason; what has no words here is nothing of this page.
async fn again(visitor: &Visitor, id: &PushRequestId, error: Error) -> Result<Response, Failure> {
    let Some(refused) = push_words::refusal(visitor.texts, &error) else {
        return Err(error.into());
    };
    let shown = request_page(visitor, id, Some(refused)).await?;
    Ok(page(AppError::from(error).status(), &shown))
}

#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// `POST /console/settings/push/requests/{id}/sign`.
pub(crate) async fn sign_push_request(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, request_id(&id)?);
    match push::sign_request(visitor.core(), visitor.actor(), &id).await {
        Ok(_) => Ok(go(
            visitor.state(),
            &urls::push_request(id.as_str()),
            Told::PushNoted,
        )),
        Err(error) => again(&visitor, &id, error).await,
    }
}

/// `POST /console/settings/push/requests/{id}/signed`: the file of an outside signer.
pub(crate) async fn take_signed_push_request(
    Path(id): Path<String>,
    form: Uploaded,
) -> Result<Response, Failure> {
    let id = request_id(&id)?;
    let (visitor, file) = (&form.visitor, form.text("file"));
    match push::import_signed(visitor.core(), visitor.actor(), &id, &file).await {
        Ok(_) => Ok(go(
            visitor.state(),
            &urls::push_request(id.as_str()),
            Told::PushNoted,
        )),
        Err(error) => again(visitor, &id, error).await,
    }
}

/// `POST /console/settings/push/requests/{id}/delete`.
pub(crate) async fn delete_push_request(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, id) = (form.visitor, request_id(&id)?);
    push::delete_request(visitor.core(), visitor.actor(), &id).await?;
    Ok(go(visitor.state(), urls::PUSH, Told::PushNoted))
}

/// `GET /console/settings/push/requests/{id}/csr`: for an outside signer.
pub(crate) async fn push_request_csr(
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let files = push::request_files(visitor.core(), visitor.actor(), &request_id(&id)?).await?;
    Ok(download("push-request.csr", files.csr_pem))
}

/// `GET /console/settings/push/requests/{id}/file`: for identity.apple.com/pushcert.
pub(crate) async fn push_request_file(
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let files = push::request_files(visitor.core(), visitor.actor(), &request_id(&id)?).await?;
    let file = files
        .upload_file
        .ok_or_else(|| Error::not_found("file for Apple"))?;
    Ok(download("push-request-for-apple.plist", file))
}

fn download(name: &'static str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let disposition =
        HeaderValue::try_from(disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, text).into_response()
}
