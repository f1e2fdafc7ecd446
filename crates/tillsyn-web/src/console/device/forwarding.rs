//! On the profiles tab: whether another server answers the device's declarative management.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::nanomdm::{NewForward, clear_forward, find_forward, set_forward};
use tillsyn_core::{Error, Kind, Permission};
use zeroize::Zeroizing;

use super::build::{Build, device_id};
use super::page::DeviceTab;
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::{Texts, When};
use crate::ui::{page, urls};

/// The card.
#[derive(Default)]
pub struct ForwardCard {
    /// Where it goes; `None` when it is answered here.
    pub elsewhere: Option<Elsewhere>,
    pub may_change: bool,
    pub url: String,
    pub url_error: String,
    pub key_error: String,
    pub password: bool,
    pub password_error: String,
}

/// The other server.
pub struct Elsewhere {
    pub url: String,
    pub signed: bool,
    pub since: When,
}

/// `None` for whoever may not see it, and for a device without an enrollment, which asks nobody.
pub(super) async fn card(build: &Build<'_>) -> Result<Option<ForwardCard>, Failure> {
    let visitor = build.visitor;
    let enrolled = build.device.row.enrollment_status.as_deref() == Some("active");
    if !enrolled || !visitor.may(Permission::WebhooksRead) {
        return Ok(None);
    }
    let found = find_forward(visitor.core(), visitor.actor(), &build.device.row.id).await?;
    Ok(Some(ForwardCard {
        elsewhere: found.map(|forward| Elsewhere {
            url: forward.url,
            signed: forward.signed,
            since: visitor.texts.ago(forward.set_at, &visitor.zone),
        }),
        may_change: visitor.may(Permission::WebhooksWrite)
            && visitor.may(Permission::DevicesConfigure),
        password: visitor.needs_password(),
        ..ForwardCard::default()
    }))
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    url: String,
    #[serde(default = "Zeroizing::default", deserialize_with = "secret")]
    key: Zeroizing<String>,
    #[serde(default = "Zeroizing::default", deserialize_with = "secret")]
    password: Zeroizing<String>,
}

pub(crate) async fn forward(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let device = device_id(&id)?;
    let key = fields.key.trim();
    let new = NewForward {
        url: fields.url.clone(),
        key: (!key.is_empty()).then(|| Zeroizing::new(key.to_owned())),
    };
    let set = match visitor.confirm(fields.password).await {
        Ok(()) => set_forward(visitor.core(), visitor.actor(), &device, new).await,
        Err(error) => Err(error),
    };
    done(&visitor, &id, fields.url, set.map(drop)).await
}

pub(crate) async fn forward_no_more(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let device = device_id(&id)?;
    let cleared = match visitor.confirm(fields.password).await {
        Ok(()) => clear_forward(visitor.core(), visitor.actor(), &device).await,
        Err(error) => Err(error),
    };
    done(&visitor, &id, String::new(), cleared).await
}

async fn done(
    visitor: &Visitor,
    id: &str,
    url: String,
    result: Result<(), Error>,
) -> Result<Response, Failure> {
    let Err(error) = result else {
        let back = urls::device_profiles(id);
        return Ok(go(visitor.state(), &back, Told::Saved));
    };
    let mut shown = Build::new(visitor, id)
        .await?
        .page(DeviceTab::Profiles, None)
        .await?;
    let Some(card) = &mut shown.forward else {
        return Err(error.into());
    };
    card.url = url;
    let status = place(visitor.texts, card, error)?;
    Ok(page(status, &shown))
}

/// Puts an error beside its field and says the answer's status; gives back what belongs to none.
fn place(l: Texts, card: &mut ForwardCard, error: Error) -> Result<StatusCode, Error> {
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, _, "forward_url_private") => card.url_error = l.t("webhook-url-private"),
        (Kind::Invalid, Some("url"), _) => card.url_error = l.t("forward-url-wrong"),
        (Kind::Invalid, Some("key"), _) => card.key_error = l.t("forward-key-wrong"),
        (Kind::Invalid, Some("password"), _) => {
            card.password = true;
            card.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, ..) => {
            card.password = true;
            card.password_error = FieldError::Required.text(l);
        }
        _ => return Err(error),
    }
    Ok(AppError::from(error).status())
}
