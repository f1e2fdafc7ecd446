//! The organisation's own MDM vendor certificate.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::push::{self, VendorUpload};
use tillsyn_core::{Error, Kind, Permission};
use zeroize::Zeroizing;

use super::page::{PushVendorPage, VendorFacts};
use super::push_words;
use crate::console::failure::Failure;
use crate::console::form::{Filled, Uploaded, secret};
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::{page, status, urls};

/// `GET /console/settings/push/vendor`.
pub(crate) async fn push_vendor_page(visitor: Visitor) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &form(&visitor).await?))
}

async fn form(visitor: &Visitor) -> Result<PushVendorPage, Failure> {
    let l = visitor.texts;
    let vendor = push::vendor(visitor.core(), visitor.actor()).await?;
    Ok(PushVendorPage {
        current: vendor.map(|vendor| VendorFacts {
            status: status(l, "certificate", vendor.status),
            subject: vendor.subject,
            expires: l.deadline(vendor.not_after, &visitor.zone),
        }),
        refused: None,
        may_change: visitor.may(Permission::PushWrite),
        password: visitor.needs_password(),
        password_error: String::new(),
        f: visitor.frame(Place::Push, "").await?,
    })
}

/// `POST /console/settings/push/vendor`.
pub(crate) async fn set_push_vendor(mut form_data: Uploaded) -> Result<Response, Failure> {
    let password = Zeroizing::new(form_data.text("password"));
    if let Err(error) = form_data.visitor.confirm(password).await {
        return again(&form_data.visitor, error).await;
    }
    let upload = VendorUpload {
        chain_pem: form_data.text("chain"),
        key_pem: Zeroizing::new(form_data.text("key")),
    };
    let visitor = &form_data.visitor;
    match push::set_vendor(visitor.core(), visitor.actor(), upload).await {
        Ok(_) => Ok(go(visitor.state(), urls::PUSH_VENDOR, Told::PushNoted)),
        Err(error) => again(visitor, error).await,
    }
}

#[derive(Deserialize)]
pub(crate) struct Removal {
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

/// `POST /console/settings/push/vendor/remove`.
pub(crate) async fn remove_push_vendor(form_data: Filled<Removal>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form_data.visitor, form_data.fields);
    if let Err(error) = visitor.confirm(fields.password).await {
        return again(&visitor, error).await;
    }
    match push::remove_vendor(visitor.core(), visitor.actor()).await {
        Ok(()) => Ok(go(visitor.state(), urls::PUSH_VENDOR, Told::PushNoted)),
        Err(error) => again(&visitor, error).await,
    }
}

async fn again(visitor: &Visitor, error: Error) -> Result<Response, Failure> {
    let l = visitor.texts;
    let mut shown = form(visitor).await?;
    match (error.kind, error.field) {
        (Kind::FreshSignInNeeded, _) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("password")) => {
            shown.password = true;
            shown.password_error = FieldError::PasswordWrong.text(l);
        }
        _ => match push_words::refusal(l, &error) {
            Some(refused) => shown.refused = Some(refused),
            None => return Err(error.into()),
        },
    }
    Ok(page(AppError::from(error).status(), &shown))
}
