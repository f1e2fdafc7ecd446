//! `POST /console/settings/push`: a new or renewed push certificate, as files.

use axum::response::Response;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::{self, PushUpload, PushUploaded};
use tillsyn_core::{Error, Kind, Permission, actor};
use zeroize::Zeroizing;

use super::page::Refusal;
use super::push::form;
use super::push_words;
use crate::console::failure::Failure;
use crate::console::form::Uploaded;
use crate::console::notice::{Told, go};
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::{page, urls};

/// The password first, then the upload: the rule refuses another topic with the number of devices.
pub(crate) async fn upload_push(mut form: Uploaded) -> Result<Response, Failure> {
    actor::may(form.visitor.actor(), Permission::PushWrite)?;
    if form.text("account").trim().is_empty() {
        let error = Error::invalid("account", "account_missing", "Name the account at Apple.");
        return again(&form, error).await;
    }
    let password = Zeroizing::new(form.text("password"));
    if let Err(error) = form.visitor.confirm(password).await {
        return again(&form, error).await;
    }
    let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let upload = PushUpload {
        certificate_pem: form.text("certificate"),
        // Without one, a request made here has the key.
        key_pem: given(form.text("key")).map(Zeroizing::new),
        vendor_account: given(form.text("account")),
        note: given(form.text("note")),
        renews: renews(&form).filter(|_| !form.ticked("further")),
        further: form.ticked("further"),
        change_topic: form.ticked("change_topic"),
        ..PushUpload::default()
    };
    match push::upload_certificate(form.visitor.core(), form.visitor.actor(), upload).await {
        Ok(PushUploaded::Recorded(_)) => Ok(go(form.visitor.state(), urls::PUSH, Told::PushSaved)),
        Ok(PushUploaded::Waiting(id)) => {
            let to = urls::approval(id.as_str());
            Ok(go(form.visitor.state(), &to, Told::AskedSecond))
        }
        Err(error) => again(&form, error).await,
    }
}

/// The certificate that the page was about.
fn renews(form: &Uploaded) -> Option<PushTopicId> {
    PushTopicId::parse(&form.text("renews"))
}

/// The page once more. Files and password cannot be kept; the rest is.
async fn again(upload: &Uploaded, error: Error) -> Result<Response, Failure> {
    let l = upload.visitor.texts;
    let mut shown = form(&upload.visitor, renews(upload).as_ref()).await?;
    shown.further = upload.ticked("further");
    shown.change_topic = upload.ticked("change_topic");
    (shown.account, shown.note) = (upload.text("account"), upload.text("note"));
    match (error.kind, error.code, error.field) {
        (Kind::Conflict, "topic_change", _) => {
            let data = error.data.clone().unwrap_or_default();
            let old = data["topic_on_record"].as_str().unwrap_or_default();
            let devices = data["devices"].as_u64().unwrap_or(0);
            shown.refused = Some(Refusal::topic_changed(l, old, devices));
        }
        (Kind::FreshSignInNeeded, ..) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, "push_certificate_pem", _) => {
            shown.certificate_error = FieldError::NoPemCertificate.text(l);
        }
        (Kind::Invalid, "push_key_pem", _) => shown.key_error = FieldError::NoPemKey.text(l),
        (Kind::Invalid, _, Some("account")) => shown.account_error = FieldError::Required.text(l),
        (Kind::Invalid, _, Some("password")) => {
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
